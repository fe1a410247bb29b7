"""The scalars people write in YAML: money, percentages, durations, days, keys, references to secrets."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Annotated, Any, ClassVar, Literal, Self, TypeAlias, get_args
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StrictBool, StrictInt
from pydantic import WithJsonSchema as Shown
from pydantic_core import PydanticCustomError, core_schema

Platform = Literal["meta", "google"]
PLATFORMS: tuple[Platform, ...] = get_args(Platform)

# Active codes of ISO 4217 (list one, 2025), without funds, metals and testing codes.
_CODES = """
AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD
CAD CDF CHF CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD
GNF GTQ GYD HKD HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT
LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR
NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP
STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYU UZS VES VND VUV WST XAF XCD XOF
XPF YER ZAR ZMW ZWG
"""
CURRENCIES = frozenset(_CODES.split())
# Decimals of a currency in print (ISO 4217 minor units); every other has 2. Not a platform's own table.
_WHOLE = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF"
_THOUSANDTHS = "BHD IQD JOD KWD LYD OMR TND"
DECIMALS: Mapping[str, int] = {
    **dict.fromkeys(_WHOLE.split(), 0),
    **dict.fromkeys(_THOUSANDTHS.split(), 3),
}
_SIGNS = {"TL": "TRY", "₺": "TRY", "YTL": "TRY", "€": "EUR", "$": "USD", "£": "GBP"}


def complaint(summary: str, detail: str = "", fix: str = "") -> PydanticCustomError:
    """What a validator raises, so that the author reads our words and not pydantic's."""
    return PydanticCustomError("kampanya", "{summary}", {"summary": summary, "detail": detail, "fix": fix})


