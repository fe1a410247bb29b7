"""A brand's workspace in one environment: its declarations, state folder, connectors and clock."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cached_property
from operator import is_
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import connectors
from connectors.base import Account, Connection, Connector, flat
from engine.naming import Scope
from engine.resource import Resource, digest_of
from engine.supports import Supports
from operations import secrets
from schemas.brand import Brand
from schemas.decision import Decision, load_decisions
from schemas.errors import InvalidDeclaration, KampanyaError
from schemas.private import private_folder
from schemas.source import load_workspace
from schemas.types import Platform
from schemas.workspace import Workspace

if TYPE_CHECKING:
    from journal.store import Journal

SANDBOX = "sandbox"
JOURNAL = "journal.db"
MEMORY = "site.json"
SANDBOX_PATIENCE = (
    3.05,
    120.0,
)  # seconds to connect, to wait for bytes: a busy machine is not a dead sandbox


class Lazily(Mapping[str, Connector]):
    """A mapping whose values are made on first use."""

    def __init__(self, make: Callable[[Any], Connector], names: Sequence[str]) -> None:
        self._make, self._names, self._made = make, tuple(names), dict[str, Connector]()

    def __getitem__(self, name: str) -> Connector:
        if name not in self._names:
            raise KeyError(name)
        if name not in self._made:
            self._made[name] = self._make(name)
        return self._made[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)


@dataclass(frozen=True)
class Site:
    """Where an operation works. Opening one touches no network; connectors are made on first use."""

    workspace: Workspace
    environment: str
    platforms: tuple[Platform, ...]
    given_connectors: Mapping[str, Connector] = field(default_factory=dict)
    given_now: datetime | None = None
    given_references: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    @property
    def root(self) -> Path:
        return self.workspace.root

    @property
    def live(self) -> bool:
        return self.environment != SANDBOX

    @property
    def scope(self) -> Scope:
        return Scope(self.workspace.brand.brand, self.environment)

    @property
    def state(self) -> Path:
        """The environment's state folder, 0700, made on first use."""
        return private_folder(self.root / ".kampanya" / self.environment)

    @cached_property
    def decisions(self) -> tuple[Decision, ...]:
        """What experiments decided in this environment. Raises InvalidDeclaration."""
        return load_decisions(self.root, self.environment)

    @property
    def config(self) -> str:
        """Digest of all that is declared and decided."""
        decided = [each.model_dump(mode="json") for each in self.decisions]
        return digest_of([self.workspace.digest(), decided])

    @cached_property
    def supports(self) -> dict[str, Supports]:
        return {
            name: self.given_connectors[name].supports
            if name in self.given_connectors
            else connectors.supports(name)
            for name in self.platforms
        }

    @cached_property
    def accounts(self) -> dict[str, Account]:
        return {name: account(self.workspace, name) for name in self.platforms}

    @cached_property
    def connectors(self) -> Mapping[str, Connector]:
        """By platform, each made when it is first asked for: one that cannot be made stops no other."""
        return Lazily(self._connector, self.platforms)

    def offline(self, platform: Platform | str) -> Connector:
        """A connector for what needs no network: it has neither endpoint nor secrets."""
        if platform in self.given_connectors:
            return self.given_connectors[platform]
        return connectors.connect(platform, Connection(self.accounts[platform], self.scope, self.root))

    def canonical(self, platform: Platform | str, resources: Sequence[Resource]) -> list[Resource]:
        """In the platform's own terms; worked out once for the same objects, since it takes long for many.

        Raises InvalidDeclaration.
        """
        before, made = self._canonical.get(platform, ((), []))
        if len(before) != len(resources) or not all(map(is_, before, resources)):
            made = self.offline(platform).canonical(resources)
            self._canonical[platform] = tuple(resources), made
        return list(made)

    @cached_property
    def _canonical(self) -> dict[str, tuple[tuple[Resource, ...], list[Resource]]]:
        return {}

    @cached_property
    def neutral(self) -> list[Resource]:
        """What operations.validate made of the declaration, once it has found nothing wrong with it."""
        return []

    def _connector(self, platform: Platform) -> Connector:
        if platform in self.given_connectors:
            return self.given_connectors[platform]
        endpoint, found = self._sandbox(platform) if not self.live else self._credentials(platform)
        return connectors.connect(
            platform, Connection(self.accounts[platform], self.scope, self.root, endpoint, found)
        )

    def credentials_of(self, platform: str) -> dict[str, str]:
        """The references to a platform's secrets, by name; what kampanya.yaml declares goes first."""
        environment = self.workspace.brand.environments[self.environment]
        declared = dict(getattr(environment.credentials, platform, None) or {})
        return declared or dict(self.given_references.get(platform, {}))

    def with_credentials(self, references: Mapping[str, Mapping[str, str]]) -> Site:
        """The same with references, by platform, for where kampanya.yaml declares none."""
        return replace(self, given_references=references)

    def _credentials(self, platform: str) -> tuple[dict[str, str], dict[str, str]]:
        environment = self.workspace.brand.environments[self.environment]
        references = self.credentials_of(platform)
        endpoint = dict(getattr(environment.endpoints, platform, None) or {})
        return endpoint, secrets.resolve(references, self.root)

    def _sandbox(self, platform: str) -> tuple[dict[str, str], dict[str, str]]:
        endpoints = sandbox_endpoints(self.state)
        if platform == "meta":
            graph = endpoints["graph"]
            return {"url": graph["url"]}, {"token": graph["token"]}
        google = endpoints["google"]
        return {"config": google["configuration"], "roots": google["roots"]}, {}

    def journal(self) -> Journal:
        """The environment's ledger; the caller closes it."""
        from journal.store import Journal  # SQLAlchemy takes as long to import as a brand to check

        journal = Journal.open(journal_url() or self.state / JOURNAL, secrets=self.secrets_in_use())
        try:
            claim(journal, self.scope)
        except KampanyaError:
            journal.close()
            raise
        return journal

    def secrets_in_use(self) -> Sequence[str]:
        """The secret values in use, so that they can be struck out wherever something is written."""
        if self.live:
            return [value for name in self.platforms for value in self._quiet_credentials(name)]
        try:
            return [sandbox_endpoints(self.state)["graph"]["token"]]
        except KampanyaError:
            return []

    def _quiet_credentials(self, platform: str) -> list[str]:
        try:
            return list(self._credentials(platform)[1].values())
        except KampanyaError:
            return []

    def now(self) -> datetime:
        """The machine's clock; in the sandbox environment the sandbox's own. Aware, UTC."""
        if self.given_now is not None:
            return self.given_now
        return datetime.now(UTC) if self.live else sandbox_now(self.state)

    def now_or_ours(self) -> datetime:
        """The same; the machine's clock where a sandbox that is down cannot tell its own."""
        try:
            return self.now()
        except KampanyaError:
            return datetime.now(UTC)

    def today(self, now: datetime) -> Any:
        """The brand's wall day."""
        return now.astimezone(ZoneInfo(self.workspace.brand.time_zone)).date()


