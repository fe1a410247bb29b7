"""Policy findings: a few editorial rules, so that clients meet them and can ask for an exemption."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sandbox.google.context import Operation
from sandbox.google.errors import Problem, Step
from sandbox.google.messages import Message, set_enum

# Topic → (where, what violates it): support.google.com/adspolicy/answer/14847994 (editorial), from memory.
REPEATED = re.compile(r"([!?])\1+")
IN_HEADLINE = re.compile(r"!")
# Keywords that Google's own handle_keyword_policy_violations example expects to violate a policy.
KEYWORDS = {"medication": ("pharma", "Healthcare and medicines")}


def check_ad(op: Operation, ad: Message, *above: Step) -> None:
    """PolicyFindingError.POLICY_FINDING for each text that violates a topic which is not ignored."""
    for text, path in _violations(ad):
        if "PUNCTUATION" not in op.exempt:
            op.add(_finding("PUNCTUATION", text, (*above, *path)))


def summarize(ad: Message, summary: Message) -> None:
    """What review says of an ad that is there: all well, or limited by what an exemption carries."""
    exempted = [text for text, _ in _violations(ad)]
    summary.Clear()
    set_enum(summary, "review_status", "UNDER_APPEAL" if exempted else "REVIEWED")
    set_enum(summary, "approval_status", "APPROVED_LIMITED" if exempted else "APPROVED")
    if exempted:
        entry = summary.policy_topic_entries.add(topic="PUNCTUATION")
        set_enum(entry, "type_", "LIMITED")
        entry.evidences.add().text_list.texts.extend(exempted)


def _violations(ad: Message) -> Iterator[tuple[str, tuple[Step, ...]]]:
    rsa = ad.responsive_search_ad
    for name, patterns in (("headlines", (REPEATED, IN_HEADLINE)), ("descriptions", (REPEATED,))):
        for index, asset in enumerate(getattr(rsa, name)):
            if any(pattern.search(asset.text) for pattern in patterns):
                yield asset.text, ("responsive_search_ad", (name, index), "text")


def _finding(topic: str, text: str, path: tuple[Step, ...]) -> Problem:
    def fill(details: Message) -> None:
        entry = details.policy_finding_details.policy_topic_entries.add(topic=topic)
        set_enum(entry, "type_", "PROHIBITED")
        entry.evidences.add().text_list.texts.append(text)

    return Problem("policy_finding_error", "POLICY_FINDING", "A policy was violated.", path, text, fill)


def check_keyword(op: Operation) -> None:
    """PolicyViolationError.POLICY_ERROR for a keyword whose violation is not exempt."""
    text = op.new.keyword.text
    for word, (policy, description) in KEYWORDS.items():
        if word in text.casefold().split() and text not in op.exempt:
            op.add(_violation(policy, description, text))


def _violation(policy: str, description: str, text: str) -> Problem:
    def fill(details: Message) -> None:
        found = details.policy_violation_details
        found.external_policy_name, found.external_policy_description = description, description
        found.key.policy_name, found.key.violating_text, found.is_exemptible = policy, text, True

    place = ("keyword", "text")
    return Problem("policy_violation_error", "POLICY_ERROR", "A policy was violated.", place, text, fill)


def exemptions(operation: Message) -> frozenset[str]:
    """Topics and violating texts that an operation asks to be exempt from."""
    asked: set[str] = set()
    fields = operation.DESCRIPTOR.fields_by_name
    if "policy_validation_parameter" in fields:
        parameter = operation.policy_validation_parameter
        asked.update(parameter.ignorable_policy_topics)
        asked.update(key.violating_text for key in parameter.exempt_policy_violation_keys)
    if "exempt_policy_violation_keys" in fields:
        asked.update(key.violating_text for key in operation.exempt_policy_violation_keys)
    return frozenset(asked)
