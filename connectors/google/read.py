"""What is on the account and bears a mark of Kampanya's, as canonical fields; a few queries, at any size."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from functools import partial
from typing import Any, Final

from connectors.base import Handle
from connectors.google import audience, formats, keywords, listing, lists, normal, places, settings
from connectors.google.channels import app, demand_gen
from connectors.google.client import Client
from connectors.google.gaql import LONGEST_LIST, REMOVED, one_of, quoted, select
from connectors.google.normal import Row, last
from connectors.google.shelf import Shelf
from connectors.google.text import lower
from connectors.parallel import together
from engine.naming import LABEL_PREFIX, token_of
from engine.resource import Observed, Value

CAMPAIGN: Final = (
    "campaign.resource_name", "campaign.name", "campaign.status", "campaign.labels",
    "campaign.advertising_channel_type", "campaign.contains_eu_political_advertising",
    "campaign.start_date_time", "campaign.end_date_time", "campaign.brand_guidelines_enabled",
    "campaign.asset_automation_settings", "campaign.demand_gen_campaign_settings.upgraded_targeting",
    *app.COLUMNS, *(f"campaign.network_settings.{name}" for name in normal.NETWORKS),
    *(f"campaign.geo_target_type_setting.{name}" for name in normal.PRESENCE),
    "campaign.tracking_url_template", "campaign.url_custom_parameters",
    "campaign.bidding_strategy_type", "campaign.bidding_strategy",
    "campaign.target_spend.cpc_bid_ceiling_micros", "campaign.maximize_conversions.target_cpa_micros",
    "campaign.maximize_conversion_value.target_roas", "campaign.target_cpa.target_cpa_micros",
    "campaign.target_roas.target_roas", "campaign.manual_cpc.enhanced_cpc_enabled",
    "campaign.target_impression_share.location", "campaign.target_impression_share.location_fraction_micros",
    "campaign.target_impression_share.cpc_bid_ceiling_micros",
    *(f"campaign.shopping_setting.{name}" for name in normal.SHOPPING),
    "campaign_budget.amount_micros", "campaign_budget.total_amount_micros", "campaign_budget.period",
    "campaign_budget.explicitly_shared",
)  # fmt: skip
AD_GROUP: Final = (
    "ad_group.resource_name", "ad_group.name", "ad_group.status", "ad_group.type", "ad_group.cpc_bid_micros",
    "ad_group.tracking_url_template", "ad_group.url_custom_parameters", "ad_group.labels",
    "ad_group.final_url_suffix", "ad_group.targeting_setting.target_restrictions",
    "campaign.resource_name", "campaign.status", *demand_gen.COLUMNS,
)  # fmt: skip
AD: Final = (
    "ad_group_ad.resource_name", "ad_group_ad.status", "ad_group_ad.labels", "ad_group_ad.ad.id",
    "ad_group_ad.ad.type", "ad_group_ad.ad.name", "ad_group_ad.ad.final_urls",
    "ad_group_ad.ad.final_url_suffix", "ad_group_ad.ad_group_ad_asset_automation_settings", *formats.COLUMNS,
    "ad_group.resource_name", "ad_group.status", "campaign.resource_name", "campaign.status",
)  # fmt: skip
CAMPAIGN_CRITERION: Final = (
    *settings.COLUMNS, "campaign_criterion.type", "campaign_criterion.language.language_constant",
    "campaign_criterion.keyword.text", "campaign_criterion.keyword.match_type", "campaign.resource_name",
)  # fmt: skip
AD_GROUP_CRITERION: Final = (
    "ad_group_criterion.resource_name", "ad_group_criterion.type", "ad_group_criterion.negative",
    "ad_group_criterion.status", "ad_group_criterion.keyword.text", "ad_group_criterion.keyword.match_type",
    "ad_group_criterion.age_range.type", "ad_group_criterion.gender.type",
    "ad_group_criterion.income_range.type", "ad_group_criterion.parental_status.type",
    "ad_group_criterion.user_list.user_list", "ad_group_criterion.location.geo_target_constant",
    "ad_group_criterion.language.language_constant", "ad_group_criterion.audience.audience",
    "ad_group_criterion.cpc_bid_micros", *listing.columns(listing.CRITERIA),
    "ad_group.resource_name", "campaign.resource_name",
)  # fmt: skip
GEO: Final = (
    "geo_target_constant.resource_name", "geo_target_constant.name", "geo_target_constant.country_code",
    "geo_target_constant.target_type",
)  # fmt: skip
LANGUAGE: Final = ("language_constant.resource_name", "language_constant.code")
CRITERIA: Final[Mapping[str, tuple[str, ...]]] = {
    "campaign_criterion": ("KEYWORD", "LOCATION", "LANGUAGE", "PROXIMITY", "AD_SCHEDULE", "DEVICE"),
    "ad_group_criterion": (
        "KEYWORD", "AGE_RANGE", "GENDER", "INCOME_RANGE", "PARENTAL_STATUS", "USER_LIST", "LOCATION",
        "LANGUAGE", "AUDIENCE", "LISTING_GROUP",
    ),
}  # fmt: skip
# Kind → (resource of the query, its columns, the field that holds its id).
LABELLED: Final[Mapping[str, tuple[str, tuple[str, ...], str]]] = {
    "campaign": ("campaign", CAMPAIGN, "campaign.id"),
    "ad_group": ("ad_group", AD_GROUP, "ad_group.id"),
    "ad": ("ad_group_ad", AD, "ad_group_ad.ad.id"),
}


class Constants:
    """Locations and languages in both directions, asked once for as long as the connector lives."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._geo: dict[str, str] = {}  # code → resource name
        self._codes: dict[str, str] = {}  # resource name → code
        self._languages: dict[str, str] | None = None

    def locations(self, codes: Collection[str]) -> dict[str, str]:
        """Resource names by code; a code that Google does not know is left out."""
        missing = sorted(set(codes) - self._geo.keys())
        countries = [code for code in missing if len(code) == 2]
        if countries:
            where = (
                "geo_target_constant.target_type = 'Country'",
                one_of("geo_target_constant.country_code", countries),
            )
            self._learn(self._constants(where))
        named = [code for code in missing if code in places.PROVINCES]
        for start in range(0, len(named), 25):  # at most 25 names a request, says the guide
            asked = [places.PROVINCES[code] for code in named[start : start + 25]]
            self._learn(self._client.suggest(asked, "TR"))
        return {code: self._geo[code] for code in codes if code in self._geo}

    def codes(self, resources: Collection[str]) -> Mapping[str, str]:
        """Codes by resource name; the resource name itself where there is no code."""
        missing = sorted(set(resources) - self._codes.keys())
        for start in range(0, len(missing), LONGEST_LIST):
            part = missing[start : start + LONGEST_LIST]
            self._learn(self._constants((one_of("geo_target_constant.resource_name", part),)))
        return defaultdict(str, {name: self._codes.get(name, name) for name in resources})

    def languages(self) -> Mapping[str, str]:
        """Resource names by ISO 639 code, all of them."""
        if self._languages is None:
            rows = self._client.rows(select("language_constant", LANGUAGE))
            self._languages = places.languages(row["language_constant"] for row in rows)
        return self._languages

    def _constants(self, where: Sequence[str]) -> Sequence[Row]:
        rows = self._client.rows(select("geo_target_constant", GEO, *where))
        return [row["geo_target_constant"] for row in rows]

    def _learn(self, constants: Sequence[Row]) -> None:
        self._geo = places.by_code(constants) | self._geo
        self._codes |= {str(each["resource_name"]): places.code_of(each) for each in constants}


