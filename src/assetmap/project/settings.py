"""The settings in ``assetmap.toml``, and what is wrong with a file that cannot be used.

Every problem in a file (unknown keys, missing files, bad values) is reported at once, with the line to change.
"""

from __future__ import annotations

import datetime as dt
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Final, Literal, get_args

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, field_validator

from assetmap.access.costs import LIMIT_M, LIMIT_MINUTES, OWN
from assetmap.access.counted import count_types
from assetmap.access.minutes import BUS, DRIVE
from assetmap.access.travel import MODES
from assetmap.gaps.prevention import PREVENTION_M
from assetmap.gaps.priorities import REACH_M
from assetmap.gaps.score import LOW_ACCESS_BEYOND_M
from assetmap.schema import InputError, first_few
from assetmap.sites.review import NEAR_M
from assetmap.sites.scenario import BEYOND_M, BEYOND_MINUTES

CONFIG_NAME: Final = "assetmap.toml"
MOST_OPTIONS: Final = 6
RESERVED_NAMES: Final = frozenset(("today", "your proposal"))
"""Names of what is compared beside the options of the settings."""

NEEDED_TABLES: Final = (
    (OWN, "travel", "a file of travel times"),
    (DRIVE, "roads", "an OpenStreetMap extract"),
    (BUS, "timetable", "files of a bus timetable (GTFS)"),
)
"""Modes of travel that need a table of ``assetmap.toml``, and what must be in it."""


def _known_mode(name: str) -> str:
    if name not in MODES:
        raise ValueError(f"must be one of {first_few(MODES, most=len(MODES))}")
    return name


Distance = Annotated[str, AfterValidator(_known_mode)]


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


class Input(_Table):
    """A file, with the source and licence to show beside its figures."""

    file: str
    title: str
    publisher: str = ""
    date: str
    licence: str
    attribution: str = ""
    url: str = ""


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


class TimetableInput(_Table):
    """Bus timetables (GTFS), and what must be said wherever their figures are shown."""

    files: tuple[str, ...] = Field(min_length=1)
    week: dt.date | None = None
    title: str
    publisher: str = ""
    date: str
    licence: str
    attribution: str = ""
    url: str = ""

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
            problems = "; ".join(_sentence(problem, "").rstrip(".") for problem in error.errors())
            raise InputError(f"These settings cannot be used: {problems}.") from None


def read_settings(path: Path) -> Settings:
    """Read and check ``assetmap.toml``.

    Parameters
    ----------
    path
        The file itself.

    Returns
    -------
    Settings
        Checked settings; every file that they name exists.

    Raises
    ------
    InputError
        All problems in one message, each with its line.
    """
    return parse_settings(_text_of(path), path)


def parse_settings(text: str, path: Path) -> Settings:
    """Check the text of an ``assetmap.toml`` that is, or is to be, at `path`.

    Raises
    ------
    InputError
        All problems in one message, each with its line.
    """
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"'{path}' is not valid TOML: {error}.") from error
    try:
        settings = Settings.model_validate(raw)
    except ValidationError as error:
        problems = [_sentence(problem, text) for problem in error.errors()]
        problems += _missing_files(raw, path.parent, text)
        raise _all_problems(path, problems) from None
    problems = _missing_files(raw, path.parent, text)
    ids = [value.id for value in settings.assets]
    problems += [
        f"two lists of assets have the id '{name}'" for name in sorted({i for i in ids if ids.count(i) > 1})
    ]
    problems += _option_problems(settings.option)
    with_modes: list[tuple[str, Any]] = [("access", settings.access), ("devolution", settings.devolution)]
    with_modes += [("outcomes", settings.outcomes)] if settings.outcomes else []
    for name, table in with_modes:
        for mode, section, words in NEEDED_TABLES:
            if table.distance == mode and getattr(settings, section) is None:
                line = _line_of(text, (name, "distance"))
                problems.append(f'line {line}: distance = "{mode}" needs a table [{section}] with {words}')
    if problems:
        raise _all_problems(path, problems)
    return settings


