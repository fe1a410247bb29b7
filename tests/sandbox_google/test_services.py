from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import google.auth.exceptions
import grpc
import pytest
from google.ads.googleads.client import GoogleAdsClient
from google.ads.googleads.errors import GoogleAdsException
from google.api_core import exceptions

from sandbox.google.faults import FaultError, Faults

CUSTOMER, MANAGER = "1234567890", "9876543210"
QUERY = "SELECT campaign.id FROM campaign"


def raw(ads: Any, method: str, data: bytes = b"", **metadata: str) -> Any:
    """One call below the SDK: metadata as given; raises grpc.RpcError."""
    endpoint = ads.sandbox.endpoints()["endpoint"]
    with grpc.secure_channel(endpoint, grpc.ssl_channel_credentials(ads.roots)) as channel:
        call = channel.unary_unary(f"/google.ads.googleads.{method}")
        headers = [(name.replace("_", "-"), value) for name, value in metadata.items()]
        return call(data, metadata=headers, timeout=10)


def bearer(ads: Any) -> str:
    ads.client.credentials.refresh(google.auth.transport.requests.Request())
    return f"Bearer {ads.client.credentials.token}"


def status_of(act: Any) -> tuple[str, str]:
    with pytest.raises(grpc.RpcError) as caught:
        act()
    return caught.value.code().name, caught.value.details()


@pytest.mark.parametrize("version", ["v23", "v24", "v25", "v26"])
def test_every_version_of_the_package_is_served(ads: Any, version: str) -> None:
    service = ads.service("LabelService", version)
    request = {"customer_id": CUSTOMER, "operations": [{"create": {"name": version}}]}
    assert service.mutate_labels(request=request).results[0].resource_name
    with pytest.raises(GoogleAdsException) as caught:
        service.mutate_labels(request=request)
    failure = caught.value.failure
    assert type(failure).__module__.startswith(f"google.ads.googleads.{version}.")
    assert failure.errors[0].error_code.label_error.name == "DUPLICATE_NAME"
    assert failure.request_id == caught.value.request_id


def test_a_version_that_is_gone_is_refused(ads: Any) -> None:
    code, _ = status_of(
        lambda: raw(ads, "v21.services.CampaignService/MutateCampaigns", authorization=bearer(ads))
    )
    assert code == "INVALID_ARGUMENT"


@pytest.mark.parametrize(
    "method",
    [
        "AssetSetService/MutateAssetSets",
        "CustomInterestService/MutateCustomInterests",
        "CampaignService/EnablePMaxBrandGuidelines",
    ],
)
def test_what_is_not_reproduced_is_named(ads: Any, method: str) -> None:
    code, details = status_of(lambda: raw(ads, f"v26.services.{method}", authorization=bearer(ads)))
    assert code == "UNIMPLEMENTED"
    assert method.replace("/", ".") in details


@pytest.mark.parametrize(
    ("request_fields", "name"),
    [
        ({"advertising_channel_type": "HOTEL"}, "Campaign.advertising_channel_type HOTEL"),
    ],
)
def test_kinds_that_are_not_reproduced_are_named(ads: Any, request_fields: dict[str, str], name: str) -> None:
    with pytest.raises(exceptions.MethodNotImplemented, match=name):
        ads.campaign(**request_fields)


def test_from_clauses_and_segments_that_are_not_reproduced_are_named(ads: Any) -> None:
    with pytest.raises(exceptions.MethodNotImplemented, match="search_term_view"):
        ads.query("SELECT search_term_view.search_term FROM search_term_view")
    with pytest.raises(exceptions.MethodNotImplemented, match=r"segments\.hour"):
        ads.query("SELECT segments.hour, metrics.clicks FROM campaign")


def test_a_call_without_a_token_is_unauthenticated(ads: Any) -> None:
    method = "v26.services.CustomerService/ListAccessibleCustomers"
    assert status_of(lambda: raw(ads, method))[0] == "UNAUTHENTICATED"
    assert status_of(lambda: raw(ads, method, authorization="Bearer ya29.wrong"))[0] == "UNAUTHENTICATED"
    assert raw(ads, method, authorization=bearer(ads))


@pytest.mark.parametrize(
    ("customer", "login", "code"),
    [
        ("1112223334", MANAGER, "authorization_error.USER_PERMISSION_DENIED"),
        (CUSTOMER, None, "authorization_error.USER_PERMISSION_DENIED"),
        (CUSTOMER, CUSTOMER, "authorization_error.USER_PERMISSION_DENIED"),
        (CUSTOMER, "1112223334", "authorization_error.USER_PERMISSION_DENIED"),
        ("123-456-7890", MANAGER, "request_error.INVALID_CUSTOMER_ID"),
    ],
)
def test_a_customer_is_reached_through_its_manager_only(
    ads: Any, customer: str, login: str | None, code: str
) -> None:
    client = GoogleAdsClient(
        ads.client.credentials,
        endpoint=ads.sandbox.endpoints()["endpoint"],
        login_customer_id=login,
        use_proto_plus=True,
    )
    service = ads.service("GoogleAdsService", client=client)
    request = {"customer_id": customer, "query": QUERY}
    assert ads.refused(lambda: list(service.search_stream(request=request)))[0][0] == code


