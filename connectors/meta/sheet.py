"""What one conversion for Meta looks things up in, and the problems that it finds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from connectors.base import Account
from connectors.meta import creative as creatives
from connectors.meta import products
from engine.naming import Scope
from engine.resource import Address, Resource, content_key
from schemas.errors import Problem


@dataclass(slots=True)
class Sheet:
    """What one conversion looks things up in, and writes its problems on."""

    account: Account
    scope: Scope
    neutral: Mapping[Address, Resource]
    bids: dict[Address, set[str]] = field(default_factory=dict)
    creatives: dict[tuple[Address, str, str, str], Resource] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def wrong(self, resource: Resource, summary: str, detail: str, fix: str, *field: str | int) -> None:
        place = (*resource.path, *field)
        self.problems.append(Problem(summary, f"{resource.address}: {detail}", fix, path=place))

    def setting(self, resource: Resource, name: str, why: str) -> str:
        """A setting of the account, "" with a problem if kampanya.yaml does not have it."""
        value = self.account.settings.get(name, "")
        if not value:
            fix = f"Write `{name}: <id>` under the Meta account {self.account.id} in kampanya.yaml."
            self.wrong(resource, f"The Meta account has no {name}", why, fix)
        return str(value)

    def products(self, resource: Resource, name: str) -> str:
        """The id of a set of products, "" for none and, with a problem, for one the account does not have."""
        id = products.set_id(self.account.settings, name)
        if name and not id:
            fix = f"Declare it under `catalogues` of the Meta account {self.account.id} in kampanya.yaml."
            self.wrong(resource, "The Meta account has no such products", name, fix)
        return id

    def told(self, resource: Resource, name: str) -> str:
        """A set of products as a plan shows it."""
        return products.told(self.account.settings, self.products(resource, name))

    def creative(self, address: Address, instagram: str, destination: str, products: str) -> Resource:
        """A creative as that Instagram account shows it and its ad set leads, at its content's address.

        `destination` is Meta's word, "" where the creative's own address is all there is; `products` the id
        of the set that the ad set shows, or "".
        """
        key = address, instagram or self.account.settings.get("instagram", ""), destination, products
        if key not in self.creatives:
            resource = self.neutral[address]
            fields = creatives.creative(resource, key[1], creatives.Opening(destination, self, products))
            content = Address(address.platform, address.kind, content_key(fields))
            mark = self.scope.token(content)
            self.creatives[key] = Resource(content, resource.account, mark, fields, resource.path)
        return self.creatives[key]
