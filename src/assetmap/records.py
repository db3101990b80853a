"""Records that travel between rooms: notes, sourced values, lists, registers, estimates, results, reviews, scenarios."""

from __future__ import annotations

import datetime as dt
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
class AssetList:
    """One list of groups or places, as it was read and before any row is judged.

    source : name of the list.
    table : one row per row of the file: ``source``, ``row`` and text columns (docs/tables.md); a GeoDataFrame in
        EPSG:27700 where the file has shapes.
    headings : one row per heading of the file, in file order: ``heading``, ``column`` (the column it became) and
        ``understood`` (true where the register has that column), ``samples`` (a few cells), ``guess`` (what they look like).
    shape : name of the published format that the list has (``data/tables/sources.csv``), empty for any other list.
    left_out : a sentence for each sheet or layer of the file that was not read, with the reason.
    parts : names of the sheets or layers that were read; where there are several, a column ``sheet`` says which row is on which.
    date : the day, month or year that the list is of, as written; empty where nothing says it.
    meant : where there are several parts, for each the column of the register -> the one heading that became it.
    """

    source: str
    table: pd.DataFrame
    headings: pd.DataFrame
    shape: str = ""
    left_out: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()
    date: str = ""
    meant: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class FixedFile:
    """A file of a list with changes put in, in its own format, and a column that says what was changed.

    content : the whole file.
    suffix : the end of its name (``.xlsx``, ``.csv``, ``.csv.gz``); ``.xls`` and ``.xlsb`` become ``.xlsx``.
    changes : one row per change: ``sheet`` (empty in a text file), ``row``, ``heading``, ``before``, ``after``, ``reason`` and ``made``
        (false where the cell holds a formula).
    notes : what could not be kept as it was.
    """

    content: bytes
    suffix: str
    changes: pd.DataFrame
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Register:
    """Many lists as one register.

    assets : index ``asset_id``, one row per asset (docs/tables.md).
    log : the validation log, one row per input row: ``source``, ``row``, ``name``, ``outcome``, ``reason``,
        ``asset_id``, ``row_id``, ``other_id``, ``score``, ``guarded`` (docs/tables.md).
    linking : a sentence that says what linked the rows; empty where the default needs no mention.
    notes : what a person must know before the register is published.
    """

    assets: gpd.GeoDataFrame
    log: pd.DataFrame
    linking: str = ""
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True, eq=False)
class CheckReport:
    """What was understood of some lists, before anything is built from them.

    register : the register as it would be, with nothing left out, and the validation log.
    counts : one row per list, index ``source``: ``rows`` and the outcomes, which add up to it; ``shape``.
    headings : ``source``, ``heading``, ``column`` (of the register; empty where the register has no such column),
        ``samples`` (a few cells) and ``guess`` (what they look like; empty where that is not plain).
    remarks : ``outcome``, ``remark`` (a kind of sentence), ``rows``, ``example``.
    review : pairs of rows for a person to decide; ``decision`` is empty.
    unchecked : sentences that say what could not be checked, and why.
    """

    register: Register
    counts: pd.DataFrame
    headings: pd.DataFrame
    remarks: pd.DataFrame
    review: pd.DataFrame
    unchecked: tuple[str, ...]


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


