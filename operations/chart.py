"""Pictures of an experiment, drawn from Vega-Lite specifications without a browser."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

from engine.experiment import ExperimentPlan, Readout

WIDTH, HEIGHT = 520, 280


def weekly_intervals(plan: ExperimentPlan, readout: Readout, path: Path) -> Path:
    """Each week's interval of the cell against the control: a boundary is crossed where it leaves zero.

    PNG or SVG by the path's suffix. It is the repeated interval, which excludes zero exactly at a decision.
    """
    import altair as alt
    import vl_convert

    cost = plan.ratio.lower_is_better
    better = "cheaper" if cost else "better"
    rows = [
        {
            "week": look.week,
            "cell": look.cell,
            "difference": _percent(look.theta, cost),
            "low": _percent(look.low, cost),
            "high": _percent(look.high, cost),
            "decided": look.crossed,
        }
        for look in readout.looks
    ]
    base = alt.Chart(alt.Data(values=rows)).encode(
        x=alt.X("week:O", title="completed week", scale=alt.Scale(domain=list(range(1, plan.weeks + 1))))
    )
    colour = alt.Color("decided:N", title="boundary crossed", scale=alt.Scale(range=["#8a8a8a", "#1b7f4b"]))
    layers = alt.layer(
        alt.Chart(alt.Data(values=[{"zero": 0}])).mark_rule(strokeDash=[4, 3]).encode(y="zero:Q"),
        base.mark_rule(strokeWidth=3).encode(
            y=alt.Y("low:Q", title=f"{better} than the control by, %"), y2="high:Q", color=colour
        ),
        base.mark_point(filled=True, size=90, opacity=1).encode(y="difference:Q", color=colour),
    )
    chart = (
        layers.properties(width=WIDTH, height=HEIGHT, title=readout.key).facet(
            column=alt.Column("cell:N", title=None), data=alt.Data(values=rows)
        )
        if len({row["cell"] for row in rows}) > 1
        else layers.properties(
            width=WIDTH,
            height=HEIGHT,
            title=f"{readout.key}: {rows[0]['cell'] if rows else ''} – {plan.control}",
        )
    )
    specification: dict[str, Any] = chart.to_dict()
    if path.suffix == ".svg":
        path.write_text(vl_convert.vegalite_to_svg(specification), encoding="utf-8")
    else:
        path.write_bytes(vl_convert.vegalite_to_png(specification, scale=2))
    return path


def _percent(theta: float, cost: bool) -> float:
    """A log ratio of efficiencies as a difference of the metric in percent, above zero where it is better."""
    return round(-100 * math.expm1(-theta) if cost else 100 * math.expm1(theta), 3)
