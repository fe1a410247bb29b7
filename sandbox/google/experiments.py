"""Experiments: setting up, arms with their draft campaigns, scheduling, and the three ways in which one ends.

    SETUP ─schedule─▸ ENABLED ─end─▸ HALTED
                         ├──promote─▸ PROMOTED
                         └─graduate─▸ GRADUATED

What the platform does over hours (INITIATED while it copies campaigns) is done before the answer.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from sandbox.google import goals, longrunning
from sandbox.google.context import Account, Operation
from sandbox.google.errors import Problem, Refusal, Unimplemented, not_found, status_message
from sandbox.google.kinds import KINDS
from sandbox.google.messages import Message, enum_name, message, set_enum
from sandbox.google.store import Entry, is_removed

SERVICE = "services.types.experiment_service"
FAMILY, ARM = "experiment_error", "experiment_arm_error"
# Types with rules here; of others the platform has more.
TYPES = {"SEARCH_CUSTOM": "SEARCH", "DISPLAY_CUSTOM": "DISPLAY"}
ARMS, WHOLE = 2, 100  # docstring of ExperimentArm.traffic_split
MOST_ERRORS = 1000  # docstring of ListExperimentAsyncErrorsRequest.page_size
LIVING = ("SETUP", "INITIATED", "ENABLED")
# What is copied into a draft with its campaign: kind → the field that names the parent's copy.
BELOW = ("campaign_criterion", "ad_group")
BELOW_GROUP = ("ad_group_ad", "ad_group_criterion")


def check(op: Operation) -> None:
    """An experiment by itself: its type, dates and how its status may change."""
    kind = enum_name(op.new, "type_")
    if op.creating and kind not in TYPES:
        raise Unimplemented(f"Experiment.type {kind}")
    status = enum_name(op.new, "status")
    if op.creating and status != "SETUP":
        op.refuse(FAMILY, "INVALID_STATUS", "A new experiment is in SETUP.", "status", trigger=status)
    if op.old is not None and op.touches("status") and status != enum_name(op.old, "status"):
        code = "CANNOT_SET_STATUS_TO_GRADUATED" if status == "GRADUATED" else "STATUS_TRANSITION_INVALID"
        op.refuse(FAMILY, code, "The status changes by the service's methods.", "status", trigger=status)
    if op.old is not None and enum_name(op.old, "status") not in LIVING:
        text = "The experiment has ended."
        op.refuse(FAMILY, "CANNOT_MODIFY_REMOVED_EXPERIMENT", text)
    _check_dates(op)


def _check_dates(op: Operation) -> None:
    start, end, today = op.new.start_date, op.new.end_date, op.account.today().isoformat()
    if start and op.touches("start_date") and start < today:
        op.refuse(FAMILY, "CANNOT_SET_START_DATE_IN_PAST", "In the past.", "start_date", trigger=start)
    if end and op.touches("end_date") and end < today:
        op.refuse(FAMILY, "CANNOT_SET_END_DATE_IN_PAST", "In the past.", "end_date", trigger=end)
    if start and end and end < start:
        op.refuse(FAMILY, "END_DATE_BEFORE_START_DATE", "It ends before it starts.", "end_date", trigger=end)


def check_arm(op: Operation) -> None:
    """An arm by itself and beside the other; that shares make up the whole is seen when it is scheduled."""
    arm, experiment = op.new, op.parent("experiment")
    if experiment is None:
        return
    others = _arms(op.account, arm.experiment, but=arm.resource_name)
    if enum_name(experiment, "status") != "SETUP" and op.touches("traffic_split"):
        text = "The experiment has been scheduled."
        op.refuse(ARM, "CANNOT_MUTATE_TRAFFIC_SPLIT_AFTER_START", text, "traffic_split")
    if len(others) >= ARMS:
        op.refuse(ARM, "EXPERIMENT_ARM_COUNT_LIMIT_EXCEEDED", "An experiment has two arms.")
    if any(each.name == arm.name for each in others):
        op.refuse(ARM, "DUPLICATE_EXPERIMENT_ARM_NAME", "Arms differ in their names.", "name")
    if arm.control and any(each.control for each in others):
        op.refuse(FAMILY, "CANNOT_HAVE_MULTIPLE_CONTROL_ARMS", "There is a control arm.", "control")
    if not 1 <= arm.traffic_split <= WHOLE:
        text = "1 to 100."
        op.refuse(FAMILY, "INVALID_TRIAL_ARM_TRAFFIC_SPLIT", text, "traffic_split",
                  trigger=str(arm.traffic_split))  # fmt: skip
    elif arm.traffic_split + sum(each.traffic_split for each in others) > WHOLE:
        code = "SUM_TRIAL_ARM_TRAFFIC_UNEQUALS_TO_TRIAL_TRAFFIC_SPLIT_DENOMINATOR"
        op.refuse(FAMILY, code, "The shares make more than 100.", "traffic_split")
    _check_campaigns(op, experiment)


def _check_campaigns(op: Operation, experiment: Message) -> None:
    arm = op.new
    if not op.creating and op.touches("campaigns"):
        op.refuse(ARM, "CANNOT_MODIFY_CAMPAIGN_IDS", "An arm keeps its campaign.", "campaigns")
        return
    if not arm.control:
        if arm.campaigns and op.creating:
            op.refuse(ARM, "CANNOT_SET_TREATMENT_ARM_CAMPAIGN", "Its campaign is made for it.", "campaigns")
        if not experiment.suffix:
            op.refuse(ARM, "CANNOT_MODIFY_CAMPAIGN_WITHOUT_SUFFIX_SET", "The experiment has no suffix.")
        return
    if len(arm.campaigns) != 1:
        many = (ARM, "TOO_MANY_CAMPAIGNS_IN_EXPERIMENT_ARM")
        family, code = many if arm.campaigns else ("field_error", "REQUIRED")
        op.refuse(family, code, "A control arm has one campaign.", "campaigns")
        return
    base = op.account.store.get(arm.campaigns[0])
    if base is None:
        op.add(not_found(arm.campaigns[0], "campaigns"))
    elif is_removed(base):
        op.refuse(ARM, "INVALID_CAMPAIGN_STATUS", "The campaign is removed.", "campaigns")
    elif enum_name(base, "advertising_channel_type") != TYPES[enum_name(experiment, "type_")]:
        op.refuse(FAMILY, "INVALID_CAMPAIGN_CHANNEL_TYPE", "The channel does not fit.", "campaigns")
    else:
        _check_budget(op, base)


def _check_budget(op: Operation, base: Message) -> None:
    budget = op.account.store.get(base.campaign_budget)
    if budget is not None and budget.explicitly_shared:
        op.refuse(ARM, "CANNOT_ADD_CAMPAIGN_WITH_SHARED_BUDGET", "Its budget is shared.", "campaigns")
    elif budget is not None and enum_name(budget, "period") == "CUSTOM_PERIOD":
        op.refuse(ARM, "CANNOT_ADD_CAMPAIGN_WITH_CUSTOM_BUDGET", "Its budget is a total.", "campaigns")


def _arms(account: Account, experiment: str, but: str = "") -> list[Message]:
    found = account.store.pointing("experiment_arm", experiment)
    return [each.message for each in found if each.message.resource_name != but]


def give_drafts(account: Account, made: Sequence[str]) -> None:
    """After arms were made: each treatment arm beside a control arm gets a draft of its campaign."""
    for name in made:
        arm = account.store.get(name)
        arms = _arms(account, arm.experiment) if arm is not None else []
        base = next((each.campaigns[0] for each in arms if each.control and each.campaigns), "")
        for each in arms:
            if base and not each.control and not each.in_design_campaigns:
                copy = _copy(each)
                experiment = account.store.get(each.experiment)
                copy.in_design_campaigns.append(_draft(account, base, experiment))
                _put(account, "experiment_arm", copy)


def _draft(account: Account, base: str, experiment: Message | None) -> str:
    """The base campaign with all below it, named by the suffix; seen only where drafts are asked for."""
    source = account.store.get(base)
    assert source is not None
    assert experiment is not None
    draft, id = _copy(source), account.store.new_id()
    draft.resource_name, draft.id = f"{account.root}/campaigns/{id}", id
    draft.name, draft.base_campaign = f"{source.name} {experiment.suffix}".strip(), base
    set_enum(draft, "experiment_type", "DRAFT")
    set_enum(draft, "status", "PAUSED")
    _put(account, "campaign", draft)
    for name, entry in goals.copied(account, base, draft):
        account.store.put(name, entry)
    for kind in BELOW:
        for entry in account.store.pointing(kind, base):
            if not is_removed(entry.message):
                _below(account, kind, entry.message, "campaign", draft.resource_name)
    return str(draft.resource_name)


def _below(account: Account, kind: str, source: Message, ref: str, parent: str) -> None:
    copy, collection = _copy(source), KINDS[kind].collection
    setattr(copy, ref, parent)
    owner, last = parent.rsplit("/", 1)[-1], source.resource_name.rsplit("~", 1)[-1]
    if kind == "ad_group":
        copy.id = account.store.new_id()
        copy.resource_name, copy.base_ad_group = f"{account.root}/adGroups/{copy.id}", source.resource_name
    elif kind == "ad_group_ad":
        copy.ad.id = account.store.new_id()
        copy.ad.resource_name = f"{account.root}/ads/{copy.ad.id}"
        copy.resource_name = f"{account.root}/{collection}/{owner}~{copy.ad.id}"
    else:
        copy.resource_name = f"{account.root}/{collection}/{owner}~{last}"
    _put(account, kind, copy)
    for inner in BELOW_GROUP if kind == "ad_group" else ():
        for entry in account.store.pointing(inner, source.resource_name):
            if not is_removed(entry.message):
                _below(account, inner, entry.message, "ad_group", copy.resource_name)


def schedule(account: Account, request: Message, version: str) -> Any:
    """ExperimentService.ScheduleExperiment: the draft becomes a campaign beside its base.

    What only shows while campaigns are made ends the operation with an error and leaves the experiment in
    SETUP; ListExperimentAsyncErrors then tells all of it.
    """
    experiment = _known(account, request.resource_name, "resource_name")
    if enum_name(experiment, "status") != "SETUP":
        raise _refusal("STATUS_TRANSITION_INVALID", "Only an experiment in SETUP is scheduled.")
    arms = _arms(account, experiment.resource_name)
    if not arms:
        raise _refusal("MISSING_EXPERIMENT_ARMS", "The experiment has no arms.")
    if sum(each.traffic_split for each in arms) != WHOLE or len(arms) != ARMS:
        code = "SUM_TRIAL_ARM_TRAFFIC_UNEQUALS_TO_TRIAL_TRAFFIC_SPLIT_DENOMINATOR"
        raise _refusal(code, "The shares do not make 100.")
    treatment = next((each for each in arms if not each.control), None)
    if treatment is None or not treatment.in_design_campaigns:
        raise _refusal("IN_DESIGN_CAMPAIGNS_NOT_SET", "The treatment arm has no draft.")
    _check_declared(account, arms)
    operation = longrunning.begun(account, "experiment", experiment.resource_name)
    if problems := _unfit(account, treatment):
        if not request.validate_only:
            _keep_errors(account, experiment.resource_name, problems, version)
        return operation
    account.store.forget(experiment.resource_name)
    with account.store.change(keep=not request.validate_only):
        _let_run(account, treatment)
        _settle(account, experiment, "ENABLED", operation.name)
    return operation


def _check_declared(account: Account, arms: list[Message]) -> None:
    if {name for each in arms for name in each.campaigns} & account.store.undeclared:
        code = "MISSING_EU_POLITICAL_ADVERTISING_SELF_DECLARATION"
        raise _refusal(code, "The campaign does not declare whether it contains political advertising.")


def _unfit(account: Account, treatment: Message) -> list[Problem]:
    """What the draft has come to since it was made: a budget that is shared now, a name that is taken."""
    draft = _campaign(account, treatment.in_design_campaigns[0])
    budget, found = account.store.get(draft.campaign_budget), []
    if budget is not None and budget.explicitly_shared:
        code = "CANNOT_CREATE_EXPERIMENT_CAMPAIGN_WITH_SHARED_BUDGET"
        found.append(Problem(FAMILY, code, "The campaign's budget is shared."))
    others = (entry.message for entry in account.store.of("campaign").values())
    if any(_same_name(draft, other) for other in others):
        code = "DUPLICATE_EXPERIMENT_CAMPAIGN_NAME"
        found.append(Problem(FAMILY, code, "Another campaign has the name of the experiment's."))
    return found


def _same_name(draft: Message, other: Message) -> bool:
    alike = other.name.casefold() == draft.name.casefold() and not is_removed(other)
    return alike and other.resource_name != draft.resource_name


def _keep_errors(account: Account, name: str, problems: list[Problem], version: str) -> None:
    account.store.forget(name)
    blobs = [status_message([each], version, "").SerializeToString() for each in problems]
    account.store.keep(name, longrunning.ERRORS, blobs)


def _let_run(account: Account, treatment: Message) -> None:
    copy, draft = _copy(treatment), _copy(_campaign(account, treatment.in_design_campaigns[0]))
    base = _campaign(account, draft.base_campaign)
    set_enum(draft, "experiment_type", "EXPERIMENT")
    draft.status = base.status
    _put(account, "campaign", draft)
    del copy.in_design_campaigns[:]
    copy.campaigns.append(draft.resource_name)
    _put(account, "experiment_arm", copy)


def end(account: Account, request: Message) -> Message:
    """ExperimentService.EndExperiment: at once; the treatment stops."""
    experiment = _running(account, request.experiment, "experiment")
    with account.store.change(keep=not request.validate_only):
        _stop(account, experiment)
        _settle(account, experiment, "HALTED")
    return _empty()


def promote(account: Account, request: Message) -> Any:
    """ExperimentService.PromoteExperiment: the base takes over the treatment's own fields."""
    experiment = _running(account, request.resource_name, "resource_name")
    operation = longrunning.begun(account, "experiment", experiment.resource_name)
    with account.store.change(keep=not request.validate_only):
        for name in _treatment(account, experiment):
            trial = _campaign(account, name)
            base, merged = _campaign(account, trial.base_campaign), _copy(trial)
            for field in ("resource_name", "id", "name", "base_campaign", "experiment_type", "status"):
                setattr(merged, field, getattr(base, field))
            _put(account, "campaign", merged)
        _stop(account, experiment)
        _settle(account, experiment, "PROMOTED", operation.name)
    return operation


