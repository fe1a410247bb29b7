import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from journal.records import IntentRow
from journal.redaction import REDACTED, Redactor
from journal.store import Journal

SECRET = 'k"ey/ğ+7 x'
META_TOKEN = "EAAGm0PX4ZCpsBAKZCq9u3yXr2"
LOOKALIKES = [
    META_TOKEN,
    "ya29.a0AfH6SMBx-y_z.9",
    "1//0gFq3_abcdefghijklmnopqrst",
    "GOCSPX-Ab_cd-1234",
    "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJ4In0.c2ln",
    "Bearer abcdef123456",
    "https://graph/v26.0/me?access_token=abc123&fields=id",
    '{"refresh_token": "abc123"}',
    "client_secret=abc123",
]


@pytest.mark.parametrize("text", LOOKALIKES)
def test_what_looks_like_a_token_is_taken_out(text):
    cleaned = Redactor().text(f"before {text} after")
    assert REDACTED in cleaned
    assert "abc123" not in cleaned
    assert META_TOKEN not in cleaned
    assert cleaned.startswith("before ")


@pytest.mark.parametrize(
    "text",
    [
        "meta:ad_set/yil-sonu/eve-siparis",
        "EAA is not a token",
        "Sıcak gelir: bugün %20 indirim",
        "https://lezzet.example/siparis?utm_source=meta",
        "c0ffee" * 10,
        "the access token expired; ask for a new password",
    ],
)
def test_ordinary_text_is_left_alone(text):
    assert Redactor(["abc", ""]).text(text) == text


@given(st.text(min_size=6).filter(lambda secret: secret not in REDACTED), st.text(), st.text())
def test_a_given_secret_is_nowhere_in_a_json_text_and_the_text_stays_json(secret, left, right):
    for ascii_only in (True, False):
        text = json.dumps({"message": left + secret + right}, ensure_ascii=ascii_only)
        cleaned = Redactor([secret]).text(text)
        assert json.dumps(secret, ensure_ascii=ascii_only)[1:-1] not in cleaned
        assert len(json.loads(cleaned)) == 1


def test_a_secret_reaches_no_byte_of_the_journal_whatever_it_comes_in(tmp_path, ad, now):
    path = tmp_path / "journal.db"
    leak = f"said {SECRET} and {META_TOKEN}"
    with Journal.open(path, secrets=[SECRET]) as journal:
        journal.record_plan("d", leak, "live", now(), {"note": leak, leak: 1}, leak)
        journal.approve("d", leak, now(), now(9), leak, leak)
        journal.revoke("d", leak, now())
        run = journal.begin_run("d", leak, leak, now())
        rows = [IntentRow(ad(n), "act_1", "create", leak, {"deep": [{"er": leak}]}, leak) for n in range(3)]
        first, *_ = journal.intend(run, rows, now())
        journal.settle(first, "unknown", now(), code=leak, message=leak)
        journal.settle(first, "refused", now(), code=leak, message=leak)
        journal.event("load", now(), leak, {"url": f"?access_token={SECRET}"})
        journal.forget_object(ad(1), now(), leak)
        journal.record_object(ad(1), leak, leak, leak, now())
        journal.move_object(ad(1), ad(9), now(), actor=leak)
        journal.use_code(leak, 1, now())
        shown = journal.log_csv()
        written = b"".join(file.read_bytes() for file in tmp_path.iterdir())
    for spelling in (SECRET, json.dumps(SECRET)[1:-1], META_TOKEN):
        assert spelling not in shown
        assert spelling.encode() not in written
    assert REDACTED.encode() in written


def test_an_error_of_the_database_names_no_value(tmp_path, ad, now):
    with Journal.open(tmp_path / "journal.db") as journal, pytest.raises(Exception) as failure:  # noqa: PT011
        journal.event("load", now(), "ayse", {"name": "customer", "odd": {1, 2}})
    assert "customer" not in str(failure.value)
