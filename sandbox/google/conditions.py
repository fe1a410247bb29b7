"""WHERE: a condition of a query as a test of one value, with the operators each type of field takes."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from sandbox.google.fields import Field, number_of
from sandbox.google.query import Condition, query_error

Test = Callable[[Any], bool]
COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq, "!=": operator.ne, "<": operator.lt, "<=": operator.le, ">": operator.gt,
    ">=": operator.ge,
}  # fmt: skip
ORDERED = {"<", "<=", ">", ">=", "BETWEEN"}
TEXT_ONLY = {"LIKE", "NOT LIKE", "REGEXP_MATCH", "NOT REGEXP_MATCH"}
SETS = {"CONTAINS ANY", "CONTAINS ALL", "CONTAINS NONE"}
DAY = re.compile(r"\d{4}-?\d{2}-?\d{2}")
TIME = re.compile(r"(\d{4}-?\d{2}-?\d{2})(?P<time> ([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,6})?)?")


def compile_condition(field: Field, condition: Condition, today: date) -> Test:
    """A test of the field's value (None where unset); raises Refusal where operator or value do not fit."""
    name, value = condition.operator, condition.value
    if name == "IS NULL":
        return lambda found: found is None or found == ""
    if name == "IS NOT NULL":
        return lambda found: not (found is None or found == "")
    _check_operator(field, name)
    if name == "DURING":
        low, high = (day.isoformat() for day in during(value, today))
        return lambda found: bool(found) and low <= found[:10] <= high
    if name in SETS:
        return _contains(name, {convert(field, one) for one in value})
    if name in ("LIKE", "NOT LIKE"):
        return _matches(_like(str(value)), name == "NOT LIKE")
    if name in ("REGEXP_MATCH", "NOT REGEXP_MATCH"):
        return _matches(_regexp(str(value)), name == "NOT REGEXP_MATCH")
    if name in ("IN", "NOT IN"):
        wanted, inside = {convert(field, one) for one in value}, name == "IN"
        return lambda found: (_plain(field, found) in wanted) is inside
    if name == "BETWEEN":
        low, high = (convert(field, one) for one in value)
        return lambda found: found is not None and low <= _comparable(field, found) <= high
    compare, wanted_one = COMPARE[name], convert(field, value)
    if name in ("=", "!="):
        return lambda found: compare(_plain(field, found), wanted_one)
    return lambda found: found is not None and compare(_comparable(field, found), wanted_one)


def _plain(field: Field, found: Any) -> Any:
    """An unset value as the one it compares equal to."""
    if found is not None:
        return found
    return "" if field.is_text else False if field.is_flag else 0


def _comparable(field: Field, found: Any) -> Any:
    return found[:10] if field.is_date and len(found) > 10 and not field.name.endswith("date_time") else found


def _check_operator(field: Field, name: str) -> None:
    wrong = (
        (name in SETS) != field.repeated
        or (field.is_message and not field.repeated)
        or (name in TEXT_ONLY and not field.is_text)
        or (name == "DURING" and not field.is_date)
        or (
            name in ORDERED
            and (field.enum is not None or field.is_flag or (field.is_text and not field.is_date))
        )
    )
    if wrong:
        text = f"Operator '{name}' cannot be used with the field '{field.name}'."
        raise query_error("OPERATOR_FIELD_MISMATCH", text, field.name)


def convert(field: Field, value: Any) -> Any:
    """A query's value in the field's own type."""
    if isinstance(value, list):
        raise query_error("EXPECTED_SINGLE_VALUE", "Expected one value.", field.name)
    if field.enum is not None:
        return number_of(field.enum, str(value))
    if field.is_flag:
        word = str(value).upper()
        if word not in ("TRUE", "FALSE", "1", "0"):
            raise query_error("BAD_VALUE", f"'{value}' is neither TRUE nor FALSE.", str(value))
        return word in ("TRUE", "1")
    if field.is_text:
        return _date_text(field, str(value)) if field.is_date else str(value)
    try:
        return float(value) if "." in str(value) else int(value)
    except ValueError:
        raise query_error("BAD_NUMBER", f"'{value}' is not a number.", str(value)) from None


def _date_text(field: Field, text: str) -> str:
    if field.name.endswith("date_time"):
        return _time_text(field, text)
    if not DAY.fullmatch(text):
        raise query_error("INVALID_DATE_FORMAT", f"'{text}' is not a date as YYYY-MM-DD.", text)
    return _day_text(text)


def _day_text(text: str) -> str:
    digits = text.replace("-", "")
    try:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:])).isoformat()
    except ValueError:
        raise query_error("INVALID_DATE_FORMAT", f"'{text}' is not a date.", text) from None


def _time_text(field: Field, text: str) -> str:
    """A time of the account's zone, or a day, which is its first instant."""
    match = TIME.fullmatch(text)
    if match is None:
        wanted = "YYYY-MM-DD or YYYY-MM-DD HH:MM:SS"
        raise query_error("INVALID_DATE_FORMAT", f"'{text}' is not a time as {wanted}.", text)
    return _day_text(match[1]) + (match["time"] or "")


def _contains(name: str, wanted: set[Any]) -> Test:
    if name == "CONTAINS ANY":
        return lambda found: found is not None and not wanted.isdisjoint(found)
    if name == "CONTAINS ALL":
        return lambda found: found is not None and wanted.issubset(found)
    return lambda found: found is None or wanted.isdisjoint(found)


def _matches(pattern: re.Pattern[str], negated: bool) -> Test:
    return lambda found: (pattern.fullmatch(found or "") is None) is negated


def _like(text: str) -> re.Pattern[str]:
    """% any text, _ one character, [%] the character itself; without regard to case."""
    parts = re.findall(r"\[[\[\]%_]\]|.", text, re.DOTALL)
    made = "".join(
        ".*" if part == "%" else "." if part == "_" else re.escape(part[1] if len(part) == 3 else part)
        for part in parts
    )
    return re.compile(made, re.IGNORECASE | re.DOTALL)


def _regexp(text: str) -> re.Pattern[str]:
    try:
        return re.compile(text, re.DOTALL)
    except re.error:
        raise query_error("BAD_VALUE", "The regular expression is not valid.", text) from None


def during(name: str, today: date) -> tuple[date, date]:
    """First and last day of a predefined range: …/docs/query/date-ranges. `LAST_n_DAYS` ends yesterday."""
    one, monday = timedelta(days=1), today - timedelta(days=today.weekday())
    sunday = today - timedelta(days=(today.weekday() + 1) % 7)
    first = today.replace(day=1)
    before = first - one
    if name.startswith("LAST_") and name.endswith("_DAYS"):
        return today - timedelta(days=int(name.split("_")[1])), today - one
    return {
        "TODAY": (today, today),
        "YESTERDAY": (today - one, today - one),
        "THIS_MONTH": (first, today),
        "LAST_MONTH": (before.replace(day=1), before),
        "THIS_WEEK_SUN_TODAY": (sunday, today),
        "THIS_WEEK_MON_TODAY": (monday, today),
        "LAST_WEEK_SUN_SAT": (sunday - 7 * one, sunday - one),
        "LAST_WEEK_MON_SUN": (monday - 7 * one, monday - one),
        "LAST_BUSINESS_WEEK": (monday - 7 * one, monday - 3 * one),
    }[name]
