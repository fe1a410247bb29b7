"""Request parameters: texts of a query or form turned into typed values, everything unknown refused."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Mapping
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sandbox.meta.enums import ENUMS, SHAPES, names
from sandbox.meta.errors import refuse

# Graph takes these on any request (Graph API overview). `pretty` and `debug` are ignored since 2026-10-27.
ANYWHERE = names(
    "access_token appsecret_proof appsecret_time fields method pretty debug locale format suppress_http_code"
    " include_headers batch"
)
GONE = frozenset({"date_format"})  # an error in every version since 2026-10-27
WANT = {
    "s": "a string", "u": "an unsigned integer", "i": "an integer", "f": "a number", "b": "a boolean",
    "t": "a valid datetime", "l": "an array", "m": "an object",
    "r": "an object with since and until as YYYY-MM-DD", "e": "a string", "E": "an array",
}  # fmt: skip
_BRACKETS = re.compile(r"[^\[\]]+(\[[^\[\]]*\])+")
_STEP = re.compile(r"\[([^\[\]]*)\]")
_OFFSET = re.compile(r"([+-]\d{2})(\d{2})$")


def parse(
    raw: Mapping[str, Any], types: Mapping[str, str], zone: ZoneInfo, also: Collection[str] = ()
) -> dict[str, Any]:
    """Typed values by name; times become unix seconds. Raises GraphError for unknown names and wrong types.

    `also` names parameters that the caller reads itself.
    """
    values = {}
    for name, text in raw.items():
        if name in GONE:
            raise refuse("gone_parameter", name, name=name)
        if name in types:
            values[name] = convert(name, text, types[name], zone)
        elif name not in ANYWHERE and name not in also:
            raise refuse("parameter", name, name=name)
    return values


def convert(name: str, value: Any, kind: str, zone: ZoneInfo) -> Any:
    """One value of the type letter (see writes.py). An empty text stands for an empty list or object."""
    if kind == "x":
        raise refuse("not_reproduced", name, name=name)
    try:
        found = _CONVERT[kind](value, zone)
    except (ValueError, TypeError, OverflowError):
        raise refuse("type", name, name=name, want=WANT[kind]) from None
    if kind in ("e", "E"):
        for one in found if kind == "E" else [found]:
            one_of(name, one, ENUMS[name])
    if name in SHAPES:
        known_keys(name, found, SHAPES[name])
    return found


def known_keys(name: str, value: Any, shape: Collection[str]) -> None:
    """Raises GraphError for a key that an object, or one of a list of objects, cannot have."""
    for one in value if isinstance(value, list) else [value]:
        for key in one if isinstance(one, dict) else ():
            if key not in shape:
                raise refuse("nested", f"{name}.{key}", name=key, where=name)


def one_of(name: str, value: Any, allowed: Collection[str]) -> None:
    if value not in allowed:
        raise refuse("one_of", name, name=name, allowed=", ".join(sorted(allowed)))


def require(values: Mapping[str, Any], *names: str) -> None:
    for name in names:
        if values.get(name) in (None, ""):
            raise refuse("required", name, name=name)


def decoded(text: Any) -> Any:
    """JSON where it is JSON, else the text itself."""
    if not isinstance(text, str):
        return text
    try:
        return json.loads(text)
    except ValueError:
        return text


def folded(pairs: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """Parameters by name. `a[]=1&a[]=2`, `a[0]=1` and `a[b][]=1` are lists and objects, as PHP reads forms.

    Graph's own examples write them so: `attached_media[0]={…}` (Pages API, "Publish a post with photos").
    """
    found: dict[str, Any] = {}
    for name, text in pairs:
        head, bracket, _ = name.partition("[")
        if not bracket or not _BRACKETS.fullmatch(name):
            found[name] = text
            continue
        inner = found[head] if isinstance(found.get(head), dict) else found.setdefault(head, {})
        if isinstance(inner, dict):
            _put(inner, _STEP.findall(name), decoded(text) if text[:1] in ("{", "[") else text)
    return {name: _listed(value) for name, value in found.items()}


def _put(into: dict[str, Any], steps: list[str], value: Any) -> None:
    for step in steps[:-1]:
        into = into.setdefault(step or str(len(into)), {})
    into[steps[-1] or str(len(into))] = value


def _listed(value: Any) -> Any:
    """Objects with the keys 0, 1, 2… as lists, at every depth."""
    if not isinstance(value, dict):
        return value
    inner = {key: _listed(one) for key, one in value.items()}
    return list(inner.values()) if list(inner) == [str(n) for n in range(len(inner))] else inner


def _text(value: Any, _: ZoneInfo) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return json.dumps(value) if isinstance(value, dict | list) else str(value)


def _whole(value: Any, _: ZoneInfo) -> int:
    if isinstance(value, bool) or (isinstance(value, str) and not re.fullmatch(r"-?\d+", value)):
        raise ValueError(value)
    if isinstance(value, float) and not value.is_integer():
        raise ValueError(value)
    return int(value)


def _unsigned(value: Any, zone: ZoneInfo) -> int:
    number = _whole(value, zone)
    if number < 0:
        raise ValueError(value)
    return number


def _number(value: Any, _: ZoneInfo) -> float:
    return float(value)


def _boolean(value: Any, _: ZoneInfo) -> bool:
    found = {"true": True, "1": True, "false": False, "0": False}.get(str(value).lower())
    if found is None:
        raise ValueError(value)
    return found


def _list(value: Any, _: ZoneInfo) -> list[Any]:
    found = decoded(value)
    if isinstance(found, dict) and list(found) == [str(n) for n in range(len(found))]:
        return list(found.values())  # PHP clients send arrays so
    if found == "":
        return []
    if isinstance(found, str) and not found.startswith(("[", "{")):
        return found.split(",")
    if not isinstance(found, list):
        raise ValueError(value)
    return found


def _object(value: Any, _: ZoneInfo) -> Any:
    found = decoded(value)
    if found == "":
        return {}
    if not isinstance(found, dict | list):
        raise ValueError(value)
    return found


def _range(value: Any, _: ZoneInfo) -> dict[str, str]:
    found = decoded(value)
    if not isinstance(found, dict) or set(found) != {"since", "until"}:
        raise ValueError(value)
    return {name: date.fromisoformat(str(day)).isoformat() for name, day in found.items()}


def _time(value: Any, zone: ZoneInfo) -> int:
    """Unix seconds, or ISO 8601; without an offset it is wall time of the account. 0 means no time."""
    text = str(value).strip()
    if re.fullmatch(r"\d+", text):
        return int(text)
    moment = datetime.fromisoformat(_OFFSET.sub(r"\1:\2", text))
    return int((moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(UTC).timestamp())


_CONVERT = {
    "s": _text, "u": _unsigned, "i": _whole, "f": _number, "b": _boolean, "t": _time,
    "l": _list, "m": _object, "r": _range, "e": _text, "E": _list,
}  # fmt: skip
