"""What a platform will refuse, known before anything is sent: a table of checks over neutral resources."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any

from engine.metric import ALSO, METRICS
from engine.resource import Ref, Resource
from engine.supports import Supports, TextLimit
from schemas.errors import Problem, Where
from schemas.experiment import Experiment

OLDEST = 65  # no upper end: platforms call it 65+
SHARED = frozenset({"creative", "image", "video", "audience"})
# Hangul, the first of EastAsianWidth.txt that is wide; before it Python 3.11 calls only unassigned ones so.
FIRST_WIDE = "\u1100"
Locate = Callable[..., Where | None]  # Workspace.where


@dataclass(frozen=True, slots=True)
class Declared:
    """One platform's neutral resources, and the way back to the author's lines."""

    resources: Sequence[Resource]
    supports: Supports
    where: Locate
    blamed: set[tuple[str | int, ...]] = field(default_factory=set)  # campaigns and audiences with a problem

    def kind(self, kind: str) -> Iterator[Resource]:
        return (each for each in self.resources if each.address.kind == kind)

    def problem(self, summary: str, detail: str, fix: str, resource: Resource, *field: str | int) -> Problem:
        title = self.supports.title
        self.blamed.add(resource.path[:2])
        return Problem(summary, f"{title}: {detail}", fix, self.where(*resource.path, *field))


def check(declared: Declared) -> list[Problem]:
    """Everything that the platform's own tables refuse, all at once."""
    return [problem for rule in RULES for problem in rule(declared)]


def sound(declared: Declared) -> list[Resource]:
    """What `check` found nothing wrong with, and what campaigns share; no audience that cannot be built."""
    shared = SHARED - {"audience"}
    return [
        each
        for each in declared.resources
        if each.path[:2] not in declared.blamed or each.address.kind in shared
    ]


def unknown_metrics(experiments: Mapping[str, Experiment], where: Locate) -> list[Problem]:
    """Experiments whose metric nothing is loaded for, at the author's line."""
    known = [*METRICS, *ALSO]
    problems = []
    for key, experiment in experiments.items():
        metric = experiment.metric
        if isinstance(metric, str) and metric not in known:
            close = get_close_matches(metric, known, 1)
            fix = f"Did you mean `{close[0]}`?" if close else f"Use one of {', '.join(known)}, or a ratio."
            place = where("experiment", key, "metric")
            problems.append(Problem("A metric that cannot be measured", f"`{metric}`", fix, place))
    return problems


def goals_fit_the_objective(declared: Declared) -> Iterator[Problem]:
    objectives = {each.address: str(each.fields["objective"]) for each in declared.kind("campaign")}
    for ad_set in declared.kind("ad_set"):
        parent, goal = ad_set.fields["campaign"], ad_set.fields["optimize_for"]
        objective = objectives[parent.address] if isinstance(parent, Ref) else ""
        allowed = declared.supports.goals.get(objective)
        if goal is None or not allowed or goal in allowed:
            continue
        yield declared.problem(
            "This goal does not fit the objective",
            f"a campaign for {objective} cannot be optimised for {goal}",
            f"Choose one of: {', '.join(sorted(allowed))}.",
            ad_set,
            "optimize_for",
        )


def objectives_exist(declared: Declared) -> Iterator[Problem]:
    goals = declared.supports.goals
    for campaign in declared.kind("campaign"):
        if goals and campaign.fields["objective"] not in goals:
            yield declared.problem(
                "The platform has no such objective",
                f"{campaign.fields['objective']} is not offered",
                f"Choose one of {', '.join(goals)}, or skip the platform: `{declared.supports.platform}:"
                " {skip: true}`.",
                campaign,
                "objective",
            )


def ages_fall_on_the_ranges(declared: Declared) -> Iterator[Problem]:
    bounds = declared.supports.age_bounds
    if bounds is None:
        return
    starts, ends = bounds
    for ad_set in declared.kind("ad_set"):
        audience: Any = ad_set.fields["audience"]
        age = audience["age"]
        if age and (age["min"] not in starts or (age["max"] or OLDEST) not in ends):
            yield declared.problem(
                "Ages must fall on the platform's ranges",
                f"{age['min']}-{age['max'] or ''} cuts a range in two",
                f"Start at one of {_list(starts)} and end at one of {_list(ends)}.",
                ad_set,
                "audience",
                "age",
            )


