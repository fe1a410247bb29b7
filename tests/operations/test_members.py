"""Customers into a list and out of it on a platform in memory: counts, yeses, guards, and what is written."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from connectors.memory import sealed
from engine.audience import Person
from engine.resource import Address
from journal.errors import Locked
from journal.locks import exclusive
from operations.audiences import status
from operations.forget import forget
from operations.members import EVENT, Synced, Wish, Yes, past, sync
from schemas.errors import KampanyaError
from tests.contract.brand import on_memory
from tests.operations.sites import NOW, Bench

AT = Address("meta", "audience", "musteriler")
GOAL = "    optimize_for: purchases\n"
YES = Yes("Ayşe Yılmaz")
DECLARED = """\
audience: musteriler
type: customer_list
file: crm.csv
columns: {email: posta, phone: gsm}
country: TR
consent: granted
terms: accepted
"""


def row(n: int) -> str:
    return f"kisi{n}@example.com,0532 000 {n:02d} {n:02d},gizli not\n"


@pytest.fixture
def brand(tmp_path: Path) -> Iterator[Bench]:
    """One ad set leaves the list out; it is built, and nobody is in it."""
    made = on_memory(tmp_path / "lezzet")
    (made.root / "audiences").mkdir()
    (made.root / "audiences" / "musteriler.yaml").write_text(DECLARED, encoding="utf-8")
    made.edit(GOAL, GOAL + "    audience: {exclude: [musteriler]}\n")
    fill(made, *map(row, range(10)))
    made.apply()
    yield made
    made.journal.close()


def fill(brand: Bench, *rows: str) -> None:
    (brand.root / "crm.csv").write_text("posta,gsm,not\n" + "".join(rows), encoding="utf-8")


def run(brand: Bench, *keys: str, yes: Yes | None = YES, dry: bool = False, shrink: bool = False) -> Synced:
    (found,) = sync(brand.site, brand.journal, Wish(keys, yes, dry, shrink), actor="test")
    return found


def there(brand: Bench) -> set[str]:
    (people,) = brand.far_side.people.values()
    return people


def stages(brand: Bench) -> list[str]:
    return [str(each.detail["stage"]) for each in brand.journal.events(EVENT)]


def test_the_people_of_the_source_are_those_of_the_list(brand: Bench) -> None:
    found = run(brand)
    assert (found.done, found.count.received, found.count.usable) == ("uploaded", 10, 10)
    assert there(brand) == {sealed(Person(email=f"kisi{n}@example.com")) for n in range(10)}
    fill(brand, *map(row, range(5, 12)))
    assert run(brand, yes=None).done == "uploaded"
    assert there(brand) == {sealed(Person(email=f"kisi{n}@example.com")) for n in range(5, 12)}


def test_nothing_is_uploaded_before_somebody_says_yes(brand: Bench) -> None:
    found = run(brand, yes=None)
    assert (found.done, found.fine) == ("asks", False)
    assert "--by NAME" in found.why
    assert "email, phone of everybody in crm.csv" in found.why
    assert brand.far_side.people == {}
    assert stages(brand) == []


def test_a_list_that_says_something_else_needs_another_yes(brand: Bench) -> None:
    run(brand)
    brand.edit("phone: gsm", "phone: gsm, external_id: not", "audiences/musteriler.yaml")
    found = run(brand, yes=None)
    assert found.done == "asks"
    assert "changed" in found.why
    assert run(brand).done == "uploaded"


def test_a_note_for_colleagues_needs_no_new_yes(brand: Bench) -> None:
    run(brand)
    brand.edit(
        "type: customer_list", "type: customer_list\ndescription: Eski liste", "audiences/musteriler.yaml"
    )
    assert run(brand, yes=None).done == "uploaded"


def test_only_a_listed_approver_says_yes(brand: Bench) -> None:
    found = run(brand, yes=Yes("Kimse"))
    assert found.done == "refused"
    assert "may not approve" in found.why
    assert brand.far_side.people == {}


def test_a_dry_run_counts_and_sends_nothing(brand: Bench) -> None:
    fill(brand, row(1), "yanlis,12,\n", ",0532 111 22 33,\n", ",,\n")
    found = run(brand, yes=None, dry=True)
    assert (found.done, found.count.received, found.count.usable) == ("would upload", 4, 2)
    assert found.count.wrong == {"email": 1, "phone": 1, "nobody": 2}
    assert brand.far_side.people == {}


def test_an_empty_source_leaves_the_list_as_it_is(brand: Bench) -> None:
    run(brand)
    fill(brand)
    found = run(brand, shrink=True)
    assert found.done == "refused"
    assert "nobody in it" in found.why
    assert len(there(brand)) == 10


def test_a_list_shrinks_to_less_than_half_only_when_told(brand: Bench) -> None:
    run(brand)
    fill(brand, *map(row, range(4)))
    assert "4 people, last time 10" in run(brand).why
    assert len(there(brand)) == 10
    assert run(brand, shrink=True).done == "uploaded"
    assert len(there(brand)) == 4


def test_a_list_that_no_applied_ad_set_uses_is_not_built(tmp_path: Path) -> None:
    made = on_memory(tmp_path / "lezzet")
    (made.root / "audiences").mkdir()
    (made.root / "audiences" / "musteriler.yaml").write_text(DECLARED, encoding="utf-8")
    assert (run(made).done, run(made).fine) == ("not built", True)
    assert run(made, "musteriler").fine is False
    with pytest.raises(KampanyaError, match="No such list"):
        run(made, "baskalari")
    made.journal.close()


def test_a_broken_upload_leaves_the_list_as_it_was_and_is_told_until_one_ends(brand: Bench) -> None:
    run(brand)
    fill(brand, *map(row, range(60)), *(f"yeni{n}@example.com,,\n" for n in range(300)))
    brand.far_side.breaks_after = 2
    broken = run(brand)
    assert (broken.done, broken.fine) == ("refused", False)
    assert len(there(brand)) == 10
    left = past(brand.journal, AT, str(brand.journal.ids()[AT])).left
    assert left["session"]
    assert "cut short" in told(brand)
    brand.far_side.breaks_after = None
    assert run(brand).done == "uploaded"
    assert len(there(brand)) == 360
    assert "cut short" not in told(brand)


def told(brand: Bench) -> str:
    (found,) = status(brand.site, brand.journal)
    return found.uploaded


def test_the_status_says_when_whom_it_knows_were_uploaded(brand: Bench) -> None:
    assert told(brand) == "Empty until `kampanya audience sync`."
    run(brand)
    assert told(brand).startswith("10 people uploaded 20")


def test_two_uploads_at_once_are_one_too_many(brand: Bench) -> None:
    with (
        exclusive(brand.site.state / EVENT, "baska", "audience sync", NOW),
        pytest.raises(Locked, match="baska"),
    ):
        run(brand)


def test_a_missing_column_and_a_missing_file_are_told_by_name(brand: Bench) -> None:
    (brand.root / "crm.csv").write_text("ayse@example.com,0532 000 00 00\n", encoding="utf-8")
    found = run(brand)
    assert "no posta, gsm" in found.why
    assert "ayse" not in found.why
    (brand.root / "crm.csv").unlink()
    assert "not there" in run(brand).why


def test_nobody_is_in_the_journal_or_in_any_other_file_of_the_state(brand: Bench) -> None:
    run(brand)
    brand.far_side.breaks_after = 0
    run(brand)
    request = brand.root / "talep.csv"
    request.write_text("email\nkisi3@example.com\n", encoding="utf-8")
    forget(brand.site, brand.journal, request, "", actor="test")
    written = b"".join(path.read_bytes() for path in (brand.root / ".kampanya").rglob("*") if path.is_file())
    assert b"musteriler" in written
    for n in range(10):
        one = Person(email=f"kisi{n}@example.com", phone=f"+90532000{n:02d}{n:02d}")
        for text in (one.email, sealed(one), one.phone[1:], row(n).split(",")[1]):
            assert text.encode() not in written


def test_who_is_forgotten_is_in_no_list_and_a_source_that_still_has_them_is_named(brand: Bench) -> None:
    run(brand)
    request = brand.root / "talep.csv"
    request.write_text("email,phone\nKISI3@example.com,\n,+90 532 000 04 04\n", encoding="utf-8")
    (forgotten,), (remaining,) = forget(brand.site, brand.journal, request, "TR", actor="test")
    assert (forgotten.fine, forgotten.people, forgotten.lists) == (True, 2, ("musteriler",))
    assert forgotten.receipt is not None
    assert forgotten.receipt.requests
    assert sealed(Person(email="kisi3@example.com")) not in there(brand)
    assert (remaining.key, remaining.people) == ("musteriler", 2)
    fill(brand, *map(row, (0, 1, 2, 5, 6, 7, 8, 9)))
    _, nobody = forget(brand.site, brand.journal, request, "TR", actor="test")
    assert nobody == []
    assert stages(brand)[-1] == "forgotten"


def test_a_request_without_anybody_is_an_error(brand: Bench) -> None:
    request = brand.root / "talep.csv"
    request.write_text("email\nkimse\n", encoding="utf-8")
    with pytest.raises(KampanyaError, match="nobody to forget"):
        forget(brand.site, brand.journal, request, "", actor="test")
