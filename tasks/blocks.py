"""Blocks of the Prefect UI: where credentials and addresses for notices are kept, never what they are."""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar, Literal

from prefect.blocks.abstract import NotificationBlock
from prefect.blocks.core import Block
from prefect.blocks.notifications import CustomWebhookNotificationBlock, SendgridEmail, SlackWebhook
from pydantic import ConfigDict, Field, SecretStr

from operations import secrets
from schemas.errors import KampanyaError
from schemas.types import SecretReference

ROOT = Path("/")  # a block belongs to no workspace: its files are named in full


class ReferenceBlock(Block):
    """A block whose fields name secrets: `env:NAME`, `file:PATH` or `store:NAME`.

    A value pasted into one is refused when the block is made or loaded, and not repeated in the refusal.
    """

    model_config = ConfigDict(hide_input_in_errors=True)

    def references(self) -> dict[str, str]:
        """Field → reference, of those that are filled in."""
        return {
            name: value for name, value in self.model_dump(exclude_none=True).items() if name in self.FIELDS
        }

    FIELDS: ClassVar[frozenset[str]] = frozenset()


class MetaCredentials(ReferenceBlock):
    """Where Meta's secrets are kept."""

    _block_type_name = "Kampanya Meta credentials"
    _block_type_slug = "kampanya-meta-credentials"
    FIELDS = frozenset({"token", "app_secret"})

    token: SecretReference = Field(
        description="A system user's access token: env:NAME, file:PATH or store:NAME."
    )
    app_secret: SecretReference | None = Field(default=None, description="The app's secret, to prove calls.")


class GoogleAdsCredentials(ReferenceBlock):
    """Where Google's secrets are kept."""

    _block_type_name = "Kampanya Google Ads credentials"
    _block_type_slug = "kampanya-google-ads-credentials"
    FIELDS = frozenset({"service_account", "developer_token"})

    service_account: SecretReference = Field(description="A service account's key file: file:PATH.")
    developer_token: SecretReference | None = Field(
        default=None, description="The developer token, where the account still needs one."
    )


class Notice(ReferenceBlock):
    """Whom to tell: Prefect's own Slack, e-mail or webhook block, made anew with each notice."""

    _block_type_name = "Kampanya notice"
    _block_type_slug = "kampanya-notice"
    FIELDS = frozenset({"address", "sender", "recipients"})

    channel: Literal["slack", "email", "webhook"]
    address: SecretReference = Field(description="The webhook's URL; for e-mail the Sendgrid API key.")
    sender: SecretReference | None = Field(default=None, description="For e-mail: from whom.")
    recipients: SecretReference | None = Field(default=None, description="For e-mail: to whom, with commas.")

    def block(self) -> NotificationBlock:
        """Prefect's own block with the values in it; not saved. Raises KampanyaError for what is missing."""
        found = secrets.resolve(self.references(), ROOT)
        return CHANNELS[self.channel](found)


CREDENTIALS: dict[str, type[ReferenceBlock]] = {"meta": MetaCredentials, "google": GoogleAdsCredentials}
OURS: tuple[type[ReferenceBlock], ...] = (*CREDENTIALS.values(), Notice)


def _slack(found: dict[str, str]) -> NotificationBlock:
    return SlackWebhook(url=SecretStr(found["address"]))


def _email(found: dict[str, str]) -> NotificationBlock:
    if not {"sender", "recipients"} <= found.keys():
        raise KampanyaError(
            "A notice by e-mail has nobody to go to",
            "sender or recipients are not filled in",
            "Fill them in on the block's page in the Prefect UI, as references.",
        )
    people = [each.strip() for each in found["recipients"].split(",")]
    return SendgridEmail(api_key=SecretStr(found["address"]), sender_email=found["sender"], to_emails=people)


def _webhook(found: dict[str, str]) -> NotificationBlock:
    body: dict[str, Any] = {"subject": "{{subject}}", "text": "{{body}}"}
    return CustomWebhookNotificationBlock(
        name="kampanya", url=found["address"], json_data=body, headers=None, cookies=None
    )


CHANNELS = {"slack": _slack, "email": _email, "webhook": _webhook}
