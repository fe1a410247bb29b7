"""The SDK's client for one customer: built on first use, reads retried, writes sent once."""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cached_property
from importlib import import_module
from pathlib import Path
from typing import Any, Final, TypeVar

from tenacity import RetryCallState, Retrying, retry_if_exception, stop_after_attempt, wait_exponential

from connectors.base import Connection
from connectors.errors import AccessDenied, RetryLater
from connectors.google.errors import Busy, to_connector_error
from connectors.google.supports import VERSION

ROOTS: Final = "GRPC_DEFAULT_SSL_ROOTS_FILE_PATH"
SCOPES: Final = ("https://www.googleapis.com/auth/adwords",)
ATTEMPTS = 5
LONGEST_WAIT = 60.0  # seconds; a quota that asks for more is somebody else's schedule to mend
CALL_SECONDS = 300.0  # v34 sets no deadline of its own
STREAM_SECONDS = 1800.0
OWN_PROCESS = "Run this environment in a process of its own (a new command, a worker of its own)."

T = TypeVar("T")

# gRPC reads its root certificates once a process, before its first secure channel: which file it was given.
_roots: list[str | None] = []


def settle_roots(roots: str | None) -> None:
    """Name the certificates that this process's gRPC shall trust: the sandbox's file, or None.

    A file that the environment names is replaced for the sandbox: gRPC has not read it yet, or it is too
    late, which the first call then says (see errors.UNTRUSTED). Raises AccessDenied where another choice was
    made here before, since gRPC would silently keep that: production must not be called under a sandbox's
    certificates, nor the reverse.
    """
    if _roots and _roots[0] != roots:
        raise AccessDenied(
            "This process already talks to Google Ads with other root certificates"
            f" ({_roots[0] or 'the usual ones'}, now {roots or 'the usual ones'}); gRPC reads them once.",
            OWN_PROCESS,
        )
    if roots:
        os.environ[ROOTS] = roots
    if not _roots:
        _roots.append(roots)