def journal_url() -> str:
    """Where the journal is kept if not in the state folder; "" for there."""
    return os.environ.get("KAMPANYA_JOURNAL_URL", "")


def claim(journal: Journal, scope: Scope) -> None:
    """A journal is one brand's in one environment. Raises KampanyaError for any other's."""
    mine = {"brand": scope.brand, "environment": scope.environment}
    claims = journal.events("scope")
    if not claims:
        journal.event("scope", datetime.now(UTC), "kampanya", mine)
    elif dict(claims[0].detail) != mine:
        owner = " in ".join(str(claims[0].detail.get(name)) for name in ("brand", "environment"))
        raise KampanyaError(
            "This journal is another brand's",
            f"it is of {owner}, this is {scope.brand} in {scope.environment}",
            "Give each brand and environment a database of its own in KAMPANYA_JOURNAL_URL.",
        )


def open_site(root: Path, environment: str = SANDBOX, platform: str | None = None) -> Site:
    """The workspace at `root`. Raises InvalidDeclaration with all that is wrong in the YAML.

    A platform that left the declaration stays among its platforms: an apply may have left objects there.
    """
    return site_of(load_workspace(root, environment), platform)


def site_of(workspace: Workspace, platform: str | None = None) -> Site:
    """As `open_site`, of a workspace that is loaded."""
    root, environment = workspace.root, workspace.environment
    declared = [name for campaign in workspace.campaigns for name in campaign.platforms]
    used = dict.fromkeys([*declared, *_remembered_platforms(root, environment)])
    if platform is not None and platform not in used:
        raise KampanyaError(
            "No campaign runs on that platform", platform, f"Choose one of: {', '.join(used)}."
        )
    chosen = tuple(each for each in used if platform in (None, each))
    return Site(workspace, environment, chosen)


