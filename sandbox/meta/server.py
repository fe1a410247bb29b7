"""The HTTP server: token, faults, answers, access log; one thread, one request at a time."""

from __future__ import annotations

import asyncio
import hmac
import itertools
import os
import socket
import threading
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import orjson
import uvicorn

from sandbox.faults import Fault, Faults
from sandbox.meta import asyncrequests, limits, lists, permissions, quotas, reports, wire
from sandbox.meta.batch import Batch, Reply
from sandbox.meta.context import Call, Graph
from sandbox.meta.errors import GraphError, injected, refuse
from sandbox.meta.media import SHOWN
from sandbox.meta.routes import dispatch
from sandbox.meta.rules import VERSIONS

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]
Admin = Callable[[str, str, dict[str, Any]], tuple[int, Any]]  # method, path, parameters → status, JSON

ADMIN = "/_sandbox/"
HTML = b"<!DOCTYPE html><html><head><title>Error</title></head><body><h1>502 Bad Gateway</h1></body></html>"
THROTTLE_TEXT = "There have been too many calls to this ad-account. Wait a bit and try again."


class Closed(Exception):
    """The connection ends here, without an answer."""


class GraphServer:
    """An ASGI application over one account's state."""

    def __init__(self, graph: Graph, faults: Faults, token: str, state_dir: Path) -> None:
        self.graph = graph
        self.faults = faults
        self.admin: Admin | None = None
        self._token = token
        self.quotas = quotas.Quotas()
        self._rate = limits.MutationRate()
        self._traces = itertools.count(1)
        self._lost = False
        self._late = 0.0
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND
        self._log = os.open(state_dir / "access.log", flags, 0o600)
        self._server: uvicorn.Server | None = None
        self._thread: threading.Thread | None = None

    # -- life

    def start(self, port: int | None) -> int:
        """Listen on loopback, on that port if it is free; returns the port once it answers."""
        listener = _listen(port)
        config = uvicorn.Config(
            self, http="h11", loop="asyncio", lifespan="off", ws="none", log_config=None, access_log=False,
            server_header=False, date_header=False, timeout_keep_alive=75, backlog=1024,
        )  # fmt: skip
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(
            target=self._server.run, kwargs={"sockets": [listener]}, name="graph", daemon=True
        )
        self._thread.start()
        while not self._server.started:
            self._thread.join(0.005)
            if not self._thread.is_alive():
                raise RuntimeError("the Graph server did not start")
        found = int(listener.getsockname()[1])
        self.graph.address = f"http://127.0.0.1:{found}"
        return found

    def stop(self) -> None:
        if self._server and self._thread:
            self._server.should_exit = True
            self._thread.join(10)
        os.close(self._log)

    # -- requests

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        body = await _body(receive)
        method, path = scope["method"], unquote(scope["raw_path"].decode("latin-1").split("?")[0])
        if path.startswith(SHOWN):
            await _send(send, self._shown(path.removeprefix(SHOWN)))
            return
        # A proxy that ends TLS in front of this server says so; links in answers then lead back through it.
        scheme = "https" if headers.get("x-forwarded-proto") == "https" else "http"
        url = f"{scheme}://{headers.get('host', 'localhost')}"
        try:
            call = wire.read(method, path, scope["query_string"].decode(), headers, body, url)
            reply = self._admin(method, path, call) if path.startswith(ADMIN) else await self._graph(call)
        except Closed:
            self._note(method, path, 0)
            await _hang_up(receive, send)
            return
        self._note(method, path, reply.status)
        await _send(send, reply)

    def _note(self, method: str, path: str, status: int) -> None:
        """Neither the query nor the body is ever logged: the token travels in them."""
        moment = self.graph.clock.now().isoformat(timespec="seconds")
        os.write(self._log, f"{moment} {method} {path} {status or 'closed'}\n".encode())

    def _shown(self, hash_: str) -> Reply:
        """An image's bytes: whoever knows its address sees it."""
        content = self.graph.store.picture(hash_)
        return Reply(404, [], b"") if content is None else Reply(200, [], content)

    def _admin(self, method: str, path: str, call: Call) -> Reply:
        if self.admin is None or not self._known(call):
            return Reply(401, [], b'{"error": "the sandbox\'s token is required"}')
        params = {name: value for name, value in call.params.items() if name != "access_token"}
        status, body = self.admin(method, path.removeprefix(ADMIN), params)
        return Reply(status, [], orjson.dumps(body))

    def _known(self, call: Call) -> bool:
        given = str(call.params.get("access_token", ""))
        return hmac.compare_digest(given.encode(), self._token.encode())

    async def _graph(self, call: Call) -> Reply:
        fault = self.faults.strike(
            call.method, "/" + "/".join(call.path), size=lambda: reports.size(self.graph, call)
        )
        waited = 0.0
        if fault and fault.kind == "delay":
            await asyncio.sleep(waited := fault.seconds)
            fault = None
        reply = self._struck(fault, call, self._answer) if fault else self._answer(call)
        late, self._late = (
            self._late,
            0.0,
        )  # a batch is as late as the latest of its parts, which go side by side
        if late > waited:
            await asyncio.sleep(late - waited)
        return _quiet(call, reply) if reply else Reply(200, [], b"null")

    def _answer(self, call: Call) -> Reply:
        """A whole request: either a batch or a single one."""
        trace = self._trace()
        if "batch" not in call.params or call.path:
            return self._single(call)
        try:
            self._authorize(call)
            self._lost = False
            body = orjson.dumps(Batch(self.graph, call, self._sub).run())
        except GraphError as error:
            return self._refused(error, call, trace)
        if self._lost:
            raise Closed
        return Reply(200, self._headers(call, trace), body)

    def _sub(self, call: Call) -> Reply | None:
        fault = self.faults.strike(
            call.method, "/" + "/".join(call.path), True, lambda: reports.size(self.graph, call)
        )
        if fault and fault.kind == "lost_response":  # then the whole batch is done before its answer is lost
            self._lost = True
            fault = None
        if fault and fault.kind == "delay":
            self._late = max(self._late, fault.seconds)
            fault = None
        return self._struck(fault, call, self._single) if fault else self._single(call)

    def _single(self, call: Call) -> Reply:
        """One request, on disk before it is answered."""
        trace = self._trace()
        try:
            self._authorize(call)
            if call.version not in VERSIONS:
                raise refuse("version")
            if call.method not in ("GET", "POST", "DELETE"):
                raise refuse("method", method=call.method.lower(), path="/".join(call.path))
            self.quotas.count(self.graph, call)
            if call.method != "GET":
                self._rate.count(self.graph)
            body = orjson.dumps(dispatch(self.graph, call))
            self.graph.store.commit()
        except GraphError as error:
            self.graph.store.rollback()
            return self._refused(error, call, trace)
        except Exception:
            self.graph.store.rollback()
            raise
        self._count(call)
        return Reply(200, self._headers(call, trace), body)

    def _authorize(self, call: Call) -> None:
        if not call.params.get("access_token"):
            raise refuse("no_token")
        if not self._known(call):
            granted = permissions.scopes_of(self.graph, str(call.params["access_token"]))
            if granted is None:
                raise refuse("token")
            call.scopes = granted
        permissions.check_proof(self.graph, call)

    def _headers(self, call: Call, trace: str, throttled: int | None = None) -> list[tuple[str, str]]:
        told = self.quotas.told(self.graph) if self.graph.switches["quotas"] else None
        return limits.headers(self.graph, call.version, trace, throttled, told)

    def _refused(self, error: GraphError, call: Call, trace: str, throttled: int | None = None) -> Reply:
        headers = self._headers(call, trace, throttled)
        if error.refusal.code == 190:
            headers.append(("www-authenticate", f'OAuth "Facebook Platform" "invalid_token" "{error}"'))
        return Reply(error.http, headers, orjson.dumps(error.envelope(trace)))

    def _struck(self, fault: Fault, call: Call, go: Callable[[Call], Reply | None]) -> Reply | None:
        """What a fault makes of a request."""
        kind = fault.kind
        if kind == "dropped_request":
            raise Closed
        if kind == "error":
            error = injected(fault.code, fault.subcode, fault.message, fault.http, fault.transient)
            return self._refused(error, call, self._trace())
        if kind == "expired_token":
            return self._refused(refuse("token_expired"), call, self._trace())
        if kind == "edited":
            return self._edited(fault, call) or go(call)
        if kind == "throttle":
            code = fault.code if fault.code in limits.THROTTLES else 80004
            error = injected(
                code, fault.subcode, fault.message or f"(#{code}) {THROTTLE_TEXT}", transient=True
            )
            return self._refused(error, call, self._trace(), throttled=code)
        if kind == "too_much_data":
            rule = "data_per_call" if fault.code == 100 else "too_much_data"
            return self._refused(refuse(rule), call, self._trace())
        if kind in reports.FATES or kind in asyncrequests.FATES:
            call.fate = kind
            return go(call)
        if kind in ("lost_response", "empty_page") or fault.applied:
            done = go(call)
        if kind == "lost_response":
            raise Closed
        if kind == "empty_page" and done:
            return _emptied(done, call)
        return BROKEN[kind]

    def _edited(self, fault: Fault, call: Call) -> Reply | None:
        """What somebody else writes before a request is done; a refusal of that is told."""
        other = Call("POST", (fault.target or call.path[0],), dict(fault.change), url=call.url)
        try:
            dispatch(self.graph, other)
            self.graph.store.commit()
        except GraphError as error:
            self.graph.store.rollback()
            return self._refused(error, call, self._trace())
        return None

    def _count(self, call: Call) -> None:
        self.graph.calls["ads_insights" if "insights" in call.path else "ads_management"] += 1

    def _trace(self) -> str:
        return f"A{next(self._traces):010d}sandbox"


