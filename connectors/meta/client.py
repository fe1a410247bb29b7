"""The SDK made safe: every answer checked, every secret kept out of texts, reads retried, writes never.

What the SDK does not do (each measured, each with a test): check the HTTP status, set a timeout, bound its
pool, keep the token out of exceptions, page past an empty page, tell a lost answer from a refusal.
`FacebookAdsApi.init` is never called: it sets a process-wide default and an excepthook that phones home.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Protocol
from urllib.parse import parse_qs, urlsplit

import orjson
import requests
from facebook_business.api import FacebookAdsApi
from facebook_business.exceptions import FacebookError
from facebook_business.session import FacebookSession
from requests.adapters import HTTPAdapter
from tenacity import RetryCallState, Retrying, retry_if_exception, stop_after_attempt

from connectors.errors import ConnectorError, OutcomeUnknown, Rejected, RetryLater
from connectors.meta.errors import SECRET, GraphError, NotSent, Redactor, TooMuchData, parse
from connectors.meta.pace import LONGEST_WAIT, Pace
from connectors.meta.usage import Usage

API_VERSION = "v26.0"
GRAPH_URL = "https://graph.facebook.com"
TIMEOUT = (3.05, 60.0)  # seconds to connect, to wait for bytes
POOL = 24
PAGE = 500  # rows asked for at once; halved when Graph finds that too much
LEAST_PAGE = 10
ATTEMPTS = 5  # of a read


class Answer(Protocol):
    """What a transport gives back."""

    status_code: int
    text: str
    headers: Mapping[str, str]


class Transport(Protocol):
    """Duck type of `requests.Session`: all that the SDK asks of one."""

    params: Any

    def request(self, method: str, url: str, **options: Any) -> Any: ...


class Guard:
    """Stands where the SDK expects its `requests.Session`; lets nothing through but Graph answers."""

    def __init__(self, inner: Transport, redact: Redactor, heard: Callable[[Any], Usage | None]) -> None:
        self._inner, self._redact, self._heard = inner, redact, heard

    @property
    def params(self) -> Any:
        return self._inner.params

    def request(self, method: str, url: str, **options: Any) -> Any:
        """Send once. Raises OutcomeUnknown for a write without a trustworthy answer, else by recovery."""
        place = f"{method} {urlsplit(url).path}"
        options.setdefault("allow_redirects", False)  # a redirected POST becomes a GET, elsewhere
        try:
            answer = self._inner.request(method, url, **options)
        except requests.RequestException as error:
            raise _lost(method, place, error) from None
        heard = self._heard(answer.headers)
        body = _json(answer.text)
        refusal = parse(body, self._redact) if isinstance(body, Mapping) else None
        if refusal is not None:
            raise refusal.exception(write=method != "GET", after=heard.wait if heard else None)
        if answer.status_code >= 400 or not _expected(method, url, body):
            raise _no_answer(method, f"{place}: HTTP {answer.status_code} without a Graph answer")
        return answer


def _json(text: str) -> Any:
    try:
        return orjson.loads(text)
    except ValueError:
        return None


def _expected(method: str, url: str, body: Any) -> bool:
    """A batch (a POST to the version's root) is answered by a list, everything else by an object."""
    is_batch = method == "POST" and urlsplit(url).path.strip("/").count("/") == 0
    return isinstance(body, list) if is_batch else isinstance(body, Mapping)


def _lost(method: str, place: str, error: requests.RequestException) -> ConnectorError:
    if _never_sent(error):
        return NotSent(f"{place}: no connection ({type(error).__name__})")
    return _no_answer(method, f"{place}: {type(error).__name__}")


def _no_answer(method: str, detail: str) -> ConnectorError:
    return RetryLater(detail) if method == "GET" else OutcomeUnknown(detail)


def _never_sent(error: requests.RequestException) -> bool:
    """Only what failed before a byte of the request left: resolving, connecting, an address that is none."""
    if isinstance(error, (requests.exceptions.ConnectTimeout, ValueError)):
        return not isinstance(error, requests.exceptions.InvalidJSONError)
    reason = getattr(error.args[0], "reason", None) if error.args else None
    return type(reason).__name__ in ("NewConnectionError", "NameResolutionError", "ConnectTimeoutError")


class TokenFilter(logging.Filter):
    """urllib3 logs request lines at DEBUG, and the SDK puts the token into the request line."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = SECRET.sub(r"\1=***", record.getMessage()), ()
        return True


def _hide_tokens_in_logs() -> None:
    logger = logging.getLogger("urllib3.connectionpool")
    if not any(isinstance(each, TokenFilter) for each in logger.filters):
        logger.addFilter(TokenFilter())


class GraphSession(FacebookSession):  # type: ignore[misc]
    """The SDK's session on any Graph address, with timeouts, a pool that blocks when full, and the guard."""

    def __init__(
        self,
        graph: str,
        token: str,
        app_secret: str | None,
        heard: Callable[[Any], Usage | None],
        transport: Transport | None = None,
    ) -> None:
        super().__init__(app_secret=app_secret, access_token=token, timeout=TIMEOUT)
        session: Any = self.requests
        self.GRAPH = graph.rstrip("/")
        self.redact = Redactor(token, app_secret, getattr(self, "appsecret_proof", None))
        if transport is None:
            session.mount(self.GRAPH, HTTPAdapter(pool_maxsize=POOL, pool_block=True))
        else:
            transport.params.update(session.params)
        inner: Transport = transport or session
        self.requests: Any = Guard(inner, self.redact, heard)
        _hide_tokens_in_logs()


class GraphApi(FacebookAdsApi):  # type: ignore[misc]
    """The SDK's API object on that session: one version, and pauses before the platform has to refuse."""

    def __init__(self, session: GraphSession, before: Callable[[str, Sequence[str]], None]) -> None:
        super().__init__(session, api_version=API_VERSION)
        self._before = before

    def call(
        self,
        method: str,
        path: Any,
        params: Any = None,
        headers: Any = None,
        files: Any = None,
        url_override: str | None = None,
        api_version: str | None = None,
    ) -> Any:
        """As the SDK's, but its exceptions do not leave: a failure without an error is Rejected."""
        self._before(method, path.split("/") if isinstance(path, str) else path)
        if url_override and not self._session.GRAPH.endswith("facebook.com"):
            url_override = None
        try:
            return super().call(method, path, params, headers, files, url_override, api_version)
        except FacebookError as error:
            detail = f"{method} {path if isinstance(path, str) else '/'.join(map(str, path))}"
            raise Rejected(f"{detail}: {type(error).__name__}", code="sdk") from None


class Graph:
    """The way to Graph: `api` for the SDK's objects, `get` and `rows` for reads, which are retried."""

    def __init__(
        self,
        token: str,
        *,
        url: str = GRAPH_URL,
        app_secret: str | None = None,
        sleep: Callable[[float], None] = time.sleep,
        transport: Transport | None = None,
        pace: Pace | None = None,
    ) -> None:
        self.calls = 0
        self.pace = pace or Pace(sleep)
        self.writing = self.pace.writing
        self._counting = threading.Lock()
        self._sleep = sleep
        session = GraphSession(url, token, app_secret, self.hear, transport)
        self.redact: Redactor = session.redact
        self.api = GraphApi(session, self._pause)

    def hear(self, headers: Any) -> Usage | None:
        """Take note of usage headers, of an answer or of one inside a batch."""
        return self.pace.hear(headers)

    def error(self, body: Any) -> GraphError | None:
        """The error of one answer inside a batch, without secrets."""
        return parse(body, self.redact) if isinstance(body, Mapping) else None

    def _pause(self, method: str, path: Sequence[str]) -> None:
        with self._counting:
            self.calls += 1
        self.pace.before(method, path)

    def get(self, *path: str, **params: Any) -> dict[str, Any]:
        """One object. Raises ConnectorError once five attempts have failed, TooMuchData at once."""
        call = self.retrying()
        answer: dict[str, Any] = call(lambda: self.api.call("GET", path, params=dict(params)).json())
        return answer

    def retrying(self, also: type[ConnectorError] | None = None) -> Retrying:
        """Repeats what may be repeated: reads, and writes that do nothing twice (say so with `also`)."""
        return Retrying(
            retry=retry_if_exception(lambda error: _repeatable(error, also)),
            stop=stop_after_attempt(ATTEMPTS),
            wait=_wait,
            sleep=self._sleep,
            reraise=True,
        )

    def rows(self, *path: str, fields: Sequence[str], **params: Any) -> Iterator[dict[str, Any]]:
        """All rows of an edge, page by page."""
        for page in self.pages(*path, fields=fields, **params):
            yield from page

    def pages(
        self, *path: str, fields: Sequence[str], limit: int = PAGE, **params: Any
    ) -> Iterator[list[dict[str, Any]]]:
        """Pages of an edge, empty ones left out; only the absence of a next page ends them.

        (The SDK's own cursor stops at the first empty page and silently loses the rest.)
        """
        asked = {**params, "fields": ",".join(fields), "limit": limit}
        while True:
            try:
                answer = self.get(*path, **asked)
            except TooMuchData:
                if asked["limit"] <= LEAST_PAGE:
                    raise
                asked["limit"] = max(LEAST_PAGE, asked["limit"] // 2)
                continue
            rows = answer.get("data")
            if not isinstance(rows, list):
                raise RetryLater(f"GET {'/'.join(path)}: a page without data")
            if rows:
                yield rows
            after = _next(answer.get("paging"))
            if after is None:
                return
            asked["after"] = after


def _next(paging: Any) -> str | None:
    """The cursor of the next page; None if this was the last one."""
    if not isinstance(paging, Mapping) or not paging.get("next"):
        return None
    cursor = (paging.get("cursors") or {}).get("after")
    linked = parse_qs(urlsplit(str(paging["next"])).query).get("after")
    if not (cursor or linked):
        raise RetryLater("Graph names a next page without a cursor")
    return str(cursor or (linked or [""])[0])


def _repeatable(error: BaseException, also: type[ConnectorError] | None) -> bool:
    if also is not None and isinstance(error, also):
        return True
    if not isinstance(error, RetryLater) or isinstance(error, TooMuchData):
        return False
    return (error.after or 0.0) <= LONGEST_WAIT


def _wait(state: RetryCallState) -> float:
    """What the platform said, else 1, 2, 4, 8 seconds."""
    error = state.outcome.exception() if state.outcome else None
    said = error.after if isinstance(error, RetryLater) else None
    return said if said is not None else float(2 ** (state.attempt_number - 1))
