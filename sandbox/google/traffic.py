"""How a running experiment splits its base campaign's people and budget between the arms' campaigns.

support.google.com/google-ads/answer/6318747: an experiment takes its share of the original campaign's traffic
and budget. Split by cookie: a person sees one of the arms only, so each arm has its share of the people too.
"""

from __future__ import annotations

from datetime import date

from sandbox.google import features
from sandbox.google.context import Account
from sandbox.google.messages import Message, enum_name

WHOLE = 100  # docstring of ExperimentArm.traffic_split


def runs(experiment: Message, day: date) -> bool:
    """Whether it is scheduled and the day within its dates; an open end is the campaign's own."""
    start, end, today = experiment.start_date, experiment.end_date, day.isoformat()
    timely = (not start or start <= today) and (not end or today <= end)
    return timely and enum_name(experiment, "status") == "ENABLED"


def shares(account: Account, day: date) -> dict[str, int]:
    """Campaign → its percentage of the base campaign's traffic and budget on a day.

    Campaigns in no experiment are left out. Outside its dates an experiment's treatment has 0, its base 100.
    """
    found: dict[str, int] = {}
    for entry in account.store.of("experiment_arm").values():
        arm, experiment = entry.message, account.store.get(entry.message.experiment)
        if experiment is None or enum_name(experiment, "status") != "ENABLED" or is_within(experiment):
            continue
        running = runs(experiment, day)
        for name in arm.campaigns:
            found[name] = arm.traffic_split if running else WHOLE if arm.control else 0
    return found


def is_within(experiment: Message) -> bool:
    """Whether it splits one campaign's traffic inside of it."""
    return features.feature_of(experiment) is not None


def arms(account: Account, experiment: str) -> tuple[list[str], list[str]]:
    """The campaigns of the control arm, and of the treatment arm."""
    held = [entry.message for entry in account.store.pointing("experiment_arm", experiment)]
    control = [name for arm in held if arm.control for name in arm.campaigns]
    return control, [name for arm in held if not arm.control for name in arm.campaigns]
