"""Files of lists straight to an answer, without a project."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

import geopandas as gpd
import pandas as pd

from assetmap.groups.calibration import RELATIVE, estimate_by_calibration
from assetmap.groups.cautions import caution
from assetmap.groups.membership import estimate_from_lists, membership_from_register
from assetmap.groups.names import link_names
from assetmap.groups.rate import DEFAULT_LEVEL
from assetmap.project.action.telling import refuse_others
from assetmap.project.folder import Project
from assetmap.project.known import known_places, project_lists
from assetmap.read.lists.assets import read_assets
from assetmap.read.lists.opening_times import opening_times
from assetmap.read.tables import read_table
from assetmap.register.again.changes import compare
from assetmap.register.build import build_register
from assetmap.register.check import check_lists
from assetmap.register.nearby import WITHIN_KM, near
from assetmap.register.resources import find_resources
from assetmap.register.review import review_table
from assetmap.register.words import COMMON_WORDS, name_keys
from assetmap.schema import (
    LENDING_M,
    LINKERS,
    AssetList,
    CheckReport,
    Estimate,
    InputError,
    Note,
    Register,
    first_few,
)
from assetmap.sharing import match_resources

DAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def estimate_lists(
    files: Sequence[str | Path],
    *,
    stratify: str = "",
    odds_ratio: float = 1.0,
    review: str | Path | None = None,
    level: float = DEFAULT_LEVEL,
    population: float | None = None,
) -> Estimate:
    """Estimate all groups from files of lists: read them, link them and compare them.

    Parameters
    ----------
    files
        Two lists or more, as `read_assets` reads them.
    stratify
        Column of the register, such as ``asset_type``, whose values are estimated one by one (two lists).
    odds_ratio
        How much being on one list multiplies the odds of being on the other (two lists, `estimate_two_lists`).
    review
        The links that a person decided, as `review_table` writes them.
    level
        Level of the interval, 0.6 to 0.999.
    population
        Residents, for the rate per 1,000.

    Returns
    -------
    Estimate
        Of the unregistered groups, where the lists say which are registered. ``details["links"]`` has the pairs of
        rows that were linked or should be reviewed, in the form of `review_table`. If the rows of a list have no
        location, the lists are linked by name alone (`NAMES_ONLY`).

    Raises
    ------
    InputError, SchemaError
        If a list cannot be read or used.

    Examples
    --------
    >>> answer = am.estimate_lists([town.folder / "directory.csv", town.folder / "hall_bookings.csv"])
    >>> round(answer.low), round(answer.estimate), round(answer.high)
    (102, 117, 141)
    """
    decisions = _decisions(review)
    lists = [read_assets(file) for file in files]
    names = [each.source for each in lists]
    register = build_register(lists, review=decisions, audience="internal")
    log = register.log
    used = log.loc[log["asset_id"].notna(), "source"]
    unplaced = [name for name in names if name not in set(used)]
    if unplaced:
        linked, pairs = link_names(_name_rows(log), common_words=COMMON_WORDS, review=decisions)
        notes = [caution("NAMES_ONLY", lists=", ".join(unplaced))]
    else:
        linked = membership_from_register(register.assets, log, review=decisions)
        pairs = review_table(log)
        if stratify and stratify in register.assets.columns:
            linked[stratify] = register.assets[stratify]
        notes = _rows_left_out(log)
    answer = estimate_from_lists(
        linked, lists=names, stratify=stratify, odds_ratio=odds_ratio, level=level, population=population
    )
    return replace(
        answer,
        warnings=(*answer.warnings, *notes),
        details=answer.details | {"links": pairs.to_dict(orient="records")},
    )


def estimate_calibrated(
    files: Sequence[str | Path],
    registered: str | Path,
    *,
    stratify: str = "",
    relative: float | tuple[float, float] = RELATIVE,
    review: str | Path | None = None,
    level: float = DEFAULT_LEVEL,
    population: float | None = None,
) -> Estimate:
    """Estimate unregistered groups from files of lists and an official register, which shows how complete they are.

    Parameters
    ----------
    files
        One list or more, as `read_assets` reads them.
    registered
        Every registered group of the place, such as the part of the Charity Commission's extract that lies in it.
    stratify
        Column of the register, such as ``asset_type``, whose values are estimated one by one.
    relative
        How often the lists show an unregistered group, compared with a registered one (`estimate_by_calibration`).
    review, level, population
        As for `estimate_lists`.

    Returns
    -------
    Estimate
        As `estimate_by_calibration` returns it.

    Raises
    ------
    InputError, SchemaError
        If a file cannot be read or used.
    """
    decisions = _decisions(review)
    lists, official = [read_assets(file) for file in files], read_assets(registered)
    register = build_register([*lists, official], review=decisions, audience="internal")
    log, names = register.log, [each.source for each in lists]
    used = set(log.loc[log["asset_id"].notna(), "source"])
    unplaced = [name for name in [*names, official.source] if name not in used]
    if unplaced:
        raise InputError(
            f"No row of {first_few(unplaced)} has a usable location, so it cannot be linked to the official register. "
            "Add postcodes, towns or coordinates."
        )
    linked = membership_from_register(register.assets, log, review=decisions)
    if stratify and stratify in register.assets.columns:
        linked[stratify] = register.assets[stratify]
    known = linked[official.source].astype(bool)
    answer = estimate_by_calibration(
        linked[~known],
        linked[known],
        lists=names,
        by=stratify,
        relative=relative,
        level=level,
        population=population,
    )
    return replace(answer, warnings=(*answer.warnings, *_rows_left_out(log)))


def _rows_left_out(log: pd.DataFrame) -> list[Note]:
    """Count the rows of each list that could not be used."""
    left_out = log.loc[log["asset_id"].isna(), "source"].value_counts()
    rows = ", ".join(f"{count} of {name}" for name, count in left_out.items())
    return [caution("ROWS_LEFT_OUT", rows=rows)] if rows else []


def _name_rows(log: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of a validation log with their names as names are compared."""
    rows = log[["source", "row", "name", "row_id"]].copy()
    rows = rows[rows["name"].fillna("").str.strip() != ""]
    rows["key"] = name_keys(rows["name"])
    return rows


