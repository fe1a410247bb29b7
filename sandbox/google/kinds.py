"""The written list of supported resource kinds: how their names are made, what they point to."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache, cached_property

from sandbox.google.messages import Message, message, snake

NEW = "#"  # the part of a resource name that the platform numbers itself


@dataclass(frozen=True)
class Kind:
    """A resource kind; `key` lists the parts of its name after the collection: NEW, or one of its fields."""

    message: str
    collection: str
    key: tuple[str, ...] = (NEW,)
    id_field: str = "id"
    refs: dict[str, str] = field(default_factory=dict)  # field → kind it names; these must exist
    soft: bool = True  # removal sets status REMOVED; otherwise the resource is gone
    given: bool = False  # made by the platform itself

    @cached_property
    def name(self) -> str:
        """As rows and operations spell it: `ad_group_ad`."""
        return snake(self.message)

    @property
    def service(self) -> str:
        return f"{self.message}Service"

    @property
    def method(self) -> str:
        return f"Mutate{self.collection[0].upper()}{self.collection[1:]}"

    @cached_property
    def is_criterion(self) -> bool:
        """Whether its ids follow from its content."""
        return self.message.endswith("Criterion")

    @cached_property
    def numbered(self) -> bool:
        return NEW in self.key

    def new(self) -> Message:
        """An empty resource of the newest version."""
        return message(f"resources.types.{self.name}", self.message)()

    def __hash__(self) -> int:
        return hash(self.message)


def _links(parent: str, child: str) -> dict[str, str]:
    return {parent: parent, child: child}


# Resource names: developers.google.com/google-ads/api/docs/concepts/api-structure, and the `*_path` functions
# of the package's own service classes.
_MUTABLE = (
    Kind("CampaignBudget", "campaignBudgets"),
    Kind(
        "Campaign",
        "campaigns",
        refs={"campaign_budget": "campaign_budget", "bidding_strategy": "bidding_strategy"},
    ),
    Kind("AdGroup", "adGroups", refs={"campaign": "campaign"}),
    Kind("AdGroupAd", "adGroupAds", ("ad_group", NEW), "", {"ad_group": "ad_group"}),
    Kind("Ad", "ads"),
    Kind("AdGroupCriterion", "adGroupCriteria", ("ad_group", NEW), "criterion_id", {"ad_group": "ad_group"}),
    Kind(
        "CampaignCriterion", "campaignCriteria", ("campaign", NEW), "criterion_id", {"campaign": "campaign"}
    ),
    Kind("Label", "labels"),
    Kind("CampaignLabel", "campaignLabels", ("campaign", "label"), "", _links("campaign", "label"), False),
    Kind("AdGroupLabel", "adGroupLabels", ("ad_group", "label"), "", _links("ad_group", "label"), False),
    Kind(
        "AdGroupAdLabel",
        "adGroupAdLabels",
        ("ad_group_ad", "label"),
        "",
        _links("ad_group_ad", "label"),
        False,
    ),
    Kind(
        "AdGroupCriterionLabel",
        "adGroupCriterionLabels",
        ("ad_group_criterion", "label"),
        "",
        _links("ad_group_criterion", "label"),
        False,
    ),
    Kind("Asset", "assets"),
    Kind(
        "CampaignAsset",
        "campaignAssets",
        ("campaign", "asset", "field_type"),
        "",
        _links("campaign", "asset"),
    ),
    Kind(
        "AdGroupAsset", "adGroupAssets", ("ad_group", "asset", "field_type"), "", _links("ad_group", "asset")
    ),
    Kind("AssetGroup", "assetGroups", refs={"campaign": "campaign"}),
    Kind(
        "AssetGroupAsset",
        "assetGroupAssets",
        ("asset_group", "asset", "field_type"),
        "",
        _links("asset_group", "asset"),
    ),
    Kind(
        "AssetGroupListingGroupFilter",
        "assetGroupListingGroupFilters",
        ("asset_group", NEW),
        refs={"asset_group": "asset_group"},
        soft=False,
    ),
    Kind(
        "AssetGroupSignal",
        "assetGroupSignals",
        ("asset_group", NEW),
        "",
        {"asset_group": "asset_group"},
        False,
    ),
    Kind("Experiment", "experiments", id_field="experiment_id"),
    Kind("ExperimentArm", "experimentArms", ("experiment", NEW), "", {"experiment": "experiment"}, False),
    Kind("CustomerAsset", "customerAssets", ("asset", "field_type"), "", {"asset": "asset"}),
    Kind("UserList", "userLists", soft=False),
    Kind("Audience", "audiences"),
    Kind("CustomAudience", "customAudiences"),
    Kind("CustomerNegativeCriterion", "customerNegativeCriteria", soft=False),
    Kind(
        "AdParameter",
        "adParameters",
        ("ad_group_criterion", "parameter_index"),
        "",
        {"ad_group_criterion": "ad_group_criterion"},
        False,
    ),
    Kind("ConversionAction", "conversionActions"),
    Kind("CustomerConversionGoal", "customerConversionGoals", ("category", "origin"), "", given=True),
    Kind(
        "CampaignConversionGoal",
        "campaignConversionGoals",
        ("campaign", "category", "origin"),
        "",
        {"campaign": "campaign"},
        given=True,
    ),
    Kind("CustomConversionGoal", "customConversionGoals"),
    Kind(
        "ConversionGoalCampaignConfig",
        "conversionGoalCampaignConfigs",
        ("campaign",),
        "",
        {"campaign": "campaign", "custom_conversion_goal": "custom_conversion_goal"},
        given=True,
    ),
    Kind("BiddingStrategy", "biddingStrategies"),
    Kind("SharedSet", "sharedSets"),
    Kind(
        "SharedCriterion",
        "sharedCriteria",
        ("shared_set", NEW),
        "criterion_id",
        {"shared_set": "shared_set"},
        False,
    ),
    Kind(
        "CampaignSharedSet",
        "campaignSharedSets",
        ("campaign", "shared_set"),
        "",
        _links("campaign", "shared_set"),
    ),
    Kind("CustomizerAttribute", "customizerAttributes"),
    *(
        Kind(
            f"{name}Customizer",
            f"{name[0].lower()}{name[1:]}Customizers",
            (*above, "customizer_attribute"),
            "",
            {part: part for part in (*above, "customizer_attribute")},
        )
        for name, above in (
            ("Customer", ()),
            ("Campaign", ("campaign",)),
            ("AdGroup", ("ad_group",)),
            ("AdGroupCriterion", ("ad_group_criterion",)),
        )
    ),
)
# Kinds that methods of their own create and change; here for their names and for queries.
_OWN = (Kind("BatchJob", "batchJobs"), Kind("OfflineUserDataJob", "offlineUserDataJobs"))
_READ_ONLY = (
    Kind("Customer", ""),
    Kind("CustomerClient", "customerClients"),
    Kind("GeoTargetConstant", "geoTargetConstants"),
    Kind("LanguageConstant", "languageConstants"),
    Kind("KeywordView", "keywordViews", id_field=""),
    Kind("Recommendation", "recommendations", id_field=""),
    Kind("ChangeEvent", "changeEvents", id_field=""),
    Kind("ChangeStatus", "changeStatus", id_field=""),
)
KINDS = {kind.name: kind for kind in (*_MUTABLE, *_OWN, *_READ_ONLY)}
MUTABLE = {kind.name: kind for kind in _MUTABLE}
BY_COLLECTION = {kind.collection: kind for kind in (*_MUTABLE, *_OWN, *_READ_ONLY) if kind.collection}
BY_METHOD = {(kind.service, kind.method): kind for kind in _MUTABLE}


@cache
def operation_class(kind: Kind) -> Message:
    return message(f"services.types.{kind.name}_service", f"{kind.message}Operation")


@cache
def request_class(kind: Kind) -> Message:
    return message(f"services.types.{kind.name}_service", f"{kind.method}Request")


@cache
def response_class(kind: Kind) -> Message:
    return message(f"services.types.{kind.name}_service", f"{kind.method}Response")


@cache
def verbs(kind: Kind) -> frozenset[str]:
    """create, update, remove: those that the kind's operation has."""
    return frozenset(f.name for f in operation_class(kind).DESCRIPTOR.oneofs_by_name["operation"].fields)