def handles(client: Client) -> list[Handle]:
    """All that is not removed, whoever made it, but for what comes along with what it hangs under."""
    found: list[Handle] = []
    for kind, (resource, _, id_field) in LABELLED.items():
        columns = (f"{resource}.resource_name", id_field)
        where = [f"{each}.status != '{REMOVED}'" for each in ABOVE[kind]]
        found += [(kind, _id(kind, row)) for row in client.rows(select(resource, columns, *where))]
    for kind, (resource, status) in SHELVED.items():
        where = [f"{each}.status != '{REMOVED}'" for each in status]
        rows = client.rows(select(resource, (f"{resource}.resource_name",), *where))
        found += [(kind, last(str(row[resource]["resource_name"]))) for row in rows]
    return found


# Kind → (resource of the query, what has a status that tells of a removal).
SHELVED: Final[Mapping[str, tuple[str, tuple[str, ...]]]] = {
    "audience": ("user_list", ()),
    "asset": ("asset", ()),
    "asset_group": ("asset_group", ("campaign", "asset_group")),
    "negative_list": ("shared_set", ("shared_set",)),
    "portfolio": ("bidding_strategy", ("bidding_strategy",)),
    "target_audience": ("audience", ("audience",)),
    "conversion_goal": ("custom_conversion_goal", ("custom_conversion_goal",)),
}
NAMED: Final[Mapping[str, tuple[str, str]]] = {
    "campaign": ("campaign", f"campaign.status != '{REMOVED}'"),
    "audience": ("user_list", ""),
}


