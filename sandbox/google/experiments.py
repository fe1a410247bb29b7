"""Experiments: what may be set up, their arms, and how a status may change.

    SETUP ─schedule─▸ INITIATED ─▸ ENABLED ─end─▸ HALTED
                                      ├──promote─▸ PROMOTED
                                      └─graduate─▸ GRADUATED

Those within one campaign are in features.py; what the methods do is in experiment_life.py.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from sandbox.google import drafts, features
from sandbox.google.context import Account, Operation
from sandbox.google.errors import Problem, Unimplemented, not_found
from sandbox.google.messages import Message, enum_name, set_enum
from sandbox.google.store import is_removed

FAMILY, ARM = "experiment_error", "experiment_arm_error"
# Types with campaigns of their own and the channel of these; of others the platform has more.
TYPES = {"SEARCH_CUSTOM": "SEARCH", "DISPLAY_CUSTOM": "DISPLAY"}
ARMS, WHOLE = 2, 100  # docstring of ExperimentArm.traffic_split
LIVING = ("SETUP", "INITIATED", "ENABLED")
UNDER_WAY = ("INITIATED", "ENABLED")
FARTHEST = timedelta(days=366)  # docstring of START_DATE_TOO_FAR_IN_FUTURE: a year


def fill(account: Account, new: Message) -> None:
    """Defaults of a new experiment: one within a campaign runs at once."""
    within = features.feature_of(new) is not None
    if not new.status:
        set_enum(new, "status", "ENABLED" if within else "SETUP")
    if within and not new.start_date:
        new.start_date = account.today().isoformat()


def check(op: Operation) -> None:
    """An experiment by itself: its type, dates and how its status may change."""
    kind, feature = enum_name(op.new, "type_"), features.feature_of(op.new)
    if op.creating and kind not in TYPES and feature is None:
        raise Unimplemented(f"Experiment.type {kind}")
    if feature is not None:
        features.check(op, feature)
    _check_sync(op, kind)
    status = enum_name(op.new, "status")
    if op.creating and feature is None and status != "SETUP":
        op.refuse(FAMILY, "INVALID_STATUS", "A new experiment is in SETUP.", "status", trigger=status)
    if op.old is not None and op.touches("status") and status != enum_name(op.old, "status"):
        code = "CANNOT_SET_STATUS_TO_GRADUATED" if status == "GRADUATED" else "STATUS_TRANSITION_INVALID"
        op.refuse(FAMILY, code, "The status changes by the service's methods.", "status", trigger=status)
    if op.old is not None and enum_name(op.old, "status") not in LIVING:
        text = "The experiment has ended."
        op.refuse(FAMILY, "CANNOT_MODIFY_REMOVED_EXPERIMENT", text)
    _check_dates(op)


def _check_sync(op: Operation, kind: str) -> None:
    if not op.new.sync_enabled:
        return
    if kind in TYPES:
        raise Unimplemented("Experiment.sync_enabled")
    code = "CANNOT_ENABLE_SYNC_FOR_UNSUPPORTED_EXPERIMENT_TYPE"
    op.refuse(FAMILY, code, "Experiments of this type are not synced.", "sync_enabled")


def _check_dates(op: Operation) -> None:
    start, end, today = op.new.start_date, op.new.end_date, op.account.today().isoformat()
    if start and op.touches("start_date"):
        _check_start(op, start, today)
    if end and op.touches("end_date"):
        if op.old is not None and op.old.end_date and op.old.end_date < today:
            text = "The experiment is over."
            op.refuse(FAMILY, "CANNOT_MODIFY_PAST_END_DATE", text, "end_date", trigger=end)
        elif end < today:
            op.refuse(FAMILY, "CANNOT_SET_END_DATE_IN_PAST", "In the past.", "end_date", trigger=end)
    if start and end and end < start:
        op.refuse(FAMILY, "END_DATE_BEFORE_START_DATE", "It ends before it starts.", "end_date", trigger=end)


def _check_start(op: Operation, start: str, today: str) -> None:
    begun = op.old is not None and enum_name(op.old, "status") in UNDER_WAY
    if begun and op.old is not None and op.old.start_date and op.old.start_date <= today:
        text = "The experiment has begun."
        op.refuse(FAMILY, "START_DATE_ALREADY_PASSED", text, "start_date", trigger=start)
    elif start < today:
        op.refuse(FAMILY, "CANNOT_SET_START_DATE_IN_PAST", "In the past.", "start_date", trigger=start)
    elif start > (op.account.today() + FARTHEST).isoformat():
        text = "At most a year from now."
        op.refuse(FAMILY, "START_DATE_TOO_FAR_IN_FUTURE", text, "start_date", trigger=start)


def check_arm(op: Operation) -> None:
    """An arm by itself and beside the other; that shares make up the whole is seen when it is scheduled."""
    arm, experiment = op.new, op.parent("experiment")
    if experiment is None:
        return
    others = arms_of(op.account, arm.experiment, but=arm.resource_name)
    feature = features.feature_of(experiment)
    if _is_closed(op, experiment, feature is not None) and op.touches("traffic_split"):
        text = "The experiment has been scheduled."
        op.refuse(ARM, "CANNOT_MUTATE_TRAFFIC_SPLIT_AFTER_START", text, "traffic_split")
    if len(others) >= ARMS:
        op.refuse(ARM, "EXPERIMENT_ARM_COUNT_LIMIT_EXCEEDED", "An experiment has two arms.")
    if any(each.name == arm.name for each in others):
        op.refuse(ARM, "DUPLICATE_EXPERIMENT_ARM_NAME", "Arms differ in their names.", "name")
    if arm.control and any(each.control for each in others):
        op.refuse(FAMILY, "CANNOT_HAVE_MULTIPLE_CONTROL_ARMS", "There is a control arm.", "control")
    if feature is not None:
        features.check_arm(op, feature, others)
        _check_overlap(op, experiment)
        return
    if not 1 <= arm.traffic_split <= WHOLE:
        text = "1 to 100."
        op.refuse(FAMILY, "INVALID_TRIAL_ARM_TRAFFIC_SPLIT", text, "traffic_split",
                  trigger=str(arm.traffic_split))  # fmt: skip
    elif arm.traffic_split + sum(each.traffic_split for each in others) > WHOLE:
        code = "SUM_TRIAL_ARM_TRAFFIC_UNEQUALS_TO_TRIAL_TRAFFIC_SPLIT_DENOMINATOR"
        op.refuse(FAMILY, code, "The shares make more than 100.", "traffic_split")
    _check_campaigns(op, experiment)


def _is_closed(op: Operation, experiment: Message, within: bool) -> bool:
    """Whether its arms are settled: an experiment within a campaign runs while they are made."""
    return not (within and op.creating) if within else enum_name(experiment, "status") != "SETUP"


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
        _check_range(op, experiment, base)


def _check_budget(op: Operation, base: Message) -> None:
    budget = op.account.store.get(base.campaign_budget)
    if budget is not None and budget.explicitly_shared:
        op.refuse(ARM, "CANNOT_ADD_CAMPAIGN_WITH_SHARED_BUDGET", "Its budget is shared.", "campaigns")
    elif budget is not None and enum_name(budget, "period") == "CUSTOM_PERIOD":
        op.refuse(ARM, "CANNOT_ADD_CAMPAIGN_WITH_CUSTOM_BUDGET", "Its budget is a total.", "campaigns")


def _check_range(op: Operation, experiment: Message, base: Message) -> None:
    start, end = base.start_date_time[:10], base.end_date_time[:10]
    early = experiment.start_date and start and experiment.start_date < start
    late = experiment.end_date and end and experiment.end_date > end
    if early or late:
        text = "The experiment's dates lie within the campaign's."
        op.refuse(ARM, "CANNOT_ADD_BASE_CAMPAIGN_WITH_DATE_RANGE", text, "campaigns")


def _check_overlap(op: Operation, experiment: Message) -> None:
    if op.creating and overlapping(op.account, experiment, list(op.new.campaigns)):
        text = "The campaign is in another experiment at that time."
        op.refuse(FAMILY, "OVERLAPPING_MEMBERS_AND_DATE_RANGE", text, "campaigns")


def overlapping(account: Account, experiment: Message, campaigns: Sequence[str]) -> bool:
    """Whether one of the campaigns is in another experiment that is under way at the same time."""
    for entry in account.store.of("experiment").values():
        other = entry.message
        if other.resource_name == experiment.resource_name or enum_name(other, "status") not in UNDER_WAY:
            continue
        taken = {name for arm in arms_of(account, other.resource_name) for name in arm.campaigns}
        if taken & set(campaigns) and _meet(account.today(), experiment, other):
            return True
    return False


def _meet(today: date, one: Message, other: Message) -> bool:
    """Whether two experiments have a day in common; an open end is far away."""
    spans = [(each.start_date or today.isoformat(), each.end_date or "9999") for each in (one, other)]
    return max(first for first, _ in spans) <= min(last for _, last in spans)


def arms_of(account: Account, experiment: str, but: str = "") -> list[Message]:
    """The arms of an experiment without one of them."""
    found = account.store.pointing("experiment_arm", experiment)
    return [each.message for each in found if each.message.resource_name != but]


def complete(account: Account, kinds: Sequence[str], names: Sequence[str | None]) -> dict[int, list[Problem]]:
    """After all of a request: treatment arms get their drafts, features come on; what is amiss."""
    made = list(zip(kinds, names, strict=True))
    for arm in [name for kind, name in made if name and kind == "experiment_arm"]:
        _give_draft(account, arm)
    wrong: dict[int, list[Problem]] = {}
    for index, (kind, name) in enumerate(made):
        experiment = account.store.get(name) if name and kind == "experiment" else None
        feature = features.feature_of(experiment) if experiment is not None else None
        if experiment is None or feature is None or enum_name(experiment, "status") != "ENABLED":
            continue
        arms = arms_of(account, experiment.resource_name)
        wrong[index] = features.lacks(account, experiment, arms)
        if not wrong[index] and feature.begin:
            features.change(account, arms, feature.begin)
    return wrong


def _give_draft(account: Account, name: str) -> None:
    """A treatment arm beside a control arm gets a draft of its campaign."""
    arm = account.store.get(name)
    experiment = account.store.get(arm.experiment) if arm is not None else None
    if experiment is None or features.feature_of(experiment) is not None:
        return
    arms = arms_of(account, experiment.resource_name)
    base = next((each.campaigns[0] for each in arms if each.control and each.campaigns), "")
    for each in arms:
        if base and not each.control and not each.in_design_campaigns:
            copy = drafts.copied(each)
            copy.in_design_campaigns.append(drafts.draft(account, base, experiment))
            drafts.put(account, "experiment_arm", copy)
