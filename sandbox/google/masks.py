"""Update masks: which paths an update may name, and copying just those."""

from __future__ import annotations

from collections.abc import Iterable

from sandbox.google.behaviour import immutable_fields, output_only_fields
from sandbox.google.errors import Problem, Refusal
from sandbox.google.kinds import Kind
from sandbox.google.messages import Message, api_name, field_of, is_message, is_set

Path = tuple[str, ...]  # Python's field names


def read(kind: Kind, message: Message, paths: Iterable[str]) -> list[Path]:
    """The mask's paths against the kind's descriptor; raises Refusal for what cannot be updated."""
    wanted = [path for path in paths if path != "resource_name"]
    if not wanted:
        raise Refusal(
            Problem("field_mask_error", "FIELD_MASK_MISSING", "The field mask must be set.", ("update_mask",))
        )
    found: list[Path] = []
    problems: list[Problem] = []
    for text in wanted:
        try:
            found.append(_resolve(kind, message.DESCRIPTOR, text))
        except Refusal as refusal:
            problems.extend(refusal.problems)
    if problems:
        raise Refusal(*problems)
    return found


def _resolve(kind: Kind, descriptor: object, text: str) -> Path:
    path: list[str] = []
    field = None
    for part in text.split("."):
        field = field_of(descriptor, part) if descriptor is not None else None
        if field is None:
            raise Refusal(
                _problem(
                    "field_mask_error", "FIELD_NOT_FOUND", "The field mask contained an invalid field.", text
                )
            )
        path.append(field.name)
        descriptor = field.message_type if is_message(field) and not field.is_repeated else None
    if path[0] in immutable_fields(kind) or path[0] in output_only_fields(kind):
        place = tuple(api_name(part) for part in path)
        raise Refusal(Problem("field_error", "IMMUTABLE_FIELD", "The field's value is immutable.", place))
    if descriptor is not None and descriptor.fields:  # type: ignore[attr-defined]
        raise Refusal(
            _problem(
                "field_mask_error",
                "FIELD_HAS_SUBFIELDS",
                "The field mask names a message: name its fields.",
                text,
            )
        )
    return tuple(path)


def _problem(family: str, code: str, text: str, path: str) -> Problem:
    return Problem(family, code, text, ("update_mask", "paths"), path)


def merge(source: Message, target: Message, paths: Iterable[Path]) -> None:
    """Set each path in the target as it is in the source; unset there means cleared here."""
    for path in paths:
        _copy(source, target, path)


def _copy(source: Message, target: Message, path: Path) -> None:
    head, rest = path[0], path[1:]
    field = source.DESCRIPTOR.fields_by_name[head]
    if rest:
        if source.HasField(head) or target.HasField(head):
            getattr(target, head).SetInParent()
            _copy(getattr(source, head), getattr(target, head), rest)
    elif not is_set(source, field):
        target.ClearField(head)
    elif field.is_repeated:
        target.ClearField(head)
        getattr(target, head).MergeFrom(getattr(source, head))
    elif is_message(field):
        getattr(target, head).CopyFrom(getattr(source, head))
    else:
        setattr(target, head, getattr(source, head))
