"""The admin API under `/_sandbox/` of the Graph port: what tests and the command do to a running sandbox."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, fields
from datetime import date
from typing import Any

from sandbox.clock import ClockError
from sandbox.faults import FaultError
from sandbox.history import SWITCHES
from sandbox.ledger import Row
from sandbox.market import Effect
from sandbox.runtime import PLATFORMS, Sandbox

Answer = tuple[int, Any]
Verb = Callable[[Sandbox, dict[str, Any]], Any]
VERDICTS = ("ACTIVE", "PENDING_REVIEW", "DISAPPROVED", "PREAPPROVED")
MAX_DAYS = 800


class AdminError(ValueError):
    """The request to the sandbox cannot be done."""


def answering(sandbox: Sandbox) -> Callable[[str, str, dict[str, Any]], Answer]:
    """The function that answers admin requests of this sandbox."""

    def answer(method: str, path: str, params: dict[str, Any]) -> Answer:
        verb = VERBS.get((method, path.strip("/")))
        if verb is None:
            return 404, {"error": f"no {method} {path}"}
        try:
            return 200, verb(sandbox, params)
        except (AdminError, ClockError, FaultError, TypeError, KeyError, ValueError) as error:
            return 400, {"error": str(error) or type(error).__name__}

    return answer


def _status(sandbox: Sandbox, params: dict[str, Any]) -> Any:
    return sandbox.status()


def _advance(sandbox: Sandbox, params: dict[str, Any]) -> Any:
    days = int(params.get("days", 1))
    if not 0 <= days <= MAX_DAYS:
        raise AdminError(f"days must be 0 to {MAX_DAYS}")
    sandbox.advance(days)
    return sandbox.status()


def _reset(sandbox: Sandbox, params: dict[str, Any]) -> Any:
    sandbox.reset(params.get("clock"))
    return sandbox.status()


def _effects(sandbox: Sandbox, params: dict[str, Any]) -> Any:
    return [asdict(effect) for effect in sandbox.effects()]


def _set_effect(sandbox: Sandbox, params: dict[str, Any]) -> Any:
    known = {one.name for one in fields(Effect)}
    if "match" not in params or set(params) - known:
        raise AdminError(f"an effect has match and any of {', '.join(sorted(known - {'match'}))}")
    factors = {name: float(value) for name, value in params.items() if name != "match"}
    if any(not 0.01 <= factor <= 100 for factor in factors.values()):
        raise AdminError("factors must be 0.01 to 100")
    kept = [effect for effect in sandbox.effects() if effect.match != params["match"]]
    sandbox.set_effects([*kept, Effect(str(params["match"]), **factors)])
    return _effects(sandbox, {})


def _clear_effects(sandbox: Sandbox, params: dict[str, Any]) -> Any:
    sandbox.set_effects([])
    return []


def _faults(sandbox: Sandbox, params: dict[str, Any]) -> Any:
    return sandbox.meta.faults.listed()


def _add_fault(sandbox: Sandbox, params: dict[str, Any]) -> Any:
    """A fault with an `rpc` (`CampaignService.*`) is Google's; with a `route`, or neither, Meta's."""
    if "rpc" not in params:
        return asdict(sandbox.meta.faults.add(params))
    google: Any = sandbox.platforms.get("google")
    if google is None:
        raise AdminError("the Google platform does not run here")
    google.add_fault({"method" if name == "rpc" else name: value for name, value in params.items()})
    return params


def _clear_faults(sandbox: Sandbox, params: dict[str, Any]) -> Any:
    sandbox.meta.faults.clear()
    google: Any = sandbox.platforms.get("google")
    if google is not None:
        google.clear_faults()
    return []


def _switches(sandbox: Sandbox, params: dict[str, Any]) -> Any:
    return sandbox.meta.graph.switches | sandbox.behaviour()


def _set_switches(sandbox: Sandbox, params: dict[str, Any]) -> Any:
    """Meta's limits, and how the market behaves on every platform."""
    known = _switches(sandbox, {})
    for name, value in params.items():
        if name not in known or not isinstance(value, bool):
            raise AdminError(f"switches are {', '.join(known)}, each true or false")
    market = {name: on for name, on in params.items() if name in SWITCHES}
    if market:
        sandbox.set_behaviour(market)
    sandbox.meta.set_switches({name: on for name, on in params.items() if name not in SWITCHES})
    return _switches(sandbox, {})


def _review(sandbox: Sandbox, params: dict[str, Any]) -> Any:
    if params.get("status") not in VERDICTS:
        raise AdminError(f"status must be one of {', '.join(VERDICTS)}")
    sandbox.meta.review(str(params["ad"]), params["status"])
    return {"success": True}


def _grant(sandbox: Sandbox, params: dict[str, Any]) -> Any:
    scopes = params.get("scopes")
    if not isinstance(scopes, list):
        raise AdminError("scopes must be a list of permissions")
    return {"token": sandbox.meta.grant([str(one) for one in scopes])}


def _quota(sandbox: Sandbox, params: dict[str, Any]) -> Any:
    sandbox.meta.pass_quota(float(params["seconds"]))
    return {"success": True}


def _ledger(sandbox: Sandbox, params: dict[str, Any]) -> Any:
    platform = params.get("platform", "meta")
    if platform not in PLATFORMS:
        raise AdminError(f"platform must be one of {', '.join(PLATFORMS)}")
    since = date.fromisoformat(params.get("since", "2000-01-01"))
    until = date.fromisoformat(params.get("until", "2100-01-01"))
    return {"data": [_shown(row) for row in sandbox.rows(platform, since, until)]}


def _shown(row: Row) -> dict[str, Any]:
    return asdict(row) | {"day": row.day.isoformat()}


VERBS: dict[tuple[str, str], Verb] = {
    ("GET", "status"): _status,
    ("POST", "advance"): _advance,
    ("POST", "reset"): _reset,
    ("GET", "effects"): _effects,
    ("POST", "effects"): _set_effect,
    ("DELETE", "effects"): _clear_effects,
    ("GET", "faults"): _faults,
    ("POST", "faults"): _add_fault,
    ("DELETE", "faults"): _clear_faults,
    ("GET", "switches"): _switches,
    ("POST", "switches"): _set_switches,
    ("POST", "review"): _review,
    ("POST", "tokens"): _grant,
    ("POST", "quota"): _quota,
    ("GET", "ledger"): _ledger,
}