def check_files(
    files: Sequence[str | Path] = (),
    *,
    project: Project | None = None,
    columns: Mapping[str, str] | None = None,
    review: str | Path | None = None,
    linker: str = LINKERS[0],
    sheet: str | None = None,
    layer: str | None = None,
) -> CheckReport:
    """Check every row of some files without keeping a register.

    Parameters
    ----------
    files
        Lists, as `read_assets` reads them; the lists of the project (those of its store, if it has one) when none is given.
    project
        Its postcodes, places and areas are used to check the rows; without it only their form is checked.
    columns
        Column of the register -> heading of the files, where a heading is not understood by itself.
    review
        The links that a person decided, as `review_table` writes them; those of the project when no file is given.
    linker
        ``builtin`` or ``splink``: what decides which rows of different lists are one thing.
    sheet, layer
        The only sheet or layer to read, as for `read_assets`.

    Returns
    -------
    CheckReport
        Counts that add up to the rows read, and every row with its outcome and reason.

    Raises
    ------
    InputError
        If a file cannot be read.
    NotListsError
        If files are no lists but answers on conditions, grants, priorities or counts; it has the verdict on each.

    Examples
    --------
    >>> report = am.check_files([town.folder / "directory.csv"], project=town)
    >>> report.counts.loc["directory", ["rows", "accepted"]].tolist()
    [67, 67]
    """
    lists, decided = _lists_of(files, project, columns, sheet=sheet, layer=layer)
    decided = decided if review is None else _decisions(review)
    return check_lists(lists, **known_places(project), review=decided, linker=linker)


def register_files(
    files: Sequence[str | Path] = (),
    *,
    project: Project | None = None,
    columns: Mapping[str, str] | None = None,
    review: str | Path | None = None,
    audience: str = "public",
    linker: str = LINKERS[0],
    sheet: str | None = None,
    layer: str | None = None,
) -> Register:
    """Make one register from some files.

    Parameters
    ----------
    files, project, columns, review, linker, sheet, layer
        As for `check_files`.
    audience
        ``"public"`` leaves out contacts and the exact place of sensitive assets; ``"internal"`` nothing.

    Returns
    -------
    Register
        As `build_register` returns it.

    Raises
    ------
    InputError
        If a file cannot be read.

    Examples
    --------
    >>> am.register_files([town.folder / "directory.csv"], project=town).assets["asset_type"].nunique()
    5
    """
    lists, decided = _lists_of(files, project, columns, sheet=sheet, layer=layer)
    decided = decided if review is None else _decisions(review)
    return build_register(lists, **known_places(project), review=decided, audience=audience, linker=linker)


def compare_files(old: str | Path, new: str | Path) -> pd.DataFrame:
    """List what changed from one register file to the next, as `compare` returns it.

    Examples
    --------
    >>> changes = am.compare_files(town.folder / "directory.csv", town.folder / "hall_bookings.csv")
    >>> changes["change"].value_counts().to_dict()
    {'left_out': 45, 'opened': 36, 'renamed': 6}
    """
    before, after = (build_register(read_assets(file), audience="internal").assets for file in (old, new))
    return compare(before, after)


