"""People of a Meta list: hashes as documented, sessions whole whatever breaks, nobody in an error."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from connectors.base import Upload
from connectors.errors import AccessDenied, ConnectorError, OutcomeUnknown, Rejected, RetryLater
from connectors.meta import members
from connectors.meta.apply import MetaConnector
from connectors.meta.members import SCHEMA, Members, cleaned, postal_code, row
from engine.audience import Person, chunks, person

NOW = datetime(2026, 11, 30, 6, tzinfo=UTC)


def cell(name: str, **given: str) -> str:
    one, wrong = person(given)
    assert not wrong
    return row(one)[SCHEMA.index(name)]


@pytest.mark.parametrize(
    ("column", "given", "digest"),
    [
        # Marketing API, customer information parameters and Customer File Custom Audiences, "Hashing".
        ("EMAIL", {"email": "John_Smith@gmail.com"}, "62a14e44"),
        ("EMAIL", {"email": "mary@example.com"}, "f1904cf1a9d73a55fa5de0ac823c4403"),
        ("PHONE", {"phone": "US (650)555-1212", "country": "US"}, "e323ec62"),
        ("PHONE", {"phone": "15559876543", "country": "US"}, "1ef970831d7963307784fa8688e8fce1"),
        ("FN", {"first_name": "Mary"}, "6915771b"),
        ("FN", {"first_name": "정"}, "8fa8cd9c"),
        ("FN", {"first_name": "Valéry"}, "08e1996b"),
        ("COUNTRY", {"country": "us"}, "79adb2a2"),
    ],
)
def test_documented_examples_have_their_documented_hashes(
    column: str, given: dict[str, str], digest: str
) -> None:
    assert cell(column, **given).startswith(digest)


@pytest.mark.parametrize(
    ("given", "country", "plain"),
    [
        ("34 394", "TR", "34394"),
        ("94035-1234", "US", "94035"),
        ("sw1a 1aa", "GB", "sw1a1"),
        ("", "GB", ""),
    ],
)
def test_postal_codes_are_as_meta_wants_them_by_country(given: str, country: str, plain: str) -> None:
    assert postal_code(given, country) == plain


def test_what_is_unknown_is_blank_and_all_else_a_hash() -> None:
    one = Person(last_name="yılmaz-öz", external_id="7")
    found = dict(zip(SCHEMA, row(one), strict=True))
    assert {name for name, value in found.items() if value} == {"LN", "EXTERN_ID"}
    assert found["LN"] == sha256("yılmazöz".encode()).hexdigest()
    assert found["EXTERN_ID"] == sha256(b"7").hexdigest()


# -- against the sandbox ------------------------------------------------------------------------------------


def crowd(number: int, first: int = 0) -> list[Person]:
    return [Person(email=f"kisi{n}@example.com") for n in range(first, first + number)]


class Desk:
    """A list of customers on the sandbox, replaced some hundreds at a time."""

    def __init__(self, sandbox: Any, assets: Path) -> None:
        self.sandbox = sandbox
        self.connector = MetaConnector(sandbox.connection(assets), sleep=lambda _: None)
        made = self.connector.graph.api.call(
            "POST",
            (sandbox.endpoint["account"], "customaudiences"),
            params={"name": "m", "subtype": "CUSTOM", "customer_file_source": "USER_PROVIDED_ONLY"},
        )
        self.id = str(made.json()["id"])
        self.notes: list[Mapping[str, Any]] = []

    def replace(self, people: Sequence[Person], session: int = 1, **more: Any) -> Any:
        upload = Upload(self.id, session, more.pop("now", NOW), len(people), **more)
        return self.connector.replace_members(upload, chunks(people, 500), self.notes.append)

    @property
    def people(self) -> int:
        """Nine tenths of how many there are, as the platform tells it; 0 below a thousand."""
        return self.connector.sizes([self.id])[self.id].least or 0


@pytest.fixture
def desk(sandbox: Any, tmp_path: Path) -> Desk:
    return Desk(sandbox, tmp_path)


@pytest.mark.server
def test_a_session_replaces_everybody(desk: Desk) -> None:
    receipt = desk.replace(crowd(2000))
    assert (receipt.sent, receipt.settled, receipt.requests) == (2000, True, ("1",))
    assert desk.people == 1800
    desk.replace(crowd(1200, 1500), session=2)
    assert desk.people == 1080


@pytest.mark.server
@pytest.mark.parametrize("skip", range(4))
@pytest.mark.parametrize("kind", ["lost_response", "dropped_request", "http502", "throttle"])
def test_whatever_breaks_once_everybody_is_there(desk: Desk, kind: str, skip: int) -> None:
    desk.sandbox.fault("POST */usersreplace", kind, times=1, skip=skip)
    desk.replace(crowd(2000))
    assert desk.people == 1800


@pytest.mark.server
def test_one_that_broke_off_is_taken_up_under_its_own_number(desk: Desk) -> None:
    desk.replace(crowd(2000))
    desk.sandbox.fault("POST */usersreplace", "error", code=100, skip=2)
    with pytest.raises(ConnectorError):
        desk.replace(crowd(4000), session=2)
    desk.sandbox.ask("DELETE", "faults")
    left = desk.notes[-1]
    assert left["session"] == 2
    with pytest.raises(RetryLater, match="still replacing"):
        desk.replace(crowd(4000), session=3)
    desk.replace(crowd(4000), session=3, left=left, now=NOW + timedelta(minutes=30))
    assert desk.people == 3600


@pytest.mark.server
def test_one_that_broke_off_long_ago_begins_anew(desk: Desk) -> None:
    desk.sandbox.fault("POST */usersreplace", "error", code=100, skip=2)
    with pytest.raises(Rejected, match="only who was uploaded so far"):
        desk.replace(crowd(4000), session=2)
    desk.sandbox.ask("DELETE", "faults")
    desk.sandbox.advance(1)
    assert desk.people == 900  # the session ended with a thousand: what the error warned of
    desk.replace(crowd(4000), session=3, left=desk.notes[-1], now=NOW + timedelta(days=1))
    assert desk.people == 3600


@pytest.mark.server
def test_trouble_that_stays_says_what_becomes_of_the_list(desk: Desk) -> None:
    desk.sandbox.fault("POST */usersreplace", "lost_response", skip=1)
    with pytest.raises(RetryLater, match="again within 90 minutes"):
        desk.replace(crowd(2000))


@pytest.mark.server
def test_people_are_taken_out_and_no_address_on_the_way_holds_them(desk: Desk) -> None:
    desk.replace(crowd(3000))
    receipt = desk.connector.remove_members([desk.id], crowd(1500))
    assert receipt.requests == (f"{desk.id}: 1500",)
    assert desk.people == 1350
    log = "".join(path.read_text() for path in desk.sandbox.state.rglob("*.log"))
    assert "POST /v26.0" in log
    assert "DELETE" not in log.split("usersreplace")[-1]


@pytest.mark.server
def test_terms_that_nobody_accepted_are_told_with_their_mend(sandbox: Any, tmp_path: Path) -> None:
    sandbox.ask("POST", "switches", customer_terms=False)
    try:
        with pytest.raises(ConnectorError) as raised:
            Desk(sandbox, tmp_path)
        told = cleaned(raised.value)
        assert isinstance(told, AccessDenied)
        assert "business.facebook.com" in told.problem.fix
    finally:
        sandbox.ask("POST", "switches", customer_terms=True)


@pytest.mark.server
def test_nobody_is_in_a_file_of_the_stand_in(desk: Desk) -> None:
    people = crowd(600)
    desk.replace(people)
    desk.connector.remove_members([desk.id], people[:5])
    written = b"".join(path.read_bytes() for path in desk.sandbox.state.rglob("*") if path.is_file())
    for one in people[:10]:
        assert one.email.encode() not in written
        assert row(one)[0].encode() not in written


# -- scripted answers ---------------------------------------------------------------------------------------


def replaced(fake: Any, people: Iterable[Sequence[Person]], **more: Any) -> Any:
    upload = Upload("7", 5, NOW, 1, **more)
    return Members(fake.graph(), fake.slept.append).replace(upload, people, lambda _: None)


NORMAL: dict[str, Any] = {"operation_status": {"code": 200}}


def test_a_flagged_list_is_nobody_s_to_fill(fake: Any) -> None:
    fake.script = [{"operation_status": {"code": 471}}]
    with pytest.raises(AccessDenied, match="471"):
        replaced(fake, [crowd(1)])


def test_a_last_batch_that_hears_its_session_is_over_was_the_last(fake: Any, refusal: Any) -> None:
    ended = refusal(2650, error_subcode=1870159)
    fake.script = [NORMAL, {"num_received": 1}, OSError, ended, NORMAL]
    fake.script[2] = lambda asked: (_ for _ in ()).throw(_lost())
    assert replaced(fake, [crowd(1), crowd(1, 1)]).sent == 2
    sessions = [json.loads(each.params["session"]) for each in fake.asked if each.method == "POST"]
    assert [each["batch_seq"] for each in sessions] == [1, 2, 2]
    assert [each["last_batch_flag"] for each in sessions] == [False, True, True]


def _lost() -> Exception:
    import requests

    return requests.ConnectionError("connection reset")


def test_a_session_whose_time_ran_out_says_that_the_list_is_half(fake: Any, refusal: Any) -> None:
    fake.script = [NORMAL, {"num_received": 1}, refusal(2650, error_subcode=1870158)]
    with pytest.raises(Rejected, match="only who was uploaded"):
        replaced(fake, [crowd(1), crowd(1, 1)])


def test_a_refusal_that_quotes_people_is_told_without_them(fake: Any, refusal: Any) -> None:
    digest = row(crowd(1)[0])[0]
    fake.script = [NORMAL, refusal(100, f"Invalid user {digest} kisi0@example.com")]
    with pytest.raises(Rejected) as raised:
        replaced(fake, [crowd(1)])
    assert digest not in str(raised.value)
    assert "kisi0" not in str(raised.value)
    assert "Invalid user" in str(raised.value)


@pytest.mark.parametrize("error", [OutcomeUnknown("x" * 64), RetryLater("f" * 64, 3.0)])
def test_every_sort_of_error_is_cleaned(error: ConnectorError) -> None:
    told = cleaned(error)
    assert type(told) is type(error)
    assert error.problem.detail not in str(told)
    assert members.TERMS.search("no") is None
