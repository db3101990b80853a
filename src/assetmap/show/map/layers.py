"""What a map can show: the layer table and the records made from it.

A layer is one row of ``data/tables/map_layers.csv`` and one column of the areas. Kinds: ``number`` (classes by a
scheme), ``category`` (one colour for each word), ``bivariate`` (classes ``need-access`` such as ``3-1``) and
``fact`` (not drawn, but shown on the card of an area and in the table).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import pandas as pd

from assetmap.schema import InputError, first_few, reference_table

GROUPS: Final = ("gaps", "need", "priorities", "groups", "access", "action", "devolution")
KINDS: Final = ("number", "category", "bivariate", "fact")


@dataclass(frozen=True)
class Layer:
    """One thing to show for every small area.

    Attributes
    ----------
    key
        Short name used in links to the map.
    label
        Name that readers see.
    values
        On exactly the index of the areas. A missing value means not known.
    group
        One of ``GROUPS``, or your own heading.
    kind
        One of ``KINDS``.
    unit, factor, decimals
        Values are multiplied by ``factor`` and shown with this many decimals and the unit.
    direction
        What high or dark means.
    scheme, classes, bounds
        As in `assetmap.show.map.classes.cut`; bounds in the unit shown.
    palette
        As in `assetmap.show.map.palettes.colours`.
    low, high
        Interval of an estimate, on the same index.
    unreliable
        True where the value should not be relied on. Drawn with white stripes.
    ranks
        False where the values must not be used to rank places. No rank is then shown.
    published_rank
        Rank of each area (1 = highest) where a table has it, on the same index; without it equal values share a rank.
    sources
        Index values of the sources table.
    first
        Whether the layer is one of the few that the page offers at once. The others are one click further away.
    description
        One or two sentences for the legend.
    """

    key: str
    label: str
    values: pd.Series
    group: str = "need"
    kind: str = "number"
    unit: str = ""
    factor: float = 1.0
    decimals: int = 1
    direction: str = ""
    scheme: str = "Quantiles"
    classes: int = 5
    bounds: tuple[float, ...] = ()
    palette: str = "YlGnBu"
    low: pd.Series | None = None
    high: pd.Series | None = None
    unreliable: pd.Series | None = None
    ranks: bool = True
    published_rank: pd.Series | None = None
    sources: tuple[str, ...] = ()
    first: bool = False
    description: str = ""


def map_layers(areas: pd.DataFrame) -> list[Layer]:
    """Return a layer for each row of the layer table whose column the areas have.

    Parameters
    ----------
    areas
        Small areas with measured columns (docs/tables.md).

    Returns
    -------
    list of Layer
        In the order of ``data/tables/map_layers.csv``. Columns with no known value are left out.

    Examples
    --------
    >>> areas = pd.DataFrame({"need": [0.1, 0.9]}, index=pd.Index(["A", "B"], name="area_code"))
    >>> [layer.label for layer in map_layers(areas)]
    ['Need']
    """
    table = reference_table("map_layers")
    found = table[table["column"].isin(areas.columns)]
    return [
        _from_row(str(key), row, areas)
        for key, row in found.iterrows()
        if areas[str(row["column"])].notna().any()
    ]


def check_layers(layers: Sequence[Layer], areas: pd.DataFrame) -> None:
    """Refuse layers that cannot be drawn and name every problem.

    Raises
    ------
    InputError
        If a kind is not valid, a key is used twice or values are not on the index of the areas.
    """
    problems = []
    keys = [layer.key for layer in layers]
    twice = sorted({key for key in keys if keys.count(key) > 1})
    if twice:
        problems.append(f"more than one layer has the key {first_few(twice)}")
    for layer in layers:
        if layer.kind not in KINDS:
            problems.append(
                f"layer '{layer.key}' has kind '{layer.kind}', which is not one of {', '.join(KINDS)}"
            )
        for part in ("values", "low", "high", "unreliable", "published_rank"):
            series = getattr(layer, part)
            if series is not None and not series.index.equals(areas.index):
                problems.append(
                    f"the {part} of layer '{layer.key}' ({len(series)} rows) do not match the index of the "
                    f"{len(areas)} areas: use .reindex(areas.index)"
                )
        if layer.kind == "number" and not pd.api.types.is_numeric_dtype(layer.values):
            problems.append(f"the values of layer '{layer.key}' are {layer.values.dtype}, not numbers")
    if problems:
        raise InputError("The layers cannot be drawn: " + "; ".join(problems) + ".")


def _from_row(key: str, row: pd.Series, areas: pd.DataFrame) -> Layer:
    def series(name: str) -> pd.Series | None:
        return areas[row[name]] if row[name] and row[name] in areas.columns else None

    doubted = series("unreliable")
    return Layer(
        key=key,
        label=row["label"],
        values=areas[row["column"]],
        group=row["group"],
        kind=row["kind"],
        unit=row["unit"],
        factor=float(row["factor"] or 1),
        decimals=int(row["decimals"] or 0),
        direction=row["direction"],
        scheme=row["scheme"],
        classes=int(row["classes"] or 5),
        bounds=tuple(float(bound) for bound in row["bounds"].split(";") if bound),
        palette=row["palette"],
        low=series("low"),
        high=series("high"),
        unreliable=None
        if doubted is None
        else _between(doubted, row["unreliable_over"], row["unreliable_under"]),
        ranks=row["ranks"] != "no",
        published_rank=series("rank_column"),
        first=row["first"] == "yes",
        sources=tuple(source for source in row["sources"].split(";") if source),
        description=_composite(areas)
        if key == "need" and "composite" in areas.columns
        else row["description"],
    )


def _composite(areas: pd.DataFrame) -> str:
    """Describe a need index that combines several themes."""
    return f"Combines several themes: {areas['composite'].iloc[0]}. 1 is the most need."


def _between(values: pd.Series, over: str, under: str) -> pd.Series:
    """Return where values are over one bound and under the other. An empty bound is ignored."""
    numbers = values.astype(float)
    within = numbers.notna()
    if over:
        within &= numbers > float(over)
    if under:
        within &= numbers < float(under)
    return within
