"""What the Data Manager API says of a request: destinations, members, encodings, limits, each with a reason.

Sources: the docstrings of google-ads-datamanager's messages and of its ErrorReason, and
developers.google.com/data-manager/api/devguides/limits. The form of `field` is a choice.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from sandbox.google.context import Account
from sandbox.google.errors import Unimplemented
from sandbox.google.identifiers import DEVICE, POSTAL, REGION, broken_hash, same
from sandbox.google.members import Person
from sandbox.google.messages import Message, enum_name
from sandbox.google.rules import POLITICS_SINCE


class Violation(NamedTuple):
    """A member of ErrorReason, the path of the field, and words about it that repeat no value."""

    reason: str
    field: str
    text: str


# The largest lists of a request: field → (most, reason beyond it).
MOST = {
    "destinations": (10, "TOO_MANY_DESTINATIONS"),
    "audience_members": (10_000, "TOO_MANY_AUDIENCE_MEMBERS"),
    "user_identifiers": (10, "TOO_MANY_USER_IDENTIFIERS"),
    "mobile_ids": (10, "TOO_MANY_ELEMENTS"),
}


@dataclass(frozen=True)
class Data:
    """A sort of member data: the upload key of the lists that take it, and the name in the statuses."""

    key: str
    status: str
    accepts_terms: bool  # docstring of TermsOfService


# Member of AudienceMember's oneof → how it is taken; the others are for data partners, or not reproduced.
DATA = {
    "user_data": Data("CONTACT_INFO", "user_data", True),
    "mobile_data": Data("MOBILE_ADVERTISING_ID", "mobile_data", True),
    "user_id_data": Data("CRM_ID", "user_id_data", False),
}
DATA_PARTNER = 4  # ProductAccount.AccountType
COUNTED = {
    "user_data": "user_identifier_count",
    "mobile_data": "mobile_id_count",
    "user_id_data": "user_id_count",
}


def shape(request: Message) -> list[Violation]:
    """What is missing or too much of destinations and members, and what is wrong with the accounts named."""
    accounts = (
        each for i, one in enumerate(request.destinations) for each in _accounts(one, f"destinations[{i}]")
    )
    return [*_sizes(request), *accounts]


def problems(account: Account, request: Message) -> list[Violation]:
    """All that is wrong with a request of good shape; raises Unimplemented for what the sandbox has not."""
    found = [*_destinations(account, request)]
    if "audience_members" in request.DESCRIPTOR.fields_by_name and len(request.audience_members):
        found += _whole(request)
        if not found:
            found += _kinds_of_lists(account, request)
        found += _members(request)
    return found


def _sizes(request: Message) -> Iterator[Violation]:
    for field in ("destinations", "audience_members"):
        if field not in request.DESCRIPTOR.fields_by_name:
            continue
        many = len(getattr(request, field))
        most, reason = MOST[field]
        if many == 0:
            yield _missing(field)
        elif many > most:
            yield Violation(reason, field, f"{many} are given, at most {most} are allowed.")


def _missing(field: str) -> Violation:
    return Violation("REQUIRED_FIELD_MISSING", field, "Required field is missing.")


# -- destinations -------------------------------------------------------------------------------------------


def _destinations(account: Account, request: Message) -> Iterator[Violation]:
    seen: set[str] = set()
    for index, one in enumerate(request.destinations):
        at = f"destinations[{index}]"
        if one.reference and one.reference in seen:
            text = "Two destinations have the same reference."
            yield Violation("DUPLICATE_DESTINATION_REFERENCE", f"{at}.reference", text)
        seen.add(one.reference)
        yield from _audience(account, one, at)
    if account.store.undeclared and account.today().isoformat() >= POLITICS_SINCE:
        text = "Campaigns of the account miss their declaration on EU political advertising."
        yield Violation("EU_POLITICAL_ADVERTISING_DECLARATION_REQUIRED", "destinations", text)


def _accounts(one: Message, at: str) -> Iterator[Violation]:
    for field in ("operating_account", "login_account"):
        if one.HasField(field):
            yield from _account(getattr(one, field), f"{at}.{field}")
        elif field == "operating_account":
            yield _missing(f"{at}.{field}")
    if one.HasField("linked_account") and one.login_account.account_type != DATA_PARTNER:
        reason = "LINKED_ACCOUNT_ONLY_ALLOWED_WITH_DATA_PARTNER_LOGIN_ACCOUNT"
        yield Violation(reason, f"{at}.linked_account", "A linked account needs a data partner's login.")


def _account(one: Message, at: str) -> Iterator[Violation]:
    if not one.account_id:
        yield _missing(f"{at}.account_id")
    elif not one.account_id.isdigit():
        yield Violation("INVALID_FORMAT", f"{at}.account_id", "Digits without hyphens.")
    kind = one.account_type or one.product
    if not kind:
        yield _missing(f"{at}.account_type")
    elif one.account_type and one.product and one.account_type != one.product:
        yield Violation("INVALID_ENUM_VALUE", f"{at}.product", "It differs from account_type.")
    elif kind != 1:
        raise Unimplemented(f"ProductAccount.account_type {kind}: only GOOGLE_ADS")


def _audience(account: Account, one: Message, at: str) -> Iterator[Violation]:
    field = f"{at}.product_destination_id"
    if not one.product_destination_id:
        yield _missing(field)
        return
    user_list = account.store.get(list_name(account, one))
    if user_list is None:
        yield Violation("INVALID_USER_LIST_ID", field, "User list is not valid.")
    elif user_list.WhichOneof("user_list") != "crm_based_user_list":
        yield Violation("INVALID_USER_LIST_TYPE", field, "It is no list of customers.")


def list_name(account: Account, destination: Message) -> str:
    return f"{account.root}/userLists/{destination.product_destination_id}"


# -- the request as a whole ---------------------------------------------------------------------------------


def _whole(request: Message) -> Iterator[Violation]:
    kinds = sorted({each.WhichOneof("data") or "" for each in request.audience_members} - {""})
    for kind in kinds:
        if kind not in DATA:
            raise Unimplemented(f"AudienceMember.{kind}")
    if len(kinds) > 1:
        text = "One request has members of one sort of data."
        yield Violation("MULTIPLE_DATA_TYPES_NOT_ALLOWED", "audience_members", text)
    if request.HasField("encryption_info"):
        raise Unimplemented("encryption_info")
    if "user_data" in kinds and not request.encoding:
        yield _missing("encoding")
    if "terms_of_service" in request.DESCRIPTOR.fields_by_name and any(DATA[k].accepts_terms for k in kinds):
        field = "customer_match_terms_of_service_status"
        if enum_name(request.terms_of_service, field) != "ACCEPTED":
            text = "The terms of Customer Match must be accepted."
            yield Violation("TERMS_AND_CONDITIONS_NOT_SIGNED", f"terms_of_service.{field}", text)


def _kinds_of_lists(account: Account, request: Message) -> Iterator[Violation]:
    """A list takes the sort of data it was made for: docstring of CrmBasedUserListInfo.upload_key_type."""
    kind = next(
        (each.WhichOneof("data") for each in request.audience_members if each.WhichOneof("data")), None
    )
    for index, one in enumerate(request.destinations):
        user_list = account.store.get(list_name(account, one))
        assert user_list is not None
        key = enum_name(user_list.crm_based_user_list, "upload_key_type")
        if kind is not None and key != DATA[kind].key:
            field, text = f"destinations[{index}].product_destination_id", f"The list takes {key}."
            yield Violation("INVALID_USER_LIST_TYPE", field, text)


# -- members ------------------------------------------------------------------------------------------------


def _members(request: Message) -> Iterator[Violation]:
    encoding = enum_name(request, "encoding")
    encoding = encoding if encoding in ("HEX", "BASE64") else "HEX"
    known = {each.reference for each in request.destinations if each.reference}
    for index, member in enumerate(request.audience_members):
        at = f"audience_members[{index}]"
        kind = member.WhichOneof("data")
        if kind is None:
            yield Violation("INVALID_AUDIENCE_MEMBER", at, "The member has no data.")
        else:
            yield from CHECKS[kind](getattr(member, kind), f"{at}.{kind}", encoding)
        for position, reference in enumerate(member.destination_references):
            if reference not in known:
                field = f"{at}.destination_references[{position}]"
                yield Violation("INVALID_DESTINATION", field, "No destination has this reference.")


def _listed(owner: Message, field: str, at: str) -> Iterator[Violation]:
    many, (most, reason) = len(getattr(owner, field)), MOST[field]
    if many == 0:
        yield _missing(f"{at}.{field}")
    elif many > most:
        yield Violation(reason, f"{at}.{field}", f"{many} are given, at most {most} are allowed.")


def _user_data(data: Message, at: str, encoding: str) -> Iterator[Violation]:
    yield from _listed(data, "user_identifiers", at)
    for index, identifier in enumerate(data.user_identifiers):
        here, kind = f"{at}.user_identifiers[{index}]", identifier.WhichOneof("identifier")
        if kind is None:
            yield _missing(here)
        elif kind == "address":
            yield from _address(identifier.address, f"{here}.address", encoding)
        else:
            yield from _hash(getattr(identifier, kind), f"{here}.{kind}", encoding)


def _hash(text: str, at: str, encoding: str) -> Iterator[Violation]:
    reason = broken_hash(text, encoding) if text else ""
    if not text:
        yield _missing(at)
    elif reason:
        yield Violation(reason, at, f"It is no SHA-256 in {encoding}.")


def _address(address: Message, at: str, encoding: str) -> Iterator[Violation]:
    for field in ("given_name", "family_name"):
        yield from _hash(getattr(address, field), f"{at}.{field}", encoding)
    for field, form, reason in (
        ("region_code", REGION, "INVALID_REGION_CODE"),
        ("postal_code", POSTAL, "INVALID_POSTAL_CODE"),
    ):
        text = getattr(address, field)
        if not text:
            yield _missing(f"{at}.{field}")
        elif not form.fullmatch(text):
            yield Violation(reason, f"{at}.{field}", "It has not the form of one.")


def _mobile_data(data: Message, at: str, encoding: str) -> Iterator[Violation]:
    yield from _listed(data, "mobile_ids", at)
    for index, text in enumerate(data.mobile_ids):
        if not DEVICE.fullmatch(text):
            yield Violation("INVALID_MOBILE_ID_FORMAT", f"{at}.mobile_ids[{index}]", "It is no device's id.")


def _user_id_data(data: Message, at: str, encoding: str) -> Iterator[Violation]:
    if not data.user_id:
        yield _missing(f"{at}.user_id")


CHECKS: dict[str, Callable[[Message, str, str], Iterator[Violation]]] = {
    "user_data": _user_data,
    "mobile_data": _mobile_data,
    "user_id_data": _user_id_data,
}


# -- who they are -------------------------------------------------------------------------------------------


def person(member: Message, encoding: str) -> Person:
    """The identifiers of a valid member, spelled the same whatever the encoding was."""
    kind = member.WhichOneof("data")
    if kind == "mobile_data":
        return [text.lower() for text in member.mobile_data.mobile_ids]
    if kind == "user_id_data":
        return [member.user_id_data.user_id]
    return [_one(each, encoding) for each in member.user_data.user_identifiers]


def _one(identifier: Message, encoding: str) -> str:
    kind = identifier.WhichOneof("identifier")
    if kind != "address":
        return same(getattr(identifier, kind), encoding)
    address = identifier.address
    names = [same(getattr(address, field), encoding) for field in ("given_name", "family_name")]
    return " ".join([*names, address.region_code.upper(), address.postal_code.strip().upper()])


def addressed(members: Sequence[Message], reference: str) -> list[Message]:
    """The members that go to a destination: those that name it, and those that name none."""
    return [
        each
        for each in members
        if not each.destination_references or (reference and reference in each.destination_references)
    ]


def denies(member: Message, request: Message) -> bool:
    """Whether consent to the use of the data is denied; a member's own word overrides the request's."""
    own, whole = enum_name(member.consent, "ad_user_data"), enum_name(request.consent, "ad_user_data")
    return (whole if own == "CONSENT_STATUS_UNSPECIFIED" else own) == "CONSENT_DENIED"
