"""Batches: up to fifty requests in one, which may refer to each other's results."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from sandbox.meta.context import Call, Graph
from sandbox.meta.errors import GraphError, refuse
from sandbox.meta.params import decoded, folded
from sandbox.meta.rules import BATCH_MAX

KEYS = frozenset(
    [
        "method",
        "relative_url",
        "body",
        "name",
        "depends_on",
        "omit_response_on_success",
        "attached_files",
        "headers",
    ]
)
_REFERENCE = re.compile(r"\{result=([^:{}]+):(\$[^{}]*)\}")


@dataclass(frozen=True)
class Reply:
    """An answer before it is sent: status, headers, body."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes


@dataclass
class Batch:
    """One batch while it runs; `answer` answers a single request, None standing for a null sub-response."""

    graph: Graph
    outer: Call
    answer: Callable[[Call], Reply | None]
    results: dict[str, Any] = field(default_factory=dict)  # by name: the JSON of what succeeded
    failed: set[str] = field(default_factory=set)
    campaigns: set[str] = field(default_factory=set)  # that got an ad set in this batch

    def run(self) -> list[dict[str, Any] | None]:
        requests = _read(self.outer.params["batch"])
        wanted = {name for one in requests for name in needs(one)}
        names = {one["name"] for one in requests if one.get("name")}
        return [self._one(one, names, one.get("name") in wanted) for one in requests]

    def _one(self, one: dict[str, Any], names: set[str], awaited: bool) -> dict[str, Any] | None:
        name = one.get("name", "")
        if any(need in self.failed for need in needs(one)):
            self.failed.add(name)
            return None
        try:
            call = self.call(one, names)
            self._check_adsets(call)
            reply = self.answer(call)
        except GraphError as error:
            trace = f"batch{len(self.results)}"
            reply = Reply(error.http, [], json.dumps(error.envelope(trace)).encode())
        if reply is None or reply.status >= 400:
            self.failed.add(name)
        if reply is None:
            return None
        if name and reply.status < 400:
            self.results[name] = decoded(reply.body.decode())
        if reply.status < 400 and _omits(one, awaited):
            return None
        return self._shown(reply)

    def _shown(self, reply: Reply) -> dict[str, Any]:
        shown: dict[str, Any] = {"code": reply.status, "body": reply.body.decode()}
        if str(self.outer.params.get("include_headers", "true")).lower() not in ("false", "0"):
            headers = [("Content-Type", "text/javascript; charset=UTF-8"), *reply.headers]
            shown["headers"] = [{"name": name, "value": value} for name, value in headers]
        return shown

    def call(self, one: dict[str, Any], names: set[str]) -> Call:
        """The request a batch entry stands for. References are replaced after URL decoding."""
        where = urlsplit(self._filled(unquote(one["relative_url"].split("?")[0]), names))
        query = urlsplit(one["relative_url"]).query
        pairs = parse_qsl(query, keep_blank_values=True) + _body(one.get("body"))
        params = folded((key, self._filled(text, names)) for key, text in pairs)
        for name in ("access_token", "appsecret_proof"):
            if name in self.outer.params:
                params.setdefault(name, self.outer.params[name])
        files = self.outer.files
        if one.get("attached_files"):
            files = {key: files[key] for key in one["attached_files"].split(",") if key in files}
        path = [part for part in where.path.split("/") if part]
        version = path.pop(0) if path and re.fullmatch(r"v\d+\.\d+", path[0]) else self.outer.version
        return Call(one["method"].upper(), tuple(path), params, files, version, self.outer.url)

    def _filled(self, text: str, names: set[str]) -> str:
        def value(found: re.Match[str]) -> str:
            name, path = found.groups()
            if name not in self.results:
                detail = "is not named" if name not in names else "has no result yet"
                raise refuse("batch_dependency", name=name, detail=detail)
            return _select(self.results[name], path, name)

        return _REFERENCE.sub(value, text)

    def _check_adsets(self, call: Call) -> None:
        campaign = str(call.params.get("campaign_id", ""))
        if call.method != "POST" or call.path[1:] != ("adsets",) or not campaign:
            return
        if campaign in self.campaigns and self.graph.switches["batch_adsets"]:
            raise refuse("batch_adsets", "campaign_id", id=campaign)
        self.campaigns.add(campaign)


def _read(text: Any) -> list[dict[str, Any]]:
    requests = decoded(text)
    if not isinstance(requests, list) or not requests:
        raise refuse("batch_shape", "batch", detail="got something else")
    if len(requests) > BATCH_MAX:
        raise refuse("batch_size", "batch", limit=BATCH_MAX)
    for one in requests:
        if not isinstance(one, dict) or not {"method", "relative_url"} <= set(one):
            raise refuse("batch_shape", "batch", detail="each needs method and relative_url")
        for key in one:
            if key not in KEYS:
                raise refuse("batch_shape", "batch", detail=f"{key} is unknown")
    return requests


def _body(text: str | None) -> list[tuple[str, str]]:
    return parse_qsl(text, keep_blank_values=True) if text else []


def needs(one: dict[str, Any]) -> set[str]:
    """Names a request refers to, by depends_on or in a template."""
    listed = one.get("depends_on") or []
    listed = listed.split(",") if isinstance(listed, str) else listed
    text = unquote(f"{one['relative_url']} {one.get('body') or ''}")
    return {name.strip() for name in listed} | {name for name, _ in _REFERENCE.findall(text)}


def _omits(one: dict[str, Any], awaited: bool) -> bool:
    """A success others depend on is left out unless that is switched off explicitly."""
    given = one.get("omit_response_on_success")
    return awaited if given is None else str(given).lower() == "true"


def _select(value: Any, path: str, name: str) -> str:
    """`$.id`, `$.data.0.id`, `$.data[0].id`, `$.data.*.id` (joined by commas)."""
    found = [value]
    for step in re.findall(r"[^.\[\]]+", path.removeprefix("$")):
        found = [inner for one in found for inner in _step(one, step)]
    if not found:
        raise refuse("batch_dependency", name=name, detail=f"{path} matches nothing")
    return ",".join(one if isinstance(one, str) else json.dumps(one) for one in found)


def _step(value: Any, step: str) -> list[Any]:
    if step == "*":
        return list(value.values()) if isinstance(value, dict) else list(value)
    if isinstance(value, dict):
        return [value[step]] if step in value else []
    if isinstance(value, list) and step.isdigit() and int(step) < len(value):
        return [value[int(step)]]
    return []
