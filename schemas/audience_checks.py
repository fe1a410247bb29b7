"""What an audience alone cannot know: other audiences, and what platforms can remember."""

from __future__ import annotations

from schemas.audience import Audience, LookalikeAudience, WebsiteAudience
from schemas.errors import Problem
from schemas.expand import nearest
from schemas.known import Known
from schemas.strategy_checks import Found


def audience_problems(audience: Audience, known: Known) -> Found:
    """Paths in the audience and what is wrong there."""
    source = audience.source if isinstance(audience, LookalikeAudience) else None
    if source is not None and (source not in known.audiences or source == audience.audience):
        fix = nearest(source, known.audiences - {audience.audience}, f"write audiences/{source}.yaml")
        yield ("source",), Problem("unknown audience", f"found `{source}`", fix)
    if isinstance(audience, WebsiteAudience):
        for side in ("include", "exclude"):
            for index, rule in enumerate(getattr(audience, side)):
                if rule.within.hours % 24:
                    whole = f"write whole days: {rule.within.hours // 24 + 1}d"
                    found = f"found `{rule.within}`; platforms remember visitors by days"
                    yield (side, index, "within"), Problem("not a number of days", found, whole)
    if audience.type == "customer_list" and (audience.query is None) == (audience.file is None):
        yield (), Problem("a customer list needs one of query and file", "", "write `query: SELECT …`")