@dataclass(frozen=True)
class DevolutionReview:
    """A review of every site of a type (columns: docs/tables.md).

    sites : index ``asset_id``, one row per site, a column per reason and ``geometry``; ``candidate`` says which of them are
        scored and compared.
    people_by_decile : people for whom the site is the nearest, by need decile (1 = most need).
    small_areas : index ``area_code``: nearest and next nearest site, need, ages, sites within the limit.
    dependence : index ``asset_id``: people who have no other site within the limit, most first.
    fragility : index ``asset_id``: the sites whose running has passed on, and what depends on each.
    criteria : index ``criterion``: ``score`` (impact or readiness), ``part``, ``weight``, ``column``, ``label``.
    scores : index ``asset_id`` of the candidates, one column per criterion, 0-1; missing = not known.
    answers : index ``asset_id``: ``receiver``, ``receiver_present``, ``interest``, one column per question (``yes``, ``no``,
        ``unknown``), ``date``, ``source``, ``open_question``.
    closures : every combination of closures of candidates, least harm first; ``closures_front`` those that none beats.
    settings : what was asked for.
    """

    sites: gpd.GeoDataFrame
    people_by_decile: pd.DataFrame
    small_areas: pd.DataFrame
    dependence: pd.DataFrame
    fragility: pd.DataFrame
    criteria: pd.DataFrame
    scores: pd.DataFrame
    answers: pd.DataFrame
    closures: pd.DataFrame
    closures_front: pd.DataFrame
    settings: dict[str, Any] = field(default_factory=dict)
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True)
class Scenario:
    """Changes to sites measured.

    areas : index ``area_code``; ``area_name``, ``population`` (ages, ``need`` where known), ``cost_before``,
        ``cost_after``, ``cost_change`` (+ = further), ``unit`` of the costs (``m`` or ``min``), ``nearest_before``, ``nearest_after`` (names),
        ``access_before``, ``access_after`` (weekly hours per 1,000 people), ``access_change``, ``outcome``
        (``further``, ``nearer``, ``less access``, ``more access``, ``same``).
    people : one row per group of people (everyone, children, 60+, need deciles).
    sites : index ``asset_id``; status, operator, control, hours and people for whom it is the nearest, before
        and after.
    most_affected : the rows of ``areas`` that lose most, weighted by need, worst first; ``harm`` in person-kilometres or person-hours.
    """

    areas: pd.DataFrame
    people: pd.DataFrame
    sites: pd.DataFrame
    most_affected: pd.DataFrame
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True)
class Option:
    """One of the choices before a committee: changes to sites, in the words of the command line.

    name : short name, ``A``.
    title : what it is, in a few words.
    edits : kind of change (``close``, ``devolve``, ``move``, ``hours``, ``open``) -> words.
    """

    name: str
    title: str
    edits: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class OptionResult:
    """What an option does.

    option : what was asked for.
    changes : one row per change: ``kind``, ``asset_id``, ``name``, ``words``, ``receiver``, ``postcode``, ``weekly_hours``,
        and what it does to hours and money: ``hours_saved`` (a week), ``saving_low``, ``saving_high`` (pounds a year),
        ``one_off_low``, ``one_off_high`` (pounds once); missing where the list does not say.
    after : the sites after the changes, index ``asset_id``.
    scenario : people's access before and after.
    sentence : what it does, in one plain sentence.
    must_be_true : what has to be so for it to work.
    not_known : what nobody has told us.
    break_even : how many people in costlier services use up what it saves; empty where the project gives no ``[break_even]``.
    """

    option: Option
    changes: pd.DataFrame
    after: gpd.GeoDataFrame
    scenario: Scenario
    sentence: str
    must_be_true: tuple[str, ...]
    not_known: tuple[str, ...]
    break_even: str = ""


@dataclass(frozen=True, eq=False)
class OptionsReview:
    """Options side by side: every number that a summary of them may show.

    options : one each, in the order of the settings; empty if nothing is proposed.
    before : the sites as they are, index ``asset_id``.
    figures : index ``option`` (``today`` first): ``title``, ``people``, ``mean_cost``, ``furthest_cost``, ``people_without``
        (nobody within the limit), ``sites_open``, ``sites_local`` (of them run by a local council or community body) and, but
        for today, ``people_further``, ``children_further``, ``older_further``, ``most_need_further`` (need decile 1),
        ``no_car_further`` (households), ``people_nearer``, ``people_less_access``, ``people_more_access``,
        ``people_left_without`` (somebody within the limit today, nobody after), ``hours_saved``, ``saving_low``,
        ``saving_high``, ``one_off_low``, ``one_off_high``. Missing where it is not known.
    people : index ``option``, ``group``: the rows of ``Scenario.people``.
    equality : index ``option``, ``group``: who loses, by group (docs/sites.md).
    not_available : protected characteristic -> why there is no row with numbers for it.
    responses : consultation, one row per option, site and view (docs/sites.md); empty without responses.
    responses_areas : index ``option``, ``area_code``: ``responses``; missing where hidden.
    response_notes : how many answered and who is missing.
    risks : the risk and time register, one row per step or risk (docs/sites.md).
    kind : ``word``, ``words`` and ``duty`` of the sites.
    unit : of the costs, ``m`` or ``min``; ``limit`` how far people travel; ``mode`` how they travel.
    notes : what a reader of any of these numbers must know.
    """

    options: tuple[OptionResult, ...]
    before: gpd.GeoDataFrame
    figures: pd.DataFrame
    people: pd.DataFrame
    equality: pd.DataFrame
    not_available: Mapping[str, str]
    responses: pd.DataFrame
    responses_areas: pd.DataFrame
    response_notes: tuple[str, ...]
    risks: pd.DataFrame
    kind: Mapping[str, str]
    unit: str
    limit: float
    mode: str
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True, eq=False)
class Timetable:
    """One or more bus timetables for one week, with everything that was wrong with them counted.

    stops : index ``stop_id``; ``stop_name``, ``easting``, ``northing`` (metres); only stops that a trip serves, in this or another week.
    trips : index ``trip_id``; ``route``, ``kind`` (bus, coach, rail, ...), ``service_id``.
    trip, stop : positions in ``trips`` and ``stops``, one per stop event, sorted by trip and order of stops.
    arrival, departure : seconds after the midnight that begins the day of service; above 86,400 is the next morning.
    boards, alights : whether people may get on, get off there.
    runs : one row per day, one column per trip: row 0 is the Sunday before the week, rows 1 to 7 Monday to Sunday.
    week : the Monday that the week begins with.
    first_day, last_day : first and last day on which anything runs.
    faults : index ``fault``; ``count``, ``examples``, ``sentence`` (docs/travel.md).
    notes : what a reader of any figure from this timetable must know.
    """

    stops: pd.DataFrame
    trips: pd.DataFrame
    trip: NDArray[np.int32]
    stop: NDArray[np.int32]
    arrival: NDArray[np.int32]
    departure: NDArray[np.int32]
    boards: NDArray[np.bool_]
    alights: NDArray[np.bool_]
    runs: NDArray[np.bool_]
    week: dt.date
    first_day: dt.date
    last_day: dt.date
    faults: pd.DataFrame
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True, eq=False)
class OpeningTimes:
    """When places are open in a usual week, and what could not be read as clock times.

    times : one row per place and stretch of opening: ``asset_id``, ``day`` (0 = Monday), ``opens``, ``closes`` (minutes
        after midnight; above 1,440 is the next morning), in order, no two of a place overlapping.
    unread : one row per cell that gave no clock times: ``asset_id``, ``column``, ``text``, ``reason``.
    """

    times: pd.DataFrame
    unread: pd.DataFrame


