"""Creating, updating and removing: one request's operations, all or nothing or each for itself."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from sandbox.google import asset_groups, derive, experiments, goals, masks, policy, shopping
from sandbox.google.behaviour import output_only_fields, required_fields
from sandbox.google.content import content_key
from sandbox.google.context import Account, Operation
from sandbox.google.criteria import chosen
from sandbox.google.errors import Problem, Refusal, Step, not_found, required
from sandbox.google.kinds import MUTABLE, NEW, Kind
from sandbox.google.messages import Message, api_name, enum_name, is_filled, set_enum
from sandbox.google.rules import ALREADY_ATTACHED, OWNERS_OF_POLITICS, POLITICS_SINCE, judge
from sandbox.google.store import Entry, is_removed
from sandbox.google.temporary import NAME, TemporaryNames, malformed

MOST_OPERATIONS = 10_000  # …/docs/best-practices/quotas
# An update to REMOVED, where the platform has a code of its own for it.
STATUS_REMOVED = {"experiment": ("experiment_error", "CANNOT_SET_STATUS_TO_REMOVED")}


@dataclass(frozen=True)
class Item:
    """One operation of a request: its kind, the message that holds it, and its place."""

    kind: Kind
    operation: Message
    place: tuple[Step, ...]


@dataclass
class Outcome:
    """Resource names in the order of the operations, None where one failed, and what was wrong."""

    names: list[str | None] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


@dataclass
class Request:
    """One mutate request while it runs; temporary names live only as long."""

    account: Account
    partial: bool
    fault: Callable[[int], Problem | None] | None = None  # what befalls an operation, by its place
    touched: set[str] = field(default_factory=set)
    names: TemporaryNames = field(init=False)

    def __post_init__(self) -> None:
        self.names = TemporaryNames(self.account.customer)

    def run(self, items: Sequence[Item]) -> Outcome:
        """Inside Store.change. Without partial failure every problem of every operation is in the Refusal."""
        outcome = Outcome()
        for index, item in enumerate(items):
            mark = self.account.store.mark()
            try:
                if self.fault and (problem := self.fault(index)):
                    raise Refusal(problem)
                outcome.names.append(self._apply(item))
            except Refusal as refusal:
                self.account.store.back(mark)
                self._remember_broken(item)
                outcome.names.append(None)
                outcome.problems.extend(refusal.below(*item.place).problems)
        unfit = [
            *self._unfit_experiments(items, outcome.names),
            *self._unfit_groups(items, outcome.names),
            *self._broken_trees(items, outcome.names),
        ]
        if unfit or (outcome.problems and not self.partial):
            raise Refusal(*outcome.problems, *unfit)
        return outcome

    def _unfit_experiments(self, items: Sequence[Item], names: Sequence[str | None]) -> list[Problem]:
        """Experiments are completed once everything is done; what they lack, where they were made."""
        wrong = experiments.complete(self.account, [item.kind.name for item in items], names)
        return [
            problem.below(*items[index].place) for index, problems in wrong.items() for problem in problems
        ]

    def _unfit_groups(self, items: Sequence[Item], names: Sequence[str | None]) -> list[Problem]:
        """Asset groups that lack assets once everything is done, at the first operation about them.

        With partial failure too the whole request is then refused (choice).
        """
        about = asset_groups.touched(self.account, [item.kind.name for item in items], names)
        return [
            problem.below(*items[index].place)
            for name, index in about.items()
            for problem in asset_groups.lacks(self.account, name)
        ]

    def _broken_trees(self, items: Sequence[Item], names: Sequence[str | None]) -> list[Problem]:
        """Trees of products that are not whole once everything is done, at the first operation about them."""
        about = shopping.touched(self.account, [item.kind.name for item in items], names)
        return [
            problem.below(*items[index].place)
            for (kind, owner), index in about.items()
            for problem in shopping.broken(self.account, shopping.SORTS[kind], owner)
        ]

    def _apply(self, item: Item) -> str:
        verb = item.operation.WhichOneof("operation")
        if verb is None:
            raise Refusal(
                Problem(
                    "request_error",
                    "OPERATION_REQUIRED",
                    "Mutate operation must have a create, update, or remove specified.",
                )
            )
        if item.kind.name in OWNERS_OF_POLITICS:
            self._check_declarations(item, verb)
        try:
            if verb == "create":
                return self._create(item.kind, item.operation)
            if verb == "update":
                return self._update(item.kind, item.operation)
            return self._remove(item.kind, item.operation.remove)
        except Refusal as refusal:
            about_mask = all(problem.path[:1] == ("update_mask",) for problem in refusal.problems)
            raise (refusal if about_mask else refusal.below(verb)) from None

    def _remember_broken(self, item: Item) -> None:
        if item.operation.WhichOneof("operation") == "create" and item.operation.create.resource_name:
            self.names.broken.add(item.operation.create.resource_name)

    def _check_declarations(self, item: Item, verb: str) -> None:
        """Since April 2026 one undeclared campaign stops all campaign management but its own declaration."""
        account = self.account
        if account.today().isoformat() < POLITICS_SINCE:
            return
        declares = (
            item.kind.name == "campaign"
            and verb in ("update", "remove")
            and (verb == "remove" or "contains_eu_political_advertising" in item.operation.update_mask.paths)
        )
        if not declares and account.store.undeclared:
            text = "Campaigns of this account miss their declaration on EU political advertising."
            raise Refusal(
                Problem("mutate_error", "EU_POLITICAL_ADVERTISING_DECLARATION_REQUIRED", text, (verb,))
            )

    # -- create ---------------------------------------------------------------------------------------------

    def _create(self, kind: Kind, operation: Message) -> str:
        new = kind.new()
        new.CopyFrom(operation.create)
        asked = new.resource_name
        new.resource_name = ""
        if asked:
            self.names.check(kind, asked)
        self.names.replace(new)
        self._check_fields(kind, new)
        derive.fill_new(self.account, kind, new)
        op = Operation(self.account, kind, new, exempt=policy.exemptions(operation))
        judge(op)
        if kind.name == "asset" and (twin := self._twin(new)):
            if asked:
                self.names.known[asked] = twin
            return twin
        own_id = derive.own_id(self.account, kind, new)
        name = self._name(kind, new, own_id)
        self._check_free(kind, new, name)
        new.resource_name = name
        derive.number(self.account, kind, new, own_id)
        derive.complete(self.account, kind, new)
        self._put(kind, new, self.account.today().isoformat())
        if asked:
            self.names.known[asked] = name
            if kind.name == "ad_group_ad":
                self.names.known[asked.replace("adGroupAds", "ads")] = new.ad.resource_name
        return name

    def _twin(self, new: Message) -> str | None:
        """The asset that already holds this content, where the platform keeps one of each."""
        key = content_key(new)
        return self.account.store.holder(key) if key else None

    def _check_fields(self, kind: Kind, new: Message) -> None:
        said = {descriptor.name for descriptor, _ in new.ListFields()}
        problems = [
            Problem(
                "field_error", "VALUE_MUST_BE_UNSET", "The field is set by Google Ads.", (api_name(name),)
            )
            for name in sorted(said & output_only_fields(kind))
        ]
        for name in required_fields(kind):
            if not is_filled(new, new.DESCRIPTOR.fields_by_name[name]):
                problems.append(required(api_name(name)))
        if is_removed(new):
            code, text = "CREATE_AS_REMOVED_NOT_PERMITTED", "Nothing can be created as removed."
            problems.append(Problem("operation_access_denied_error", code, text, ("status",)))
        if problems:
            raise Refusal(*problems)

    def _name(self, kind: Kind, new: Message, own_id: int | None) -> str:
        parts = []
        for part in kind.key:
            if part == NEW:
                parts.append(str(own_id))
            elif (descriptor := new.DESCRIPTOR.fields_by_name[part]).enum_type is not None:
                parts.append(descriptor.enum_type.values_by_number[getattr(new, part)].name)
            else:
                parts.append(str(getattr(new, part)).rsplit("/", 1)[-1])
        return f"{self.account.root}/{kind.collection}/{'~'.join(parts)}"

    def _check_free(self, kind: Kind, new: Message, name: str) -> None:
        existing = self.account.store.get(name)
        if existing is None or is_removed(existing):
            return
        if kind.name in ALREADY_ATTACHED:
            family, code = ALREADY_ATTACHED[kind.name]
            raise Refusal(Problem(family, code, "The label is attached already.", ("label",), new.label))
        if "negative" in new.DESCRIPTOR.fields_by_name and existing.negative != new.negative:
            family = f"{kind.name}_error"
            text = "The same criterion cannot be targeted and excluded."
            raise Refusal(Problem(family, "CANNOT_TARGET_AND_EXCLUDE", text, (chosen(new) or "",)))
        raise Refusal(
            Problem("mutate_error", "RESOURCE_ALREADY_EXISTS", "Resource already exists.", (), name)
        )

    def _put(self, kind: Kind, new: Message, created: str, removed: str = "") -> None:
        store = self.account.store
        store.put(new.resource_name, Entry(kind, new, created, removed))
        for name, entry in derive.follow(self.account, kind, new):
            store.put(name, entry)

    # -- update ---------------------------------------------------------------------------------------------

    def _update(self, kind: Kind, operation: Message) -> str:
        given = kind.new()
        given.CopyFrom(operation.update)
        self.names.replace(given)
        name = given.resource_name
        entry, old = self._existing(kind, name)
        paths = masks.read(kind, given, operation.update_mask.paths)
        new = type(old)()
        new.CopyFrom(old)
        masks.merge(given, new, paths)
        changed = frozenset(path[0] for path in paths)
        if "status" in changed:
            _check_status(kind, new)
        for field_name in required_fields(kind):
            if field_name in changed and not is_filled(new, new.DESCRIPTOR.fields_by_name[field_name]):
                raise Refusal(
                    Problem("field_error", "REQUIRED", "The required field was not present.", (field_name,))
                )
        judge(Operation(self.account, kind, new, old, changed, policy.exemptions(operation)))
        whole = new
        if kind.name == "ad":
            whole = type(entry.message)()
            whole.CopyFrom(entry.message)
            whole.ad.CopyFrom(new)
        derive.complete(self.account, entry.kind, whole)
        self._put(entry.kind, whole, entry.created)
        return str(name)

    def _existing(self, kind: Kind, name: str) -> tuple[Entry, Message]:
        """The entry to change and the message that is updated: of an ad, the part of its ad group ad."""
        if not name:
            raise Refusal(
                Problem(
                    "request_error", "RESOURCE_NAME_MISSING", "Resource name is missing.", ("resource_name",)
                )
            )
        match = NAME.fullmatch(name)
        if match is None or match[2] != kind.collection:
            raise Refusal(malformed(name, "resource_name"))
        if name in self.touched:
            text = "The same resource appears in several operations of the request."
            raise Refusal(
                Problem("mutate_error", "ID_EXISTS_IN_MULTIPLE_MUTATES", text, ("resource_name",), name)
            )
        self.touched.add(name)
        store = self.account.store
        if kind.name == "ad":
            holders = store.pointing("ad_group_ad", name)
            entry = holders[0] if holders else None
        else:
            entry = store.entries.get(name)
        if entry is None or match[1] != self.account.customer:
            raise Refusal(not_found(name, "resource_name"))
        if is_removed(entry.message):
            raise Refusal(_removed(entry.kind, name))
        return entry, entry.message.ad if kind.name == "ad" else entry.message

    # -- remove ---------------------------------------------------------------------------------------------

    def _remove(self, kind: Kind, name: str) -> str:
        name = self.names.real(name, "remove")
        entry, old = self._existing(kind, name)
        self._check_unused(kind, name)
        if not kind.soft or "status" not in old.DESCRIPTOR.fields_by_name:
            self.account.store.drop(name)
            return name
        for below in shopping.below(self.account, name) if kind.name == "ad_group_criterion" else ():
            self._mark_removed(self.account.store.entries[below])
        self._mark_removed(entry)
        return name

    def _mark_removed(self, entry: Entry) -> None:
        new = type(entry.message)()
        new.CopyFrom(entry.message)
        set_enum(new, "status", "REMOVED")
        self._put(entry.kind, new, entry.created, self.account.today().isoformat())

    def _check_unused(self, kind: Kind, name: str) -> None:
        removed = self.account.store.entries[name].message
        if kind.name == "experiment" and enum_name(removed, "status") == "INITIATED":
            text = "Its campaigns are being made."
            raise Refusal(Problem("experiment_error", "CANNOT_REMOVE_IN_CREATION_EXPERIMENT", text, (), name))
        in_use = {
            "campaign_budget": ("campaign_budget_error", "CAMPAIGN_BUDGET_IN_USE"),
            "bidding_strategy": ("bidding_strategy_error", "CANNOT_REMOVE_ASSOCIATED_STRATEGY"),
            "custom_conversion_goal": (
                "custom_conversion_goal_error", "CANNOT_REMOVE_LINKED_CUSTOM_CONVERSION_GOAL",
            ),
        }  # fmt: skip
        by = goals.CONFIG if kind.name == goals.CUSTOM else "campaign"
        users = self.account.store.pointing(by, name) if kind.name in in_use else []
        if any(not is_removed(user.message) for user in users):
            family, code = in_use[kind.name]
            raise Refusal(Problem(family, code, "It is used by campaigns that are not removed.", (), name))


def _check_status(kind: Kind, new: Message) -> None:
    if is_removed(new):
        family, code = STATUS_REMOVED.get(kind.name, ("enum_error", "ENUM_VALUE_NOT_PERMITTED"))
        raise Refusal(Problem(family, code, "Use the remove operation.", ("status",), "REMOVED"))


def _removed(kind: Kind, name: str) -> Problem:
    if kind.name == "ad_group_ad":
        text = "Removed ads cannot be changed."
        return Problem("ad_group_ad_error", "CANNOT_OPERATE_ON_REMOVED_ADGROUPAD", text, (), name)
    text = "The operation is not permitted for removed resources."
    return Problem(
        "operation_access_denied_error", "OPERATION_NOT_PERMITTED_FOR_REMOVED_RESOURCE", text, (), name
    )


def check_size(count: int, field_name: str) -> None:
    """Raises Refusal for an empty or too large request."""
    if count > MOST_OPERATIONS:
        text = f"Too many mutate operations in a request: {count}, at most {MOST_OPERATIONS}."
        raise Refusal(Problem("request_error", "TOO_MANY_MUTATE_OPERATIONS", text, (field_name,)))
    if count == 0:
        raise Refusal(
            Problem("request_error", "REQUIRED_FIELD_MISSING", "Required field is missing.", (field_name,))
        )


def item_of(operation: Message, index: int) -> Item:
    """One MutateOperation of GoogleAdsService.Mutate; raises Refusal or Unimplemented."""
    from sandbox.google.errors import Unimplemented

    member = operation.WhichOneof("operation")
    if member is None:
        problem = Problem("request_error", "OPERATION_REQUIRED", "Mutate operation must have an operation.")
        raise Refusal(problem.below(("mutate_operations", index)))
    kind = MUTABLE.get(member.removesuffix("_operation"))
    if kind is None:
        raise Unimplemented(f"MutateOperation.{member}")
    return Item(kind, getattr(operation, member), (("mutate_operations", index), member))