def test_a_service_account_with_another_key_gets_no_token(ads: Any, tmp_path: Path) -> None:
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import rsa
    from google.oauth2 import service_account

    info = json.loads(Path(ads.sandbox.endpoints()["service_account"]).read_text())
    other = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    info["private_key"] = other.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()
    scopes = ["https://www.googleapis.com/auth/adwords"]
    credentials = service_account.Credentials.from_service_account_info(info, scopes=scopes)
    with pytest.raises(google.auth.exceptions.RefreshError, match="signature"):
        credentials.refresh(google.auth.transport.requests.Request())


def test_the_service_account_reaches_the_manager(ads: Any) -> None:
    found = ads.service("CustomerService").list_accessible_customers().resource_names
    assert list(found) == [f"customers/{MANAGER}"]


def test_its_files_are_for_their_owner_only(ads: Any) -> None:
    folder = Path(ads.sandbox.endpoints()["roots"]).parent
    secret = {"sa.json", "server.key", "account.key", "google-ads.yaml", "roots.pem", "account.db"}
    assert secret <= {path.name for path in folder.iterdir()}
    assert {oct(path.stat().st_mode & 0o077) for path in folder.iterdir() if path.name in secret} == {"0o0"}


def test_an_exhausted_quota_tells_its_rate_and_when_to_come_back(ads: Any) -> None:
    ads.sandbox.add_fault({"kind": "throttled", "method": "GoogleAdsService.*", "seconds": 7})
    with pytest.raises(exceptions.ResourceExhausted) as caught:
        ads.query(QUERY)
    metadata = dict(caught.value.errors[0].trailing_metadata())
    failure = ads.client.get_type("GoogleAdsFailure")
    data = metadata["google.ads.googleads.v26.errors.googleadsfailure-bin"]
    error = type(failure).deserialize(data).errors[0]
    assert error.error_code.quota_error.name == "RESOURCE_TEMPORARILY_EXHAUSTED"
    assert error.details.quota_error_details.retry_delay.seconds == 7
    assert error.details.quota_error_details.rate_scope.name == "ACCOUNT"
    assert ads.query(QUERY) == []


@pytest.mark.parametrize(
    ("kind", "raised"),
    [
        ("unavailable", exceptions.ServiceUnavailable),
        ("dropped", exceptions.ServiceUnavailable),
        ("internal", exceptions.InternalServerError),
        ("exhausted", exceptions.ResourceExhausted),
    ],
)
def test_a_fault_before_the_work_leaves_nothing_done(ads: Any, kind: str, raised: type[Exception]) -> None:
    ads.sandbox.add_fault({"kind": kind, "method": "LabelService.MutateLabels"})
    with pytest.raises(raised):
        ads.create("labels", name="x")
    assert ads.query("SELECT label.name FROM label") == []
    assert ads.create("labels", name="x")


def test_concurrent_modification_and_an_expired_token_are_failures_of_google_ads(ads: Any) -> None:
    for kind, code in (
        ("concurrent", "database_error.CONCURRENT_MODIFICATION"),
        ("expired", "authentication_error.OAUTH_TOKEN_EXPIRED"),
    ):
        ads.sandbox.add_fault({"kind": kind, "method": "LabelService.*"})
        assert ads.refused(lambda: ads.create("labels", name="x"))[0][0] == code


def test_a_lost_answer_has_been_applied(ads: Any) -> None:
    ads.sandbox.add_fault({"kind": "lost", "method": "LabelService.MutateLabels"})
    with pytest.raises(exceptions.ServiceUnavailable):
        ads.create("labels", name="x")
    assert [row.label.name for row in ads.query("SELECT label.name FROM label")] == ["x"]


def test_a_fault_waits_its_turn_and_can_be_taken_back(ads: Any) -> None:
    ads.sandbox.add_fault({"kind": "unavailable", "method": "LabelService.*", "skip": 1, "times": 1})
    ads.create("labels", name="a")
    with pytest.raises(exceptions.ServiceUnavailable):
        ads.create("labels", name="b")
    ads.sandbox.add_fault({"kind": "unavailable"})
    ads.sandbox.clear_faults()
    assert ads.create("labels", name="c")


def test_a_delay_lasts_as_long_as_it_says(ads: Any) -> None:
    ads.sandbox.add_fault({"kind": "delay", "seconds": 0.2})
    begun = time.monotonic()
    ads.query(QUERY)
    assert time.monotonic() - begun >= 0.2


