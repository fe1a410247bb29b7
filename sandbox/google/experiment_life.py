"""The methods of ExperimentService: scheduling, and the three ways in which an experiment ends.

What the platform does over hours, making campaigns and promoting, is begun by the method and done when
somebody asks how the operation or the experiment stands, or when a day goes by.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from google.protobuf import empty_pb2

from sandbox.google import drafts, features, longrunning
from sandbox.google.context import Account
from sandbox.google.errors import Problem, Refusal, not_found
from sandbox.google.experiments import ARMS, FAMILY, WHOLE, arms_of, overlapping
from sandbox.google.longrunning import Work
from sandbox.google.messages import Message, enum_name, message, set_enum
from sandbox.google.store import is_removed

SERVICE = "services.types.experiment_service"
MOST_ERRORS = 1000  # docstring of ListExperimentAsyncErrorsRequest.page_size


def schedule(account: Account, request: Message, work: Work) -> Any:
    """ScheduleExperiment: INITIATED until the draft is a campaign beside its base.

    What only shows while campaigns are made ends the operation with an error and leaves the experiment in
    SETUP; ListExperimentAsyncErrors then tells all of it.
    """
    experiment = _known(account, request.resource_name, "resource_name")
    if enum_name(experiment, "status") != "SETUP":
        raise _refusal("STATUS_TRANSITION_INVALID", "Only an experiment in SETUP is scheduled.")
    arms = arms_of(account, experiment.resource_name)
    _check_arms(arms)
    _check_declared(account, arms)
    if overlapping(account, experiment, [name for each in arms for name in each.campaigns]):
        raise _refusal("OVERLAPPING_MEMBERS_AND_DATE_RANGE", "The campaign is in another experiment then.")
    return _begin(account, experiment, request, work, "Schedule", status="INITIATED")


def _check_arms(arms: list[Message]) -> None:
    if not arms:
        raise _refusal("MISSING_EXPERIMENT_ARMS", "The experiment has no arms.")
    if sum(each.traffic_split for each in arms) != WHOLE or len(arms) != ARMS:
        code = "SUM_TRIAL_ARM_TRAFFIC_UNEQUALS_TO_TRIAL_TRAFFIC_SPLIT_DENOMINATOR"
        raise _refusal(code, "The shares do not make 100.")
    treatment = next((each for each in arms if not each.control), None)
    if treatment is None or not treatment.in_design_campaigns:
        raise _refusal("IN_DESIGN_CAMPAIGNS_NOT_SET", "The treatment arm has no draft.")


def _check_declared(account: Account, arms: list[Message]) -> None:
    if {name for each in arms for name in each.campaigns} & account.store.undeclared:
        code = "MISSING_EU_POLITICAL_ADVERTISING_SELF_DECLARATION"
        raise _refusal(code, "The campaign does not declare whether it contains political advertising.")


def promote(account: Account, request: Message, work: Work) -> Any:
    """PromoteExperiment: the base takes over the treatment's own fields, or keeps the feature."""
    experiment = _running(account, request.resource_name, "resource_name")
    return _begin(account, experiment, request, work, "Promote", promote_status="IN_PROGRESS")


def _begin(
    account: Account, experiment: Message, request: Message, work: Work, verb: str, **said: str
) -> Any:
    """The operation of a method, and the experiment as it is meanwhile."""
    metadata = message(SERVICE, f"{verb}ExperimentMetadata", work.version)(
        experiment=experiment.resource_name
    )
    keep = not request.validate_only
    operation = longrunning.begun(account, "experiment", experiment.resource_name, work, metadata, keep)
    with account.store.change(keep=keep):
        changed = drafts.copied(experiment)
        changed.long_running_operation = operation.name
        for field, value in said.items():
            set_enum(changed, field, value)
        drafts.put(account, "experiment", changed)
    return operation


def go_on(account: Account) -> None:
    """Time has gone by: what was begun is done, unless it is stuck."""
    for name in list(account.store.of("experiment")):
        finish(account, name)


def finish(account: Account, name: str) -> None:
    """Do what the last method about an experiment began."""
    experiment = account.store.get(name)
    if experiment is None or not _is_pending(experiment) or longrunning.is_stuck(account, name):
        return
    failed = bool(account.store.kept(name, longrunning.ERRORS))
    if enum_name(experiment, "status") == "INITIATED":
        _make_campaigns(account, experiment, failed)
    else:
        _take_over(account, experiment, failed)


