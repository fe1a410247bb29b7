"""Ad studies: split tests whose cells divide the people among ad sets or campaigns, and what that does."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from sandbox.meta import search
from sandbox.meta.context import Call, Graph
from sandbox.meta.errors import refuse
from sandbox.meta.forms import CELL, STUDY
from sandbox.meta.labels import check_name
from sandbox.meta.params import one_of, parse, require
from sandbox.meta.store import Node

# marketing-api/guides/split-testing, as public copies have it.
MOST_STUDIES, MOST_CELLS, MOST_ENTITIES = 100, 150, 100
LEAST_CELLS = 2
TYPES = (
    "BACKEND_AB_TESTING", "CONTINUOUS_LIFT_CONFIG", "CREATIVE_SPEND_ENFORCEMENT", "GEO_LIFT", "LIFT",
    "PORTFOLIO_OPTIMIZER", "SPLIT_TEST", "VERSION_CONTROL",
)  # fmt: skip
CELL_KEYS = frozenset({"name", "description", "treatment_percentage", "control_percentage", "id", *CELL})
ENTITIES = {"adsets": "adset", "campaigns": "campaign"}
FIXED_ONCE_BEGUN = ("start_time", "cells", "type")


def create(graph: Graph, node: Node, call: Call) -> dict[str, Any]:
    """POST {business}/ad_studies: a split test with its cells; raises GraphError."""
    values = parse(call.params, STUDY, graph.zone)
    require(values, "cells", "name", "start_time", "end_time")
    check_name(values["name"])
    values.setdefault("type", "SPLIT_TEST")
    one_of("type", values["type"], TYPES)
    if values["type"] != "SPLIT_TEST":
        raise refuse("study_type", "type", value=values["type"])
    _check_times(graph, values["start_time"], values["end_time"])
    cells = _checked(graph, values.pop("cells"))
    span = (values["start_time"], values["end_time"])
    _check_apart(graph, cells, span)
    running = [one for one in living(graph) if _overlap(one, span)]
    if len(running) >= MOST_STUDIES:
        raise refuse("study_count", limit=MOST_STUDIES)
    study = graph.store.create("adstudy", values | {"business": {"id": node.id}}, graph.now())
    for cell in cells:
        graph.store.create("adstudycell", cell | {"study_id": study.id}, graph.now())
    return {"id": study.id, "success": True}


def updated(graph: Graph, node: Node, values: dict[str, Any]) -> dict[str, Any]:
    """Changes of a study: before it begins all but its type, while it runs its end and words."""
    now = graph.now()
    if node.get("canceled_time") or node.data["end_time"] <= now:
        raise refuse("study_over")
    check_name(values.get("name", ""))
    begun = node.data["start_time"] <= now
    for name in FIXED_ONCE_BEGUN:
        if name in values and (begun or name == "type"):
            raise refuse("study_running", name, name=name)
    span = (values.get("start_time", node.data["start_time"]), values.get("end_time", node.data["end_time"]))
    _check_times(graph, *span)
    if "cells" in values:
        cells = _checked(graph, values.pop("cells"))
        _check_apart(graph, cells, span, but=node)
        for cell in list(graph.store.children(node.id)):
            graph.store.remove(cell)
        for cell_data in cells:
            graph.store.create("adstudycell", cell_data | {"study_id": node.id}, now)
    return values


def cell_updated(graph: Graph, node: Node, values: dict[str, Any]) -> dict[str, Any]:
    """A cell's name, and before its study begins what it holds."""
    study = graph.node(node.data["study_id"])
    if study.get("canceled_time") or study.data["end_time"] <= graph.now():
        raise refuse("study_over")
    held = [name for name in ENTITIES if name in values]
    if held and study.data["start_time"] <= graph.now():
        raise refuse("study_running", held[0], name=held[0])
    if held:
        cell = _cell(graph, 0, {**node.data, **dict.fromkeys(ENTITIES), **values})
        others = [one.data for one in graph.store.children(study.id) if one.id != node.id]
        _check_once([cell, *others])
        values |= {name: cell.get(name) for name in ENTITIES}
    return values


def cancel(graph: Graph, node: Node) -> None:
    """A study that is deleted ends at once; it can still be read by its id, and is in no list."""
    graph.store.update(node, {"canceled_time": graph.now()}, graph.now())


def _check_times(graph: Graph, start: int, end: int) -> None:
    if end <= start:
        raise refuse("study_times", "end_time", detail="end_time must be after start_time.")
    if end <= graph.now():
        raise refuse("study_times", "end_time", detail="end_time must lie in the future.")


