"""What an audience alone cannot know: other audiences, and what platforms can remember."""

from __future__ import annotations

from schemas.audience import (
    ENGAGED,
    Audience,
    CustomerListAudience,
    EngagementAudience,
    LookalikeAudience,
    WebsiteAudience,
)
from schemas.errors import Problem
from schemas.expand import nearest
from schemas.known import Known
from schemas.strategy_checks import Found
from schemas.types import Duration

LONGEST = 540  # days: UserList.membership_life_span
TABLES = (".csv", ".parquet")
LARGEST = 20  # percent: Lookalike Audiences, `lookalike_spec.ratio`, 0.01 to 0.20 in steps of 0.01


def audience_problems(audience: Audience, known: Known) -> Found:
    """Paths in the audience and what is wrong there."""
    match audience:
        case LookalikeAudience():
            yield from _alike(audience, known)
        case WebsiteAudience():
            for side in ("include", "exclude"):
                for index, rule in enumerate(getattr(audience, side)):
                    yield from _whole_days(rule.within, side, index, "within")
        case EngagementAudience():
            yield from _engaged(audience)
        case CustomerListAudience():
            yield from _listed(audience)


def _whole_days(within: Duration, *path: str | int) -> Found:
    if within.hours % 24:
        found = f"found `{within}`; platforms remember visitors by days"
        yield path, Problem("not a number of days", found, f"write whole days: {within.hours // 24 + 1}d")


def _alike(audience: LookalikeAudience, known: Known) -> Found:
    source, points = audience.source, audience.size.points
    if source not in known.audiences or source == audience.audience:
        fix = nearest(source, known.audiences - {audience.audience}, f"write audiences/{source}.yaml")
        yield ("source",), Problem("unknown audience", f"found `{source}`", fix)
    for index, place in enumerate(audience.locations):
        if "-" in place:
            fix = f"write {place[:2]}, and the region under the ad set's `audience: {{locations: [{place}]}}`"
            yield ("locations", index), Problem("not a country", f"found `{place}`, a region", fix)
    if points % 1 or not 1 <= points <= LARGEST:
        fix = f"write a whole percent from 1% to {LARGEST}%"
        yield ("size",), Problem("not a size of a lookalike", f"found `{audience.size}`", fix)


def _engaged(audience: EngagementAudience) -> Found:
    can = ENGAGED[audience.source]
    yield from _whole_days(audience.within, "within")
    if audience.did is not None and audience.did not in can:
        told = f"`{audience.did}` is nothing that people do with {audience.source}"
        yield ("did",), Problem("not done with this source", told, f"write one of {', '.join(can)}")
    if audience.source == "lead_form" and audience.id is None:
        yield (
            (),
            Problem("an audience of a form needs its id", "", "write `id: …`, the form's number on Meta"),
        )


def _listed(audience: CustomerListAudience) -> Found:
    if (audience.query is None) == (audience.file is None):
        yield (), Problem("a customer list needs one of query and file", "", "write `query: SELECT …`")
    if audience.file is not None and not audience.file.lower().endswith(TABLES):
        yield ("file",), Problem("not a table", f"found `{audience.file}`", "name a .csv or .parquet file")
    columns = audience.columns
    addressed = columns.first_name and columns.last_name and columns.postal_code
    if not (columns.email or columns.phone or columns.external_id or addressed):
        told = "people are found by an e-mail address, a telephone number, an address or your own number"
        fix = "name a column of `email`, `phone`, `external_id`, or of names and `postal_code` together"
        yield ("columns",), Problem("nobody can be found by these columns", told, fix)
    if addressed and not (columns.country or audience.country):
        fix = "write `country: TR`, or name its column under `columns`"
        yield ("columns",), Problem("addresses need a country", "neither a column nor `country` says it", fix)
    if audience.keep is not None:
        yield from _whole_days(audience.keep, "keep")
        if not 1 <= audience.keep.hours / 24 <= LONGEST:
            told = f"found `{audience.keep}`; Google keeps members from 1 to {LONGEST} days"
            yield ("keep",), Problem("not a time that members are kept", told, f"write {LONGEST}d or less")
