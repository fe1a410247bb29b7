"""One Graph batch through the SDK: up to fifty writes in one call, each with an answer of its own or none.

The SDK's `execute()` hands back a new batch for null answers; running that again is how duplicates are made,
since a null may stand for a write that happened. Here a null is never sent twice.
"""

from __future__ import annotations

import json
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from connectors.errors import OutcomeUnknown
from connectors.meta.errors import GraphError

if TYPE_CHECKING:
    from connectors.meta.client import Graph

MOST = 50  # sub-requests in a batch (Graph API, batch requests)


@dataclass(frozen=True, slots=True)
class Call:
    """One write. `id` is None for a create; `name` is what later calls of the batch refer to it by."""

    kind: str
    params: Mapping[str, Any]
    name: str
    id: str | None = None


@dataclass(frozen=True, slots=True)
class Done:
    id: str


@dataclass(frozen=True, slots=True)
class Failed:
    error: GraphError


@dataclass(frozen=True, slots=True)
class Silent:
    """No answer that can be trusted: it may have been done."""

    reason: str


Answer: TypeAlias = Done | Failed | Silent


def result(name: str) -> str:
    """What Graph replaces by the id of an earlier call's object."""
    return f"{{result={name}:$.id}}"


class Batch:
    """One call of several writes: built by one thread, sent once by any.

    (Building mutes a warning of the SDK's, and Python's warning filters belong to the whole process.)
    """

    def __init__(self, graph: Graph, account: str, calls: Sequence[Call]) -> None:
        self._graph, self._calls = graph, calls
        self._answers: list[Answer] = [Silent("Graph gave no answer for it")] * len(calls)
        self._batch = graph.api.new_batch()
        with warnings.catch_warnings():
            # A reference to a result is no number, and the SDK says so; it sends it all the same.
            warnings.filterwarnings("ignore", message="value of .* might not be compatible")
            for position, call in enumerate(calls):
                self._add(account, call, position)

    def send(self, check: Callable[[], None] = lambda: None) -> list[Answer]:
        """Answers in the order of the calls. `check` is asked last, once there is room for the writes.

        Raises RetryLater, AccessDenied or Rejected if the batch as a whole was certainly not carried out,
        and what `check` raises: then nothing was sent.
        """
        with self._graph.writing(len(self._calls)):
            check()
            try:
                self._batch.execute()
            except OutcomeUnknown as error:
                return [Silent(error.problem.detail)] * len(self._calls)
            except (AttributeError, TypeError):
                pass  # an answer in the list that is no object; what came after it counts as unanswered
        return self._answers

    def _add(self, account: str, call: Call, position: int) -> None:
        def settle(response: Any) -> None:
            self._graph.hear(response.headers())
            self._answers[position] = _answer(self._graph, call, response.body())

        _request(self._graph, account, call, {"batch": self._batch, "success": settle, "failure": settle})
        # The SDK has no argument for these two.
        self._batch._batch[-1]["name"] = call.name
        self._batch._batch[-1]["omit_response_on_success"] = False


def _request(graph: Graph, account: str, call: Call, into: Mapping[str, Any]) -> None:
    from facebook_business.adobjects.ad import Ad
    from facebook_business.adobjects.adaccount import AdAccount
    from facebook_business.adobjects.adcreative import AdCreative
    from facebook_business.adobjects.adset import AdSet
    from facebook_business.adobjects.campaign import Campaign
    from facebook_business.adobjects.customaudience import CustomAudience

    params = dict(call.params)
    if call.id is None:
        parent = AdAccount(account, api=graph.api)
        create = {
            "campaign": parent.create_campaign,
            "ad_set": parent.create_ad_set,
            "ad": parent.create_ad,
            "creative": parent.create_ad_creative,
            "audience": parent.create_custom_audience,
        }[call.kind]
        create(params=params, **into)
    else:
        nodes = {
            "campaign": Campaign,
            "ad_set": AdSet,
            "ad": Ad,
            "creative": AdCreative,
            "audience": CustomAudience,
        }
        node = nodes[call.kind]
        node(call.id, api=graph.api).api_update(params=params, **into)


def _answer(graph: Graph, call: Call, text: Any) -> Answer:
    """A create must name its id, an update say success: anything less is no answer."""
    try:
        body = json.loads(text)
    except (TypeError, ValueError):
        return Silent("Graph answered, but not in JSON")
    error = graph.error(body)
    if error is not None:
        return Silent(f"{error.message} [{error.name}]") if error.kind == "unsure" else Failed(error)
    if not isinstance(body, Mapping):
        return Silent("Graph's answer is no object")
    if call.id is not None and (body.get("success") is True or body.get("id")):
        return Done(call.id)
    if call.id is None and body.get("id"):
        return Done(str(body["id"]))
    return Silent("Graph's answer names no object")
