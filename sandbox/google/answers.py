"""What each supported method answers."""

from __future__ import annotations

import base64
import json
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice

from sandbox.google import derive, experiment_life, metadata, places
from sandbox.google import search as searching
from sandbox.google.context import Account
from sandbox.google.encoding import repeated
from sandbox.google.errors import Problem, Refusal, Unimplemented, status_message
from sandbox.google.faults import hurried
from sandbox.google.kinds import Kind, response_class
from sandbox.google.messages import Message, enum_name, message
from sandbox.google.mutate import Item, Outcome, Request, check_size, item_of
from sandbox.google.query import query_error
from sandbox.google.quotas import Quotas
from sandbox.google.report import Book

PAGE = 10_000  # …/docs/reporting/paging: fixed since v19
KEPT_PAGINGS = 8
MOST_PLACES = 25  # names a request: docstring of SuggestGeoTargetConstantsRequest.LocationNames


@dataclass
class Desk:
    """The account, the ledger and the pages that callers have not fetched yet."""

    account: Account
    book: Book
    pages: OrderedDict[str, list[bytes]] = field(default_factory=OrderedDict)
    quotas: Quotas = field(init=False)

    def __post_init__(self) -> None:
        self.quotas = Quotas(self.account)


# -- mutate -------------------------------------------------------------------------------------------------


def mutate(desk: Desk, kind: Kind, request: Message, version: str, fault: str = "") -> Message:
    """`<Kind>Service.Mutate<Kinds>`; raises Refusal or Unimplemented."""
    check_size(len(request.operations), "operations")
    items = [Item(kind, one, (("operations", index),)) for index, one in enumerate(request.operations)]
    response = response_class(kind)()
    outcome = _run(desk, items, request, fault)
    _note_problems(outcome, response, version)
    for name in [] if request.validate_only else outcome.names:
        _fill_result(desk, kind, response.results.add(), name, request)
    return response


def mutate_all(desk: Desk, request: Message, version: str, fault: str = "") -> Message:
    """GoogleAdsService.Mutate: operations of several kinds."""
    check_size(len(request.mutate_operations), "mutate_operations")
    items = [item_of(one, index) for index, one in enumerate(request.mutate_operations)]
    response = message("services.types.google_ads_service", "MutateGoogleAdsResponse")()
    outcome = _run(desk, items, request, fault)
    _note_problems(outcome, response, version)
    for item, name in [] if request.validate_only else zip(items, outcome.names, strict=True):
        answer = response.mutate_operation_responses.add()
        if name:
            _fill_result(desk, item.kind, getattr(answer, f"{item.kind.name}_result"), name, request)
    return response


def _run(desk: Desk, items: Sequence[Item], request: Message, fault: str) -> Outcome:
    if request.customer_id == desk.account.world.login_customer:
        text = "The request cannot be executed by a manager account."
        raise Refusal(Problem("request_error", "CANNOT_BE_EXECUTED_BY_MANAGER_ACCOUNT", text))
    partial = getattr(request, "partial_failure", False)
    with desk.account.store.change(keep=not request.validate_only):
        return Request(desk.account, partial, hurried if fault == "partial" else None).run(items)


def _note_problems(outcome: Outcome, response: Message, version: str) -> None:
    if outcome.problems:
        response.partial_failure_error.CopyFrom(status_message(outcome.problems, version, ""))


def _fill_result(desk: Desk, kind: Kind, result: Message, name: str | None, request: Message) -> None:
    if name is None:
        return
    result.resource_name = name
    if (
        "response_content_type" in request.DESCRIPTOR.fields_by_name
        and enum_name(request, "response_content_type") == "MUTABLE_RESOURCE"
    ):
        found = _resource(desk.account, kind, name)
        if found is not None:
            getattr(result, kind.name).CopyFrom(derive.fresh(desk.account, kind, found))


def _resource(account: Account, kind: Kind, name: str) -> Message | None:
    if kind.name != "ad":
        return account.store.get(name)
    holders = account.store.pointing("ad_group_ad", name)
    return holders[0].message.ad if holders else None


# -- search -------------------------------------------------------------------------------------------------