def _option_problems(options: tuple[OptionTable, ...]) -> list[str]:
    names = [each.name.casefold() for each in options]
    problems = [
        f"two options have the name '{name}'" for name in sorted({n for n in names if names.count(n) > 1})
    ]
    problems += [
        f"option '{each.name}' changes nothing: give close, devolve, move, hours or open"
        for each in options
        if not (each.close or each.devolve or each.move or each.hours or each.open)
    ]
    problems += [f"an option cannot have the name '{name}'" for name in sorted({*names} & RESERVED_NAMES)]
    if len(options) > MOST_OPTIONS:
        problems.append(
            f"there are {len(options)} options; at most {MOST_OPTIONS} can be compared side by side"
        )
    return problems


def _text_of(path: Path) -> str:
    if not path.is_file():
        raise InputError(
            f"There is no project in '{path.parent}': it has no {CONFIG_NAME}. To make one, run: assetmap new FOLDER"
        )
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(f"'{path}' is not UTF-8 text. Save it as UTF-8.") from error


def _all_problems(path: Path, problems: list[str]) -> InputError:
    lines = "\n".join(f"  - {problem}" for problem in problems)
    count = f"{len(problems)} problem{'s' if len(problems) > 1 else ''}"
    return InputError(f"'{path}' has {count}:\n{lines}")


def _sentence(problem: Any, text: str) -> str:
    where = tuple(problem["loc"])
    key = ".".join(str(part + 1) if isinstance(part, int) else part for part in where)
    line = _line_of(text, where)
    at = f"line {line}: " if line else ""
    if problem["type"] == "extra_forbidden":
        return f"{at}unknown key '{key}'. Use one of: {', '.join(_known_keys(where))}."
    if problem["type"] == "missing":
        return f"{at}'{key}' is missing."
    return f"{at}'{key}' = {problem['input']!r}: {problem['msg'].removeprefix('Value error, ').lower()}."


def _known_keys(where: tuple[Any, ...]) -> list[str]:
    """Return the keys that are allowed where an unknown one was found."""
    if len(where) == 1:
        return list(Settings.model_fields)
    annotation = Settings.model_fields[str(where[0])].annotation
    models = [each for each in (annotation, *get_args(annotation)) if hasattr(each, "model_fields")]
    return list(models[0].model_fields)


def _missing_files(raw: dict[str, Any], folder: Path, text: str) -> list[str]:
    problems = []
    for where, name in named_files(raw):
        path = folder / name
        at = _line_of(text, where)
        if Path(name).is_absolute() or ".." in Path(name).parts:
            problems.append(f"line {at}: '{name}' must be inside the project folder.")
        elif not path.is_file():
            problems.append(f"line {at}: file not found: '{name}' in '{folder}'.")
        elif not path.resolve().is_relative_to(folder.resolve()):
            problems.append(f"line {at}: '{name}' is a link to a place outside the project folder.")
    return problems


def named_files(raw: dict[str, Any]) -> list[tuple[tuple[Any, ...], str]]:
    """Return every file that settings name, each with the keys that lead to it."""
    found: list[tuple[tuple[Any, ...], str]] = []
    for section, content in raw.items():
        tables = enumerate(content) if isinstance(content, list) else [(None, content)]
        for position, table in tables:
            if not isinstance(table, dict):
                continue
            for key in ("file", "lookup", "names", "files", *(("review",) if section == "project" else ())):
                names = table.get(key)
                for name in names if isinstance(names, list) else [names]:
                    if isinstance(name, str):
                        where = (section, key) if position is None else (section, position, key)
                        found.append((where, name))
    return found


def _line_of(text: str, where: tuple[Any, ...]) -> int | None:
    """Find the line of a key, or of its table when the key is not there."""
    section = str(where[0])
    position = where[1] if len(where) > 1 and isinstance(where[1], int) else None
    keys = [part for part in where[1:] if isinstance(part, str)]
    header = re.compile(rf"^\s*\[+\s*{re.escape(section)}\s*\]+")
    seen, inside, table_line = -1, False, None
    for number, line in enumerate(text.splitlines(), start=1):
        if line.lstrip().startswith("["):
            inside = bool(header.match(line))
            if inside:
                seen += 1
                inside = position is None or seen == position
                table_line = number if inside else table_line
        elif (inside and keys and re.match(rf"^\s*\"?{re.escape(keys[0])}\"?\s*=", line)) or (
            not keys and re.match(rf"^\s*\"?{re.escape(section)}\"?\s*=", line)
        ):
            return number
    return table_line