class Model(BaseModel):
    """Every mapping of the language: immutable, and an unknown key is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Scalar:
    """A value written as one YAML scalar; `parse` raises a complaint, `str` gives back the writing."""

    pattern: ClassVar[str]
    example: ClassVar[str]

    @classmethod
    def parse(cls, value: Any) -> Self:
        raise NotImplementedError

    @classmethod
    def __get_pydantic_core_schema__(cls, _source: Any, _handler: Any) -> core_schema.CoreSchema:
        return core_schema.no_info_plain_validator_function(
            lambda value: value if isinstance(value, cls) else cls.parse(value),
            serialization=core_schema.plain_serializer_function_ser_schema(str),
        )

    @classmethod
    def __get_pydantic_json_schema__(cls, _schema: Any, _handler: Any) -> dict[str, Any]:
        return {"type": "string", "pattern": cls.pattern, "examples": [cls.example]}


@dataclass(frozen=True, slots=True)
class Money(Scalar):
    """An amount in major units of an ISO 4217 currency."""

    pattern: ClassVar[str] = r"^-?[0-9]+(\.[0-9]+)? [A-Z]{3}$"
    example: ClassVar[str] = "600 TRY"

    amount: Decimal
    currency: str

    @classmethod
    def parse(cls, value: Any) -> Self:
        match = re.fullmatch(r"([+-]?[0-9.,_ ]*[0-9])\s*([^\W0-9_]{1,4}|[₺€$£])?", str(value).strip())
        if isinstance(value, (bool, list, dict)) or value is None or match is None:
            raise complaint(
                "not an amount of money", f"found {shown(value)}", "write a number and a currency: 600 TRY"
            )
        number, currency = match.group(1), (match.group(2) or "")
        if not currency:
            sure = re.fullmatch(r"[+-]?[0-9]+(\.[0-9]{1,2})?", number)  # 1.500 may be a thousand and a half
            fix = (
                f"write the currency too: {value} TRY" if sure else "write digits and a currency: 1500.50 TRY"
            )
            raise complaint("an amount without a currency", f"found {value}", fix)
        if not re.fullmatch(r"[+-]?[0-9]+(\.[0-9]+)?", number):
            raise complaint(
                "not an amount of money",
                f"found {value}: separators of thousands and decimal commas can be misread",
                "write digits only, with a point before decimals: 1200.50 TRY",
            )
        return cls(_exact(number, _currency(currency)), _currency(currency))

    def __str__(self) -> str:
        return f"{self.amount.normalize():f} {self.currency}"


def _currency(text: str) -> str:
    if text in CURRENCIES:
        return text
    known = _SIGNS.get(text.upper(), text.upper())
    fix = f"write {known}" if known in CURRENCIES else "write its ISO 4217 code: TRY, EUR, USD"
    raise complaint("unknown currency", f"found `{text}`", fix)


def _exact(number: str, currency: str) -> Decimal:
    places, allowed = len(number.partition(".")[2]), DECIMALS.get(currency, 2)
    fix = "write digits only, without separators of thousands: 1200 or 1200.50"
    if places > allowed:
        detail = f"{number} has {places} decimals, {currency} has {allowed}"
        raise complaint("an amount that cannot be paid exactly", detail, fix)
    if len(number) > 15:
        raise complaint("an amount too large to be meant", f"found {shown(number)}", fix)
    return Decimal(number)


@dataclass(frozen=True, slots=True)
class Percent(Scalar):
    """A share of a whole; `fraction` of 50% is 0.5."""

    pattern: ClassVar[str] = r"^-?[0-9]+(\.[0-9]+)?\s?%$"
    example: ClassVar[str] = "50%"

    points: Decimal

    @classmethod
    def parse(cls, value: Any) -> Self:
        text = str(value).strip()
        match = re.fullmatch(r"%?\s?(-?[0-9]{1,9}(?:[.,][0-9]{1,9})?)\s?%?", text)
        if match is None or "%" not in text:
            fix = (
                f"write {text}%" if re.fullmatch(r"[0-9]{1,3}", text) else "write it with a percent sign: 50%"
            )
            raise complaint("not a percentage", f"found {shown(value)}", fix)
        return cls(Decimal(match.group(1).replace(",", ".")))

    @property
    def fraction(self) -> Decimal:
        return self.points / 100

    def __str__(self) -> str:
        return f"{self.points.normalize():f}%"


@dataclass(frozen=True, slots=True)
class Duration(Scalar):
    """A length of time: hours, days or weeks."""

    pattern: ClassVar[str] = r"^[0-9]+[hdw]$"
    example: ClassVar[str] = "14d"

    hours: int

    @classmethod
    def parse(cls, value: Any) -> Self:
        match = re.fullmatch(r"([0-9]{1,5})\s?([hdw])", str(value).strip())
        if match is None or int(match.group(1)) == 0:
            raise complaint(
                "not a duration", f"found {shown(value)}", "write hours, days or weeks: 36h, 14d, 2w"
            )
        return cls(int(match.group(1)) * {"h": 1, "d": 24, "w": 168}[match.group(2)])

    @property
    def timedelta(self) -> timedelta:
        return timedelta(hours=self.hours)

    @property
    def days(self) -> Decimal:
        return Decimal(self.hours) / 24

    def __str__(self) -> str:
        return f"{self.hours // 24}d" if self.hours % 24 == 0 else f"{self.hours}h"


@dataclass(frozen=True, slots=True)
class AgeRange(Scalar):
    """Ages from min to max, both included; max None is without an upper end."""

    pattern: ClassVar[str] = r"^[0-9]{2}(-[0-9]{2}\+?|\+)$"
    example: ClassVar[str] = "18-44"

    min: int
    max: int | None

    @classmethod
    def parse(cls, value: Any) -> Self:
        match = re.fullmatch(r"([0-9]{2})\s?(?:[-–]\s?([0-9]{2})(\+)?|(\+))", str(value).strip())
        if match is None:
            raise complaint(
                "not a range of ages", f"found {shown(value)}", "write 18-44, or 18+ without an upper end"
            )
        low, high = int(match.group(1)), None if match.group(3) or match.group(4) else int(match.group(2))
        if high is not None and high < low:
            raise complaint("a range of ages that is empty", f"{high} is below {low}", f"write {high}-{low}")
        return cls(low, high)

    def __str__(self) -> str:
        return f"{self.min}+" if self.max is None else f"{self.min}-{self.max}"


# Letters that decomposition does not reduce to ASCII; İ because str.lower() turns it into two characters.
_LETTERS = str.maketrans("İIıøØłŁđĐ", "iiioOlLdD", "'’") | str.maketrans({"ß": "ss", "æ": "ae", "Æ": "ae"})


@lru_cache(10_000)
def slugify(text: str) -> str:
    """Lower-case ASCII words joined by hyphens, safe for Turkish: Kadıköy → kadikoy; "" for no words."""
    plain = unicodedata.normalize("NFKD", text.translate(_LETTERS)).lower()
    kept = "".join(c for c in plain if not unicodedata.combining(c))
    return "-".join(re.findall(r"[a-z0-9]+", kept))


def shown(value: Any) -> str:
    """A value as a person would recognise it, never long."""
    if isinstance(value, Mapping):
        return "a mapping"
    if isinstance(value, (list, tuple)):
        return "a list" if value else "an empty list"
    if value is None:
        return "nothing"
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return f"`{text if len(text) <= 60 else text[:57] + '...'}`"


def _slug(value: Any) -> str:
    if isinstance(value, (str, int)) and not isinstance(value, bool):
        slug = slugify(str(value))
        if 0 < len(slug) <= 64:
            return slug
    raise complaint("not a key", f"found {shown(value)}", "write 1 to 64 letters and digits: yil-sonu")


def _path(value: Any) -> str:
    parts = [slugify(part) for part in value.split("/")] if isinstance(value, str) else []
    if 1 <= len(parts) <= 3 and all(parts):
        return "/".join(parts)
    raise complaint(
        "not a path of keys", f"found {shown(value)}", "write campaign, campaign/ad_set or campaign/ad_set/ad"
    )


def _day(value: Any) -> date:
    if isinstance(value, date):
        return value
    try:
        if isinstance(value, str) and re.fullmatch(r"[0-9]{4}-[0-9][0-9]-[0-9][0-9]", value):
            return date.fromisoformat(value)
    except ValueError:
        raise complaint(
            "a day that does not exist", f"found {shown(value)}", "look at the calendar"
        ) from None
    turned = re.fullmatch(r"([0-9]{1,2})\.([0-9]{1,2})\.([0-9]{4})", str(value).strip())
    example = f"{turned[3]}-{turned[2]:0>2}-{turned[1]:0>2}" if turned else "2026-12-31"
    raise complaint("not a day", f"found {shown(value)}", f"write year-month-day: {example}")


def _identifier(value: Any) -> str:
    if (
        isinstance(value, (str, int))
        and not isinstance(value, bool)
        and re.fullmatch(r"[A-Za-z0-9_./:-]{1,200}", str(value))
    ):
        return str(value)
    raise complaint(
        "not an identifier", f"found {shown(value)}", "copy the platform's own id: digits, or act_ and digits"
    )


def _text(value: Any) -> str:
    if not isinstance(value, str):
        fix = f'put it in quotes: "{value}"' if isinstance(value, (int, Decimal)) else "write one text"
        raise complaint("not a text", f"found {shown(value)}", fix)
    if not value.strip():
        raise complaint("an empty text", "", "write something, or leave the key out")
    return value


def _url(value: Any) -> str:
    text = value if isinstance(value, str) else ""
    try:
        parts = urlsplit(text)
        whole = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        whole = False
    if not whole or re.search(r"\s", text):
        bare = re.fullmatch(r"[\w-]+(\.[\w-]+)+(/\S*)?", text)
        fix = f"write https://{text}" if bare else "write it whole: https://example.com/page"
        raise complaint("not a web address", f"found {shown(value)}", fix)
    return text


def _file(value: Any) -> str:
    text = value if isinstance(value, str) else ""
    outside = text.startswith(("/", "~")) or ".." in text.split("/")
    if not text or outside or len(text) > 300 or "\\" in text or "\0" in text:
        fix = "write its path from kampanya.yaml: assets/kutu.png"
        raise complaint("not a file of the workspace", f"found {shown(value)}", fix)
    return text


def number(value: Any) -> Decimal:
    if isinstance(value, (int, Decimal)) and not isinstance(value, bool):
        return Decimal(value)
    try:
        if isinstance(value, str):
            return Decimal(value)
    except InvalidOperation:
        pass
    raise complaint(
        "not a number", f"found {shown(value)}", "write digits, with a point before decimals: 41.25"
    )


def _currency_code(value: Any) -> str:
    if not isinstance(value, str):
        raise complaint("unknown currency", f"found {shown(value)}", "write its ISO 4217 code: TRY, EUR, USD")
    return _currency(value)


def _secret(value: Any) -> str:
    if isinstance(value, str) and REFERENCE.fullmatch(value):
        return value
    raise complaint(
        "a secret written in the file",
        "what stands here is not shown; a credential is named, never written down",
        "name a variable (env:META_TOKEN), a file (file:PATH) or an entry of the secret store (store:NAME)"
        " that holds it, and replace the secret",
    )


REFERENCE = re.compile(r"env:[A-Za-z_][A-Za-z0-9_]*|file:\S+|store:[A-Za-z0-9_.][A-Za-z0-9_./@-]*")


def shape(kind: str | list[str], **more: Any) -> Shown:
    return Shown({"type": kind, **more})


Slug = Annotated[str, BeforeValidator(_slug), shape(["string", "integer"], examples=["yil-sonu"])]
"""An object's key and identity: unique among its siblings."""
KeyPath = Annotated[str, BeforeValidator(_path), shape("string", examples=["yil-sonu/restorana-menu"])]
"""Keys from the campaign down, joined by `/`."""
Day = Annotated[date, BeforeValidator(_day), shape("string", format="date", examples=["2026-12-31"])]
Identifier = Annotated[
    str, BeforeValidator(_identifier), shape(["string", "integer"], examples=["1000000000000001"])
]
Text = Annotated[str, BeforeValidator(_text), shape("string", minLength=1)]
Url = Annotated[
    str, BeforeValidator(_url), shape("string", format="uri", examples=["https://lezzet.example/siparis"])
]
File = Annotated[str, BeforeValidator(_file), shape("string", examples=["assets/kutu.png"])]
Number = Annotated[Decimal, BeforeValidator(number), shape("number")]
Currency = Annotated[
    str, BeforeValidator(_currency_code), shape("string", pattern="^[A-Z]{3}$", examples=["TRY"])
]
SecretReference = Annotated[
    str,
    BeforeValidator(_secret),
    shape("string", pattern=f"^({REFERENCE.pattern})$", examples=["env:KAMPANYA_META_TOKEN"]),
]
"""Where a credential is kept: `env:NAME` or `file:PATH`; a literal one is refused and never printed."""
Flag: TypeAlias = StrictBool
Count = Annotated[StrictInt, Field(ge=1)]


def positive(money: Money) -> Money:
    """The amount, refused at zero and below."""
    if money.amount <= 0:
        raise complaint(
            "an amount that is not above zero", f"found {money}", "write what may be spent: 600 TRY"
        )
    return money


def unique(what: str) -> Callable[[tuple[Any, ...]], tuple[Any, ...]]:
    """A validator that refuses a list in which something stands twice."""

    def check(values: tuple[Any, ...]) -> tuple[Any, ...]:
        said = [str(value) for value in values]
        twice = sorted({value for value in said if said.count(value) > 1})
        if twice:
            raise complaint(f"the same {what} twice", ", ".join(twice), "leave one")
        return values

    return check


Spend = Annotated[Money, AfterValidator(positive)]
"""Money above zero."""


class Window(Model):
    """Days from start to end, both included."""

    start: Day
    """The first day, as the brand's wall calendar has it."""
    end: Day
    """The last day."""
    reason: Text | None = None
    """Why, for the person who is refused."""