def _check_customer(desk: Desk, plan: searching.Plan, customer: str) -> bool:
    """Whether the query is about the manager, which has no campaigns and no metrics."""
    if customer != desk.account.world.login_customer:
        return False
    if plan.of("metrics"):
        raise query_error(
            "REQUESTED_METRICS_FOR_MANAGER", "Metrics cannot be requested for a manager account."
        )
    return plan.resource not in ("customer", "customer_client")


def stream(
    desk: Desk, request: Message, version: str, request_id: str, empty: bool = False
) -> Iterator[bytes]:
    """GoogleAdsService.SearchStream: batches of rows as bytes, an empty one first if that is asked for."""
    _refuse_summary(
        enum_name(request, "summary_row_setting") in ("SUMMARY_ROW_WITH_RESULTS", "SUMMARY_ROW_ONLY")
    )
    plan = searching.make_plan(request.query, version, desk.account)
    plan.customer = request.customer_id
    found: Iterable[bytes] = ()
    if not _check_customer(desk, plan, request.customer_id):
        with desk.account.store.lock:
            found = list(searching.encoded(plan, desk.account, desk.book))
            _pass_time(desk, plan)
    return _batches(found, plan, request_id, empty)


def _pass_time(desk: Desk, plan: searching.Plan) -> None:
    """Who looks at an experiment has waited: what it was about is done by his next look."""
    if plan.resource == "experiment":
        experiment_life.go_on(desk.account)


def _batches(found: Iterable[bytes], plan: searching.Plan, request_id: str, empty: bool) -> Iterator[bytes]:
    rest = message("services.types.google_ads_service", "SearchGoogleAdsStreamResponse")(
        request_id=request_id
    )
    rest.field_mask.paths.extend(plan.query.fields)
    rows, tail = iter(found), rest.SerializeToString()
    if empty:
        yield tail
    batch = list(islice(rows, PAGE))
    while True:
        following = list(islice(rows, PAGE))
        yield repeated(1, batch) + tail
        if not following:
            return
        batch = following


def search(desk: Desk, request: Message, version: str, empty: bool = False) -> bytes:
    """GoogleAdsService.Search: one page, with a token for the next; an empty page if that is asked for."""
    if request.page_size:
        text = "Setting the page size is not supported: pages have 10,000 rows."
        raise Refusal(Problem("request_error", "PAGE_SIZE_NOT_SUPPORTED", text, ("page_size",)))
    plan = searching.make_plan(request.query, version, desk.account)
    response = message("services.types.google_ads_service", "SearchGoogleAdsResponse")()
    response.field_mask.paths.extend(plan.query.fields)
    if request.validate_only:
        if request.page_token:
            text = "A request to validate has no page token."
            raise Refusal(Problem("request_error", "VALIDATE_ONLY_REQUEST_HAS_PAGE_TOKEN", text))
        return bytes(response.SerializeToString())
    settings = request.search_settings
    _refuse_summary(settings.return_summary_row)
    rows, start = _page(desk, request, plan, empty)
    if empty:
        response.next_page_token = _token(start, request)
        return bytes(response.SerializeToString())
    if settings.return_total_results_count:
        response.total_results_count = _total(desk, plan, rows)
    if start + PAGE < len(rows):
        response.next_page_token = _token(start + PAGE, request)
    shown = [] if settings.omit_results else rows[start : start + PAGE]
    return repeated(1, shown) + bytes(response.SerializeToString())


def _total(desk: Desk, plan: searching.Plan, rows: list[bytes]) -> int:
    """How many rows there are, whatever the LIMIT: docstring of SearchSettings.return_total_results_count."""
    if plan.query.limit is None or len(rows) < plan.query.limit:
        return len(rows)
    whole = replace(plan, query=replace(plan.query, limit=None))
    with desk.account.store.lock:
        return sum(1 for _ in searching.encoded(whole, desk.account, desk.book))


def _refuse_summary(asked: bool) -> None:
    if asked:
        raise Unimplemented("a summary row")


