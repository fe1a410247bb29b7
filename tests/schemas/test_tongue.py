"""Words of other tongues lead to words that the language has."""

from __future__ import annotations

from typing import Any, Literal, get_args, get_origin

from schemas import jsonschema
from schemas.problems import models
from schemas.tongue import MEANT, meant
from schemas.types import slugify


def choices(annotation: Any) -> set[str]:
    args = get_args(annotation)
    if get_origin(annotation) is Literal:
        return {str(value) for value in args}
    return {word for inner in args for word in choices(inner)}


def test_every_word_meant_is_a_key_or_a_value_of_the_language() -> None:
    fields = {
        name: info
        for annotation in jsonschema.FILES.values()
        for model in models(annotation)
        for name, info in model.model_fields.items()
    }
    values = {
        word
        for annotation in jsonschema.FILES.values()
        for model in models(annotation)
        for info in model.model_fields.values()
        for word in choices(info.annotation)
    }
    assert {word for word in MEANT.values() if word not in fields.keys() | values} == set()


def test_words_are_found_however_they_are_typed() -> None:
    assert all(slugify(word) == word for word in MEANT)
    assert meant("Sipariş Ver", {"order_now"}) == "order_now"
    assert meant("Bütçe", {"budget"}) == "budget"


def test_a_word_that_would_not_be_known_there_is_not_offered() -> None:
    assert meant("bütçe", {"name"}) == ""
