"""What several campaigns may share (assets, lists of negative keywords), and where each of it is used."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, MutableMapping, MutableSet, Sequence
from functools import partial
from typing import Any

from connectors.base import Handle
from connectors.google import assets, goals, listing, lists, people, portfolios
from connectors.google.channels import performance_max as pmax
from connectors.google.client import Client
from connectors.google.gaql import REMOVED, among, quoted, select
from connectors.google.normal import Row, last
from engine.resource import Observed, Value

Rows = list[dict[str, Any]]


class Shelf:
    """One reading of it; `marks` by (kind, id) and what is `archived` are the reader's own, and grow."""

    def __init__(
        self,
        client: Client,
        account: str,
        marks: MutableMapping[tuple[str, str], str],
        archived: MutableSet[tuple[str, str]],
    ) -> None:
        self._client, self._account, self._marks, self._archived = client, account, marks, archived

    # -- what is asked --------------------------------------------------------------------------------------

    def assets(self) -> Rows:
        return self._client.rows(select("asset", assets.COLUMNS, f"asset.type IN ({quoted(assets.SORTS)})"))

    def negative_lists(self) -> Rows:
        where = ("shared_set.type = 'NEGATIVE_KEYWORDS'", f"shared_set.status != '{REMOVED}'")
        return self._client.rows(select("shared_set", lists.COLUMNS, *where))

    def portfolios(self) -> Rows:
        where = f"bidding_strategy.status != '{REMOVED}'"
        return self._client.rows(select("bidding_strategy", portfolios.COLUMNS, where))

    def conversion_goals(self) -> Rows:
        where = f"custom_conversion_goal.status != '{REMOVED}'"
        return self._client.rows(select(goals.CUSTOM, goals.CUSTOM_COLUMNS, where))

    def bid_for(self, campaigns: Sequence[str]) -> dict[str, list[Value]]:
        """By campaign id, the field that says what it bids for."""
        if not campaigns:
            return {}
        where = among("campaign.id", campaigns)
        configs = {
            last(str(row["campaign"]["resource_name"])): row[goals.CONFIG]
            for row in self._client.rows(select(goals.CONFIG, goals.CONFIG_COLUMNS, *where))
        }
        biddable: dict[str, Rows] = {}
        for row in self._client.rows(select(goals.GOAL, goals.GOAL_COLUMNS, *where)):
            biddable.setdefault(last(str(row["campaign"]["resource_name"])), []).append(row[goals.GOAL])
        return {id: goals.observed(configs.get(id), biddable.get(id, ())) for id in campaigns}

    def ours(self, rows: Rows, known: Collection[Handle]) -> Rows:
        """The lists that bear our mark in their name, or whose id is known."""
        return [row for row in rows if lists.mark(row) or (lists.LIST, _set_id(row)) in known]

    def keywords_of(self, rows: Rows) -> Rows:
        """Keywords of the lists; each says its list as what it hangs under."""
        if not rows:
            return []
        where = [
            "shared_criterion.type = 'KEYWORD'",
            *among("shared_set.id", [_set_id(each) for each in rows]),
        ]
        found = self._client.rows(select("shared_criterion", lists.KEYWORD_COLUMNS, *where))
        for row in found:
            row[lists.LIST] = row["shared_set"]
            row["shared_criterion"]["negative"] = True
        return found

    def uses(self, campaigns: Sequence[str]) -> Rows:
        if not campaigns:
            return []
        where = [f"campaign_shared_set.status != '{REMOVED}'", "shared_set.type = 'NEGATIVE_KEYWORDS'"]
        where += among("campaign.id", campaigns)
        return self._client.rows(select("campaign_shared_set", lists.USE_COLUMNS, *where))

    def asset_groups(self, campaigns: Sequence[str]) -> Rows:
        return self._under(pmax.GROUP, pmax.COLUMNS, campaigns, f"asset_group.status != '{REMOVED}'")

    def themes(self, campaigns: Sequence[str]) -> Rows:
        return self._under(
            "asset_group_signal", pmax.THEME_COLUMNS, campaigns, f"asset_group.status != '{REMOVED}'"
        )

    def signals(self, campaigns: Sequence[str]) -> Rows:
        where = f"asset_group.status != '{REMOVED}'"
        return self._under("asset_group_signal", people.SIGNAL_COLUMNS, campaigns, where)

    def people(self) -> Rows:
        return self._client.rows(select("audience", people.COLUMNS, f"audience.status != '{REMOVED}'"))

    def trees(self, campaigns: Sequence[str]) -> Rows:
        """Nodes of what asset groups show of a merchant's products."""
        filters = listing.FILTERS
        columns = (f"{filters.resource}.resource_name", *listing.columns(filters), *pmax.COLUMNS[:1])
        where = f"asset_group.status != '{REMOVED}'"
        return self._under(filters.resource, (*columns, "campaign.resource_name"), campaigns, where)

    def _under(self, resource: str, columns: Sequence[str], campaigns: Sequence[str], *where: str) -> Rows:
        if not campaigns:
            return []
        return self._client.rows(select(resource, columns, *where, *among("campaign.id", campaigns)))

    def links(self, campaigns: Sequence[str]) -> list[Callable[[], Rows]]:
        return [partial(self._links, kind, campaigns) for kind in assets.LINKS]

    def _links(self, kind: str, campaigns: Sequence[str]) -> Rows:
        if not campaigns:
            return []
        where = [f"{kind}.status != '{REMOVED}'", f"{kind}.source = 'ADVERTISER'"]
        where += among("campaign.id", campaigns)
        return self._client.rows(select(kind, assets.LINK_COLUMNS[kind], *where))

    # -- what it is -----------------------------------------------------------------------------------------

    def observed_assets(self, rows: Rows, known: Collection[Handle]) -> Iterator[Observed]:
        """Assets that bear our mark in their name, or whose id is known."""
        for row in rows:
            id, mark, fields = last(row["asset"]["resource_name"]), assets.mark(row), assets.receive(row)
            if fields is not None and (mark or ("asset", id) in known):
                self._marks["asset", id] = mark
                yield self._observed("asset", id, mark, fields, assets.title(fields))

    def observed_links(self, linked: Sequence[Rows]) -> Iterator[Observed]:
        """Links under what was read; one to somebody else's asset bears that asset's id."""
        for (kind, owner), rows in zip(assets.LINKS.items(), linked, strict=True):
            for row in rows:
                fields = assets.receive_link(kind, row)
                above, asset, role = (str(fields[name]) for name in (owner, "asset", "field_type"))
                mark = assets.link_mark(
                    self._marks.get((owner, above), ""), role, self._whose("asset", asset)
                )
                label = f"{role.lower()}: {assets.caption(row)}"
                id, archived = last(str(row[kind]["resource_name"])), (owner, above) in self._archived
                yield self._observed(kind, id, mark, fields, label, archived)

    def observed_portfolios(self, rows: Rows, known: Collection[Handle]) -> Iterator[Observed]:
        """Strategies that bear our mark in their name, or whose id is known."""
        for row in rows:
            id, mark = last(str(row["bidding_strategy"]["resource_name"])), portfolios.mark(row)
            if mark or (portfolios.KIND, id) in known:
                fields = portfolios.receive(row)
                yield self._observed(portfolios.KIND, id, mark, fields, str(fields["name"]))

    def observed_conversion_goals(self, rows: Rows, known: Collection[Handle]) -> Iterator[Observed]:
        """Custom goals that bear our mark in their name, or whose id is known."""
        for row in rows:
            id, mark = last(str(row[goals.CUSTOM]["resource_name"])), goals.mark(row)
            if mark or (goals.KIND, id) in known:
                fields = goals.receive(row)
                yield self._observed(goals.KIND, id, mark, fields, str(fields["name"]))

    def observed_groups(self, rows: Rows, nodes: Rows) -> Iterator[Observed]:
        trees: dict[str, Rows] = {}
        for row in nodes:
            trees.setdefault(listing.owner_of(row, listing.FILTERS), []).append(row)
        for row in rows:
            id, mark, fields = last(str(row[pmax.GROUP]["resource_name"])), pmax.mark(row), pmax.receive(row)
            if id in trees:
                fields["products"] = listing.observed(trees[id], listing.FILTERS)
            self._marks[pmax.GROUP, id] = mark
            archived = REMOVED in (fields["status"], row["campaign"].get("status"))
            if archived:
                self._archived.add((pmax.GROUP, id))
            yield self._observed(pmax.GROUP, id, mark, fields, str(fields["name"]), archived)

    def observed_themes(self, rows: Rows) -> Iterator[Observed]:
        for row in rows:
            if "search_theme" in row["asset_group_signal"]:
                fields = pmax.receive_theme(row)
                group = (pmax.GROUP, fields[pmax.GROUP])
                mark = pmax.theme_mark(self._marks.get(group, ""), fields["text"])
                id = last(str(row["asset_group_signal"]["resource_name"]))
                yield self._observed(pmax.THEME, id, mark, fields, fields["text"], group in self._archived)

    def observed_signals(self, rows: Rows) -> Iterator[Observed]:
        for row in rows:
            if "audience" in row["asset_group_signal"]:
                fields = people.receive_signal(row)
                group = (pmax.GROUP, fields[pmax.GROUP])
                mark, id = (
                    people.signal_mark(self._marks.get(group, "")),
                    last(str(row["asset_group_signal"]["resource_name"])),
                )
                label = f"audience {fields['audience']}"
                yield self._observed(people.SIGNAL, id, mark, fields, label, group in self._archived)

    def observed_people(self, rows: Rows, known: Collection[Handle]) -> Iterator[Observed]:
        """Audiences that bear our mark in their name, or whose id is known."""
        for row in rows:
            id, mark = last(str(row["audience"]["resource_name"])), people.mark(row)
            if mark or (people.KIND, id) in known:
                fields = people.receive(row)
                yield self._observed(people.KIND, id, mark, fields, str(fields["name"]))

    def observed_lists(self, rows: Rows) -> Iterator[Observed]:
        for row in rows:
            id, mark, fields = _set_id(row), lists.mark(row), lists.receive(row)
            self._marks[lists.LIST, id] = mark
            yield self._observed(lists.LIST, id, mark, fields, str(fields["name"]))

    def observed_uses(self, rows: Rows) -> Iterator[Observed]:
        for row in rows:
            fields = lists.receive_use(row)
            above = ("campaign", fields["campaign"])
            mark = lists.use_mark(self._marks.get(above, ""), self._whose(lists.LIST, fields[lists.LIST]))
            id, label = last(str(row["campaign_shared_set"]["resource_name"])), lists.receive(row)["name"]
            yield self._observed(lists.USE, id, mark, fields, str(label), above in self._archived)

    def _whose(self, kind: str, id: str) -> str:
        """The mark of what is linked; its id where it is not ours."""
        return self._marks.get((kind, id)) or f"id:{id}"

    def _observed(
        self,
        kind: str,
        id: str,
        mark: str,
        fields: Mapping[str, Value],
        label: str,
        archived: bool = False,
    ) -> Observed:
        return Observed("google", self._account, kind, id, mark, fields, label, archived)


def _set_id(row: Row) -> str:
    return last(str(row["shared_set"]["resource_name"]))