def _page(desk: Desk, request: Message, plan: searching.Plan, keep: bool) -> tuple[list[bytes], int]:
    """All rows of the query, kept from its first page on, and where this page begins."""
    plan.customer = request.customer_id
    key = f"{request.customer_id} {request.query}"
    if request.page_token:
        start = _read_token(request)
        if key not in desk.pages:
            raise Refusal(Problem("request_error", "EXPIRED_PAGE_TOKEN", "Page token expired."))
        return desk.pages[key], start
    if _check_customer(desk, plan, request.customer_id):
        return [], 0
    with desk.account.store.lock:
        rows = list(searching.encoded(plan, desk.account, desk.book))
        _pass_time(desk, plan)
    if len(rows) > PAGE or keep:
        desk.pages[key] = rows
        desk.pages.move_to_end(key)
        while len(desk.pages) > KEPT_PAGINGS:
            desk.pages.popitem(last=False)
    return rows, 0


def _token(start: int, request: Message) -> str:
    return base64.urlsafe_b64encode(json.dumps([start, request.query]).encode()).decode()


def _read_token(request: Message) -> int:
    try:
        start, query = json.loads(base64.urlsafe_b64decode(request.page_token))
    except ValueError:
        start, query = 0, None
    if query != request.query or not isinstance(start, int):
        text = "The page token is not valid, or was issued for another query."
        raise Refusal(Problem("request_error", "INVALID_PAGE_TOKEN", text))
    return start


# -- the rest -----------------------------------------------------------------------------------------------


def accessible_customers(desk: Desk) -> Message:
    """The customers the service account reaches directly: the manager."""
    response = message("services.types.customer_service", "ListAccessibleCustomersResponse")()
    response.resource_names.append(f"customers/{desk.account.world.login_customer}")
    return response


def suggest(request: Message) -> Message:
    """GeoTargetConstantService.SuggestGeoTargetConstants, by names or by constants."""
    response = message("services.types.geo_target_constant_service", "SuggestGeoTargetConstantsResponse")()
    names, constants = request.location_names.names, request.geo_targets.geo_target_constants
    if not names and not constants:
        raise _suggestion_error("REQUEST_PARAMETERS_UNSET", "Location names or geo targets must be given.")
    if len(names) > MOST_PLACES:
        raise _suggestion_error("LOCATION_NAME_LIMIT", f"At most {MOST_PLACES} location names.")
    if request.country_code and len(request.country_code) != 2:
        raise _suggestion_error("INVALID_COUNTRY_CODE", "The country code is not valid.")
    by_name = {place.resource_name: place for place in places.places().values()}
    found = [(name, place) for name in names for place in places.suggest(name, request.country_code)]
    found += [("", by_name[name]) for name in constants if name in by_name]
    for term, place in found:
        suggestion = response.geo_target_constant_suggestions.add(search_term=term, reach=place.reach)
        suggestion.locale = request.locale or "en"
        suggestion.geo_target_constant.CopyFrom(places.geo_constant(place))
        if place.parent:
            parent = places.places()[place.parent]
            suggestion.geo_target_constant_parents.add().CopyFrom(places.geo_constant(parent))
    return response


def _suggestion_error(code: str, text: str) -> Refusal:
    return Refusal(Problem("geo_target_constant_suggestion_error", code, text))


def one_field(request: Message, version: str) -> Message:
    """GoogleAdsFieldService.GetGoogleAdsField."""
    return metadata.one(request.resource_name, version)


def search_fields(request: Message, version: str) -> Message:
    """GoogleAdsFieldService.SearchGoogleAdsFields."""
    response = message("services.types.google_ads_field_service", "SearchGoogleAdsFieldsResponse")()
    if not 0 <= request.page_size <= PAGE:
        text = f"A page has at most {PAGE} fields."
        raise Refusal(Problem("request_error", "INVALID_PAGE_SIZE", text, ("page_size",)))
    if request.page_token and not request.page_token.isdigit():
        raise Refusal(Problem("request_error", "INVALID_PAGE_TOKEN", "The page token is not valid."))
    found = metadata.search(request.query, version)
    start = int(request.page_token or 0)
    size = request.page_size or PAGE
    response.results.extend(found[start : start + size])
    response.total_results_count = len(found)
    if start + size < len(found):
        response.next_page_token = str(start + size)
    return response
