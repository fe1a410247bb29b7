"""A customer's row made plain: the platforms' documented examples, Turkish letters, telephone numbers."""

from __future__ import annotations

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.audience import Count, Person, bare, chunks, email, lower, people, person, phone, scrubbed

EMAIL = frozenset({"email"})


@pytest.mark.parametrize(
    ("given", "plain"),
    [
        ("John_Smith@gmail.com", "john_smith@gmail.com"),
        ("  Ayşe@Example.com\n", "ayşe@example.com"),
        ("İSMET@example.com", "ismet@example.com"),
        ("a b@example.com", "ab@example.com"),
        ("\u200bayse@example.com", "ayse@example.com"),
        *((wrong, "") for wrong in ("", "ayse", "ayse@example", "a@b@example.com", "@example.com", "a@.com")),
    ],
)
def test_an_address_is_lower_case_without_white_space_or_nothing(given: str, plain: str) -> None:
    assert person({"email": given})[0].email == plain


@pytest.mark.parametrize(
    ("given", "country", "plain"),
    [
        ("US (650)555-1212", "US", "+16505551212"),  # Meta's own example
        ("(800)555-0100", "US", "+18005550100"),  # Google's own example
        ("0532 123 45 67", "TR", "+905321234567"),
        ("532 123 45 67", "TR", "+905321234567"),
        ("+90 (532) 123-45-67", "", "+905321234567"),
        ("0090 532 123 45 67", "TR", "+905321234567"),
        ("0090 532 123 45 67", "", "+905321234567"),
        ("+44 (0)7911 123456", "GB", "+447911123456"),
        ("07911 123456", "GB", "+447911123456"),
        ("0532 123 45 67", "", ""),
        ("12", "TR", ""),
        ("gizli", "TR", ""),
        ("", "TR", ""),
    ],
)
def test_a_number_is_e164_or_nothing(given: str, country: str, plain: str) -> None:
    assert phone(given, country) == plain


@pytest.mark.parametrize(
    ("given", "plain"),
    [
        ("Valéry", "valéry"),
        ("정", "정"),
        ("Şükrü", "şükrü"),
        ("İbrahim", "ibrahim"),
        ("IŞIK", "işik"),
        ("Vale\u0301ry", "valéry"),
    ],
)
def test_letters_stay_those_that_people_write(given: str, plain: str) -> None:
    assert lower(given) == plain
    assert "\u0307" not in lower(given)


@pytest.mark.parametrize(
    ("given", "plain"), [("yılmaz-öz", "yılmazöz"), ("o'neill", "oneill"), (" ayşe  nur ", "ayşe nur")]
)
def test_names_lose_punctuation_and_no_letter(given: str, plain: str) -> None:
    assert bare(given) == plain


def test_what_cannot_be_used_is_named_and_the_rest_still_counts() -> None:
    one, wrong = person({"email": "yok", "phone": "0532 123 45 67", "country": "Türkiye"}, "TR")
    assert (one.email, one.phone, one.country, set(wrong)) == (
        "",
        "+905321234567",
        "TR",
        {"email", "country"},
    )


def test_the_row_s_own_country_goes_before_the_list_s() -> None:
    one, _ = person({"phone": "07911 123456", "country": " gb "}, "TR")
    assert (one.phone, one.country) == ("+447911123456", "GB")


def test_people_are_counted_by_what_can_be_done_with_them() -> None:
    count = Count()
    rows = [{"email": "a@example.com"}, {"email": "yok"}, {"external_id": "7"}, {}]
    assert len(list(people(rows, "", EMAIL, count))) == 1
    assert (count.received, count.usable, count.wrong) == (4, 1, {"email": 1, "nobody": 3})


def test_an_address_finds_somebody_only_when_it_is_whole() -> None:
    row = {"first_name": "Ayşe", "last_name": "Yılmaz", "postal_code": "34710"}
    assert person(row)[0].found_by == frozenset()
    assert person(row, "TR")[0].found_by == {"address"}


@given(st.lists(st.integers(), max_size=40), st.integers(1, 7))
def test_chunks_lose_nobody_and_are_never_empty(numbers: list[int], size: int) -> None:
    made = list(chunks([Person(external_id=str(each)) for each in numbers], size))
    assert all(0 < len(each) <= size for each in made)
    assert [one.external_id for each in made for one in each] == [str(each) for each in numbers]


@given(st.text(max_size=40), st.text(max_size=40))
def test_any_text_is_read_and_reading_twice_changes_nothing(address: str, number: str) -> None:
    one, _ = person({"email": address, "phone": number}, "TR")
    again, wrong = person({"email": one.email, "phone": one.phone}, "TR")
    assert (again.email, again.phone, wrong) == (one.email, one.phone, ())
    assert one.email == email(one.email)


@given(st.emails())
def test_nobody_shows_in_a_person_s_text_or_in_scrubbed_words(address: str) -> None:
    one = Person(email=address)
    assert address not in repr([one])
    digest = sha256(address.encode()).hexdigest()
    words = scrubbed(f"Invalid user {digest} at {digest.upper()}; call +90 532 123 45 67")
    assert digest not in words.lower()
    assert "532" not in words


@pytest.mark.parametrize("address", ["ayse.yilmaz@example.com", "a+b@ornek.com.tr", "şükrü@example.com"])
def test_addresses_do_not_survive_scrubbing(address: str) -> None:
    told = scrubbed(f"no such user ({address}).")
    assert told.startswith("no such user")
    assert not any(part in told for part in address.split("@"))
