"""Amounts in micros: the smallest unit of each currency, and what a budget may be."""

from __future__ import annotations

from sandbox.google.context import Operation
from sandbox.google.messages import Message, enum_name

# Currencies whose smallest billable unit is not a hundredth: from memory.
WHOLE_UNITS = {"CLP", "COP", "CRC", "HUF", "IDR", "ISK", "JPY", "KRW", "PYG", "TWD", "UGX", "VND"}
LARGEST_DAY = 10**15  # choice: far above any real budget


def unit(currency: str) -> int:
    """Micros of the smallest amount that can be billed."""
    return 1_000_000 if currency in WHOLE_UNITS else 10_000


def check_multiple(op: Operation, field: str, family: str, code: str) -> None:
    """An amount is a multiple of the currency's smallest unit."""
    smallest, value = unit(op.account.world.currency), getattr(op.new, field)
    if op.touches(field) and value and value % smallest:
        op.refuse(
            family, code, f"The amount is not a multiple of {smallest} micros.", field, trigger=str(value)
        )


def check_budget(op: Operation) -> None:
    """Name, amount, period and sharing of a campaign budget."""
    budget, family = op.new, "campaign_budget_error"
    check_multiple(op, "amount_micros", family, "NON_MULTIPLE_OF_MINIMUM_CURRENCY_UNIT")
    check_multiple(op, "total_amount_micros", family, "NON_MULTIPLE_OF_MINIMUM_CURRENCY_UNIT")
    if op.creating and budget.explicitly_shared and not budget.name:
        op.refuse("field_error", "REQUIRED", "The required field was not present.", "name")
    if enum_name(budget, "period") == "CUSTOM_PERIOD":
        _check_total(op, budget)
    else:
        _check_daily(op, budget)
    if op.touches("delivery_method") and enum_name(budget, "delivery_method") == "ACCELERATED":
        text = "Accelerated delivery is no longer available."
        op.refuse(family, "CANNOT_USE_ACCELERATED_DELIVERY_MODE", text, "delivery_method")
    if not op.creating:
        _check_sharing(op)


def _check_daily(op: Operation, budget: Message) -> None:
    if budget.HasField("total_amount_micros"):
        code = "TOTAL_BUDGET_AMOUNT_MUST_BE_UNSET_FOR_BUDGET_PERIOD_DAILY"
        op.refuse("campaign_budget_error", code, "A daily budget has no total amount.", "total_amount_micros")
    elif not budget.HasField("amount_micros"):
        op.refuse("field_error", "REQUIRED", "The required field was not present.", "amount_micros")
    elif op.touches("amount_micros"):
        _check_amount(op, "amount_micros", budget.amount_micros)


def _check_total(op: Operation, budget: Message) -> None:
    if budget.HasField("amount_micros"):
        code = "BUDGET_AMOUNT_MUST_BE_UNSET_FOR_CUSTOM_BUDGET_PERIOD"
        op.refuse("campaign_budget_error", code, "A total budget has no daily amount.", "amount_micros")
    elif not budget.HasField("total_amount_micros"):
        op.refuse("field_error", "REQUIRED", "The required field was not present.", "total_amount_micros")
    elif op.touches("total_amount_micros"):
        _check_amount(op, "total_amount_micros", budget.total_amount_micros)


def _check_amount(op: Operation, field: str, value: int) -> None:
    smallest = unit(op.account.world.currency)
    if value < 0:
        op.refuse(
            "campaign_budget_error",
            "NEGATIVE_MONEY_AMOUNT",
            "The amount is negative.",
            field,
            trigger=str(value),
        )
    elif value < smallest:
        code, text = "MONEY_AMOUNT_LESS_THAN_CURRENCY_MINIMUM_CPC", f"The amount is below {smallest} micros."
        op.refuse("campaign_budget_error", code, text, field, trigger=str(value))
    elif value > LARGEST_DAY:
        op.refuse(
            "campaign_budget_error",
            "MONEY_AMOUNT_TOO_LARGE",
            "The amount is too large.",
            field,
            trigger=str(value),
        )


def _check_sharing(op: Operation) -> None:
    old, new, family = op.old, op.new, "campaign_budget_error"
    assert old is not None
    if old.explicitly_shared and not new.explicitly_shared:
        code, text = "CANNOT_UPDATE_CAMPAIGN_BUDGET_TO_IMPLICITLY_SHARED", "A shared budget stays shared."
        op.refuse(family, code, text, "explicitly_shared")
    elif not old.explicitly_shared and new.explicitly_shared and "name" not in op.changed:
        code, text = (
            "CANNOT_UPDATE_CAMPAIGN_BUDGET_TO_EXPLICITLY_SHARED_WITHOUT_NAME",
            "A shared budget needs a name.",
        )
        op.refuse(family, code, text, "explicitly_shared")
    elif not new.explicitly_shared and "name" in op.changed:
        code, text = (
            "CANNOT_MODIFY_FIELD_OF_IMPLICITLY_SHARED_CAMPAIGN_BUDGET",
            "The name follows the campaign's.",
        )
        op.refuse(family, code, text, "name")
