"""What the platforms hold, ids replaced by what they stand for: two accounts compare by content."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Mapping
from typing import Any

from google.protobuf.json_format import MessageToDict

from connectors.memory import Platform
from sandbox.runtime import Sandbox

ID = re.compile(r"\d{15,}")
RESOURCE = re.compile(r"customers/\d+/\w+/[\d~]+")
LIVING = ("campaign", "adset", "ad")
PARENT = {"adset": "campaign_id", "ad": "adset_id"}
# How often a budget changed; marks; and what Meta keeps where nothing can take it away again.
HOUSEKEEPING = ("_budget_changes", "adlabels", "dsa_beneficiary", "dsa_payor", "special_ad_category_country")
GOOGLE_HOUSEKEEPING = ("labels",)
SAYS_NOTHING = ("targetingSetting", {})  # without restrictions it is as none at all


def meta(sandbox: Sandbox) -> Counter[str]:
    """Campaigns, ad sets and ads that are neither archived nor below such, with all they refer to."""
    nodes = sandbox.meta.graph.store._nodes
    done: dict[str, str] = {}

    def text(id: str) -> str:
        if id not in done:
            done[id] = "…"
            node = nodes[id]
            data = {name: value for name, value in node.data.items() if name not in HOUSEKEEPING}
            body = json.dumps(data, sort_keys=True, ensure_ascii=False)
            done[id] = f"{node.kind} " + ID.sub(lambda match: reference(match[0]), body)
        return done[id]

    def reference(id: str) -> str:
        if id not in nodes:
            return id
        node = nodes[id]
        return f"<{node.kind} {node.data['name']}>" if node.kind in LIVING else f"<{text(id)}>"

    return Counter(text(id) for id, node in nodes.items() if node.kind in LIVING and _lives(nodes, id))


def _lives(nodes: Mapping[str, Any], id: str) -> bool:
    node = nodes[id]
    if node.data.get("status") in ("ARCHIVED", "DELETED"):
        return False
    return node.kind not in PARENT or _lives(nodes, node.data[PARENT[node.kind]])


def google(sandbox: Sandbox) -> Counter[str]:
    """Everything that is neither removed nor below such; labels, lists, budgets only where referred to."""
    entries = sandbox.platforms["google"].store.entries  # type: ignore[attr-defined]
    done: dict[str, str] = {}

    def text(name: str) -> str:
        if name not in done:
            done[name] = "…"
            body = json.dumps(
                _plain(MessageToDict(entries[name].message)), sort_keys=True, ensure_ascii=False
            )
            body = body.replace(name, "<self>")
            done[name] = f"{entries[name].kind.name} " + RESOURCE.sub(lambda m: reference(m[0]), body)
        return done[name]

    def reference(name: str) -> str:
        if name not in entries:
            return name.split("/")[2]
        entry = entries[name]
        named = entry.kind.name in ("campaign", "ad_group")
        return f"<{entry.kind.name} {entry.message.name}>" if named else f"<{text(name)}>"

    return Counter(text(name) for name in entries if _counts(entries, name))


ALONE = ("label", "user_list", "campaign_budget", "conversion_action", "asset")
ABOVE = ("campaign", "ad_group")


def _counts(entries: Mapping[str, Any], name: str) -> bool:
    entry = entries[name]
    if entry.kind.name in ALONE or entry.kind.name.endswith("_label") or entry.removed:
        return False
    above = [getattr(entry.message, each, "") for each in ABOVE if each != entry.kind.name]
    return all(_counts(entries, each) for each in above if isinstance(each, str) and each in entries)


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {
            key: _plain(item)
            for key, item in value.items()
            if key not in ("id", "criterionId", *GOOGLE_HOUSEKEEPING) and (key, item) != SAYS_NOTHING
        }
    return [_plain(item) for item in value] if isinstance(value, list) else value


def both(sandbox: Sandbox) -> dict[str, Counter[str]]:
    return {"meta": meta(sandbox), "google": google(sandbox)}


def memory(platform: Platform) -> Counter[str]:
    """Live records with their live parents, references by what they point to."""
    records = platform.records

    def text(id: str) -> str:
        record = records[id]
        fields = {name: _resolved(value) for name, value in record.fields.items() if value is not None}
        return f"{record.kind} {json.dumps(fields, sort_keys=True, ensure_ascii=False)}"

    def _resolved(value: Any) -> Any:
        if isinstance(value, str) and value in records:
            return text(value)
        if isinstance(value, dict):
            return {key: _resolved(item) for key, item in value.items()}
        return [_resolved(each) for each in value] if isinstance(value, list | tuple) else value

    return Counter(
        text(id)
        for id, each in records.items()
        if each.kind in ("campaign", "ad_set", "ad") and _alive(records, id)
    )


def _alive(records: Mapping[str, Any], id: str) -> bool:
    record = records[id]
    above = record.fields.get("ad_set") or record.fields.get("campaign")
    return not record.archived and (above is None or _alive(records, str(above)))


def everything(sandbox: Sandbox) -> dict[str, Any]:
    """Both accounts to the last byte, times included, by id: equal means untouched."""
    nodes = sandbox.meta.graph.store._nodes
    entries = sandbox.platforms["google"].store.entries  # type: ignore[attr-defined]
    found: dict[str, Any] = {
        id: (each.kind, each.created, each.updated, json.dumps(each.data, sort_keys=True))
        for id, each in nodes.items()
    }
    for name, each in entries.items():
        found[name] = (each.message.SerializeToString(deterministic=True), each.created, each.removed)
    return found
