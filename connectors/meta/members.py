"""People of a Meta list of customers: hashed as Meta asks, replaced by sessions that are never left half.

Source of all rules: Customer File Custom Audiences ("Hashing and normalization", "Replace users API",
"Remove members"). A session that is not ended within 90 minutes of its first batch leaves the list with what
was uploaded so far, so one that was cut short is taken up again where its time allows, under its own number:
batches after the first may come twice.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from connectors.base import Receipt, Upload
from connectors.errors import AccessDenied, ConnectorError, OutcomeUnknown, Rejected, RetryLater
from engine.audience import Person, bare, hashed, scrubbed

if TYPE_CHECKING:
    from connectors.meta.client import Graph

AT_ONCE: Final = 10_000  # people a call
WINDOW: Final = timedelta(minutes=90)
FOUND_BY: Final = frozenset({"email", "phone", "external_id", "address"})
SCHEMA: Final = ("EMAIL", "PHONE", "FN", "LN", "ZIP", "COUNTRY", "EXTERN_ID")
INVALID: Final = "not hashed as Meta asks"
# CustomAudience.operation_status.code: a replacement is being carried out (two codes are in use); it failed;
# the list is flagged. "audience flagged": …/guides/custom-audiences, operation_status 471.
REPLACING: Final = frozenset({300, 414})
FLAGGED: Final = 471
# Subcodes of error 2650, "Replace users API common errors".
BUSY, NO_FIRST, TIMED_OUT, ENDED = "2650/1870145", "2650/1870147", "2650/1870158", "2650/1870159"
TERMS: Final = re.compile(r"\[200/(1870034|1870090)\]")
MEND_TERMS: Final = (
    "Accept the Custom Audience Terms for this ad account, signed in as an admin of its business:"
    " https://business.facebook.com/ads/manage/customaudiences/tos/"
)
OPEN: Final = (
    "The session may be open: run `kampanya audience sync` again within 90 minutes, else the list is left"
    " with only who was uploaded so far"
)
HALF: Final = (
    "The session ran out of its 90 minutes: the list now holds only who was uploaded in it. Run"
    " `kampanya audience sync` again at once."
)


def row(person: Person) -> list[str]:
    """One person by SCHEMA, "" where unknown. An own number is hashed too: Meta allows it, and asks only that
    it always be written the same.
    """
    return [
        hashed(each)
        for each in (
            person.email,
            person.phone.removeprefix("+"),  # digits with the country code, no leading zero
            _name(person.first_name),
            _name(person.last_name),
            postal_code(person.postal_code, person.country),
            person.country.lower(),
            person.external_id,
        )
    ]


def _name(text: str) -> str:
    return bare(text)


def postal_code(text: str, country: str) -> str:
    """No white space and no dash; of the United States five digits, of the United Kingdom area, district and
    sector: all but the last two letters.
    """
    plain = re.sub(r"[\s-]", "", text)
    if country == "US":
        return plain[:5]
    return plain[:-2] if country == "GB" and len(plain) > 4 else plain


class Members:
    """The lists of one ad account, by Graph."""

    def __init__(self, graph: Graph, sleep: Callable[[float], None] = time.sleep) -> None:
        self._graph, self._sleep = graph, sleep

    def replace(
        self,
        upload: Upload,
        people: Iterable[Sequence[Person]],
        note: Callable[[Mapping[str, Any]], None],
    ) -> Receipt:
        """As MemberKeeper says. Raises ConnectorError."""
        session, first = self._session(upload)
        begun = upload.left.get("began") if first > 1 else upload.now.isoformat()
        note({"session": session, "began": begun})
        answer: Mapping[str, Any] = {}
        sent = invalid = 0
        for number, (chunk, last) in enumerate(_marked(people), first):
            marks = {"session_id": session, "batch_seq": number, "last_batch_flag": last}
            try:
                answer = self._batch(upload, marks | {"estimated_num_total": upload.total}, chunk)
            except ConnectorError as error:
                if sent or isinstance(error, RetryLater | OutcomeUnknown):
                    raise _left_open(error) from None
                raise
            sent += len(chunk)
            invalid += int(answer.get("num_invalid_entries") or 0)
        busy = self._status(upload.id) in REPLACING
        note_ = "Meta takes up to 24 hours to match them." if busy else ""
        return Receipt(sent, {INVALID: invalid} if invalid else {}, (str(session),), True, note_)

    def remove(self, ids: Collection[str], people: Sequence[Person]) -> Receipt:
        """As MemberKeeper says; each list is asked by itself. Raises ConnectorError."""
        data = [row(each) for each in people]
        invalid, receipts = 0, []
        for id in sorted(ids):
            # A DELETE would carry people in its address, and so into every log on the way.
            answer = self._send(id, "users", {"method": "delete", "payload": _payload(data)})
            invalid = max(invalid, int(answer.get("num_invalid_entries") or 0))
            receipts.append(f"{id}: {answer.get('num_received', len(data))}")
        return Receipt(len(data), {INVALID: invalid} if invalid else {}, tuple(receipts))

    def _session(self, upload: Upload) -> tuple[int, int]:
        """The session to send in and the number of its next batch: 1 of a new one, 2 of an earlier one."""
        status = self._status(upload.id)
        if status == FLAGGED:
            raise AccessDenied(
                "Meta flagged this list and takes no people for it (operation_status 471).",
                "Appeal in Audience Manager, or declare a new list with other data.",
            )
        if status not in REPLACING:
            return upload.session, 1
        began = upload.left.get("began")
        if began and upload.now - datetime.fromisoformat(began) < WINDOW:
            return int(upload.left["session"]), 2
        raise RetryLater(
            "Meta is still replacing the people of this list; it takes another session when it is done"
            " (up to 90 minutes after one that was cut short)",
        )

    def _status(self, id: str) -> int:
        told = self._graph.get(id, fields="operation_status").get("operation_status") or {}
        return int(told.get("code") or 0)

    def _batch(
        self, upload: Upload, session: Mapping[str, Any], chunk: Sequence[Person]
    ) -> Mapping[str, Any]:
        """Send one batch until it is certain that it arrived: the first must not come twice, others may."""
        params = {"session": session, "payload": _payload([row(each) for each in chunk])}
        try:
            if session["batch_seq"] > 1:
                return self._certain(upload.id, params)
            return self._send(upload.id, "usersreplace", params)
        except OutcomeUnknown:
            self._sleep(2.0)
            if self._status(upload.id) not in REPLACING:  # never arrived, or was the only one and is done
                return self._first_again(upload, params)
            return self._certain(upload.id, {**params, "session": {**session, "batch_seq": 2}})
        except Rejected as error:
            return self._refused(error, session)

    def _first_again(self, upload: Upload, params: Mapping[str, Any]) -> Mapping[str, Any]:
        try:
            return self._send(upload.id, "usersreplace", params)
        except Rejected as error:
            return self._refused(error, params["session"])

    def _certain(self, id: str, params: Mapping[str, Any]) -> Mapping[str, Any]:
        try:
            call = self._graph.retrying(also=OutcomeUnknown)
            answer: Mapping[str, Any] = call(lambda: self._send(id, "usersreplace", params))
            return answer
        except Rejected as error:
            return self._refused(error, params["session"])

    def _refused(self, error: Rejected, session: Mapping[str, Any]) -> Mapping[str, Any]:
        """A last batch whose answer was lost has ended its session; sent again, it hears just that."""
        if error.code == ENDED and session["last_batch_flag"]:
            return {}
        if error.code == TIMED_OUT:
            raise Rejected(HALF, code=error.code) from None
        if error.code == BUSY:
            raise RetryLater(error.message) from None
        raise error

    def _send(self, id: str, edge: str, params: Mapping[str, Any]) -> Mapping[str, Any]:
        """One call; a refusal may quote what it was sent, so its words are cleaned."""

        def call() -> Mapping[str, Any]:
            sent = self._graph.api.call("POST", (id, edge), params=dict(params))
            answer: Mapping[str, Any] = sent.json()
            return answer

        try:
            answer: Mapping[str, Any] = self._graph.retrying()(call)
            return answer
        except ConnectorError as error:
            raise cleaned(error) from None


def cleaned(error: ConnectorError) -> ConnectorError:
    """The same without anybody in it, and with the mend of terms that nobody accepted."""
    if isinstance(error, Rejected):
        return Rejected(scrubbed(error.message), code=error.code, field=error.field)
    detail = scrubbed(error.problem.detail)
    if TERMS.search(error.problem.detail):
        return AccessDenied(detail, MEND_TERMS)
    if isinstance(error, AccessDenied):
        return AccessDenied(detail, error.problem.fix)
    if isinstance(error, RetryLater):
        return RetryLater(detail, error.after)
    return OutcomeUnknown(detail)


def _left_open(error: ConnectorError) -> ConnectorError:
    """The same, and what becomes of the list: a session that may have begun goes on by itself."""
    if isinstance(error, Rejected):
        whole = error.code == TIMED_OUT
        return error if whole else Rejected(f"{error.message} {OPEN}.", code=error.code, field=error.field)
    after = error.after if isinstance(error, RetryLater) else None
    return RetryLater(f"{error.problem.detail}. {OPEN}", after)


def _payload(data: Sequence[Sequence[str]]) -> dict[str, Any]:
    return {"schema": list(SCHEMA), "data": [list(each) for each in data]}


def _marked(chunks: Iterable[Sequence[Person]]) -> Iterator[tuple[Sequence[Person], bool]]:
    """Each with whether it is the last."""
    source = iter(chunks)
    held = next(source, None)
    while held is not None:
        following = next(source, None)
        yield held, following is None
        held = following
