"""A Turkish client reads what a plan notes and what refuses it in Turkish."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine import foreign
from engine.brief_notes import BLOCKED, NOTED, REFUSED, note_words, refusal_words
from engine.plan import Note, Refusal

ROOT = Path(__file__).resolve().parents[2]
# Their problems are of the declaration, or of a command, and never a plan's notes.
NEVER_NOTES = ("costly.py", "rules.py", "strategy.py", "voice.py", "absorb.py", "overlays.py")


def literals(call: str) -> Iterator[tuple[str, str]]:
    """File and first argument of each such call in which that is written out."""
    for file in [*(ROOT / "engine").glob("*.py"), *(ROOT / "operations").glob("*.py")]:
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == call:
                first = node.args[0] if node.args else None
                if isinstance(first, ast.Constant):
                    yield file.name, str(first.value)


def test_every_guard_rail_has_turkish_words() -> None:
    assert {rule for _, rule in literals("Refusal")} <= REFUSED.keys()


def test_every_sort_of_note_has_turkish_words() -> None:
    assert {sort for _, sort in literals("Note")} - {"blocked"} <= NOTED.keys()


def test_whatever_blocks_an_object_has_turkish_words() -> None:
    found = {summary for file, summary in literals("Problem") if file not in NEVER_NOTES}
    assert found <= BLOCKED.keys()
    assert BLOCKED.keys() <= found


@pytest.mark.parametrize(
    ("refusal", "told"),
    [
        (
            Refusal("daily ceiling", "2,150.00 TRY a day is 150.00 above the ceiling of 2,000.00", "Lower"),
            "günde ₺2.150,00 harcanır; 2.000,00 olan tavanın 150,00 üstünde",
        ),
        (
            Refusal("monthly ceiling", "2026-12 would reach 61,900.00 TRY; the ceiling is 45,000.00", ""),
            "2026-12 ayında ₺61.900,00 harcanmış olur; tavan 45.000,00",
        ),
        (
            Refusal("exchange rate", "the rate EUR → TRY is too old, or of a day to come", ""),
            "EUR → TRY kuru eski ya da ileri tarihli",
        ),
        (
            Refusal(
                "raise in 24 hours",
                "active budgets would rise by 300.00 TRY within 24 hours, 33% of 900.00; the limit is 20%",
                "",
            ),
            "yayındaki bütçeler 24 saatte ₺300,00 artar: 900,00 tutarın %33 kadarı; sınır %20",
        ),
        (
            Refusal(
                "raise in 24 hours",
                "the journal does not know what was done within 24 hours to meta ad_set a/b, meta ad_set a/c",
                "",
            ),
            "son 24 saatte şunlara ne yapıldığı bilinmiyor: Meta Reklam seti a/b, Meta Reklam seti a/c",
        ),
        (
            Refusal("undeclared budget", "the platform still spends by meta:ad_set/a/b (lifetime 1)", ""),
            "platform hâlâ şununla harcıyor: Meta Reklam seti a/b (lifetime 1)",
        ),
        (
            Refusal(
                "spend unknown",
                "it is known up to 2026-12-01 06:00 UTC without a gap, 40 hours ago; the limit is 36 hours",
                "",
            ),
            "en son 2026-12-01 06:00 UTC'ye kadar, 40 saat öncesine dek biliniyor; sınır 36 saat",
        ),
        (Refusal("protected", "the plan changes yil-sonu", ""), "plan şunları değiştiriyor: yil-sonu"),
        (
            Refusal("freeze", "changes are frozen until 2026-12-02 23:59: bayram", ""),
            "2026-12-02 23:59 tarihine kadar değişiklik yapılmaz: bayram",
        ),
        (
            Refusal("voice", "meta creative 4c2d: “En ucuz” contains “ucuz”", ""),
            "Meta creative 4c2d: “En ucuz” metninde “ucuz” geçiyor",
        ),
    ],
)
def test_a_refusal_is_told_in_turkish_with_its_numbers(refusal: Refusal, told: str) -> None:
    title, detail, _ = refusal_words(refusal, "tr")
    assert detail == told
    assert title != refusal.rule


def test_the_words_of_a_brands_own_rule_stay_its_own() -> None:
    refusal = Refusal("butce-buyuk", "Kampanya pazarlama onayı ister", "Mend")
    assert refusal_words(refusal, "tr") == ("butce-buyuk", "Kampanya pazarlama onayı ister", "Mend")


def test_an_english_reader_reads_the_engines_own_words() -> None:
    refusal = Refusal("protected", "the plan changes a", "Take it out.")
    assert refusal_words(refusal, "en") == ("protected", "the plan changes a", "Take it out.")
    note = Note("held", "meta ad_set a/b was paused by kampanya pause", "It stays paused.")
    assert note_words(note, "en") == ("held", note.subject, note.text)


@pytest.mark.parametrize(
    ("note", "told"),
    [
        (
            Note("held", "meta ad_set a/b was paused by somebody on the platform", "It stays paused."),
            (
                "Duraklatılmış",
                "Meta Reklam seti a/b platformda biri tarafından duraklatıldı",
                "Duraklatılmış",
            ),
        ),
        (
            Note("foreign", "meta campaign 16 “kopya”", foreign.TEXT),
            ("Bizim değil", "Meta Kampanya 16 “kopya”", "Bir Kampanya damgası taşıyor"),
        ),
        (
            Note("foreign", "meta ad: 7 of them", f"1 “a” and 6 more\n{foreign.TEXT}"),
            ("Bizim değil", "meta ad: 7 tane", "Bir Kampanya damgası taşıyorlar"),
        ),
        (
            Note("stays", "meta campaign a: spend_cap “9”", "It stays. Declare it again."),
            ("Olduğu gibi kalıyor", "Meta Kampanya a: spend_cap “9”", "Dosyalarda artık yok"),
        ),
        (
            Note(
                "blocked",
                "The platform cannot change this after creation",
                "meta:campaign/a: goal\nGive",
            ),
            ("Engellendi", "Platform bunu kurulduktan sonra değiştiremez", "Meta Kampanya a: goal"),
        ),
        (
            Note("warning", "rule butce", "Bütçe yüksek"),
            ("Uyarı", "butce kuralı", "Bütçe yüksek"),
        ),
        (
            Note("way back", "made since: ad_set a/b", "Only paused, with all below: …"),
            ("Geri dönüş", "o günden beri eklendi: ad_set a/b", "Altındakilerle birlikte"),
        ),
    ],
)
def test_a_note_is_told_in_turkish(note: Note, told: tuple[str, str, str]) -> None:
    title, about, meaning = note_words(note, "tr")
    assert (title, about) == told[:2]
    assert meaning.startswith(told[2])
