"""The tables of ``assetmap.toml`` and their keys."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, field_validator

from assetmap.access.costs import LIMIT_M, LIMIT_MINUTES
from assetmap.access.counted import count_types
from assetmap.access.travel import MODES
from assetmap.gaps.prevention import PREVENTION_M
from assetmap.gaps.priorities import REACH_M
from assetmap.gaps.score import LOW_ACCESS_BEYOND_M
from assetmap.project.settings.problems import problem_sentence
from assetmap.schema import InputError, first_few
from assetmap.sites.gains import BEYOND_M, BEYOND_MINUTES
from assetmap.sites.review import NEAR_M


def _known_mode(name: str) -> str:
    if name not in MODES:
        raise ValueError(f"must be one of {first_few(MODES, most=len(MODES))}")
    return name


Distance = Annotated[str, AfterValidator(_known_mode)]


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


class _Sourced(_Table):
    """What must be said wherever the figures of an input are shown."""

    title: str
    publisher: str = ""
    date: str
    licence: str
    attribution: str = ""
    url: str = ""


class Input(_Sourced):
    """A file, with the source and licence to show beside its figures."""

    file: str


class AreasInput(Input):
    """Boundaries of the small areas."""

    layer: str | None = None
    code: str | None = None
    name: str | None = None


class SmallAreasInput(AreasInput):
    """Boundaries of the small areas, and a file with the names that people know for them."""

    names: str | None = None


class LandInput(Input):
    """Land around the areas, and whether what is no land there is sea."""

    sea: bool = False


class NeedInput(Input):
    """A published index, or your own column with its direction."""

    index: str | None = "iod2025"
    code: str | None = None
    column: str | None = None
    most_need: Literal["high", "low"] | None = None
    lookup: str | None = None
    population_year: int | None = None
    weights: dict[str, Annotated[float, Field(gt=0)]] = Field(default_factory=dict)
    method: Literal["percentile", "rank", "score"] = "percentile"


class TimetableInput(_Sourced):
    """Bus timetables (GTFS), and what must be said wherever their figures are shown."""

    files: tuple[str, ...] = Field(min_length=1)
    week: dt.date | None = None

    def inputs(self) -> dict[str, Input]:
        """Return each file as an input of its own, by its source id."""
        said = self.model_dump(exclude={"files", "week"})
        names = ("timetable", *(f"timetable_{number}" for number in range(2, len(self.files) + 1)))
        return {name: Input(file=file, **said) for name, file in zip(names, self.files, strict=True)}


class AssetsInput(Input):
    """A list of assets."""

    id: str = Field(pattern=r"^[a-z0-9_]+$")
    asset_type: str | None = None
    columns: dict[str, str] = Field(default_factory=dict)
    sheet: str | None = None
    layer: str | None = None


class ProjectSettings(_Table):
    """What the project is called and who can see the results."""

    title: str
    area_name: str
    audience: Literal["public", "internal"] = "public"
    publish: tuple[str, ...] = ()
    review: str | None = None
    linker: Literal["builtin", "splink"] = "builtin"


class EstimateSettings(_Table):
    """The rate of unregistered groups and how much it varies."""

    rate: Annotated[float, Field(gt=0)] = 3.66
    cv: Annotated[float, Field(ge=0, le=1)] = 0.4
    level: Annotated[float, Field(ge=0.6, le=0.999)] = 0.8


class AccessSettings(_Table):
    """Which assets access is measured to, how distance is measured, and how far people travel."""

    asset_type: str = "library"
    distance: Distance = "straight"
    limit_m: Annotated[float, Field(gt=0)] = LIMIT_M
    limit_minutes: Annotated[float, Field(gt=0)] = LIMIT_MINUTES
    detour: Annotated[float, Field(ge=1)] = 1.0
    homes: Literal["postcodes", "centres"] = "postcodes"
    include_unknown: bool = False
    counts: dict[str, bool | str] = Field(default_factory=dict)

    @field_validator("counts")
    @classmethod
    def _known_counts(cls, counts: dict[str, bool | str]) -> dict[str, bool | str]:
        try:
            count_types(counts)
        except InputError as error:
            raise ValueError(str(error).rstrip(".")) from None
        return counts


class GapSettings(_Table):
    """Which need is compared with access, and how many areas the summary names."""

    need: str | None = "need"
    sensitivity: bool = True
    low_access_beyond_m: Annotated[float, Field(ge=0)] = LOW_ACCESS_BEYOND_M
    top: Annotated[int, Field(gt=0)] = 20


class DevolutionTable(_Table):
    """Which sites are reviewed for devolution, and the weights of the criteria."""

    asset_type: str = "library"
    distance: Distance = "straight"
    as_of: int | None = None
    programme: str | None = None
    sites: tuple[str, ...] = ()
    run_by: str | None = None
    limit_m: Annotated[float, Field(gt=0)] = LIMIT_M
    limit_minutes: Annotated[float, Field(gt=0)] = LIMIT_MINUTES
    near_m: Annotated[float, Field(gt=0)] = NEAR_M
    beyond_m: tuple[Annotated[float, Field(gt=0)], ...] = BEYOND_M
    beyond_minutes: tuple[Annotated[float, Field(gt=0)], ...] = BEYOND_MINUTES
    weights: dict[str, Annotated[float, Field(ge=0)]] = Field(default_factory=dict)
    closures: Annotated[int, Field(ge=1, le=4)] = 4
    first: Annotated[int, Field(gt=0)] = 5
    draws: Annotated[int, Field(gt=0)] = 5000
    seed: int = 1


class OutcomesInput(Input):
    """Priorities and outcomes, and how far people go for what serves them."""

    distance: Distance = "straight"
    limit_m: Annotated[float, Field(gt=0)] = REACH_M
    limit_minutes: Annotated[float, Field(gt=0)] = LIMIT_MINUTES


class PreventionTable(_Table):
    """Which need is called acute, and how far people go for what prevents."""

    need: str | None = None
    limit_m: Annotated[float, Field(gt=0)] = PREVENTION_M


class BreakEvenTable(_Table):
    """What a person costs a service that they could be kept out of, and what is spent to that end."""

    saving_per_person_gbp: Annotated[float, Field(gt=0)]
    assumption: str = Field(min_length=1, max_length=400)
    years: Annotated[float, Field(gt=0)] = 1.0
    spending_gbp: Annotated[float, Field(ge=0)] | None = None
    service: str = Field(default="The service", min_length=1, max_length=120)


class OptionTable(_Table):
    """One of the choices before a committee: changes to sites, in the words of the command line."""

    name: str = Field(min_length=1, max_length=30)
    title: str = Field(min_length=1, max_length=120)
    close: tuple[str, ...] = ()
    devolve: tuple[str, ...] = ()
    move: tuple[str, ...] = ()
    hours: tuple[str, ...] = ()
    open: tuple[str, ...] = ()


class MapSettings(_Table):
    """How the map is drawn."""

    tiles: str | None = None


class Settings(_Table):
    """The whole of ``assetmap.toml``."""

    project: ProjectSettings
    areas: SmallAreasInput
    own_areas: AreasInput | None = None
    need: NeedInput
    postcodes: Input | None = None
    places: Input | None = None
    labels: Input | None = None
    land: LandInput | None = None
    background: tuple[Input, ...] = ()
    crossings: Input | None = None
    travel: Input | None = None
    roads: Input | None = None
    timetable: TimetableInput | None = None
    assets: tuple[AssetsInput, ...] = ()
    estimate: EstimateSettings = EstimateSettings()
    access: AccessSettings = AccessSettings()
    gaps: GapSettings = GapSettings()
    devolution: DevolutionTable = DevolutionTable()
    option: tuple[OptionTable, ...] = ()
    break_even: BreakEvenTable | None = None
    outcomes: OutcomesInput | None = None
    counts: Input | None = None
    prevention: PreventionTable = PreventionTable()
    census: tuple[Input, ...] = ()
    consultation: Input | None = None
    conditions: Input | None = None
    grants: Input | None = None
    map: MapSettings = MapSettings()

    def inputs(self) -> dict[str, Input]:
        """Return every input of the project by its source id, always in the same order."""
        single = {
            "areas": self.areas,
            "own_areas": self.own_areas,
            "need": self.need,
            "postcodes": self.postcodes,
        }
        single |= {"places": self.places, "labels": self.labels, "land": self.land}
        single |= {"crossings": self.crossings, "travel": self.travel, "roads": self.roads}
        single |= {"outcomes": self.outcomes, "counts": self.counts}
        single |= {"conditions": self.conditions, "grants": self.grants}
        found = {name: value for name, value in single.items() if value is not None}
        found |= {**self.timetable.inputs(), **self._census_inputs()} if self.timetable else {}
        found |= {f"background_{number}": each for number, each in enumerate(self.background, start=1)}
        return found | {value.id: value for value in self.assets}

    def review_inputs(self) -> dict[str, Input]:
        """Return the inputs that only a review of sites reads, by their source id."""
        found = {} if self.timetable else self._census_inputs()
        return found | ({"consultation": self.consultation} if self.consultation else {})

    def _census_inputs(self) -> dict[str, Input]:
        """Return the census tables: a build reads them where there is a timetable, a review always."""
        return {f"census_{number}": value for number, value in enumerate(self.census, start=1)}

    def changed(self, **tables: Any) -> Settings:
        """Return these settings with some values changed, and check them all again.

        Parameters
        ----------
        **tables
            For each table either the keys to change (a mapping), or the whole new value of the table.

        Returns
        -------
        Settings
            A new object; this one stays as it is.

        Raises
        ------
        InputError
            If a key is unknown or a value is not allowed; all problems in one message.

        Examples
        --------
        >>> settings = Settings.model_validate({
        ...     "project": {"title": "Town", "area_name": "Town"},
        ...     "areas": {"file": "a.gpkg", "title": "Areas", "date": "2021", "licence": "none"},
        ...     "need": {"file": "n.csv", "title": "Need", "date": "2025", "licence": "none"},
        ... })
        >>> settings.changed(access={"limit_m": 3000}).access.limit_m
        3000.0
        """
        raw = self.model_dump()
        for name, new in tables.items():
            old = raw.get(name)
            raw[name] = {**old, **new} if isinstance(old, dict) and isinstance(new, Mapping) else new
        try:
            return Settings.model_validate(raw)
        except ValidationError as error:
            problems = "; ".join(
                problem_sentence(problem, "", Settings).rstrip(".") for problem in error.errors()
            )
            raise InputError(f"These settings cannot be used: {problems}.") from None
