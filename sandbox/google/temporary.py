"""Names that a request gives to what it creates, negative ids, until the platform's own are known."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from sandbox.google.errors import Problem, Refusal
from sandbox.google.kinds import BY_COLLECTION, Kind
from sandbox.google.messages import Message, is_message

NAME = re.compile(r"customers/(\d+)/(\w+)/([-\w~]+)")


@dataclass
class TemporaryNames:
    """Those of one request; no other knows them."""

    customer: str
    known: dict[str, str] = field(default_factory=dict)
    broken: set[str] = field(default_factory=set)  # those whose create failed

    def check(self, kind: Kind, asked: str) -> None:
        """Whether a create may ask for a name; raises Refusal."""
        match = NAME.fullmatch(asked)
        if match is None or match[1] != self.customer or match[2] != kind.collection:
            raise Refusal(malformed(asked, "resource_name"))
        if asked in self.known or asked in self.broken:
            text = "Multiple creates have the same temporary name."
            raise Refusal(
                Problem("new_resource_creation_error", "DUPLICATE_TEMP_IDS", text, ("resource_name",), asked)
            )
        if kind.is_criterion:
            return  # criteria of constants have known ids
        if kind.numbered and not match[3].split("~")[-1].startswith("-"):
            text = "Do not set the id field while creating new resources."
            raise Refusal(
                Problem(
                    "new_resource_creation_error", "CANNOT_SET_ID_FOR_CREATE", text, ("resource_name",), asked
                )
            )

    def replace(self, message: Message) -> None:
        """Write the real names into every text of a message; raises Refusal for those that failed."""
        if not (self.known or self.broken):
            return
        for descriptor, value in message.ListFields():
            if is_message(descriptor):
                for one in value if descriptor.is_repeated else (value,):
                    self.replace(one)
            elif descriptor.is_repeated and descriptor.type == descriptor.TYPE_STRING:
                value[:] = [self.real(text, descriptor.name) for text in value]
            elif descriptor.type == descriptor.TYPE_STRING:
                setattr(message, descriptor.name, self.real(value, descriptor.name))

    def real(self, text: str, field_name: str) -> str:
        """What a text stands for, itself if it is no temporary name."""
        if text in self.broken:
            code, why = "TEMP_ID_RESOURCE_HAD_ERRORS", "The temporary name's own create had errors."
            raise Refusal(Problem("new_resource_creation_error", code, why, (field_name,), text))
        if text in self.known or "~" not in text:
            return self.known.get(text, text)
        return self._of_campaign(text)

    def _of_campaign(self, text: str) -> str:
        """A name that begins with a temporary campaign's, as campaignConversionGoals/-1~PURCHASE~WEBSITE."""
        match = NAME.fullmatch(text)
        kind = BY_COLLECTION.get(match[2]) if match else None
        if match is None or kind is None or kind.key[0] != "campaign":
            return text
        root = f"customers/{self.customer}"
        id, _, rest = match[3].partition("~")
        campaign = self.known.get(f"{root}/campaigns/{id}")
        return f"{root}/{match[2]}/{campaign.rsplit('/', 1)[-1]}~{rest}" if campaign else text


def malformed(name: str, *path: str) -> Problem:
    return Problem("request_error", "RESOURCE_NAME_MALFORMED", "Resource name is malformed.", path, name)
