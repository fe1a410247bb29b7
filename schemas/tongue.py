"""Words that people write for the language's own: Turkish ones, and the platforms' other names."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from schemas.types import slugify

# As slugs. Words of the trade in Turkish, as Ads Manager and Google Ads say them in that language.
MEANT: Mapping[str, str] = {
    "ad-seti": "ad_set", "reklam-seti": "ad_set", "reklam-setleri": "ad_sets", "reklam": "ad",
    "reklamlar": "ads", "kampanya": "campaign", "amac": "objective", "hedef": "objective",
    "platformlar": "platforms", "butce": "budget", "gunluk": "daily", "toplam": "lifetime",
    "omur-boyu": "lifetime", "baslangic": "start", "bitis": "end", "tarih": "flight", "donem": "flight",
    "hedef-kitle": "audience", "kitle": "audience", "konum": "locations", "konumlar": "locations",
    "dil": "languages", "diller": "languages", "yas": "age", "cinsiyet": "genders", "kadin": "women",
    "kadinlar": "women", "erkek": "men", "erkekler": "men", "kreatif": "creative", "baslik": "headlines",
    "basliklar": "headlines", "metin": "texts", "metinler": "texts", "aciklama": "descriptions",
    "gorsel": "image", "resim": "image", "kapak": "thumbnail", "adres": "url", "baglanti": "url",
    "link": "url", "dugme": "call_to_action", "buton": "call_to_action", "durum": "status",
    "aktif": "active", "etkin": "active", "yayinda": "active", "duraklatildi": "paused",
    "duraklatilmis": "paused", "pasif": "paused", "teklif": "bid", "isim": "name",
    "bilinirlik": "awareness", "trafik": "traffic", "etkilesim": "engagement",
    "potansiyel-musteri": "leads", "satis": "sales", "satislar": "sales", "satin-alma": "purchases",
    "satin-alim": "purchases", "sepete-ekleme": "add_to_carts", "kayit": "registrations",
    "tiklama": "link_clicks", "tiklamalar": "link_clicks", "gosterim": "impressions", "erisim": "reach",
    "siparis-ver": "order_now", "alisverise-basla": "shop_now", "hemen-al": "shop_now",
    "daha-fazla-bilgi": "learn_more", "kaydol": "sign_up", "hemen-ara": "call_now",
    "rezervasyon-yap": "book_now", "indir": "download", "anahtar-kelimeler": "keywords",
    "facebook": "meta", "instagram": "meta", "adwords": "google", "google-ads": "google",
    "conversions": "sales", "outcome-sales": "sales", "outcome-leads": "leads",
    "outcome-traffic": "traffic", "outcome-awareness": "awareness", "outcome-engagement": "engagement",
    "outcome-app-promotion": "app_installs",
}  # fmt: skip


def meant(word: str, known: Collection[str]) -> str:
    """The word of the language that somebody meant, "" where that is not among the known ones."""
    found = MEANT.get(slugify(word), "")
    return found if found in known else ""
