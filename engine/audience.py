"""A customer of a brand as platforms match people: what a row says, made plain, and what is wrong with it.

Platforms hash a normal form; the same person written otherwise is another hash and never found. What both
agree on is made here, what each wants of it in its connector (connectors/*/members.py). Nothing here keeps,
shows or raises what it is given: a Person has no text, and a reason is a word about a column.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256

# What a row may hold, by the names of schemas.audience.MemberColumns.
FIELDS = ("email", "phone", "first_name", "last_name", "postal_code", "country", "external_id")
NOBODY = "nobody"  # the reason of a row by which nobody can be found
ADDRESS = ("first_name", "last_name", "postal_code", "country")
# RFC 5321 allows far more than any mailbox has; what has no dot after its one @ belongs to nobody.
EMAIL = re.compile(r"[^@\s]+@[^@\s.]+(?:\.[^@\s.]+)+")
LONGEST_EMAIL = 254  # RFC 5321, erratum 1690
COUNTRY = re.compile(r"[A-Z]{2}")
# Anything in a platform's words that may be somebody: an address, a long number, a hash in hex or Base64.
_PERSONAL = re.compile(r"[^\s@\"'<>]+@[^\s@\"'<>]+|\b[0-9A-Fa-f]{32,}\b|[\w+/=-]{40,}|\+?\d[\d ()./-]{6,}\d")
HIDDEN = "[hidden]"


@dataclass(frozen=True, slots=True, repr=False)
class Person:
    """One customer in plain words, each "" where unknown: `email` lower-cased without spaces, `phone` in
    E.164 (`+905321234567`), names and postal code lower-cased, `country` ISO 3166-1 alpha-2 in capitals.
    """

    email: str = ""
    phone: str = ""
    first_name: str = ""
    last_name: str = ""
    postal_code: str = ""
    country: str = ""
    external_id: str = ""

    def __repr__(self) -> str:
        return "Person(…)"

    @property
    def addressed(self) -> bool:
        """Whether all of an address is known by which somebody is found."""
        return all(getattr(self, name) for name in ADDRESS)

    @property
    def found_by(self) -> frozenset[str]:
        """By what alone this person can be found: email, phone, external_id, address."""
        alone = {name for name in ("email", "phone", "external_id") if getattr(self, name)}
        return frozenset(alone | ({"address"} if self.addressed else set()))


def person(row: Mapping[str, str | None], country: str = "") -> tuple[Person, tuple[str, ...]]:
    """What a row says, and the names of what in it cannot be used. `country` stands in where it has none.

    Values of unusable fields are left out, so the rest of the row still counts.
    """
    plain = {name: clean(row.get(name) or "") for name in FIELDS}
    wrong = []
    plain["country"] = plain["country"].upper() or country
    if plain["country"] and not COUNTRY.fullmatch(plain["country"]):
        plain["country"] = country
        wrong.append("country")
    for name, make in (("email", email), ("phone", lambda text: phone(text, plain["country"]))):
        given, plain[name] = plain[name], make(plain[name])
        if given and not plain[name]:
            wrong.append(name)
    for name in ("first_name", "last_name", "postal_code"):
        plain[name] = lower(plain[name])
    return Person(**plain), tuple(wrong)


def clean(text: str) -> str:
    """NFC, without what surrounds it, invisible marks included."""
    return "".join(c for c in unicodedata.normalize("NFC", text) if unicodedata.category(c) != "Cf").strip()


def lower(text: str) -> str:
    """Lower case as the platforms' own code makes it, but İ: Python's is an i and a loose dot (U+0307), which
    no keyboard writes. I stays i, in Turkish too: neither platform asks for a language.
    """
    return unicodedata.normalize("NFC", text.replace("İ", "i").lower())


def email(text: str) -> str:
    """Lower-cased and without any white space; "" for what is no address."""
    plain = lower("".join(text.split()))
    return plain if EMAIL.fullmatch(plain) and len(plain) <= LONGEST_EMAIL else ""


def phone(text: str, country: str) -> str:
    """E.164; "" for what cannot be a number there, or anywhere, as libphonenumber knows numbering plans.

    `country` is where numbers without a code are dialled. A leading 00 is the international prefix of nearly
    everywhere, so it means + where no country is known.
    """
    if not text:
        return ""
    if text.startswith("00") and not country:
        text = f"+{text[2:]}"
    return _e164(text, country)


def _e164(text: str, country: str) -> str:
    import phonenumbers

    try:
        number = phonenumbers.parse(text, country or None)
    except phonenumbers.NumberParseException:
        return ""
    if number.extension or not phonenumbers.is_possible_number(number):
        return ""
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


def bare(text: str) -> str:
    """Without punctuation and symbols; letters of any script, digits and the spaces between stay."""
    kept = "".join(c for c in text if unicodedata.category(c)[0] not in "PS")
    return " ".join(kept.split())


def hashed(text: str) -> str:
    """SHA-256 of its UTF-8 in lower-case hexadecimal digits; "" of nothing."""
    return sha256(text.encode()).hexdigest() if text else ""


@dataclass(slots=True)
class Count:
    """What was seen of a list: rows read, people to be sent, and rows left out or cut by reason."""

    received: int = 0
    usable: int = 0
    wrong: dict[str, int] | None = None

    def note(self, reasons: Iterable[str]) -> None:
        found = self.wrong = self.wrong or {}
        for each in reasons:
            found[each] = found.get(each, 0) + 1


def people(
    rows: Iterable[Mapping[str, str | None]], country: str, found_by: frozenset[str], count: Count
) -> Iterator[Person]:
    """Everybody who can be found by one of `found_by`; counts what is read, used and wrong into `count`."""
    for row in rows:
        one, wrong = person(row, country)
        count.received += 1
        count.note(wrong)
        if one.found_by & found_by:
            count.usable += 1
            yield one
        else:
            count.note((NOBODY,))


def chunks(people: Iterable[Person], size: int) -> Iterator[Sequence[Person]]:
    """As many at a time as a platform takes; never an empty one."""
    held: list[Person] = []
    for each in people:
        held.append(each)
        if len(held) == size:
            yield held
            held = []
    if held:
        yield held


def scrubbed(text: str) -> str:
    """A platform's words without anything that may be somebody, since it may quote what it was sent."""
    return _PERSONAL.sub(HIDDEN, text)