def texts_fit_the_format(declared: Declared) -> Iterator[Problem]:
    texts = declared.supports.texts
    if not texts:
        return
    channels, sells = _channels(declared), _sells(declared)
    creatives = {each.address: each for each in declared.kind("creative")}
    for ad in declared.kind("ad"):
        creative = ad.fields["creative"]
        if isinstance(creative, Ref):
            shown = creatives[creative.address]
            channel = channels.get(str(ad.path[1]), "")
            sort = _format(shown) or ("videos" if ad.fields["options"].get("videos") else "")  # type: ignore[union-attr]
            sort = sort or ("products" if str(ad.path[1]) in sells else "")
            names = [each for each in (f"{channel} {sort}", sort, channel) if each in texts]
            limits = texts[names[0]] if names else next(iter(texts.values()))
            for field, limit in limits.items():
                yield from _texts(declared, ad, shown, field, limit)


def _format(creative: Resource) -> str:
    """What else than one picture or video with texts it is."""
    options: Any = creative.fields.get("options") or {}
    return "post" if options.get("post") else "cards" if creative.fields.get("cards") else ""


def creatives_can_be_shown(declared: Declared) -> Iterator[Problem]:
    """What is declared is built or refused, never dropped in silence."""
    supports, channels = declared.supports, _channels(declared)
    for creative in declared.kind("creative"):
        own = supports.channel_parts.get(channels.get(str(creative.path[1]), ""), frozenset())
        for part in ("thumbnail", "cards"):
            if creative.fields.get(part) and part not in supports.creative_parts | own:
                yield declared.problem(
                    "The platform cannot show this",
                    f"creative.{part} cannot be built there",
                    f"Leave it out, or skip the platform for the ad: `{declared.supports.platform}:"
                    " {skip: true}`.",
                    creative,
                    part,
                )


def _sells(declared: Declared) -> frozenset[str]:
    """Campaigns whose ads need say nothing, since they show products of a merchant."""
    return frozenset(
        each.address.key
        for each in declared.kind("campaign")
        if each.fields["options"].get("shopping")  # type: ignore[union-attr]
    )


def _channels(declared: Declared) -> dict[str, str]:
    return {
        each.address.key: str(each.fields["options"].get("channel", ""))  # type: ignore[union-attr]
        for each in declared.kind("campaign")
    }


def _texts(
    declared: Declared, ad: Resource, creative: Resource, field: str, limit: TextLimit
) -> Iterator[Problem]:
    """An ad's own texts for the platform count in place of its creative's."""
    own: Any = ad.fields["options"].get(limit.own or field)  # type: ignore[union-attr]
    values: Any = own or creative.fields.get(field) or ()
    if own:
        field = limit.own or field
    place: tuple[str | int, ...] = (declared.supports.platform, field) if own else ("creative", field)
    if not limit.minimum <= len(values) <= limit.maximum:
        yield declared.problem(
            f"The number of {field} does not fit the format",
            f"{len(values)} given, {limit.minimum} to {limit.maximum} are taken",
            f"Write {limit.minimum} to {limit.maximum} {field}.",
            ad,
            *place,
        )
    for index, value in enumerate(values):
        if (length := measure(value, limit)) > limit.length:
            yield declared.problem(
                f"One of the {field} is too long",
                f"“{value}” has {length} characters, {limit.length} are allowed",
                f"Shorten it by {length - limit.length}.",
                ad,
                *place,
                index,
            )


def measure(text: str, limit: TextLimit) -> int:
    """The length of a text as its platform counts it."""
    if limit.counting == "chars" or text.isascii() or max(text) < FIRST_WIDE:
        return len(text)
    return len(text) + sum(each >= FIRST_WIDE and unicodedata.east_asian_width(each) in "WF" for each in text)


def campaign_settings_agree(declared: Declared) -> Iterator[Problem]:
    """Settings kept on the campaign may differ between ad sets only if each has its own budget."""
    settings = declared.supports.campaign_settings
    for campaign in declared.kind("campaign"):
        if not settings or campaign.fields["ad_set_budgets"]:
            continue
        ad_sets = [
            each for each in declared.kind("ad_set") if each.fields["campaign"] == Ref(campaign.address)
        ]
        for ad_set in ad_sets[1:]:
            for name in sorted(settings):
                if _setting(ad_set, name) != _setting(ad_sets[0], name):
                    yield _disagreement(declared, ad_set, ad_sets[0], name)