def _checked(graph: Graph, cells: list[Any]) -> list[dict[str, Any]]:
    if not LEAST_CELLS <= len(cells) <= MOST_CELLS:
        raise refuse("study_cells", "cells", least=LEAST_CELLS, most=MOST_CELLS, given=len(cells))
    found = [_cell(graph, position, cell) for position, cell in enumerate(cells)]
    percents = [cell["treatment_percentage"] for cell in found]
    if sum(percents) > 100:
        raise refuse("study_percent", "cells", detail=f"they add up to {sum(percents)}.")
    _check_once(found)
    return found


def _cell(graph: Graph, position: int, cell: Any) -> dict[str, Any]:
    name = str(cell.get("name") or position + 1) if isinstance(cell, dict) else str(position + 1)
    if not isinstance(cell, dict):
        raise refuse("study_cell", "cells", name=name, detail="must be an object.")
    for key in cell:
        if key not in CELL_KEYS and key != "study_id":
            raise refuse("nested", f"cells.{key}", name=key, where="cells")
    for key in CELL:
        if CELL[key] == "x" and cell.get(key):
            raise refuse("not_reproduced", f"cells.{key}", name=key)
    percent = cell.get("treatment_percentage")
    if isinstance(percent, bool) or not isinstance(percent, int) or percent < 1:
        raise refuse("study_percent", "cells", detail=f"cell {name} has {percent!r}.")
    given = [key for key in ENTITIES if cell.get(key)]
    if len(given) != 1:
        raise refuse("study_cell", "cells", name=name, detail=f"needs one of {', '.join(ENTITIES)}.")
    ids = [str(one) for one in cell[given[0]]]
    if len(ids) > MOST_ENTITIES:
        detail = f"holds at most {MOST_ENTITIES} objects (given: {len(ids)})."
        raise refuse("study_cell", "cells", name=name, detail=detail)
    for one in ids:
        if graph.store.get(one, ENTITIES[given[0]]) is None:
            detail = f"{one} is not one of this account's {given[0]}."
            raise refuse("study_cell", f"cells.{given[0]}", name=name, detail=detail)
    words = {key: cell[key] for key in ("name", "description") if cell.get(key)}
    control = cell.get("control_percentage", 0)
    return {**words, "treatment_percentage": percent, "control_percentage": control, given[0]: ids}


def entities(cell: dict[str, Any]) -> list[str]:
    """Ids of what a cell holds."""
    return [one for key in ENTITIES for one in cell.get(key) or ()]


def _check_once(cells: list[dict[str, Any]]) -> None:
    """The cells' people are different ones, so that no object can be in two of them."""
    seen: set[str] = set()
    for cell in cells:
        for one in entities(cell):
            if one in seen:
                raise refuse("study_twice", "cells", id=one, other="this study")
            seen.add(one)


def _check_apart(
    graph: Graph, cells: list[dict[str, Any]], span: tuple[int, int], but: Node | None = None
) -> None:
    """An object is in one running study at a time (a choice)."""
    taken = {
        one: study.id
        for study in living(graph)
        if study is not but and _overlap(study, span)
        for cell in graph.store.children(study.id)
        for one in entities(cell.data)
    }
    for one in (id_ for cell in cells for id_ in entities(cell)):
        if one in taken:
            raise refuse("study_twice", "cells", id=one, other=f"the study {taken[one]}")


def living(graph: Graph) -> Iterator[Node]:
    """Studies that were not canceled."""
    return (one for one in graph.store.every("adstudy") if not one.get("canceled_time"))


def _overlap(study: Node, span: tuple[int, int]) -> bool:
    return bool(study.data["start_time"] < span[1] and span[0] < study.data["end_time"])


def of(graph: Graph, node: Node) -> list[Node]:
    """Studies that an account, business, campaign or ad set is in."""
    if node.kind not in ENTITIES.values():
        return list(living(graph))
    return [
        study
        for study in living(graph)
        if any(node.id in entities(cell.data) for cell in graph.store.children(study.id))
    ]


def held(graph: Graph, cell: Node, kind: str) -> list[Node]:
    """What a cell holds of a kind."""
    edge = next((key for key, one in ENTITIES.items() if one == kind), "")
    if kind == "adaccount":
        return [search.fixed(graph)[graph.account]]
    found = [graph.store.get(one, kind) for one in cell.get(edge) or ()]
    return [one for one in found if one]


def shares(graph: Graph, day: date) -> dict[str, float]:
    """Campaign or ad set → the part of the people that its cell leaves it on a day of a running study."""
    return {
        one: cell.data["treatment_percentage"] / 100
        for study in living(graph)
        if graph.local_day(study.data["start_time"]) <= day <= graph.local_day(study.data["end_time"] - 1)
        for cell in graph.store.children(study.id)
        for one in entities(cell.data)
    }