def remember_site(site: Site) -> None:
    """Keep what an emergency stop needs, should the YAML be broken then: the brand without its campaigns."""
    path = site.state / MEMORY
    platforms = dict.fromkeys([*_remembered_platforms(site.root, site.environment), *site.platforms])
    brand = site.workspace.brand.model_dump(mode="json", exclude={"templates", "vars"})
    document = {"platforms": list(platforms), "brand": brand, "protected": protected_keys(site.workspace)}
    temporary = path.with_suffix(".tmp")
    with open(
        os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8"
    ) as file:
        json.dump(document, file, ensure_ascii=False)
    temporary.replace(path)


def protected_keys(workspace: Workspace) -> list[str]:
    """The keys under `protect: true`."""
    return [
        key
        for campaign in workspace.campaigns
        for key, protect in (
            (campaign.campaign, campaign.protect),
            *((f"{campaign.campaign}/{each.ad_set}", each.protect) for each in campaign.ad_sets),
        )
        if protect
    ]


def forgotten_protection(site: Site) -> list[str]:
    """Keys protected at the last apply and no longer declared: deleting a file lifts nothing."""
    path = site.state / MEMORY
    kept = json.loads(path.read_text(encoding="utf-8")).get("protected", []) if path.is_file() else []
    declared: set[str] = set()
    for campaign in site.workspace.campaigns:
        declared |= {campaign.campaign, *(f"{campaign.campaign}/{each.ad_set}" for each in campaign.ad_sets)}
    return [key for key in kept if key not in declared]


def site_for_stopping(root: Path, environment: str = SANDBOX) -> Site:
    """The workspace, or where its YAML is broken, what the last apply remembered of it.

    Raises the YAML's own error where nothing was remembered.
    """
    try:
        return open_site(root, environment)
    except InvalidDeclaration:
        path = root / ".kampanya" / environment / MEMORY
        if not path.is_file():
            raise
        kept = json.loads(path.read_text(encoding="utf-8"))
    workspace = Workspace(root, environment, Brand.model_validate(kept["brand"]), (), {}, {})
    return Site(workspace, environment, tuple(kept["platforms"]))


def _remembered_platforms(root: Path, environment: str) -> tuple[Platform, ...]:
    path = root / ".kampanya" / environment / MEMORY
    return tuple(json.loads(path.read_text(encoding="utf-8"))["platforms"]) if path.is_file() else ()


def account(workspace: Workspace, platform: str) -> Account:
    """The account declared for a platform in the workspace's environment."""
    environment = workspace.brand.environments[workspace.environment]
    declared = getattr(environment.accounts, platform, None)
    if declared is None:
        raise KampanyaError(
            "The environment has no account for a platform in use",
            f"environments.{workspace.environment}.accounts.{platform} is missing",
            "Declare the account in kampanya.yaml.",
        )
    fields = declared.model_dump(exclude_none=True)
    id = fields.pop("account", None) or fields.pop("customer").replace("-", "")
    return Account(str(id), fields.pop("currency"), fields.pop("time_zone"), flat(fields))


def sandbox_endpoints(state: Path) -> dict[str, Any]:
    """Where the stand-in platforms answer. Raises KampanyaError when they were never started."""
    path = state / "sandbox" / "endpoints.json"
    if not path.is_file():
        raise sandbox_down()
    endpoints: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return endpoints


def sandbox_now(state: Path) -> datetime:
    """The sandbox's clock. Raises KampanyaError when it is down."""
    import requests

    graph = sandbox_endpoints(state)["graph"]
    try:
        answer = requests.get(
            f"{graph['url']}/_sandbox/status",
            headers={"Authorization": f"Bearer {graph['token']}"},
            timeout=SANDBOX_PATIENCE,
        )
        answer.raise_for_status()
    except requests.ReadTimeout:
        raise KampanyaError(
            "The sandbox does not answer",
            f"it took the question and said nothing for {SANDBOX_PATIENCE[1]:.0f} seconds",
            "Wait until this machine is less busy and run the command again; nothing was sent.",
        ) from None
    except requests.RequestException:
        raise sandbox_down() from None
    return datetime.fromisoformat(answer.json()["clock"]).astimezone(UTC)


def sandbox_down() -> KampanyaError:
    return KampanyaError(
        "The sandbox is not running", "nothing answers where it should", "Start it: kampanya sandbox up"
    )