@dataclass(frozen=True, eq=False)
class ThereAndBack:
    """On which days people can get to a site by bus, be there while it is open, and get home.

    homes, sites : labels; ``days`` refers to them by position.
    days : one row per home, site and day on which it works: ``home``, ``site``, ``day`` (0 = Monday), ``minutes``
        (travel there and back of the quickest trip), ``leave_home``, ``arrive``, ``leave_site``, ``back_home``
        (that trip, minutes after midnight), ``longest_stay`` (minutes inside the opening hours), ``choices`` (buses out that
        leave long enough to stay and a way back), ``last_back`` (the last way back leaves the site, minutes after
        midnight), ``on_foot`` (the quickest trip needs no bus).
    cover : one per home: ``served``, ``no service`` (no bus leaves a stop within the walk on any day), ``no stop``
        (within the walk) or ``not covered`` (the timetable has no stop anywhere near).
    without_times : sites whose opening hours give no clock times: nothing is said about them.
    rules : what was asked for: minutes, metres.
    """

    homes: pd.Index
    sites: pd.Index
    days: pd.DataFrame
    cover: pd.Series
    without_times: pd.Index
    rules: dict[str, float]


def _no_copies() -> NDArray[np.int32]:
    import numpy as np

    return np.empty(0, dtype=np.int32)


@dataclass(frozen=True, eq=False)
class RoadNetwork:
    """Roads as a network for one mode of travel: the largest part in which every node leads to every other.

    mode : ``drive`` or ``walk``.
    points : easting and northing of every node, metres.
    start, end : positions of nodes, one per stretch of road in the direction of travel.
    seconds : how long each stretch takes, with the delay at its end.
    dropped : nodes that were left out because nothing leads to them or away from them.
    dropped_km : length of the stretches that were left out with them.
    copy_of : the last nodes are copies of these; they are there so that no path makes a forbidden turn.
    """

    mode: str
    points: NDArray[np.float64]
    start: NDArray[np.int32]
    end: NDArray[np.int32]
    seconds: NDArray[np.float64]
    dropped: int
    dropped_km: float
    copy_of: NDArray[np.int32] = field(default_factory=_no_copies)

    @property
    def places(self) -> NDArray[np.float64]:
        """Points of the nodes without the copies."""
        return self.points[: len(self.points) - len(self.copy_of)]


@dataclass(frozen=True, eq=False)
class Roads:
    """Roads of an OpenStreetMap extract, for cars and for people on foot.

    drive, walk : the two networks.
    bounds : west, south, east, north of all roads, metres.
    date : when the extract was made, as the file says; empty where it does not.
    notes : what a reader of any figure from these roads must know.
    """

    drive: RoadNetwork
    walk: RoadNetwork
    bounds: tuple[float, float, float, float]
    date: str
    notes: tuple[Note, ...] = ()
