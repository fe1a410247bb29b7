from __future__ import annotations

import http.server
import json
import logging
import sys
import threading
import traceback
from typing import Any

import pytest
import requests
from facebook_business.adobjects.adaccount import AdAccount
from facebook_business.api import FacebookAdsApi

from connectors.errors import AccessDenied, ConnectorError, OutcomeUnknown, Rejected, RetryLater
from connectors.meta.application import IN_FLIGHT
from connectors.meta.client import API_VERSION, Graph
from connectors.meta.errors import NotSent

TOKEN = "EAAB-secret-token-0123456789"
URL = f"http://127.0.0.1:1/v26.0/act_1/campaigns?access_token={TOKEN}"


def create(graph: Graph) -> Any:
    return AdAccount("act_1", api=graph.api).create_campaign(params={"name": "x"})


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("<html>502 Bad Gateway</html>", 502),
        ('{"message": "oops"}', 500),
        ("", 200),
        ("true", 200),
        ("[]", 200),
        ("", 302),
    ],
)
def test_an_answer_that_is_not_graphs_is_unknown_for_a_write_and_repeated_for_a_read(
    text: str, status: int, fake: Any, said: Any
) -> None:
    fake.script = [said(text, status)]
    with pytest.raises(OutcomeUnknown):
        create(fake.graph())
    fake.script = [said(text, status), {"id": "act_1"}]
    assert fake.graph().get("act_1") == {"id": "act_1"}
    assert len(fake.asked) == 3


def test_error_data_that_is_no_json_does_not_hide_the_error(fake: Any, refusal: Any) -> None:
    fake.script = [refusal(100, error_data="not JSON at all")]
    with pytest.raises(Rejected, match="Invalid parameter"):
        create(fake.graph())


def test_what_a_token_was_not_granted_and_its_user_may_not_do_is_told(fake: Any, connection: Any) -> None:
    granted = [
        {"permission": "ads_read", "status": "granted"},
        {"permission": "ads_management", "status": "declined"},
    ]
    fake.script = [{"data": granted}, {"user_tasks": ["ANALYZE"], "id": "act_1"}]
    assert fake.connector(connection).lacks() == [
        "the permission ads_management",
        "the task ADVERTISE or MANAGE on the ad account",
    ]


def test_a_failure_that_names_no_error_is_rejected_without_its_parameters(fake: Any) -> None:
    fake.script = [{"success": False}]
    with pytest.raises(Rejected, match="POST act_1/campaigns") as caught:
        create(fake.graph())
    assert TOKEN not in str(caught.value)


def test_a_write_whose_answer_is_lost_is_unknown(fake: Any) -> None:
    fake.script = [requests.ConnectionError(f"reset while reading {URL}")]
    with pytest.raises(OutcomeUnknown) as caught:
        create(fake.graph())
    assert TOKEN not in "".join(traceback.format_exception(caught.value))


@pytest.mark.parametrize("method", ["POST", "DELETE"])
def test_a_timeout_after_sending_is_unknown_for_every_kind_of_write(method: str, fake: Any) -> None:
    fake.script = [requests.ReadTimeout(URL)]
    with pytest.raises(OutcomeUnknown):
        fake.graph().api.call(method, ("1",))


def test_a_platform_that_cannot_be_reached_has_certainly_done_nothing() -> None:
    graph = Graph(TOKEN, url="http://127.0.0.1:9", sleep=lambda _: None)
    with pytest.raises(NotSent) as caught:
        create(graph)
    assert TOKEN not in "".join(traceback.format_exception(caught.value))


def test_reads_are_repeated_with_the_wait_the_headers_give(fake: Any, said: Any, refusal: Any) -> None:
    usage = {"1": [{"type": "ads_management", "call_count": 60, "estimated_time_to_regain_access": 2}]}
    throttled = said(json.dumps(refusal(80004)), 400, {"X-Business-Use-Case-Usage": json.dumps(usage)})
    fake.script = [requests.ConnectionError("reset"), throttled, {"id": "1"}]
    assert fake.graph().get("1") == {"id": "1"}
    assert fake.slept == [1.0, 120.0]


def test_a_read_that_would_wait_too_long_is_given_up_and_says_how_long(
    fake: Any, said: Any, refusal: Any
) -> None:
    usage = {"1": [{"estimated_time_to_regain_access": 50}]}
    fake.script = [said(json.dumps(refusal(80004)), 400, {"X-Business-Use-Case-Usage": json.dumps(usage)})]
    with pytest.raises(RetryLater) as caught:
        fake.graph().get("1")
    assert caught.value.after == 3000
    assert fake.slept == []


def test_a_read_is_tried_five_times(fake: Any) -> None:
    fake.script = [requests.ReadTimeout()] * 5
    with pytest.raises(RetryLater):
        fake.graph().get("1")
    assert fake.slept == [1.0, 2.0, 4.0, 8.0]


@pytest.mark.parametrize("code", [2, 80004])
def test_a_write_is_never_repeated(code: int, fake: Any, refusal: Any) -> None:
    fake.script = [refusal(code)]
    with pytest.raises(ConnectorError):
        create(fake.graph())
    assert len(fake.asked) == 1


def test_a_token_that_graph_quotes_back_does_not_reach_the_exception(fake: Any, refusal: Any) -> None:
    fake.script = [refusal(190, f"Malformed access token {TOKEN}")]
    with pytest.raises(AccessDenied, match=r"Malformed access token \*\*\*"):
        fake.graph().get("me")