def test_a_fault_that_does_not_exist_is_refused(ads: Any) -> None:
    with pytest.raises(ValueError, match="known are"):
        ads.sandbox.add_fault({"kind": "thunder"})


def test_places_are_suggested_by_their_turkish_names(ads: Any) -> None:
    service = ads.service("GeoTargetConstantService")
    names = {"names": ["İstanbul", "Muğla", "Kahramanmaraş"]}
    request = {"locale": "tr", "country_code": "TR", "location_names": names}
    found = service.suggest_geo_target_constants(request=request).geo_target_constant_suggestions
    assert [(s.search_term, s.geo_target_constant.canonical_name) for s in found] == [
        ("İstanbul", "Istanbul,Turkey"),
        ("Muğla", "Mugla,Turkey"),
        ("Kahramanmaraş", "Kahramanmaras,Turkey"),
    ]
    assert found[0].geo_target_constant_parents[0].name == "Turkey"
    campaign = ads.campaign()
    place = {"geo_target_constant": found[0].geo_target_constant.resource_name}
    assert ads.create("campaign_criteria", campaign=campaign, location=place)


def test_all_provinces_are_constants_that_can_be_read(ads: Any) -> None:
    rows = ads.query(
        "SELECT geo_target_constant.name FROM geo_target_constant"
        " WHERE geo_target_constant.country_code = 'TR' AND geo_target_constant.target_type = 'Province'"
    )
    assert len({row.geo_target_constant.name for row in rows}) == 81
    turkish = ads.query(
        "SELECT language_constant.id FROM language_constant WHERE language_constant.code = 'tr'"
    )
    assert [row.language_constant.id for row in turkish] == [1037]


@pytest.mark.parametrize(
    ("country", "name", "canonical", "regions"),
    [
        ("DE", "bavaria", "Bavaria,Germany", 16),
        ("GB", "Scotland", "Scotland,United Kingdom", 4),
        ("US", "New York", "New York,United States", 51),
    ],
)
def test_other_countries_have_their_regions_too(
    ads: Any, country: str, name: str, canonical: str, regions: int
) -> None:
    service = ads.service("GeoTargetConstantService")
    request = {"country_code": country, "location_names": {"names": [name]}}
    found = service.suggest_geo_target_constants(request=request).geo_target_constant_suggestions
    assert [one.geo_target_constant.canonical_name for one in found] == [canonical]
    rows = ads.query(
        "SELECT geo_target_constant.id FROM geo_target_constant"
        f" WHERE geo_target_constant.country_code = '{country}'"
        " AND geo_target_constant.parent_geo_target IS NOT NULL"
    )
    assert len({row.geo_target_constant.id for row in rows}) == regions


def test_a_suggestion_needs_names_or_constants(ads: Any) -> None:
    service = ads.service("GeoTargetConstantService")
    refused = ads.refused(lambda: service.suggest_geo_target_constants(request={"country_code": "TR"}))
    assert refused[0][0] == "geo_target_constant_suggestion_error.REQUEST_PARAMETERS_UNSET"


def test_fields_are_described_one_by_one_and_by_query(ads: Any) -> None:
    service = ads.service("GoogleAdsFieldService")
    one = service.get_google_ads_field(resource_name="googleAdsFields/campaign.status")
    assert (one.category.name, one.data_type.name, one.filterable) == ("ATTRIBUTE", "ENUM", True)
    assert "PAUSED" in one.enum_values
    query = "SELECT name, selectable, data_type WHERE name LIKE 'ad_group.cpc%' ORDER BY name"
    found = service.search_google_ads_fields(query=query)
    assert [field.name for field in found] == ["ad_group.cpc_bid_micros"]
    campaign = service.get_google_ads_field(resource_name="googleAdsFields/campaign")
    assert "metrics.clicks" in campaign.metrics
    assert "campaign_budget" in campaign.attribute_resources
    missing = ads.refused(lambda: service.get_google_ads_field(resource_name="googleAdsFields/x.y"))
    assert missing[0][0] == "request_error.RESOURCE_NOT_FOUND"


def test_a_fault_with_a_rate_strikes_that_share_of_the_calls_and_the_same_ones_again() -> None:
    def struck(seed: int) -> list[bool]:
        waiting = Faults(seed)
        waiting.add({"kind": "unavailable", "rate": 0.1, "times": 10_000})
        return [waiting.take("LabelService.MutateLabels") is not None for _ in range(2000)]

    assert 140 < sum(struck(1)) < 260
    assert struck(1) == struck(1) != struck(2)
    with pytest.raises(FaultError, match="probability"):
        Faults().add({"kind": "unavailable", "rate": 0})
