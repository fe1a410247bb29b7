"""The brand's own rules: what they select is refused, what they cannot do is reach anything but the plan."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from engine.assemble import Spending
from engine.custom import SHOWN, TABLES
from operations import rules
from operations.apply import NotApproved, StalePlan, apply_plan
from operations.approve import approve
from operations.validate import validate
from schemas.errors import InvalidDeclaration, KampanyaError
from tests.operations.sites import NOW, Bench
from tests.operations.test_convergence import HOME, at, record

BIG = "-- says: too big a step\nselect key || ' adds ' || spend_per_day::int as message from changes"
DOCS = (Path(__file__).parents[2] / "docs" / "rules.md").read_text(encoding="utf-8")


def rule(brand: Bench, sql: str, name: str = "kural") -> None:
    folder = brand.root / "rules"
    folder.mkdir(exist_ok=True)
    (folder / f"{name}.sql").write_text(sql, encoding="utf-8")


def refusals(brand: Bench) -> list[tuple[str, str]]:
    return [(each.rule, each.detail) for each in brand.plan().refusals]


def test_every_row_a_rule_selects_is_a_reason_in_its_own_words(brand: Bench) -> None:
    rule(brand, f"{BIG} where spend_per_day > 100")
    assert refusals(brand) == [
        ("kural", "too big a step: yil-sonu/eve-siparis adds 600"),
        ("kural", "too big a step: yil-sonu/restorana-menu adds 150"),
        ("kural", "too big a step: yil-sonu/restorana-muzik adds 150"),
    ]
    with pytest.raises(KampanyaError, match="cannot be approved"):
        approve(brand.site, brand.journal, brand.plan(), by="Ayşe Yılmaz")


def test_a_rule_that_selects_nothing_does_not_object(brand: Bench) -> None:
    rule(brand, f"{BIG} where spend_per_day > 600")
    assert refusals(brand) == []


def test_a_rule_in_kampanya_yaml_refuses_too_and_its_line_is_known(brand: Bench) -> None:
    line = "  rules: [{rule: yok, sql: \"select key from changes where kind = 'campaign'\"}]\n"
    brand.edit("  raise_24h: 20%\n", f"  raise_24h: 20%\n{line}", "kampanya.yaml")
    assert refusals(brand) == [("yok", "key yil-sonu")]
    brand.edit("select key from changes", "select kye from changes", "kampanya.yaml")
    with pytest.raises(InvalidDeclaration, match=r"kampanya\.yaml:\d+"):
        validate(brand.site)


def test_a_warning_is_a_note_and_part_of_what_is_approved(brand: Bench) -> None:
    without = brand.plan().digest
    rule(brand, f"-- severity: warn\n{BIG} where spend_per_day > 500")
    plan = brand.plan()
    assert plan.refusals == ()
    assert [(note.sort, note.subject) for note in plan.notes] == [("warning", "rule kural")]
    assert plan.digest != without


def test_a_rule_made_stricter_after_the_yes_stops_the_apply(brand: Bench) -> None:
    rule(brand, f"{BIG} where spend_per_day > 600")
    plan = brand.plan()
    approve(brand.site, brand.journal, plan, by="Ayşe Yılmaz")
    rule(brand, f"{BIG} where spend_per_day > 100")
    with pytest.raises((StalePlan, NotApproved)):
        apply_plan(brand.site, brand.journal, plan, spending=Spending(), actor="t", sleep=lambda _: None)
    assert brand.kinds() == {}


def test_a_rule_that_only_loosens_voids_the_yes_as_well(brand: Bench) -> None:
    rule(brand, f"{BIG} where spend_per_day > 600")
    before = brand.plan()
    rule(brand, f"{BIG} where spend_per_day > 6000")
    assert brand.plan().digest != before.digest


@pytest.mark.parametrize("severity", ["warn", "refuse"])
def test_a_rule_that_fails_on_the_plan_refuses_whatever_its_severity(brand: Bench, severity: str) -> None:
    rule(brand, f"-- severity: {severity}\nselect key::integer as message from changes")
    validate(brand.site)  # over an empty plan it runs
    (refusal,) = brand.plan().refusals
    assert "could not be run" in refusal.detail


def test_a_plan_of_cuts_is_never_refused(brand: Bench) -> None:
    brand.apply()
    rule(brand, BIG)
    brand.edit("daily: 600 TRY", "daily: 500 TRY")
    plan = brand.plan()
    assert plan.refusals == ()
    assert [note.sort for note in plan.notes] == ["warning"]
    brand.edit("daily: 500 TRY", "daily: 610 TRY")
    assert [each.rule for each in brand.plan().refusals] == ["kural"]


def test_no_change_is_no_refusal(brand: Bench) -> None:
    brand.apply()
    rule(brand, "select 'always' as message")
    plan = brand.plan()
    assert (plan.changes, plan.refusals) == ((), ())


def test_before_and_after_of_a_budget_are_money_in_major_units(brand: Bench) -> None:
    brand.apply()
    record(brand, "ad_set", HOME).fields["daily_budget"] = 55_000
    rule(
        brand, "select key, before_amount, after_amount, after_text from fields where field = 'daily_budget'"
    )
    (note,) = brand.plan().refusals
    assert "before_amount 550.000000, after_amount 600.000000, after_text 600.00 TRY" in note.detail


WAYS_OUT = {
    "a file": "select * from read_text('/etc/hostname')",
    "a folder": "select * from glob('/etc/*')",
    "a file by name": "select * from '/etc/passwd'",
    "a write": "copy (select 1) to 'stolen.csv'",
    "an extension": "install httpfs",
    "a database": "attach 'other.db'",
    "a setting": "set memory_limit = '8GB'",
    "a change of the plan": "delete from changes",
    "a second statement": "select 1 where false; delete from changes",
    "a variable of Python": "select * from rows",
    "the environment": "select getenv('HOME') as message",
}


@pytest.mark.parametrize("way", WAYS_OUT)
def test_a_rule_reaches_nothing_but_the_plan(brand: Bench, way: str) -> None:
    rule(brand, WAYS_OUT[way])
    with pytest.raises(InvalidDeclaration, match="cannot be run"):
        validate(brand.site)


def test_a_rule_that_never_ends_is_stopped_and_refuses(brand: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules, "SECONDS", 0.3)
    rule(
        brand,
        "with recursive t(n) as (select 0 from changes union all select n + 1 from t) select max(n) from t",
    )
    assert [each.detail for each in brand.plan().refusals] == [
        "the rule could not be run: it takes longer than 0 seconds"
    ]


def test_a_rule_that_needs_too_much_memory_is_stopped_and_refuses(
    brand: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rules, "SECONDS", 120.0)
    rule(brand, "select count(distinct hash(a.range)) from changes, range(30000000) a")
    assert [each.detail for each in brand.plan().refusals] == [
        "the rule could not be run: it needs more than 256MB of memory"
    ]


def test_of_many_rows_some_are_told_and_the_rest_counted(brand: Bench) -> None:
    rule(brand, "select 'row ' || lpad(range::varchar, 3, '0') as message from range(50), plan")
    told = refusals(brand)
    assert len(told) == SHOWN + 1
    assert told[-1][1] == "and 30 more like these"


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("kural", "-- severty: warn\nselect 1", "unknown header"),
        ("kural", "-- severity: stop\nselect 1", "unknown severity"),
        ("Kural 1", "select 1", "needs a key"),
    ],
)
def test_a_rules_file_is_checked_like_any_other(brand: Bench, name: str, text: str, told: str) -> None:
    rule(brand, text, name)
    with pytest.raises(InvalidDeclaration, match=told):
        brand.site  # noqa: B018


def test_rules_that_could_be_run_are_run_again_only_once_they_change(
    brand: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran: list[str] = []
    verdict = rules._verdict
    monkeypatch.setattr(rules, "_verdict", lambda con, each: ran.append(each.rule) or verdict(con, each))
    rule(brand, BIG)
    for _ in range(2):
        assert rules.check(brand.site) == []
    assert ran == ["kural"]
    rule(brand, "select nothing from changes")
    for _ in range(2):
        assert [each.summary for each in rules.check(brand.site)] == ["A rule that cannot be run"]
    assert ran == ["kural"] * 3


def test_two_rules_with_one_key_are_an_error(brand: Bench) -> None:
    rule(brand, "select 1 where false", "yok")
    line = '  rules: [{rule: yok, sql: "select 1 where false"}]\n'
    brand.edit("  raise_24h: 20%\n", f"  raise_24h: 20%\n{line}", "kampanya.yaml")
    with pytest.raises(InvalidDeclaration, match="two rules with one key"):
        brand.site  # noqa: B018


def test_the_documented_tables_are_those_there_are() -> None:
    rows = re.findall(r"^\| `(\w+)` \| [^|]+ \| (`.+`[^|]*) \|$", DOCS, re.M)
    documented = {name: re.findall(r"`(\w+)`", columns) for name, columns in rows}
    assert documented == {name: list(columns) for name, columns in TABLES.items()}


def test_the_documented_rules_run(brand: Bench) -> None:
    (block,) = re.findall(r"^```yaml\n# kampanya.yaml\n(.*?)^```", DOCS, re.S | re.M)
    rails = block[block.index("  rules:") :]
    brand.edit("  raise_24h: 20%\n", f"  raise_24h: 20%\n{rails}", "kampanya.yaml")
    (example,) = re.findall(r"^```sql\n(.*?)^```", DOCS, re.S | re.M)
    rule(brand, example)
    validate(brand.site)
    assert refusals(brand) == []  # the clock's day is a Monday, the steps are small, the ads few
    assert NOW.isoweekday() == 1
    assert at("ad_set", HOME)