def near_postcode(
    project: Project,
    postcode: str,
    *,
    register: str | Path | None = None,
    asset_type: str | None = None,
    offers: str | None = None,
    asks: str | None = None,
    within_km: float = WITHIN_KM,
    open_on: str | None = None,
) -> pd.DataFrame:
    """List what is near a postcode, nearest first, from a project's lists or from a register.

    Parameters
    ----------
    project
        Whose postcodes say where the postcode is, and whose lists are searched.
    postcode
        Where the person lives, as typed.
    register
        A register file to search instead of the project's lists.
    asset_type, offers, asks, within_km
        As for `near`.
    open_on
        Only what is known to be open on this day (``saturday``), by the opening times in the lists. What has no
        opening times that can be read is left out.

    Returns
    -------
    pandas.DataFrame
        As `near` returns it.

    Raises
    ------
    InputError
        If the project has no postcodes, or the postcode is not among them; if the resource or the day is not known, or
        no row says when it is open.

    Examples
    --------
    >>> am.near_postcode(town, "QF5 1AG", within_km=0.5)["name"].head(2).tolist()
    ['Quillford Guildhall', 'Quillford Library']
    """
    if open_on is not None and open_on.casefold() not in DAYS:
        raise InputError(f"'{open_on}' is not a day. Use one of: {', '.join(DAYS)}.")
    for word in (offers, asks):
        if word is not None:
            find_resources(word)  # before the lists are read
    known = known_places(project)
    if known["postcodes"] is None:
        raise InputError(
            "The project has no [postcodes] file, so postcodes cannot be located. Add one to assetmap.toml."
        )
    found = project_lists(project) if register is None else None
    searched = build_register(
        [read_assets(register)] if register is not None else found.lists if found else (),
        **known,
        review=found.review if found else None,
        audience=project.settings.project.audience,
        linker=project.settings.project.linker,
    )
    assets = searched.assets if open_on is None else _open_on(searched.assets, open_on)
    return near(
        assets,
        postcode,
        postcodes=known["postcodes"],
        asset_type=asset_type,
        offers=offers,
        asks=asks,
        within_km=within_km,
    )


def _open_on(assets: gpd.GeoDataFrame, day: str) -> gpd.GeoDataFrame:
    """Return the assets that are known to be open on a day."""
    times = opening_times(pd.DataFrame(assets.drop(columns="geometry"))).times
    if times.empty:
        raise InputError(
            "No row says when it is open, so nothing can be found by its day. Give your list a column for each day, or one "
            "such as 'Opening times' (Mon-Fri 9am-5pm)."
        )
    return assets[assets.index.isin(times.loc[times["day"] == DAYS.index(day.casefold()), "asset_id"])]


def match_files(
    files: Sequence[str | Path] = (),
    *,
    project: Project | None = None,
    columns: Mapping[str, str] | None = None,
    within_km: float = LENDING_M / 1000,
    audience: str = "public",
) -> pd.DataFrame:
    r"""List who could lend what to whom, from lists or from the lists of a project.

    Parameters
    ----------
    files
        Lists or a register, as `read_assets` reads them; the lists of the project when none is given.
    project
        Whose postcodes and places say where the rows are.
    columns
        As for `check_files`.
    within_km
        Straight-line kilometres that people would travel.
    audience
        As for `register_files`: ``"public"`` leaves out sensitive assets.

    Returns
    -------
    pandas.DataFrame
        As `match_resources` returns it.

    Raises
    ------
    InputError
        If there is nothing to read, no row says what it offers or asks for, or none has a location.

    Examples
    --------
    >>> listed = "name,postcode,offers,asks\nThe hall,QF5 1AB,minibus,\nThe choir,QF8 1AF,,minibus\n"
    >>> Path("lists.csv").write_text(listed) > 0
    True
    >>> am.match_files(["lists.csv"], project=town)["offered_by_name"].tolist()
    ['The hall']
    """
    lists, review = _lists_of(files, project, columns)
    assets = build_register(lists, **known_places(project), review=review, audience=audience).assets
    said = [column for column in ("offers", "asks") if column in assets and (assets[column] != "").any()]
    if not said:
        raise InputError(
            "No row offers or asks for anything that is understood. A list needs columns such as "
            "'offers' (Can lend, Facilities, Resources available) and 'asks' (Wanted, Needs, Looking for), with words "
            "of data/tables/resources.csv; 'assetmap check' shows how the cells were read."
        )
    if assets.geometry.isna().all():
        raise InputError(
            "No row has a location, so distances cannot be calculated. Postcodes and towns can only be located with the "
            "files of a project: give its folder with --project."
        )
    return match_resources(assets, within_m=within_km * 1000)


def _lists_of(
    files: Sequence[str | Path],
    project: Project | None,
    columns: Mapping[str, str] | None,
    *,
    sheet: str | None = None,
    layer: str | None = None,
) -> tuple[Sequence[AssetList], pd.DataFrame | None]:
    """Read the files; without any, return the lists of the project and what was decided about them."""
    if files:
        if not (columns or sheet or layer):
            refuse_others(files)
        return [read_assets(file, columns=columns, sheet=sheet, layer=layer) for file in files], None
    if project is None:
        raise InputError("There is no list to read. Give files, or a project with --project.")
    if columns or sheet or layer:
        raise InputError("Columns, sheets and layers can only be named for files. Name the files.")
    found = project_lists(project)
    return found.lists, found.review


def _decisions(review: str | Path | None) -> pd.DataFrame | None:
    return None if review is None else read_table(review)
