"""What a plan notes and what refuses it, in a client's language: the engine's own sentences, read by pattern.

English is what the engine says. A sentence that no pattern fits stays as it is: the words of a brand's own
rule are the brand's, and nothing is left out.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from engine.brief_words import KINDS
from engine.plan import Note, Refusal
from engine.wording import Locale, money

# In patterns: `at…` is an object, `m…` an amount with its currency, `n…` a bare amount; the rest stays.
AT = r"(?P<at>\w+ \w+ \S+)"
MONEY = r"[\d,.]+ [A-Z]{3}"


@dataclass(frozen=True, slots=True)
class Said:
    """A title, the engine's sentences beside ours, and how to mend it ("" where the sentence says so)."""

    title: str
    rows: tuple[tuple[str, str], ...]
    fix: str = ""


REFUSED: Mapping[str, Said] = {
    "ceiling missing": Said(
        "Harcama tavanı yok",
        (
            (
                r"nothing may start .*",
                "markanın günlük ve aylık tavanı yazılmadan hiçbir şey harcamaya başlayamaz",
            ),
        ),
        "Tavanları kampanya.yaml içinde `guard_rails` altına yazın.",
    ),
    "daily ceiling": Said(
        "Günlük tavan",
        (
            (
                rf"(?P<m>{MONEY}) a day is (?P<n_over>[\d,.]+) above the ceiling of (?P<n_ceiling>[\d,.]+)",
                "günde {m} harcanır; {n_ceiling} olan tavanın {n_over} üstünde",
            ),
        ),
        "Bütçeleri düşürün ya da tavanı yükselttirin.",
    ),
    "monthly ceiling": Said(
        "Aylık tavan",
        (
            (
                rf"(?P<month>[\d-]+) would reach (?P<m>{MONEY}); the ceiling is (?P<n_ceiling>[\d,.]+)",
                "{month} ayında {m} harcanmış olur; tavan {n_ceiling}",
            ),
        ),
        "Bütçeleri düşürün, yayın süresini kısaltın ya da tavanı yükselttirin.",
    ),
    "exchange rate": Said(
        "Döviz kuru",
        (
            (r"the rate (?P<pair>\w+ → \w+) is missing", "{pair} kuru yok"),
            (r"the rate (?P<pair>\w+ → \w+) is too old.*", "{pair} kuru eski ya da ileri tarihli"),
        ),
        "Bugünün kurunu kampanya.yaml içinde `fx` altına yazın.",
    ),
    "raise in 24 hours": Said(
        "24 saatte artış",
        (
            (
                rf"active budgets would rise by (?P<m>{MONEY}) within 24 hours, (?P<share>\d+)% of"
                r" (?P<n_base>[\d,.]+); the limit is (?P<limit>\d+)%",
                "yayındaki bütçeler 24 saatte {m} artar: {n_base} tutarın %{share} kadarı; sınır %{limit}",
            ),
            (
                rf"active budgets would rise by (?P<m>{MONEY}) within 24 hours, from nothing;"
                r" the limit is (?P<limit>\d+)%",
                "yayındaki bütçeler 24 saatte sıfırdan {m} artar; sınır %{limit}",
            ),
            (
                r"the journal does not know what was done within 24 hours to (?P<at_all>.*)",
                "son 24 saatte şunlara ne yapıldığı bilinmiyor: {at_all}",
            ),
        ),
        "Birer gün arayla, daha küçük adımlarla artırın.",
    ),
    "target in 24 hours": Said(
        "24 saatte hedef",
        (
            (
                r"(?P<what>.*): a result may cost as much as it likes than it might 24 hours ago;"
                r" the limit is (?P<limit>\d+)%",
                "{what}: bir sonucun maliyetinde artık sınır yok; izin verilen artış %{limit}",
            ),
            (
                r"(?P<what>.*): a result may cost (?P<more>\d+)% more than it might 24 hours ago;"
                r" the limit is (?P<limit>\d+)%",
                "{what}: bir sonuç 24 saat öncesine göre %{more} daha pahalı olabilir; sınır %{limit}",
            ),
        ),
        "Birer gün arayla, daha küçük adımlarla değiştirin ya da sınırı yükselttirin.",
    ),
    "undeclared budget": Said(
        "Yazılmamış bütçe",
        ((r"the platform still spends by (?P<at_all>.*)", "platform hâlâ şununla harcıyor: {at_all}"),),
        "Bütçeyi olduğu yerde yazın ya da yeni bir anahtarla yeniden kurdurun.",
    ),
    "spend unknown": Said(
        "Harcama bilinmiyor",
        (
            (r"performance was never loaded .*", "kullanılan platformların harcaması hiç yüklenmedi"),
            (
                r"it was loaded at (?P<when>\S+ \S+) UTC, which is yet to come.*",
                "{when} UTC'de yüklenmiş görünüyor, oysa o saat daha gelmedi: bir saat geri alınmış",
            ),
            (
                r"it is known up to (?P<when>\S+ \S+) UTC without a gap, (?P<hours>\d+) hours ago;.*",
                "en son {when} UTC'ye kadar, {hours} saat öncesine dek biliniyor; sınır 36 saat",
            ),
        ),
        "Harcamayı yükleyin: kampanya load.",
    ),
    "protected": Said(
        "Korunuyor",
        ((r"the plan changes (?P<keys>.*)", "plan şunları değiştiriyor: {keys}"),),
        "Önce korumayı, gözden geçirilen bir değişiklikle kaldırın.",
    ),
    "freeze": Said(
        "Değişiklik yasağı",
        (
            (
                r"changes are frozen until (?P<until>\S+ \S+): (?P<reason>.*)",
                "{until} tarihine kadar değişiklik yapılmaz: {reason}",
            ),
        ),
        "O zamana kadar bekleyin.",
    ),
    "strategy": Said(
        "Strateji",
        (
            (
                rf"[^:]+: (?P<what>.*): the declared budgets make (?P<m>{MONEY}), (?P<limit>.*) are planned",
                "{what}: bütçeler {m} tutuyor, planlanan {limit}",
            ),
        ),
        "Bütçeleri düşürün, yayın süresini kısaltın ya da planı yükselttirin.",
    ),
    "voice": Said(
        "Markanın dili",
        ((rf"{AT}: “(?P<text>.*)” contains “(?P<word>.*)”", "{at}: “{text}” metninde “{word}” geçiyor"),),
        "Dosyalardan yeniden plan yapın.",
    ),
}
SHARED_NOTE = "bizim değil: başkasının kopyası ya da başka bir markanın. Ona dokunulmaz."
NOTED: Mapping[str, Said] = {
    "held": Said(
        "Duraklatılmış",
        (
            (
                rf"{AT} was paused by somebody on the platform\n.*",
                "{at} platformda biri tarafından duraklatıldı\nDuraklatılmış kalır.",
            ),
            (rf"{AT} was paused by kampanya pause\n.*", "{at} elle durduruldu\nDuraklatılmış kalır."),
        ),
    ),
    "foreign": Said(
        "Bizim değil",
        (
            (rf"{AT} “(?P<name>.*)”\n.*", "{at} “{name}”\nBir Kampanya damgası taşıyor ama " + SHARED_NOTE),
            (
                r"(?P<kind>\w+ \w+): (?P<count>\d+) of them\n.*",
                "{kind}: {count} tane\nBir Kampanya damgası taşıyorlar ama " + SHARED_NOTE,
            ),
            (
                r"(?P<what>.*) ends with (?P<kind>\w+) (?P<key>\S+)\n.*",
                "{what}, {key} ile birlikte sona eriyor\nBizim değil. Platform saklar, bir daha yayınlamaz.",
            ),
        ),
    ),
    "stays": Said(
        "Olduğu gibi kalıyor",
        ((rf"{AT}: (?P<what>.*?)\n.*", "{at}: {what}\nDosyalarda artık yok, ama platformda kalır."),),
    ),
    "name taken": Said(
        "Ad başkasında",
        (
            (
                rf"{AT} is called “(?P<name>.*)” and is not ours\n.*",
                "{at} “{name}” adını taşıyor ve bizim değil\nPlatform bir adı bir kez kabul eder:"
                " ya onun ya bizimkinin adı değişmeli.",
            ),
        ),
    ),
    "released": Said(
        "Geri veriliyor",
        (
            (
                r"(?P<what>[^\n]*?) (runs|is paused)\n.*",
                "{what}\nOlduğu gibi sürer; artık bu markanın tavanlarının, duraklatmasının ve raporlarının"
                " dışındadır.",
            ),
        ),
    ),
    "not adopted": Said(
        "Henüz bizim değil",
        (
            (
                r"(?P<what>[^\n]*)\n(?P<count>\d+) of its objects were imported.*",
                "{what}\nİçe aktarılan {count} nesnesi henüz bizim değil: onlara dokunulmaz, yerlerine yenisi"
                " kurulmaz.",
            ),
        ),
    ),
    "warning": Said("Uyarı", ((r"rule (?P<rule>[^\n]*)\n(?P<said>.*)", "{rule} kuralı\n{said}"),)),
    "way back": Said(
        "Geri dönüş",
        (
            (
                r"to plan (?P<digest>\w+), applied (?P<when>\S+ \S+) UTC\n.*",
                "{when} UTC'de uygulanan {digest} planına\nHarcanan para ve görülen reklamlar geri alınamaz;"
                " öğrenilen ve incelemeden geçen yeniden başlar. Dosyalar değişmez: onları da geri alın.",
            ),
            (
                r"archived since, and cannot be brought back: (?P<what>[^\n]*)\n.*",
                "o günden beri arşivlendi, geri getirilemez: {what}\nYeniden kurulur: geçmişi,"
                " öğrendikleri ve yorumları olmadan.",
            ),
            (
                r"not on the platform any more: (?P<what>[^\n]*)\n.*",
                "artık platformda yok: {what}\nYeniden kurulur ve yeniden incelenir.",
            ),
            (
                r"made since: (?P<what>[^\n]*)\n.*",
                "o günden beri eklendi: {what}\nAltındakilerle birlikte yalnız duraklatılır.",
            ),
        ),
    ),
}
# What stops an object, by its summary; below it stands which one.
BLOCKED: Mapping[str, str] = {
    "The flight is over":
        "Yayın süresi bitmiş",
    "The flight has begun, and the platform takes no start in the past":
        "Yayın başlamış; platform geçmişte bir başlangıç kabul etmez",
    "What was imported is no longer there":
        "İçe aktarılan artık yerinde değil",
    "One object cannot be two":
        "Bir nesne iki nesne olamaz",
    "It bears a mark already":
        "Zaten bir damga taşıyor",
    "Its mark is on another object":
        "Damgası başka bir nesnenin üzerinde",
    "It is no longer as it was imported, and adopting changes nothing but marks":
        "İçe aktarıldığı gibi değil; sahiplenmek yalnız damgayı değiştirir",
    "Not built: something of its name is there already, and not ours":
        "Kurulmadı: bu adı taşıyan, bizim olmayan bir nesne zaten var",
    "It was archived on the platform, which cannot be undone":
        "Platformda arşivlenmiş; bu geri alınamaz",
    "A budget left the declaration, but not the platform":
        "Bir bütçe dosyalardan çıktı, platformdan çıkmadı",
    "The platform cannot change this after creation":
        "Platform bunu kurulduktan sonra değiştiremez",
    "An object bears a mark of ours and hangs under something that is not":
        "Bir nesne damgamızı taşıyor, ama bizim olmayan bir şeyin altında",
    "The journal and the mark name different objects":
        "Kayıtlarımız ile damga başka başka nesneleri gösteriyor",
    "Several objects bear the same mark and the journal knows none of them":
        "Birkaç nesne aynı damgayı taşıyor, hiçbiri kayıtlarımızda yok",
    "One object bears the marks of several keys":
        "Bir nesne birkaç anahtarın damgasını taşıyor",
    "Ours was archived, and something else bears its mark":
        "Bizimki arşivlenmiş, damgasını başka bir nesne taşıyor",
    "Not archived: it is above or below something in doubt":
        "Arşivlenmedi: altında ya da üstünde kuşkulu bir nesne var",
    "Not archived: objects that are not ours hang under it and could never deliver again":
        "Arşivlenmedi: altında bizim olmayan nesneler var, bir daha yayınlanamazlardı",
}  # fmt: skip
PLATFORMS = {"meta": "Meta", "google": "Google"}
_ADDRESS = re.compile(r"(\w+):(\w+)/([^\s,;:()]+)")
_SPACED = re.compile(rf"\b({'|'.join(PLATFORMS)}) (\w+) (\S+?)(?=[,;\s]|$)")


