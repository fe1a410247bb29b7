"""Graph's refusals of what stands beside the campaign tree; errors.py joins them to its own table."""

from __future__ import annotations

from sandbox.meta.refusal import INVALID, Refusal

# No source names a subcode for any of these, so that they have none; the limits of studies are Meta's
# (marketing-api/guides/split-testing), the rest of what is refused is a choice where it says so in docs.
STUDIES = {
    "study_type": Refusal(
        100, None, INVALID, "Kind of study", "type {value} is not reproduced; SPLIT_TEST is."
    ),
    "study_cells": Refusal(
        100, None, INVALID, "Cells of a study", "A split test has {least} to {most} cells (given: {given})."
    ),
    "study_cell": Refusal(100, None, INVALID, "Cell of a study", "Cell {name}: {detail}"),
    "study_percent": Refusal(
        100, None, INVALID, "Percentages of a study",
        "The cells' treatment_percentage are whole numbers from 1 that add up to at most 100: {detail}",
    ),
    "study_twice": Refusal(
        100, None, INVALID, "One object in two cells", "{id} is in the cells of {other} already."
    ),
    "study_times": Refusal(100, None, INVALID, "Times of a study", "{detail}"),
    "study_count": Refusal(
        100, None, INVALID, "Too many studies", "At most {limit} studies run at the same time."
    ),
    "study_running": Refusal(
        100, None, INVALID, "The study has begun", "{name} cannot be changed once a study has begun."
    ),
    "study_over": Refusal(
        100, None, INVALID, "The study is over", "A study that has ended or was canceled cannot be changed."
    ),
}  # fmt: skip
ASYNC = {
    "async_shape": Refusal(
        100, None, "(#100) adbatch must be a non-empty array of requests with name and relative_url: {detail}"
    ),
    "async_size": Refusal(100, None, "(#100) adbatch takes at most {limit} requests (given: {given})."),
}
MORE = STUDIES | ASYNC