def _setting(ad_set: Resource, name: str) -> Any:
    audience: Mapping[str, Any] = ad_set.fields["audience"]  # type: ignore[assignment]
    value = audience.get(name, ad_set.fields.get(name))
    return sorted(value) if isinstance(value, list | tuple) else value


def _disagreement(declared: Declared, ad_set: Resource, first: Resource, name: str) -> Problem:
    in_audience = ("audience",) if name in ad_set.fields["audience"] else ()  # type: ignore[operator]
    return declared.problem(
        f"Ad sets under one campaign budget cannot differ in {name}",
        f"{ad_set.address.key} has {_list(_setting(ad_set, name))},"
        f" {first.address.key} has {_list(_setting(first, name))}; the platform keeps {name} on the campaign",
        "Either move the budget from the campaign to its ad sets (each then becomes a campaign of its own"
        f" there), or give all ad sets the same {name}.",
        ad_set,
        *in_audience,
        name,
    )


def _list(values: Any) -> str:
    if isinstance(values, Mapping):
        return ", ".join(f"{name} {value}" for name, value in sorted(values.items()))
    if isinstance(values, str) or values is None:
        return str(values)
    return ", ".join(str(each) for each in sorted(values))


def audience_options_can_be_built(declared: Declared) -> Iterator[Problem]:
    """What is declared is built or refused, never dropped in silence."""
    platform = declared.supports.platform
    for ad_set in declared.kind("ad_set"):
        options: Any = ad_set.fields["audience"].get("options") or {}  # type: ignore[union-attr]
        for name in options:
            if name not in declared.supports.audience_options and options[name]:
                yield declared.problem(
                    "Targeting that cannot be built yet",
                    f"audience.{platform}.{name}",
                    "Leave it out, or set it on the platform and list the field in `ignore_changes`.",
                    ad_set,
                    "audience",
                    platform,
                    name,
                )


def _unbuilt(declared: Declared, audience: Resource, sort: str) -> Problem:
    supports = declared.supports
    why, fix = supports.audience_lacks.get(sort, (f"built are {_list(supports.audience_days) or 'none'}", ""))
    skip = f"or skip the campaign or ad set there: `{supports.platform}: {{skip: true}}`"
    told = f"{audience.address.key} is of type {sort}; {why}"
    mend = f"{fix or 'Use another one there'}, {skip}."
    return declared.problem("This type of audience cannot be built", told, mend, audience, "type")


def audiences_can_be_built(declared: Declared) -> Iterator[Problem]:
    """Only kinds of audience that the connector builds, looking back no further than the platform does."""
    days = declared.supports.audience_days
    sorts = {each.address: str(each.fields["type"]) for each in declared.kind("audience")}
    for audience in declared.kind("audience"):
        engaged: Any = audience.fields.get("engaged") or {}
        sort = sorts[audience.address]
        most = days.get(f"{sort}/{engaged['with']}" if engaged else sort)
        if most is None:
            yield _unbuilt(declared, audience, sort)
            continue
        source = audience.fields.get("source")
        if isinstance(source, Ref) and sorts[source.address] == sort:
            told, fix = f"{source.address.key} is one itself", "Name the audience that this one resembles."
            yield declared.problem("A lookalike of a lookalike", told, fix, audience, "source")
        yield from _too_far(declared, audience, most)
        if engaged and engaged["within_days"] > most:
            yield _forgotten(declared, audience, engaged["within_days"], most, "within")


def _too_far(declared: Declared, audience: Resource, most: int) -> Iterator[Problem]:
    for side in ("include", "exclude"):
        rules: Any = audience.fields.get(side) or ()
        for index, rule in enumerate(rules):
            if rule["within_days"] > most:
                yield _forgotten(declared, audience, rule["within_days"], most, side, index, "within")


def _forgotten(declared: Declared, audience: Resource, days: int, most: int, *path: str | int) -> Problem:
    told = f"{days} days; the platform forgets after {most}"
    return declared.problem(
        "An audience cannot look back so far", told, f"Write at most {most}d.", audience, *path
    )


RULES: tuple[Callable[[Declared], Iterator[Problem]], ...] = (
    objectives_exist,
    goals_fit_the_objective,
    ages_fall_on_the_ranges,
    texts_fit_the_format,
    creatives_can_be_shown,
    campaign_settings_agree,
    audience_options_can_be_built,
    audiences_can_be_built,
)