def _is_pending(experiment: Message) -> bool:
    promoting = enum_name(experiment, "promote_status") == "IN_PROGRESS"
    return enum_name(experiment, "status") == "INITIATED" or promoting


def _make_campaigns(account: Account, experiment: Message, failed: bool) -> None:
    treatment = next(each for each in arms_of(account, experiment.resource_name) if not each.control)
    problems = [] if failed else _unfit(account, treatment)
    if problems:
        longrunning.keep_errors(account, experiment.resource_name, problems)
    with account.store.change():
        if not failed and not problems:
            _let_run(account, treatment)
        _settle(account, experiment, "SETUP" if failed or problems else "ENABLED")


def _unfit(account: Account, treatment: Message) -> list[Problem]:
    """What the draft has come to since it was made: a budget that is shared now, a name that is taken."""
    draft = drafts.campaign(account, treatment.in_design_campaigns[0])
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


def _let_run(account: Account, treatment: Message) -> None:
    copy = drafts.copied(treatment)
    draft = drafts.copied(drafts.campaign(account, treatment.in_design_campaigns[0]))
    base = drafts.campaign(account, draft.base_campaign)
    set_enum(draft, "experiment_type", "EXPERIMENT")
    draft.status = base.status
    drafts.put(account, "campaign", draft)
    del copy.in_design_campaigns[:]
    copy.campaigns.append(draft.resource_name)
    drafts.put(account, "experiment_arm", copy)


def _take_over(account: Account, experiment: Message, failed: bool) -> None:
    with account.store.change():
        changed = drafts.copied(experiment)
        set_enum(changed, "promote_status", "FAILED" if failed else "COMPLETED")
        if failed:
            drafts.put(account, "experiment", changed)
            return
        for name in _treatment(account, experiment):
            trial = drafts.campaign(account, name)
            base, merged = drafts.campaign(account, trial.base_campaign), drafts.copied(trial)
            for field in ("resource_name", "id", "name", "base_campaign", "experiment_type", "status"):
                setattr(merged, field, getattr(base, field))
            drafts.put(account, "campaign", merged)
        _stop(account, experiment)
        _settle(account, changed, "PROMOTED")


def end(account: Account, request: Message) -> Message:
    """EndExperiment: at once; the treatment stops, a feature goes off again."""
    experiment = _running(account, request.experiment, "experiment")
    feature = features.feature_of(experiment)
    with account.store.change(keep=not request.validate_only):
        if feature is not None and feature.end:
            features.change(account, arms_of(account, experiment.resource_name), feature.end)
        _stop(account, experiment)
        _settle(account, experiment, "HALTED")
    return empty_pb2.Empty()


def graduate(account: Account, request: Message) -> Message:
    """GraduateExperiment: the treatment stands alone, with a budget of its own."""
    experiment = _running(account, request.experiment, "experiment")
    if features.feature_of(experiment) is not None:
        raise _refusal("STATUS_TRANSITION_INVALID", "There is no campaign that could stand alone.")
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
        alone = drafts.copied(drafts.campaign(account, mapping.experiment_campaign))
        alone.campaign_budget, alone.base_campaign = mapping.campaign_budget, alone.resource_name
        set_enum(alone, "experiment_type", "BASE")
        drafts.put(account, "campaign", alone)
        _settle(account, experiment, "GRADUATED")
    return empty_pb2.Empty()


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
    if features.feature_of(experiment) is not None:
        return []  # its campaign is the base itself
    arms = arms_of(account, experiment.resource_name)
    return [name for each in arms if not each.control for name in each.campaigns]


def _stop(account: Account, experiment: Message) -> None:
    for name in _treatment(account, experiment):
        account.store.put(name, drafts.stopped(account, name))


def _settle(account: Account, experiment: Message, status: str) -> None:
    changed, today = drafts.copied(experiment), account.today()
    set_enum(changed, "status", status)
    if status == "ENABLED":
        changed.start_date = changed.start_date or today.isoformat()
    elif status != "SETUP":
        start = date.fromisoformat(changed.start_date) if changed.start_date else today
        changed.end_date = max(today, start).isoformat()
    drafts.put(account, "experiment", changed)


def _refusal(code: str, text: str, *path: str) -> Refusal:
    return Refusal(Problem(FAMILY, code, text, path))
