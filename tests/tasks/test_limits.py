"""The names of the limits: one an ad account, whoever asks."""

from __future__ import annotations

from schemas.brand import Accounts
from tasks.limits import limit_names

META = {"account": "act_1", "currency": "TRY", "time_zone": "Europe/Istanbul", "page": "2", "pixel": "3"}
GOOGLE = {"customer": "123-456-7890", "currency": "TRY", "time_zone": "Europe/Istanbul"}


def accounts(**given: object) -> Accounts:
    return Accounts.model_validate(given)


def test_two_brands_that_share_a_live_account_wait_for_each_other() -> None:
    shared = accounts(meta=META)
    assert limit_names("lezzet", "production", shared) == limit_names("baska", "production", shared)


def test_sandboxes_do_not_wait_for_each_other_though_their_ids_are_the_same() -> None:
    same = accounts(meta=META)
    assert not set(limit_names("lezzet", "sandbox", same)) & set(limit_names("baska", "sandbox", same))


def test_every_account_of_an_environment_has_one_however_its_id_is_written() -> None:
    both = accounts(meta=META, google=GOOGLE)
    assert limit_names("lezzet", "production", both) == ["meta-act_1", "google-1234567890"]