def graduate(account: Account, request: Message) -> Message:
    """ExperimentService.GraduateExperiment: the treatment stands alone, with a budget of its own."""
    experiment = _running(account, request.experiment, "experiment")
    names = _treatment(account, experiment)
    if len(request.campaign_budget_mappings) != 1:
        raise Refusal(
            Problem("collection_size_error", "TOO_FEW", "One mapping.", ("campaign_budget_mappings",))
        )
    mapping, place = request.campaign_budget_mappings[0], ("campaign_budget_mappings", 0)
    if mapping.experiment_campaign not in names:
        raise Refusal(not_found(mapping.experiment_campaign, place, "experiment_campaign"))
    if account.store.get(mapping.campaign_budget) is None:
        raise Refusal(not_found(mapping.campaign_budget, place, "campaign_budget"))
    with account.store.change(keep=not request.validate_only):
        alone = _copy(_campaign(account, mapping.experiment_campaign))
        alone.campaign_budget, alone.base_campaign = mapping.campaign_budget, alone.resource_name
        set_enum(alone, "experiment_type", "BASE")
        _put(account, "campaign", alone)
        _settle(account, experiment, "GRADUATED")
    return _empty()


def async_errors(account: Account, request: Message) -> Message:
    """ExperimentService.ListExperimentAsyncErrors: of the last scheduling, in pages."""
    _known(account, request.resource_name, "resource_name")
    if not 0 <= request.page_size <= MOST_ERRORS:
        text = f"A page has at most {MOST_ERRORS} errors."
        raise Refusal(Problem("request_error", "INVALID_PAGE_SIZE", text, ("page_size",)))
    if request.page_token and not request.page_token.isdigit():
        raise Refusal(Problem("request_error", "INVALID_PAGE_TOKEN", "The page token is not valid."))
    blobs = account.store.kept(request.resource_name, longrunning.ERRORS)
    start, size = int(request.page_token or 0), request.page_size or MOST_ERRORS
    response = message(SERVICE, "ListExperimentAsyncErrorsResponse")()
    for blob in blobs[start : start + size]:
        response.errors.add().ParseFromString(blob)
    if start + size < len(blobs):
        response.next_page_token = str(start + size)
    return response


