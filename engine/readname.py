"""Names of a live account read by the brand's own patterns: keys, terms, and what need not be written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from engine.naming import pattern
from schemas.naming import Pattern


@dataclass(frozen=True, slots=True)
class Reader:
    """`patterns` by level, `utm` those of tracking, `fixed` what every name of the brand says."""

    patterns: Mapping[str, Pattern]
    terms: Mapping[str, tuple[str, ...]]
    fixed: Mapping[str, str]
    utm: Mapping[str, str] = field(default_factory=dict)

    def fields(self, level: str, name: str) -> dict[str, str]:
        """The fields of a name; empty for one that the pattern of this brand would not make."""
        pattern = self.patterns.get(level)
        found = pattern.parse(name) if pattern else None
        if found is None or any(found.get(each, value) != value for each, value in self.fixed.items()):
            return {}
        return found

    def shorten(self, campaign: dict[str, Any]) -> None:
        """Leave out of a campaign's YAML every `name` that its pattern makes anyway; say its terms instead.

        `campaign` is whole, with its ad sets and ads, and is changed in place.
        """
        start = str((campaign.get("flight") or {}).get("start") or "")
        dates = {"year": start[:4], "month": start[5:7]}
        own = {"campaign": campaign["campaign"], "objective": str(campaign.get("objective", "")), **dates}
        names = self._shorten("campaign", campaign, {**self.fixed, **own})
        for ad_set in campaign.get("ad_sets", ()):
            goal = ad_set.get("optimize_for") or campaign.get("optimize_for") or ""
            below = {**names, "ad_set": ad_set["ad_set"], "optimize_for": goal}
            below = self._shorten("ad_set", ad_set, below)
            for ad in ad_set.get("ads", ()):
                self._untag(ad, self._shorten("ad", ad, {**below, "ad": ad["ad"]}))

    def _untag(self, ad: dict[str, Any], names: Mapping[str, str]) -> None:
        """Leave out the tracking that the brand's own patterns make."""
        creative = ad.get("creative", {})
        try:
            usual = {name: pattern(text, names) for name, text in self.utm.items()}
        except KeyError:  # a term that no name here says
            return
        if creative.get("utm") == usual:
            del creative["utm"]

    def _shorten(self, level: str, body: dict[str, Any], names: dict[str, str]) -> dict[str, str]:
        """The names that hold below this level."""
        name = str(body.get("name", ""))
        read = self.fields(level, name)
        said = {each: read[each] for each in self.terms if each in read}
        whole = {**names, **said}
        if not read or self.patterns[level].fill(whole) != name:
            return names
        del body["name"]
        fresh = {each: value for each, value in said.items() if names.get(each) != value}
        if fresh:
            body["terms"] = fresh
        return whole