def refusal_words(refusal: Refusal, locale: Locale) -> tuple[str, str, str]:
    """Title, what is wrong, and how to mend it."""
    said = REFUSED.get(refusal.rule) if locale == "tr" else None
    told = _told(said, refusal.detail, locale) if said else None
    return (said.title, told, said.fix) if said and told else (refusal.rule, refusal.detail, refusal.fix)


def note_words(note: Note, locale: Locale) -> tuple[str, str, str]:
    """Title, what it is about, and what that means."""
    if locale == "tr" and note.sort == "blocked" and note.subject in BLOCKED:
        about = note.text.partition("\n")[0]
        return "Engellendi", BLOCKED[note.subject], _objects(about, locale)
    said = NOTED.get(note.sort) if locale == "tr" else None
    told = _told(said, f"{note.subject}\n{note.text}", locale) if said else None
    if said is None or told is None:
        return note.sort, note.subject, note.text
    subject, _, text = told.partition("\n")
    return said.title, subject, text


def _told(said: Said, sentence: str, locale: Locale) -> str | None:
    for pattern, words in said.rows:
        if found := re.fullmatch(pattern, sentence, re.DOTALL):
            parts = {name: _part(name, text, locale) for name, text in found.groupdict().items()}
            return words.format(**parts)
    return None


def _part(name: str, text: str, locale: Locale) -> str:
    if name.startswith("at"):
        return _objects(text, locale)
    if name == "m":
        amount, _, currency = text.partition(" ")
        return money(Decimal(amount.replace(",", "")), currency, locale)
    if name.startswith("n_"):
        return money(Decimal(text.replace(",", "")), "", locale)
    return text


def _objects(text: str, locale: Locale) -> str:
    """Addresses as a reader calls such things; what stands between them stays."""

    def named(found: re.Match[str]) -> str:
        platform, kind, key = found.groups()
        return f"{PLATFORMS.get(platform, platform)} {KINDS[locale].get(kind, kind)} {key}"

    return _SPACED.sub(named, _ADDRESS.sub(named, text))