def _running(account: Account, name: str, *path: str) -> Message:
    experiment = _known(account, name, *path)
    if enum_name(experiment, "status") == "SETUP":
        raise _refusal("EXPERIMENT_NOT_YET_STARTED", "The experiment has not been scheduled.", *path)
    if enum_name(experiment, "status") != "ENABLED":
        raise _refusal("STATUS_TRANSITION_INVALID", "The experiment has ended.", *path)
    return experiment


def _known(account: Account, name: str, *path: str) -> Message:
    entry = account.store.entries.get(name)
    if entry is None or entry.kind.name != "experiment":
        raise Refusal(not_found(name, *path))
    return entry.message


def _treatment(account: Account, experiment: Message) -> list[str]:
    arms = _arms(account, experiment.resource_name)
    return [name for each in arms if not each.control for name in each.campaigns]


def _stop(account: Account, experiment: Message) -> None:
    for name in _treatment(account, experiment):
        stopped = _copy(_campaign(account, name))
        set_enum(stopped, "status", "REMOVED")
        account.store.put(
            name, Entry(KINDS["campaign"], stopped, account.today().isoformat(), account.today().isoformat())
        )


def _settle(account: Account, experiment: Message, status: str, operation: str = "") -> None:
    changed = _copy(experiment)
    set_enum(changed, "status", status)
    if operation:
        changed.long_running_operation = operation
    if status == "ENABLED":
        changed.start_date = changed.start_date or account.today().isoformat()
    else:
        changed.end_date = max(account.today(), _day(changed.start_date, account.today())).isoformat()
    _put(account, "experiment", changed)


def _day(text: str, otherwise: date) -> date:
    return date.fromisoformat(text) if text else otherwise


def _campaign(account: Account, name: str) -> Message:
    found = account.store.get(name)
    assert found is not None, name
    return found


def _copy(source: Message) -> Message:
    copy = type(source)()
    copy.CopyFrom(source)
    return copy


def _put(account: Account, kind: str, changed: Message) -> None:
    old = account.store.entries.get(changed.resource_name)
    created = old.created if old else account.today().isoformat()
    account.store.put(changed.resource_name, Entry(KINDS[kind], changed, created))


def _empty() -> Message:
    from google.protobuf import empty_pb2

    return empty_pb2.Empty()


def _refusal(code: str, text: str, *path: str) -> Refusal:
    return Refusal(Problem(FAMILY, code, text, path))
