from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from sandbox.google.report import Sums, shares, split
from sandbox.google.texts import width

counts = st.integers(0, 10**9)
weights = st.lists(st.integers(1, 100), min_size=1, max_size=20)


@given(counts, weights)
def test_shares_of_a_number_add_up_to_it(total: int, parts: list[int]) -> None:
    made = shares(total, parts)
    assert sum(made) == total
    assert min(made) >= 0


@given(
    counts,
    counts,
    counts,
    st.dictionaries(st.sampled_from(["purchase", "lead"]), st.tuples(counts, counts)),
    weights,
)
def test_split_numbers_add_up_to_the_whole(
    impressions: int, clicks: int, cost: int, actions: dict[str, tuple[float, float]], parts: list[int]
) -> None:
    whole, total = Sums(impressions, clicks, cost, actions), Sums()
    for part in split(whole, parts):
        total.add(part)
    assert (total.impressions, total.clicks, total.cost_micros) == (impressions, clicks, cost)
    assert total.actions == {name: pair for name, pair in actions.items() if any(pair)}


@given(st.text(st.characters(codec="ascii", exclude_characters="{}")))
def test_plain_letters_are_one_wide(text: str) -> None:
    assert width(text) == len(text)


def test_wide_letters_are_two_wide_and_turkish_ones_one() -> None:
    assert width("外卖") == 4
    assert width("İstanbul'da ığüşöç") == 18
