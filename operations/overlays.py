"""What an edit of a shared file would overwrite in a brand's other environments, which set it themselves."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from engine.resource import Address, Resource, same
from operations.shadow import Declared, Shadow
from operations.site import site_of
from schemas.errors import InvalidDeclaration, KampanyaError, Problem
from schemas.source import load_workspace


@dataclass(frozen=True, slots=True)
class Edit:
    """A file's text before and after, and what is declared by each in the environment of the edit."""

    file: Path
    texts: tuple[str, str]
    here: tuple[Declared, Declared]


def demand_left_alone(copy: Shadow, file: Path, before: str, after: str) -> None:
    """Raises InvalidDeclaration where an edit would overwrite what another environment sets for itself.

    What both declare alike stays alike. A value that differs there, by `vars` of the environment, is that
    environment's own: a number of a sandbox must not become a live budget.
    """
    others = [each for each in copy.site.workspace.brand.environments if each != copy.site.environment]
    if not others:
        return
    edit = Edit(file, (before, after), (copy.declared(file, before), copy.declared(file, after)))
    if problems := [each for name in others for each in _overwritten(copy, name, edit)]:
        raise InvalidDeclaration(problems)


def _overwritten(copy: Shadow, environment: str, edit: Edit) -> Iterator[Problem]:
    try:
        there = _there(copy, environment)
        old = there.declared(edit.file, edit.texts[0])
    except KampanyaError:
        return  # what is wrong there already is no news of this edit
    try:
        new = there.declared(edit.file, edit.texts[1])
    except KampanyaError as error:
        yield _problem(environment, "would be wrong with it", str(error).splitlines()[0])
        return
    for address in old.keys() & new.keys():
        for name, value in old[address].fields.items():
            made = new[address].fields.get(name)
            if not same(made, value) and _was_apart(address, name, old[address], new[address], edit):
                yield _problem(environment, f"has {name} {value} for {address}", f"it would be {made}")


def _was_apart(address: Address, name: str, old: Resource, new: Resource, edit: Edit) -> bool:
    """Whether the two environments differed in a field and would not any more: what a pattern makes of an
    environment's name differs before and after.
    """
    before, after = (each.get(address) for each in edit.here)
    if before is None or after is None:
        return False
    apart = not same(before.fields.get(name), old.fields.get(name))
    return apart and same(after.fields.get(name), new.fields.get(name))


def _there(copy: Shadow, environment: str) -> Shadow:
    site = site_of(load_workspace(copy.root, environment))
    workspace = replace(site.workspace, root=copy.site.root)
    return Shadow(replace(site, workspace=workspace, given_connectors=copy.site.given_connectors), copy.root)


def _problem(environment: str, has: str, becomes: str) -> Problem:
    return Problem(
        "this cannot be absorbed: another environment has a value of its own",
        f"{environment} {has}; {becomes}",
        "change it by hand among the `vars` of this environment, or set it back: kampanya drift revert KEY",
    )