def test_calls_slow_down_before_the_allowance_is_used_up(fake: Any, said: Any) -> None:
    near = said('{"id": "1"}', 200, {"X-App-Usage": '{"call_count": 90}'})
    fake.script = [near, {"id": "1"}]
    graph = fake.graph()
    graph.get("1")
    graph.get("1")
    assert fake.slept == [2.0]


def test_an_empty_page_with_a_next_one_does_not_end_the_rows(fake: Any) -> None:
    def page(rows: list[Any], after: str | None) -> dict[str, Any]:
        paging = {"cursors": {"after": after}, "next": f"{URL}&after={after}"} if after else {}
        return {"data": rows, "paging": paging}

    fake.script = [page([{"id": "1"}], "a"), page([], "b"), page([{"id": "2"}], None)]
    rows = list(fake.graph().rows("act_1", "ads", fields=["id"]))
    assert [row["id"] for row in rows] == ["1", "2"]
    assert [asked.params.get("after") for asked in fake.asked] == [None, "a", "b"]


def test_a_next_page_without_cursors_is_followed_by_its_link_or_reported(fake: Any) -> None:
    linked = {"data": [{"id": "1"}], "paging": {"next": f"{URL}&after=xyz"}}
    fake.script = [linked, {"data": []}]
    assert len(list(fake.graph().rows("act_1", "ads", fields=["id"]))) == 1
    assert fake.asked[1].params["after"] == "xyz"
    fake.script = [{"data": [{"id": "1"}], "paging": {"next": "https://graph.facebook.com/more"}}]
    with pytest.raises(RetryLater, match="without a cursor"):
        list(fake.graph().rows("act_1", "ads", fields=["id"]))


def test_pages_that_are_too_big_are_halved(fake: Any, refusal: Any) -> None:
    fake.script = [refusal(1, "Please reduce the amount of data"), {"data": [{"id": "1"}]}]
    assert list(fake.graph().rows("act_1", "ads", fields=["id"])) == [{"id": "1"}]
    assert [asked.params["limit"] for asked in fake.asked] == [500, 250]


def test_every_call_goes_to_one_version_with_a_timeout_and_an_app_secret_proof() -> None:
    seen: list[tuple[str, dict[str, Any]]] = []

    class Transport:
        def __init__(self) -> None:
            self.params: dict[str, Any] = {}

        def request(self, method: str, url: str, **options: Any) -> Any:
            seen.append((url, options))

            class Answer:
                status_code, text, headers = 200, '{"id": "1"}', dict[str, str]()

            return Answer()

    transport = Transport()
    Graph(TOKEN, url="http://127.0.0.1:1/", app_secret="app-secret", transport=transport).get("1")
    [(url, options)] = seen
    assert url == f"http://127.0.0.1:1/{API_VERSION}/1"
    assert options["timeout"] == (3.05, 60.0)
    assert options["allow_redirects"] is False
    assert transport.params["access_token"] == TOKEN
    assert len(transport.params["appsecret_proof"]) == 64


def test_the_pool_blocks_instead_of_discarding_connections() -> None:
    graph = Graph(TOKEN, url="http://127.0.0.1:1")
    adapter = graph.api._session.requests._inner.get_adapter("http://127.0.0.1:1/v26.0/")
    assert adapter._pool_block is True
    assert adapter._pool_maxsize == 24 > IN_FLIGHT


def test_nothing_global_is_left_behind() -> None:
    Graph(TOKEN, url="http://127.0.0.1:1")
    assert FacebookAdsApi.get_default_api() is None
    assert sys.excepthook.__module__ != "facebook_business.crashreporter"


def test_an_override_of_the_host_is_kept_only_on_the_real_platform(fake: Any) -> None:
    fake.script = [{"id": "1"}]
    fake.graph().api.call("POST", ("act_1", "advideos"), url_override="https://graph-video.facebook.com")
    assert fake.asked[0].path == "act_1/advideos"


@pytest.fixture
def hangs_up() -> Any:
    """A server that reads a request, counts it, and closes the connection without an answer."""
    seen: list[str] = []

    class Rude(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            seen.append(self.path)
            self.close_connection = True

        def log_message(self, *_: object) -> None:
            pass

    server = http.server.HTTPServer(("127.0.0.1", 0), Rude)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", seen
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_connection_that_breaks_after_sending_is_unknown_and_the_token_is_in_no_text_or_log(
    hangs_up: tuple[str, list[str]], caplog: pytest.LogCaptureFixture
) -> None:
    url, seen = hangs_up
    with caplog.at_level(logging.DEBUG), pytest.raises(OutcomeUnknown) as caught:
        create(Graph(TOKEN, url=url))
    assert len(seen) == 1
    assert TOKEN in seen[0]  # the SDK does send it in the address
    assert TOKEN not in "".join(traceback.format_exception(caught.value))
    assert TOKEN not in caplog.text


def test_request_lines_in_debug_logs_have_no_token(caplog: pytest.LogCaptureFixture) -> None:
    Graph(TOKEN, url="http://127.0.0.1:1")
    with caplog.at_level(logging.DEBUG):
        logging.getLogger("urllib3.connectionpool").debug(
            '%s "GET %s"', "host", f"/me?access_token={TOKEN}&x=1"
        )
    assert "access_token=***&x=1" in caplog.text
