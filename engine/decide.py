"""What experiments decided, laid over the declaration of the platform they ran on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from engine.resource import Resource, Value
from schemas.decision import AdSetDecision, Decision
from schemas.errors import KampanyaError


def decide(
    resources: Sequence[Resource], decisions: Sequence[Decision], platform: str, currency: str
) -> list[Resource]:
    """Neutral resources of one platform as decided; later decisions win.

    Raises KampanyaError for a decision on an ad set that is not declared, or not in the account's currency.
    """
    wanted = {
        key: each
        for decision in decisions
        if decision.platform == platform
        for key, each in decision.ad_sets.items()
    }
    keys = {each.address.key for each in resources if each.address.kind == "ad_set"}
    if missing := sorted(wanted.keys() - keys):
        raise KampanyaError(
            "A decision on an ad set that is not declared", ", ".join(missing), "Delete the decision's file."
        )
    for key, each in wanted.items():
        if each.daily is not None and each.daily.currency != currency:
            raise KampanyaError(
                "A decision in another currency than its account's",
                f"{key}: {each.daily}, the account is in {currency}",
                "Delete the decision's file, or write the amount in the account's currency.",
            )
    return [
        _decided(each, wanted[each.address.key])
        if each.address.kind == "ad_set" and each.address.key in wanted
        else each
        for each in resources
    ]


def _decided(resource: Resource, decision: AdSetDecision) -> Resource:
    fields: dict[str, Value] = dict(resource.fields)
    if decision.status is not None:
        fields["status"] = decision.status
    if decision.daily is not None:
        amount, currency = str(decision.daily.amount), decision.daily.currency
        fields["budget"] = {"period": "day", "amount": amount, "currency": currency}
    return replace(resource, fields=fields)
