"""The Google Ads query language: text into clauses, without looking at what the fields mean."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from sandbox.google.errors import Problem, Refusal

# …/docs/query/grammar
TOKEN = re.compile(
    r"""\s*(?:(?P<name>[A-Za-z_][\w.]*)|(?P<number>-?\d+(?:\.\d+)?)|(?P<string>"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')"""
    r"""|(?P<symbol><=|>=|!=|[=<>(),])|(?P<end>\Z)|(?P<bad>.))""",
    re.DOTALL,
)
ESCAPE = re.compile(r"\\(.)")
KEYWORDS = {"SELECT", "FROM", "WHERE", "ORDER", "LIMIT", "PARAMETERS", "AND", "BY", "ASC", "DESC"}
SIMPLE = {"=", "!=", "<", "<=", ">", ">="}
RANGES = {
    "TODAY", "YESTERDAY", "LAST_7_DAYS", "LAST_BUSINESS_WEEK", "THIS_MONTH", "LAST_MONTH", "LAST_14_DAYS",
    "LAST_30_DAYS", "THIS_WEEK_SUN_TODAY", "THIS_WEEK_MON_TODAY", "LAST_WEEK_SUN_SAT", "LAST_WEEK_MON_SUN",
}  # fmt: skip
PARAMETERS = {"include_drafts", "omit_unselected_resource_names"}


@dataclass(frozen=True)
class Condition:
    """`value` is a text, a number, a list of them, or None for NULL; a bare word is a Word."""

    field: str
    operator: (
        str  # =, !=, …, IN, NOT IN, BETWEEN, DURING, LIKE, NOT LIKE, CONTAINS ANY, …, IS NULL, IS NOT NULL
    )
    value: Any = None


class Word(str):
    """An unquoted value: an enum constant, a boolean, a date range."""

    __slots__ = ()


@dataclass(frozen=True)
class Order:
    field: str
    descending: bool = False


@dataclass(frozen=True)
class Query:
    fields: tuple[str, ...]
    resource: str
    conditions: tuple[Condition, ...] = ()
    orders: tuple[Order, ...] = ()
    limit: int | None = None
    parameters: dict[str, str] = field(default_factory=dict)


def query_error(code: str, text: str, trigger: str | None = None) -> Refusal:
    return Refusal(Problem("query_error", code, text, (), trigger))


def parse(text: str, needs_from: bool = True) -> Query:
    """Clauses of a query; raises Refusal with the QueryError that fits. GoogleAdsFieldService has no FROM."""
    return _Parser(text).query(needs_from)


@dataclass(frozen=True)
class _Token:
    kind: str
    text: str

    @property
    def keyword(self) -> str:
        return self.text.upper() if self.kind == "name" else ""


def _tokens(text: str) -> list[_Token]:
    found, place = [], 0
    while True:
        match = TOKEN.match(text, place)
        assert match is not None
        assert match.lastgroup
        token = _Token(match.lastgroup, match[match.lastgroup])
        if token.kind == "bad":
            if token.text in "\"'":
                raise query_error(
                    "STRING_NOT_TERMINATED", "A string is not terminated.", text[match.start() :].strip()
                )
            raise query_error("BAD_SYMBOL", f"Error in query: unexpected {token.text!r}.", token.text)
        found.append(token)
        if token.kind == "end":
            return found
        place = match.end()


class _Parser:
    """One pass over the tokens."""

    def __init__(self, text: str) -> None:
        self.tokens = _tokens(text)
        self.place = 0

    @property
    def now(self) -> _Token:
        return self.tokens[self.place]

    def take(self) -> _Token:
        token = self.now
        if token.kind == "end":
            raise query_error("UNEXPECTED_END_OF_QUERY", "The query ended unexpectedly.")
        self.place += 1
        return token

    def accept(self, word: str) -> bool:
        if self.now.keyword == word or (self.now.kind == "symbol" and self.now.text == word):
            self.place += 1
            return True
        return False

    def query(self, needs_from: bool) -> Query:
        if not self.accept("SELECT"):
            raise query_error("EXPECTED_SELECT", "Expected SELECT clause.", self.now.text or None)
        fields = self.names()
        resource = ""
        if self.accept("FROM"):
            if not needs_from:
                raise query_error("UNEXPECTED_FROM_CLAUSE", "This query has no FROM clause.", "FROM")
            resource = self.name()
        elif needs_from:
            raise query_error("EXPECTED_FROM", "Expected FROM clause.", self.now.text or None)
        conditions = self.conditions() if self.accept("WHERE") else ()
        orders = self.orders() if self.accept("ORDER") else ()
        limit = self.limit() if self.accept("LIMIT") else None
        parameters = self.parameters() if self.accept("PARAMETERS") else {}
        if self.now.kind != "end":
            raise query_error(
                "UNEXPECTED_INPUT", f"Error in query: unexpected input {self.now.text}.", self.now.text
            )
        return Query(fields, resource, conditions, orders, limit, parameters)

    def name(self) -> str:
        token = self.take()
        if token.kind != "name" or token.keyword in KEYWORDS:
            raise query_error(
                "BAD_FIELD_NAME", f"Error in query: {token.text!r} is not a field name.", token.text
            )
        return token.text

    def names(self) -> tuple[str, ...]:
        found = [self.name()]
        while self.accept(","):
            found.append(self.name())
        return tuple(found)

    def conditions(self) -> tuple[Condition, ...]:
        found = [self.condition()]
        while self.accept("AND"):
            found.append(self.condition())
        return tuple(found)

    def condition(self) -> Condition:
        name, token = self.name(), self.take()
        if token.kind == "symbol" and token.text in SIMPLE:
            return Condition(name, token.text, self.value())
        word = token.keyword
        if word == "NOT":
            word = f"NOT {self.take().keyword}"
        elif word == "CONTAINS":
            word = f"CONTAINS {self.take().keyword}"
        if word in ("IN", "NOT IN", "CONTAINS ANY", "CONTAINS ALL", "CONTAINS NONE"):
            return Condition(name, word, self.values())
        if word in ("LIKE", "NOT LIKE", "REGEXP_MATCH", "NOT REGEXP_MATCH"):
            return Condition(name, word, self.value())
        if word == "BETWEEN":
            return Condition(name, word, self.between())
        if word == "DURING":
            return Condition(name, word, self.during())
        if word == "IS":
            return self.null(name)
        raise query_error(
            "BAD_OPERATOR", f"Error in WHERE clause: invalid operator {token.text}.", token.text
        )

    def null(self, name: str) -> Condition:
        operator = "IS NOT NULL" if self.accept("NOT") else "IS NULL"
        if not self.accept("NULL"):
            raise query_error("BAD_OPERATOR", "Expected NULL after IS.", self.now.text or None)
        return Condition(name, operator)

    def between(self) -> list[Any]:
        low = self.value()
        if not self.accept("AND"):
            raise query_error(
                "EXPECTED_AND", "Expected AND between the values of BETWEEN.", self.now.text or None
            )
        return [low, self.value()]

    def during(self) -> str:
        word = self.take().keyword
        if word not in RANGES:
            raise query_error("INVALID_VALUE_WITH_DURING_OPERATOR", f"Invalid date range {word}.", word)
        return word

    def values(self) -> list[Any]:
        if not self.accept("("):
            raise query_error("EXPECTED_LIST", "Expected a list in parentheses.", self.now.text or None)
        if self.accept(")"):
            raise query_error("PROHIBITED_EMPTY_LIST_IN_CONDITION", "The list is empty.")
        found = [self.value()]
        while self.accept(","):
            found.append(self.value())
        if not self.accept(")"):
            raise query_error("UNEXPECTED_INPUT", "Expected a closing parenthesis.", self.now.text or None)
        return found

    def value(self) -> Any:
        token = self.take()
        if token.kind == "number":
            return float(token.text) if "." in token.text else int(token.text)
        if token.kind == "string":
            return ESCAPE.sub(r"\1", token.text[1:-1])
        if token.kind == "name":
            return Word(token.text)
        if token.text == "(":
            raise query_error("EXPECTED_SINGLE_VALUE", "Expected one value, not a list.", "(")
        raise query_error("BAD_VALUE", f"Error in query: bad value {token.text}.", token.text)

    def orders(self) -> tuple[Order, ...]:
        if not self.accept("BY"):
            raise query_error("EXPECTED_BY", "Expected BY after ORDER.", self.now.text or None)
        found = [self.order()]
        while self.accept(","):
            found.append(self.order())
        return tuple(found)

    def order(self) -> Order:
        name = self.name()
        if self.accept("DESC"):
            return Order(name, True)
        self.accept("ASC")
        return Order(name)

    def limit(self) -> int:
        token = self.take()
        if token.kind != "number" or not token.text.isdigit():
            raise query_error("BAD_LIMIT_VALUE", "The limit is not a whole number.", token.text)
        if int(token.text) < 1:
            raise query_error("LIMIT_VALUE_TOO_LOW", "The limit must be at least 1.", token.text)
        return int(token.text)

    def parameters(self) -> dict[str, str]:
        found: dict[str, str] = {}
        while True:
            name = self.name()
            if name not in PARAMETERS:
                raise query_error("BAD_PARAMETER_NAME", f"Unknown parameter {name}.", name)
            if not self.accept("="):
                raise query_error(
                    "UNEXPECTED_INPUT", "Expected = after the parameter.", self.now.text or None
                )
            value = str(self.take().text).lower()
            if value not in ("true", "false"):
                raise query_error("BAD_PARAMETER_VALUE", f"{name} is true or false.", value)
            found[name] = value
            if not self.accept(","):
                return found
