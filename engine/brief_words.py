"""What kinds, fields and values are called for a client, in Turkish and in English."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, TypeAlias

from engine.wording import Locale

Badge: TypeAlias = Literal["new", "changed", "ends"]
Words: TypeAlias = Mapping[Locale, Mapping[str, str]]

BADGES: Words = {
    "tr": {"new": "yeni", "changed": "değişiyor", "ends": "sona eriyor"},
    "en": {"new": "new", "changed": "changes", "ends": "ends"},
}
KINDS: Words = {
    "tr": {
        "campaign": "Kampanya", "ad_set": "Reklam seti", "ad_group": "Reklam grubu", "ad": "Reklam",
        "audience": "Kitle", "keyword": "Anahtar kelimeler", "negative_keyword": "Dışlanan kelimeler",
        "campaign_negative_keyword": "Kampanyada dışlanan kelimeler", "asset": "Reklam eki",
    },
    "en": {
        "campaign": "Campaign", "ad_set": "Ad set", "ad_group": "Ad group", "ad": "Ad",
        "audience": "Audience", "keyword": "Keywords", "negative_keyword": "Negative keywords",
        "campaign_negative_keyword": "Negative keywords of the campaign", "asset": "Asset",
    },
}  # fmt: skip
RISKS: Words = {
    "tr": {
        "spend": "Günlük harcama {amount}",
        "longer": "Daha çok gün yayında kalır",
        "learning": "Platform öğrenme aşamasına yeniden başlar",
        "review": "Platformun incelemesinden geçer",
        "irreversible": "Geri alınamaz",
        "identity": "Geçmişini yitirir",
        "experiment": "Süren bir teste dokunur",
    },
    "en": {
        "spend": "{amount} a day",
        "longer": "Runs on more days",
        "learning": "The platform starts learning again",
        "review": "Is reviewed by the platform",
        "irreversible": "Cannot be undone",
        "identity": "Loses its history",
        "experiment": "Touches a running test",
    },
}
UNITS: Words = {
    "tr": {"day": "günlük", "lifetime": "toplam", "yes": "evet", "no": "hayır"},
    "en": {"day": "a day", "lifetime": "in all", "yes": "yes", "no": "no"},
}
LABELS: Words = {
    "tr": {
        "status": "Durum", "budget": "Bütçe", "start": "Başlangıç", "end": "Bitiş", "objective": "Amaç",
        "optimize_for": "Neye göre", "bid": "Teklif", "conversion": "Dönüşüm", "name": "Ad",
        "locations": "Yerler", "languages": "Diller", "age": "Yaş", "genders": "Cinsiyet",
        "interests": "İlgi alanları", "include": "Hedeflenen kitleler", "exclude": "Dışlanan kitleler",
        "cities": "Şehirler", "postal_codes": "Posta kodları", "placements": "Yerleşimler",
        "devices": "Cihazlar", "bidding": "Teklif stratejisi", "strategy": "strateji", "mark": "Damga",
        "advantage_audience": "Kitleyi platform genişletir", "keywords": "Anahtar kelimeler",
        "special_ad_categories": "Özel reklam kategorileri", "ad_set_budgets": "Bütçe reklam setlerinde",
        "ad_set": "Reklam seti", "campaign": "Kampanya", "creative": "İçerik", "products": "Ürünler",
        "shopping": "Ürün kaynağı", "channel": "Kanal", "max_cpc": "Tıklama en çok", "of": "Ürünler",
        "search_themes": "Arama konuları",
    },
    "en": {
        "optimize_for": "Optimised for", "include": "Audiences aimed at", "exclude": "Audiences left out",
        "advantage_audience": "The platform widens the audience", "ad_set_budgets": "Budgets on the ad sets",
    },
}  # fmt: skip
VALUES: Words = {
    "tr": {
        "active": "yayında", "paused": "duraklatılmış", "sales": "satış", "traffic": "trafik",
        "leads": "potansiyel müşteri", "awareness": "bilinirlik", "engagement": "etkileşim",
        "app": "uygulama", "purchases": "satın alma", "link_clicks": "bağlantı tıklaması",
        "landing_page_views": "açılış sayfası görüntüleme", "impressions": "gösterim", "reach": "erişim",
        "female": "kadın", "male": "erkek", "maximize_conversions": "en çok dönüşüm",
        "maximize_clicks": "en çok tıklama", "target_cpa": "hedef edinme maliyeti",
        "order_now": "Sipariş ver", "book_now": "Yer ayırt", "shop_now": "Alışverişe başla",
        "learn_more": "Daha fazla bilgi", "sign_up": "Kaydol", "contact_us": "Bize ulaş",
        "get_quote": "Teklif al", "get_offer": "Teklifi al", "call_now": "Hemen ara",
        "download": "İndir", "subscribe": "Abone ol", "see_menu": "Menüyü gör",
        "get_directions": "Yol tarifi al", "apply_now": "Başvur", "install_app": "Yükle",
        "send_message": "Mesaj gönder", "watch_more": "Devamını izle",
    },
    "en": {"active": "running", "link_clicks": "link clicks"},
}  # fmt: skip
CODED = frozenset({"status", "objective", "optimize_for", "genders", "strategy", "button", "placements"})


def label(name: str, locale: Locale) -> str:
    """A field's name for a reader: that of its last part, since a block says only where it is written."""
    last = name.rpartition(".")[2]
    return LABELS[locale].get(last) or last.replace("_", " ").capitalize()


def value_word(name: str, value: str, locale: Locale) -> str:
    """A value that comes from a list of ours in words; what somebody wrote stays as it is."""
    if name.rpartition(".")[2] not in CODED:
        return value
    return VALUES[locale].get(value) or value.replace("_", " ")