def called(client: Client, kind: str) -> dict[str, str]:
    """Id → name of everything of a kind that is not removed, whoever made it. Raises ConnectorError."""
    resource, where = NAMED[kind]
    columns = (f"{resource}.resource_name", f"{resource}.name")
    rows = (row[resource] for row in client.rows(select(resource, columns, *([where] if where else ()))))
    return {last(str(row["resource_name"])): str(row.get("name", "")) for row in rows}


# What has to be there still for one of a kind to be: itself, and what it hangs under.
ABOVE: Final[Mapping[str, tuple[str, ...]]] = {
    "campaign": ("campaign",),
    "ad_group": ("campaign", "ad_group"),
    "ad": ("campaign", "ad_group", "ad_group_ad"),
}


class Reader:
    """One reading of the account."""

    def __init__(self, client: Client, constants: Constants, account: str) -> None:
        self._client, self._constants, self._account = client, constants, account
        self._tokens = dict(labels(client).values())
        self._marks: dict[tuple[str, str], str] = {}  # (kind, id) → mark
        self._archived: set[tuple[str, str]] = set()

    def read(self, known: Collection[Handle]) -> list[Observed]:
        """Everything with our label or a known id, and the keywords below. Raises ConnectorError."""
        reads: list[Callable[[], list[dict[str, Any]]]] = [partial(self._marked, kind) for kind in LABELLED]
        shelf = Shelf(self._client, self._account, self._marks, self._archived)
        *listed, audiences, library, shared, strategies, counted, aimed = together(
            [
                *reads, self._user_lists, shelf.assets, shelf.negative_lists, shelf.portfolios,
                shelf.conversion_goals, shelf.people,
            ]
        )  # fmt: skip
        rows = dict(zip(LABELLED, listed, strict=True))
        self._add_known(rows, known)
        campaigns = [_id("campaign", row) for row in rows["campaign"]]
        owners = sorted({*campaigns, *(last(r["campaign"]["resource_name"]) for r in rows["ad_group"])})
        ours = shelf.ours(shared, known)
        asked: list[Callable[[], list[dict[str, Any]]]] = [
            partial(self._criteria, "campaign_criterion", CAMPAIGN_CRITERION, owners),
            partial(self._criteria, "ad_group_criterion", AD_GROUP_CRITERION, owners),
            partial(shelf.keywords_of, ours),
            partial(shelf.uses, owners),
            partial(shelf.asset_groups, owners),
            partial(shelf.trees, owners),
            partial(shelf.themes, owners),
            partial(shelf.signals, owners),
            *shelf.links(owners),
        ]
        on_campaign, on_ad_group, on_lists, uses, groups, nodes, themes, signals, *links = together(asked)
        found = [
            *self._audiences(audiences, known),
            *self._campaigns(rows["campaign"], on_campaign, shelf.bid_for(campaigns)),
            *self._ad_groups(rows["ad_group"], on_ad_group),
            *(self._observed("ad", row, normal.ad(row), _title(row)) for row in rows["ad"]),
        ]
        return [
            *found,
            *self._keywords("campaign", "campaign_criterion", on_campaign),
            *self._keywords("ad_group", "ad_group_criterion", on_ad_group),
            *shelf.observed_portfolios(strategies, known),
            *shelf.observed_conversion_goals(counted, known),
            *shelf.observed_people(aimed, known),
            *shelf.observed_groups(groups, nodes),
            *shelf.observed_themes(themes),
            *shelf.observed_signals(signals),
            *shelf.observed_lists(ours),
            *self._keywords(lists.LIST, "shared_criterion", on_lists),
            *shelf.observed_uses(uses),
            *shelf.observed_assets(library, known),
            *shelf.observed_links(links),
        ]

    def _marked(self, kind: str) -> list[dict[str, Any]]:
        if not self._tokens:
            return []
        resource, columns, _ = LABELLED[kind]
        names = sorted(self._tokens)
        where = [f"{resource}.labels CONTAINS ANY ({quoted(names)})"] if len(names) <= LONGEST_LIST else []
        rows = self._client.rows(select(resource, columns, *where))
        return [row for row in rows if self._mark(row[resource])]

    def _add_known(self, rows: Mapping[str, list[dict[str, Any]]], known: Collection[Handle]) -> None:
        """Ids that no label led to are asked for by themselves: the label may be gone."""
        for kind, (resource, columns, id_field) in LABELLED.items():
            seen = {_id(kind, row) for row in rows[kind]}
            missing = sorted(id for named, id in known if named == kind and id not in seen)
            for start in range(0, len(missing), LONGEST_LIST):
                where = f"{id_field} IN ({', '.join(missing[start : start + LONGEST_LIST])})"
                rows[kind].extend(self._client.rows(select(resource, columns, where)))

    def _criteria(
        self, resource: str, columns: Sequence[str], campaigns: Sequence[str]
    ) -> list[dict[str, Any]]:
        if not campaigns:
            return []
        where = [f"{resource}.type IN ({quoted(CRITERIA[resource])})", f"{resource}.status != '{REMOVED}'"]
        if len(campaigns) <= LONGEST_LIST:
            where.append(f"campaign.id IN ({', '.join(campaigns)})")
        return self._client.rows(select(resource, columns, *where))

    def _campaigns(
        self, rows: Sequence[Row], criteria: Sequence[Row], goals: Mapping[str, list[Value]]
    ) -> Iterator[Observed]:
        locations: dict[str, list[str]] = defaultdict(list)
        languages: dict[str, list[str]] = defaultdict(list)
        others: dict[str, list[Row]] = defaultdict(list)
        named: set[str] = set()
        for row in criteria:
            owner, criterion = last(row["campaign"]["resource_name"]), row["campaign_criterion"]
            others[owner].append(criterion)
            if "location" in criterion:
                named.add(name := str(criterion["location"]["geo_target_constant"]))
                locations[owner] += [] if criterion.get("negative") else [name]
            if "language" in criterion:
                languages[owner].append(str(criterion["language"]["language_constant"]))
        codes = self._constants.codes(named)
        spoken = {name: code for code, name in self._constants.languages().items()} if languages else {}
        for row in rows:
            id = _id("campaign", row)
            fields = normal.campaign(
                row,
                [codes[name] for name in locations[id]],
                [spoken.get(name, name) for name in languages[id]],
            )
            fields |= settings.observed(others[id], codes)
            fields |= {"conversion_goals": goals[id], **app.observed(row["campaign"])}
            yield self._observed("campaign", row, fields, str(fields["name"]))

    def _ad_groups(self, rows: Sequence[Row], criteria: Sequence[Row]) -> Iterator[Observed]:
        excluded: dict[str, list[str]] = defaultdict(list)
        parents: dict[str, list[str]] = defaultdict(list)
        lists: dict[tuple[str, bool], list[str]] = defaultdict(list)
        kept: dict[str, list[Row]] = defaultdict(list)
        trees: dict[str, list[Row]] = defaultdict(list)
        for row in criteria:
            criterion = row["ad_group_criterion"]
            kept[last(row["ad_group"]["resource_name"])].append(criterion)
            if "listing_group" in criterion:
                trees[listing.owner_of(row, listing.CRITERIA)].append(row)
            if "user_list" in criterion:
                owner = last(row["ad_group"]["resource_name"])
                lists[owner, bool(criterion.get("negative"))].append(
                    last(criterion["user_list"]["user_list"])
                )
            for name in ("age_range", "gender", "income_range", "parental_status"):
                if name in criterion and criterion.get("negative"):
                    shut = parents if name == "parental_status" else excluded
                    shut[last(row["ad_group"]["resource_name"])].append(str(criterion[name]["type"]))
        for row in rows:
            id = _id("ad_group", row)
            fields = normal.ad_group(row, excluded[id], lists[id, False], lists[id, True], parents[id])
            if placed := demand_gen.receive(row):
                fields |= placed | self._placed(kept[id])
            if id in trees:
                fields["products"] = listing.observed(trees[id], listing.CRITERIA)
            yield self._observed("ad_group", row, fields, str(fields["name"]))

    def _placed(self, criteria: Sequence[Row]) -> dict[str, Any]:
        """Places, languages and the audience of an ad group that keeps them."""
        found = demand_gen.kept(criteria)
        codes = self._constants.codes([*found["locations"], *found["excluded_locations"]])
        spoken = {name: code for code, name in self._constants.languages().items()}
        return {
            **{name: sorted(codes[each] for each in found[name]) for name in found if "locations" in name},
            "languages": sorted(spoken.get(each, each) for each in found["languages"]),
            demand_gen.PEOPLE: next(iter(found[demand_gen.PEOPLE]), None),
        }

    def _user_lists(self) -> list[dict[str, Any]]:
        return self._client.rows(select("user_list", audience.COLUMNS))

    def _audiences(self, rows: Sequence[Row], known: Collection[Handle]) -> Iterator[Observed]:
        """User lists that are open or closed; a removed one is gone."""
        for row in rows:
            id, mark = last(row["user_list"]["resource_name"]), audience.mark(row)
            if mark or ("audience", id) in known:
                fields = audience.receive(row)
                yield Observed("google", self._account, "audience", id, mark, fields, str(fields["name"]))

    def _keywords(self, parent: str, resource: str, criteria: Sequence[Row]) -> Iterator[Observed]:
        for row in criteria:
            criterion = row[resource]
            kind = keywords.kind_of(resource, bool(criterion.get("negative")))
            if "keyword" not in criterion or kind is None:
                continue
            owner = last(row[parent]["resource_name"])
            text, match = (
                lower(str(criterion["keyword"]["text"])),
                criterion["keyword"]["match_type"],
            )
            fields = {parent: owner, "text": text, "match_type": match}
            if not kind.negative:
                fields["status"] = criterion.get("status", "")
            mark = keywords.mark(self._marks.get((parent, owner), ""), match, text)
            id = last(str(criterion["resource_name"]))
            label, archived = f"{match.lower()}: {text}", (parent, owner) in self._archived
            yield Observed("google", self._account, kind.kind, id, mark, fields, label, archived)

    def _observed(self, kind: str, row: Row, fields: Mapping[str, Any], label: str) -> Observed:
        id, (mark, *also) = _id(kind, row), [*self._marks_on(row[LABELLED[kind][0]])] or [""]
        self._marks[kind, id] = mark
        above = [row.get(name, {}).get("status") for name in ("campaign", "ad_group")]
        archived = REMOVED in (*above, fields["status"])
        if archived:
            self._archived.add((kind, id))
        return Observed("google", self._account, kind, id, mark, fields, label, archived, tuple(also))

    def _mark(self, resource: Row) -> str:
        """The token of the first of its labels that is Kampanya's; "" without one."""
        return next(self._marks_on(resource), "")

    def _marks_on(self, resource: Row) -> Iterator[str]:
        return (self._tokens[name] for name in resource.get("labels", ()) if name in self._tokens)


def labels(client: Client) -> dict[str, tuple[str, str]]:
    """The account's labels of ours: label name → (resource name, token)."""
    where = (f"label.name LIKE '{LABEL_PREFIX}%'", f"label.status != '{REMOVED}'")
    rows = client.rows(select("label", ("label.resource_name", "label.name"), *where))
    named = [(str(row["label"]["name"]), str(row["label"]["resource_name"])) for row in rows]
    return {name: (resource, token) for name, resource in named if (token := token_of(name))}


def _id(kind: str, row: Row) -> str:
    if kind == "ad":
        return str(row["ad_group_ad"]["ad"]["id"])
    return last(str(row[kind]["resource_name"]))


def _title(row: Row) -> str:
    headlines = row["ad_group_ad"].get("ad", {}).get("responsive_search_ad", {}).get("headlines", ())
    return str(headlines[0]["text"]) if headlines else ""
