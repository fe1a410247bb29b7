"""Campaigns of experiments: drafts that are copied from a base with all below it, and how they end."""

from __future__ import annotations

from sandbox.google import goals
from sandbox.google.context import Account
from sandbox.google.kinds import KINDS, Kind
from sandbox.google.messages import Message, set_enum
from sandbox.google.store import Entry, is_removed

# What is copied into a draft with its campaign: kind → the field that names the parent's copy.
BELOW = ("campaign_criterion", "ad_group")
BELOW_GROUP = ("ad_group_ad", "ad_group_criterion")


def draft(account: Account, base: str, experiment: Message) -> str:
    """The base campaign with all below it, named by the suffix; seen only where drafts are asked for."""
    source = account.store.get(base)
    assert source is not None
    made, id = copied(source), account.store.new_id()
    made.resource_name, made.id = f"{account.root}/campaigns/{id}", id
    made.name, made.base_campaign = f"{source.name} {experiment.suffix}".strip(), base
    set_enum(made, "experiment_type", "DRAFT")
    set_enum(made, "status", "PAUSED")
    put(account, "campaign", made)
    for name, entry in goals.copied(account, base, made):
        account.store.put(name, entry)
    for kind in BELOW:
        for entry in account.store.pointing(kind, base):
            if not is_removed(entry.message):
                _below(account, kind, entry.message, "campaign", made.resource_name)
    return str(made.resource_name)


def _below(account: Account, kind: str, source: Message, ref: str, parent: str) -> None:
    copy, collection = copied(source), KINDS[kind].collection
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
    put(account, kind, copy)
    for inner in BELOW_GROUP if kind == "ad_group" else ():
        for entry in account.store.pointing(inner, source.resource_name):
            if not is_removed(entry.message):
                _below(account, inner, entry.message, "ad_group", copy.resource_name)


def follow(account: Account, kind: Kind, new: Message) -> list[tuple[str, Entry]]:
    """An experiment that is removed takes the campaigns of its treatment, drafts too, with it."""
    if kind.name != "experiment" or not is_removed(new):
        return []
    arms = [entry.message for entry in account.store.pointing("experiment_arm", new.resource_name)]
    names = [name for arm in arms if not arm.control for name in (*arm.campaigns, *arm.in_design_campaigns)]
    own = [name for name in names if not any(name in arm.campaigns for arm in arms if arm.control)]
    return [(name, stopped(account, name)) for name in own if account.store.get(name) is not None]


def stopped(account: Account, name: str) -> Entry:
    """A campaign as it is once removed."""
    gone, today = copied(campaign(account, name)), account.today().isoformat()
    set_enum(gone, "status", "REMOVED")
    return Entry(KINDS["campaign"], gone, account.store.entries[name].created, today)


def campaign(account: Account, name: str) -> Message:
    """A campaign that is there."""
    found = account.store.get(name)
    assert found is not None, name
    return found


def copied(source: Message) -> Message:
    copy = type(source)()
    copy.CopyFrom(source)
    return copy


def put(account: Account, kind: str, changed: Message) -> None:
    """Write a resource of a kind, as old as it was."""
    old = account.store.entries.get(changed.resource_name)
    created = old.created if old else account.today().isoformat()
    account.store.put(changed.resource_name, Entry(KINDS[kind], changed, created))