BROKEN: dict[str, Reply | None] = {
    "http502": Reply(502, [("content-type", "text/html; charset=utf-8")], HTML),
    "http500": Reply(500, [], b'{"message": "internal"}'),
    "empty_200": Reply(200, [], b""),
    "null": None,
}


def _quiet(call: Call, reply: Reply) -> Reply:
    """A refusal as 200 where `suppress_http_code` asks for it; what is broken on the way stays as it is."""
    asked = str(call.params.get("suppress_http_code", "")).lower() in ("1", "true")
    return Reply(200, reply.headers, reply.body) if asked and reply.body.startswith(b'{"error"') else reply


def _emptied(reply: Reply, call: Call) -> Reply:
    """The page without its rows; they come with the next one (Graph API, "Paginated results": a page may be
    empty and still have a `next`)."""
    body = orjson.loads(reply.body)
    if not body.get("data") or "paging" not in body or "before" in call.params:
        return reply
    after = call.params.get("after") or lists.start(body["paging"]["cursors"]["before"])
    body |= {"data": [], "paging": lists.paging(call, after, after, False, True)}
    return Reply(reply.status, reply.headers, orjson.dumps(body))


def _listen(port: int | None) -> socket.socket:
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    try:
        listener.bind(("127.0.0.1", port or 0))
    except OSError:
        listener.bind(("127.0.0.1", 0))
    return listener


async def _body(receive: Receive) -> bytes:
    chunks = []
    while True:
        message = await receive()
        chunks.append(message.get("body", b""))
        if not message.get("more_body"):
            return b"".join(chunks)


async def _send(send: Send, reply: Reply) -> None:
    headers = dict(reply.headers)
    headers.setdefault("content-type", "application/json; charset=UTF-8")
    headers["content-length"] = str(len(reply.body))
    raw = [(name.encode("latin-1"), value.encode("latin-1", "replace")) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": reply.status, "headers": raw})
    await send({"type": "http.response.body", "body": reply.body})


async def _hang_up(receive: Receive, send: Send) -> None:
    """Close the connection under the client: uvicorn's `send` belongs to the request that holds the"
    " transport."""
    transport = send.__self__.transport  # type: ignore[attr-defined]
    transport.abort()
    while (await receive())["type"] != "http.disconnect":
        pass
