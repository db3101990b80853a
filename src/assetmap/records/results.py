"""Records of what was measured: notes, sourced values, travel costs, estimates and all results of a build."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    import geopandas as gpd
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray


@dataclass(frozen=True)
class Note:
    """A warning with a fixed code and a sentence for people."""

    code: str
    sentence: str


@dataclass(frozen=True)
class SourcedValue:
    """One number that went into a result, and its source."""

    name: str
    value: float
    source: str
    vintage: str = ""


@dataclass(frozen=True, eq=False)
class Costs:
    """What it costs to get from areas to assets: one entry per pair no further apart than a limit.

    areas, assets : labels of the areas (``area_code``) and of the assets (``asset_id``).
    area, asset : positions in ``areas`` and ``assets``, one per pair.
    cost : metres or minutes (``unit``), one per pair.
    limit : pairs that cost more are not there; infinite where every pair that can be reached is.
    unit : ``m`` or ``min``.
    mode : ``straight``, ``overland``, ``walk``, ``drive``, ``bus`` or ``own`` (travel times that the user gave).
    method : how the costs were measured, in words.
    measured : one per area; false for an area of which nothing is known: its access is missing, not 0.
    spread : two columns, one row per pair: the cost that a quarter of the area's people need at most, and three quarters;
        infinite where fewer have a way. None where an area's people all set out from one place.
    """

    areas: pd.Index
    assets: pd.Index
    area: NDArray[np.int32]
    asset: NDArray[np.int32]
    cost: NDArray[np.float64]
    limit: float
    unit: str
    mode: str
    method: str
    measured: NDArray[np.bool_]
    spread: NDArray[np.float64] | None = None


@dataclass(frozen=True)
class Estimate:
    """An estimated number of groups, never without its interval.

    ``low`` to ``high`` is the interval at ``level`` (0-1). ``seen`` counts the groups that lists show,
    ``unseen`` what the estimate adds to them; ``rate_per_1000`` is the estimate per 1,000 residents
    (None without a population).
    """

    estimate: float
    low: float
    high: float
    level: float
    method: str
    definition: str
    seen: int
    unseen: float
    rate_per_1000: float | None
    inputs: tuple[SourcedValue, ...]
    assumptions: tuple[str, ...]
    warnings: tuple[Note, ...]
    text: str
    details: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class AreaConditions:
    """What people say about the conditions for social action, area by area (columns: docs/tables.md).

    answers : one row per area that was asked about and question: ``answer`` is ``yes``, ``no``, ``people disagree`` or ``unknown``.
    areas : index ``area_code``, every area: what is said to be there, missing, disputed and not known; missing where nobody was
        asked.
    notes : what a reader of the answers must know.
    """

    answers: pd.DataFrame
    areas: pd.DataFrame
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True, eq=False)
class GrantsReview:
    """Grants beside need (columns: docs/tables.md).

    grants : one row per grant of the list, also those that could not be used, with the reason.
    areas : index ``area_code``: grants, pounds, pounds per 1,000 people, smoothed with an interval, and by registered address.
    curve : the concentration curve: cumulative shares of people, most need first, and of pounds.
    by_need : a fifth of the people each, 1 = most need: people, pounds, shares, pounds per 1,000.
    figures : what is counted of the list, by name.
    sentences : the answer in plain sentences, the most important first.
    notes : what a reader of the figures must know.
    """

    grants: pd.DataFrame
    areas: pd.DataFrame
    curve: pd.DataFrame
    by_need: pd.DataFrame
    figures: Mapping[str, float]
    sentences: tuple[str, ...]
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True)
class Results:
    """All tables of one build, as `measure` left them and as `show` draws them.

    areas : one row per small area, index ``area_code``, every measured column (docs/tables.md).
    assets : the register, index ``asset_id``.
    log : the validation log, one row per input row: ``source, row, name, outcome, reason, asset_id``.
    sources : index ``source_id``: ``title, publisher, date, licence, attribution, url, file, sha256, rows``.
    details : tables that do not fit on the areas, by name: ``robustness``, ``deserts``, ``sharing``
        (docs/tables.md).
    conditions, grants : what people say about their areas, and grants beside need; None where the project has no such list.
    """

    title: str
    area_name: str
    areas: gpd.GeoDataFrame
    assets: gpd.GeoDataFrame
    log: pd.DataFrame
    estimate: Estimate
    sources: pd.DataFrame
    places: gpd.GeoDataFrame | None = None
    postcodes: pd.DataFrame | None = None
    land: gpd.GeoDataFrame | None = None
    background: gpd.GeoDataFrame | None = None
    settings: dict[str, Any] = field(default_factory=dict)
    notes: tuple[Note, ...] = ()
    details: dict[str, pd.DataFrame] = field(default_factory=dict)
    conditions: AreaConditions | None = None
    grants: GrantsReview | None = None