class Client:
    """Calls for one customer. Nothing is imported or sent before the first; raises ConnectorError."""

    def __init__(
        self, connection: Connection, sleep: Callable[[float], None] = time.sleep, attempts: int = ATTEMPTS
    ) -> None:
        self.customer = connection.account.id.replace("-", "")
        self._connection = connection
        self.sleep = sleep
        self._attempts = attempts
        self.calls: dict[str, int] = {}  # method → calls made
        self._counting = threading.Lock()
        self.operations = 0  # what counts against the daily quota: each search one, each operation one

    @cached_property
    def sdk(self) -> Any:
        """The unchanged GoogleAdsClient. Raises AccessDenied for unusable credentials or certificates."""
        endpoint = self._connection.endpoint
        settle_roots(endpoint.get("roots"))
        sdk = import_module("google.ads.googleads.client")
        # Its log line of every refusal is for whoever configures logging, not for everybody's terminal.
        logging.getLogger(sdk.__name__).addHandler(logging.NullHandler())
        try:
            if "config" in endpoint:
                return sdk.GoogleAdsClient.load_from_storage(endpoint["config"], version=VERSION)
            return sdk.GoogleAdsClient(
                self._credentials(),
                developer_token=self._connection.secrets.get("developer_token"),
                login_customer_id=self._login_customer(),
                version=VERSION,
                use_proto_plus=True,
            )
        except (OSError, ValueError) as error:
            # The text may quote the key file; its kind is enough to mend it.
            raise AccessDenied(
                f"The Google Ads credentials cannot be used ({type(error).__name__}).",
                "Set `service_account` to the path, or the JSON text, of a service account's key file.",
            ) from None

    def _login_customer(self) -> str | None:
        return self._connection.account.settings.get("login_customer", "").replace("-", "") or None

    def _credentials(self, scopes: Sequence[str] = SCOPES) -> Any:
        import json

        account = import_module("google.oauth2.service_account")
        text = self._connection.secrets.get("service_account", "")
        info = json.loads(text if text.lstrip().startswith("{") else Path(text).read_text(encoding="utf-8"))
        return account.Credentials.from_service_account_info(info, scopes=scopes)

    def data_manager(self, scope: str) -> Any:
        """The unchanged client of the Data Manager API, with the same key file. Raises AccessDenied.

        A stand-in answers it at the address of its Google Ads API.
        """
        endpoint = self._connection.endpoint
        settle_roots(endpoint.get("roots"))
        options = {}
        try:
            if "config" in endpoint:
                config = import_module("google.ads.googleads.config").load_from_yaml_file(endpoint["config"])
                account = import_module("google.oauth2.service_account")
                key, options = config["json_key_file_path"], {"api_endpoint": config["endpoint"]}
                credentials = account.Credentials.from_service_account_file(key, scopes=[scope])
            else:
                credentials = self._credentials([scope])
        except (KeyError, OSError, ValueError) as error:
            raise AccessDenied(
                f"The Google Ads credentials cannot be used for lists ({type(error).__name__}).",
                "Set `service_account` to the path, or the JSON text, of a service account's key file.",
            ) from None
        service = import_module("google.ads.datamanager_v1").IngestionServiceClient
        return service(credentials=credentials, client_options=options)

    @cached_property
    def _service(self) -> Any:
        return self.sdk.get_service("GoogleAdsService")

    @cached_property
    def _places(self) -> Any:
        return self.sdk.get_service("GeoTargetConstantService")

    def rows(self, query: str) -> list[dict[str, Any]]:
        """All rows of a GAQL query as JSON values under GAQL's own names (`type`, not `type_`)."""
        return self._retried(lambda: [_json(row) for batch in self._stream(query) for row in batch])

    def batches(self, query: str) -> Iterator[Sequence[Any]]:
        """A query's rows as raw protobuf, batch by batch; retried until the first batch has come."""

        def begin() -> tuple[Iterator[Sequence[Any]], Sequence[Any] | None]:
            stream = self._stream(query)
            return stream, next(stream, None)

        stream, first = self._retried(begin)
        if first is not None:
            yield first
        yield from stream

    def _stream(self, query: str) -> Iterator[Sequence[Any]]:
        self._count("SearchStream", 1)
        with translated():
            answers = self._service.search_stream(
                customer_id=self.customer, query=query, timeout=STREAM_SECONDS
            )
            for answer in answers:
                yield type(answer).pb(answer).results

    def suggest(self, names: Sequence[str], country: str) -> list[dict[str, Any]]:
        """Geo target constants that go by the names (at most 25), as rows of `geo_target_constant`."""

        def call() -> list[dict[str, Any]]:
            self._count("SuggestGeoTargetConstants", 1)
            request = {"locale": "en", "country_code": country, "location_names": {"names": list(names)}}
            with translated():
                answer = self._places.suggest_geo_target_constants(request=request, timeout=CALL_SECONDS)
            found = type(answer).pb(answer).geo_target_constant_suggestions
            return [_json(each.geo_target_constant) for each in found]

        return self._retried(call)

    def mutate(self, operations: Sequence[Mapping[str, Any]]) -> list[str]:
        """Carry out operations (JSON of MutateOperation) at once, all or none; the resource name of each.

        A refusal that passes (Busy) is sent again after its wait, since nothing was done. Raises
        OperationsRefused with the errors by operation, Busy or AccessDenied where nothing was done,
        OutcomeUnknown where that is not certain.
        """
        request = self._request(operations)

        def call() -> list[str]:
            self._count("Mutate", len(operations))
            with translated(write=True):
                answer = self._service.mutate(request=request, timeout=CALL_SECONDS)
            return [_result(each) for each in type(answer).pb(answer).mutate_operation_responses]

        return self._retried(call, only=Busy)

    def rehearse(self, operations: Sequence[Mapping[str, Any]]) -> None:
        """Have operations judged and not carried out. Raises as `mutate`, but nothing is ever unknown."""
        request = self._request(operations, validate_only=True)

        def call() -> None:
            self._count("Mutate", 0)
            with translated():
                self._service.mutate(request=request, timeout=CALL_SECONDS)

        self._retried(call)

    def _request(self, operations: Sequence[Mapping[str, Any]], validate_only: bool = False) -> Any:
        from google.protobuf.json_format import ParseDict

        types = import_module(f"google.ads.googleads.{VERSION}.services.types.google_ads_service")
        request = types.MutateGoogleAdsRequest.pb()(customer_id=self.customer, validate_only=validate_only)
        for operation in operations:
            ParseDict(operation, request.mutate_operations.add())
        return types.MutateGoogleAdsRequest.wrap(request)

    def _retried(self, call: Callable[[], T], only: type[RetryLater] = RetryLater) -> T:
        def passes(error: BaseException) -> bool:
            return isinstance(error, only) and (error.after or 0.0) <= LONGEST_WAIT

        retrying = Retrying(
            stop=stop_after_attempt(self._attempts),
            retry=retry_if_exception(passes),
            wait=_wait,
            sleep=self.sleep,
            reraise=True,
        )
        return retrying(call)

    def _count(self, method: str, operations: int) -> None:
        with self._counting:
            self.calls[method] = self.calls.get(method, 0) + 1
            self.operations += operations


@contextmanager
def translated(write: bool = False) -> Iterator[None]:
    """Whatever the SDK raises inside leaves as a ConnectorError, without the SDK's own text and metadata."""
    from google.ads.googleads.errors import GoogleAdsException
    from google.api_core.exceptions import GoogleAPIError
    from google.auth.exceptions import GoogleAuthError
    from grpc import RpcError

    try:
        yield
    except (GoogleAdsException, GoogleAPIError, GoogleAuthError, RpcError) as error:
        raise to_connector_error(error, write=write) from None
    except ValueError as error:
        # grpc_status gives up where a status and its details say the same thing in different words.
        if isinstance(error.__context__, RpcError):
            raise to_connector_error(error.__context__, write=write) from None
        raise


_EXPONENTIAL = wait_exponential(multiplier=1, max=30)


def _wait(state: RetryCallState) -> float:
    """What the platform asked for, else 1, 2, 4 … seconds."""
    error = state.outcome.exception() if state.outcome else None
    return getattr(error, "after", None) or _EXPONENTIAL(state)


def _json(message: Any) -> dict[str, Any]:
    from google.protobuf.json_format import MessageToDict

    named: dict[str, Any] = _named(MessageToDict(message, preserving_proto_field_name=True))
    return named


def _named(value: Any) -> Any:
    if isinstance(value, dict):
        return {name.rstrip("_"): _named(item) for name, item in value.items()}
    return [_named(item) for item in value] if isinstance(value, list) else value


def _result(response: Any) -> str:
    kind = response.WhichOneof("response")
    return str(getattr(response, kind).resource_name) if kind else ""
