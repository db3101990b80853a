"""Layers of a map for the priorities of a project: one for each, with need and what is within reach."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from assetmap.show.map.layers import Layer
from assetmap.show.words import stated_limit

if TYPE_CHECKING:
    from assetmap.schema import Results

LACKING: Final = "high need, nothing within reach"
NEEDED: Final = "high need, within reach"
NOTHING: Final = "nothing within reach"
REACHED: Final = "within reach"
PALETTE: Final = f"{LACKING}=#4b2354;{NEEDED}=#56b4e9;{NOTHING}=#e69f00;{REACHED}=#d9d9d9"


def priority_layers(results: Results) -> list[Layer]:
    """Return a layer for each priority of a build; none where the project names no priorities."""
    found, summary = results.details.get("priority_areas"), results.details.get("priorities")
    if found is None or summary is None:
        return []
    return [
        _layer(number, name, row, found.loc[name].reindex(results.areas.index))
        for number, (name, (_, row)) in enumerate(
            zip(summary.index.astype(str), summary.iterrows(), strict=True), start=1
        )
    ]


def _layer(number: int, name: str, row: pd.Series, areas: pd.DataFrame) -> Layer:
    high = areas["gap_class"].astype("string").str.startswith("3").fillna(False).astype(bool)
    known = areas["within"].notna() & areas["gap_class"].notna()
    nothing = areas["within"] == 0
    words = np.where(nothing, np.where(high, LACKING, NOTHING), np.where(high, NEEDED, REACHED))
    limit = stated_limit(float(row["limit"]), str(row["unit"]))
    return Layer(
        key=f"priority_{number}",
        label=f"Priority: {name}",
        values=pd.Series(words, index=areas.index, dtype=object).where(known),
        group="priorities",
        kind="category",
        palette=PALETTE,
        sources=("outcomes", "lists", "need"),
        description=f"Whether anything that serves this priority is within {limit}, together with need ({_theme(row['need_theme'])}). The "
        "lists say what serves it, or it is guessed from the type of the asset.",
    )


def _theme(column: str) -> str:
    return column.removeprefix("need").removeprefix("_").replace("_", " ") or "overall"
