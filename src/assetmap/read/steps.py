"""What each step of a build needs from an inputs folder, which files it takes, and where to get what is missing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import pandas as pd

from assetmap.read.action.recognise import PUBLISHED_GRANTS
from assetmap.schema import reference_table

STEPS: Final = (
    *(
        "areas",
        "choice of the area",
        "population",
        "need",
        "postcodes",
        "assets",
        "area names",
        "place names",
    ),
    *("roads", "bus timetable", "cars"),
    *("conditions", "grants", "outcomes", "counts"),
)
OPTIONAL: Final = (
    *("area names", "place names", "roads", "bus timetable", "cars"),
    *("conditions", "grants", "outcomes", "counts"),
)
"""Steps that a build can do without."""

_CARS: Final = "nomis_census_2021_cars"

NO_POINTS: Final = ("ons_postcode_lookup", "postcode_table")
"""Postcode files that do not say where a postcode is, or that assetmap itself made for a place."""


def steps_of(files: pd.DataFrame) -> pd.DataFrame:
    """Return one row per step of a build: ``step``, ``ready``, ``files`` (in words), ``missing`` and ``each`` (the names of its files)."""
    ready = files[files["state"] == "ready"]
    rows = []
    for step in STEPS:
        names, missing = _NEEDS[step](ready)
        rows.append(
            {"step": step, "ready": not missing, "files": ", ".join(names), "missing": missing, "each": names}
        )
    return pd.DataFrame(rows)


def _of_kind(ready: pd.DataFrame, kind: str, *vintages: str) -> pd.DataFrame:
    chosen = ready[ready["kind"] == kind]
    return chosen[chosen["vintage"].str.startswith(vintages)] if vintages else chosen


def _small_areas(ready: pd.DataFrame) -> pd.DataFrame:
    found = _of_kind(ready, "boundary", "lsoa", "msoa")
    own = ready[ready["source_id"] == "areas_table"]
    return pd.concat([found, own]) if len(own) else found


def _need_areas(ready: pd.DataFrame) -> tuple[list[str], str]:
    found = _small_areas(ready)
    return list(found["file"]), "" if len(found) else _get(
        "Boundaries of small areas (LSOA 2021)", "ons_lsoa21_boundaries"
    )


def _need_choice(ready: pd.DataFrame) -> tuple[list[str], str]:
    names = ready[ready["kind"].isin(("need", "postcodes"))]
    lookups, larger = _of_kind(ready, "lookup"), _of_kind(ready, "boundary", "ward", "lad", "parish", "utla")
    found = pd.concat([lookups[lookups["vintage"].str.contains("lad")], larger, names, _small_areas(ready)])
    if len(found):
        return list(found["file"]), ""
    return [], _get("A lookup from small areas to local authorities", "ons_lsoa21_ward_lad_lookup")


def _fitting(ready: pd.DataFrame, kind: str) -> tuple[list[str], list[str]]:
    """Return the files of a kind on the vintage of the boundaries, and those that need the lookup."""
    here = {vintage[:6] for vintage in _small_areas(ready)["vintage"]}
    found = _of_kind(ready, kind)
    fits = found["vintage"].str[:6].isin(here) if here else found["vintage"].notna()
    lookup = (ready["source_id"] == "ons_lsoa11_lsoa21_lookup").any()
    return list(found.loc[fits, "file"]), list(found.loc[~fits, "file"]) if lookup else []


def _need_population(ready: pd.DataFrame) -> tuple[list[str], str]:
    with_people = ready[ready["counts_people"].astype(bool)]
    here = _small_areas(ready)
    fits, _ = _fitting(pd.concat([with_people, here]), "population")
    counted, converted = _fitting(pd.concat([with_people, here, _of_kind(ready, "lookup")]), "need")
    found = [*fits, *counted, *converted]
    return found, "" if found else _get("Residents of the small areas", "nomis_population")


def _need_need(ready: pd.DataFrame) -> tuple[list[str], str]:
    fits, converted = _fitting(ready, "need")
    if fits or converted:
        return [*fits, *converted], ""
    others = _of_kind(ready, "need")
    if len(others):
        row = others.iloc[0]
        return [], (
            f"'{row['file']}' is on {row['vintage']}, but the boundaries are not. Add boundaries of that vintage, or: "
            + _get("the lookup between the two", "ons_lsoa11_lsoa21_lookup")
        )
    return [], _get("An index of need", "iod2025")


def _need_postcodes(ready: pd.DataFrame) -> tuple[list[str], str]:
    found = _of_kind(ready, "postcodes")
    if (~found["source_id"].isin(NO_POINTS)).any():
        return list(found["file"]), ""
    return list(found["file"]), _get("Postcodes with coordinates", "os_code_point_open")


def _need_assets(ready: pd.DataFrame) -> tuple[list[str], str]:
    found = _of_kind(ready, "assets")
    missing = "A list of groups or places: any spreadsheet with a name and a postcode, or " + _get(
        "libraries", "ace_libraries"
    )
    return list(found["file"]), "" if len(found) else missing


def _need_area_names(ready: pd.DataFrame) -> tuple[list[str], str]:
    readers = reference_table("sources")["reader"]
    known = ready[ready["source_id"].map(readers).eq("read_known_names")]
    wards = ready[ready["vintage"].str.contains("ward") & ready["kind"].isin(("lookup", "boundary"))]
    found = list(pd.concat([known, wards, _of_kind(ready, "places")])["file"])
    return found, "" if found else (
        "Optional, for names that people know, such as Ludlow Town (Shropshire 038B): "
        + _get("", "hocl_msoa_names")
        + " Or: "
        + _get("", "os_open_names")
    )


def _need_names(ready: pd.DataFrame) -> tuple[list[str], str]:
    found = _of_kind(ready, "places")
    return list(found["file"]), "" if len(found) else "Optional, for names on the map: " + _get(
        "", "os_open_names"
    )


def _need_roads(ready: pd.DataFrame) -> tuple[list[str], str]:
    found = _of_kind(ready, "roads")
    return list(found["file"]), "" if len(found) else "Optional, for times on foot and by car: " + _get(
        "", "osm_extract"
    )


def _need_timetable(ready: pd.DataFrame) -> tuple[list[str], str]:
    found = _of_kind(ready, "timetable")
    return list(found["file"]), "" if len(found) else "Optional, for who gets there and back by bus: " + _get(
        "", "bods_timetable"
    )


def _need_cars(ready: pd.DataFrame) -> tuple[list[str], str]:
    found = ready[ready["source_id"].str.startswith(_CARS)]
    return list(found["file"]), "" if len(found) else "Optional, for households without a car: " + _get(
        "", _CARS
    )


def _own(kind: str, missing: str, *others: str) -> Callable[[pd.DataFrame], tuple[list[str], str]]:
    """Return the need of a step that takes files which people of the place fill in."""

    def need(ready: pd.DataFrame) -> tuple[list[str], str]:
        found = ready[(ready["kind"] == kind) | ready["source_id"].isin(others)]
        return list(found["file"]), "" if len(found) else f"Optional, {missing}"

    return need


def _get(what: str, source_id: str) -> str:
    row = reference_table("sources").loc[source_id]
    fetch = f", or: assetmap fetch --area NAME --output FOLDER --only {source_id}" if row["address"] else ""
    return f"{what + ': ' if what else ''}{row['title']}, {row['page']}{fetch}."


_NEEDS: Final[dict[str, Callable[[pd.DataFrame], tuple[list[str], str]]]] = {
    "areas": _need_areas,
    "choice of the area": _need_choice,
    "population": _need_population,
    "need": _need_need,
    "postcodes": _need_postcodes,
    "assets": _need_assets,
    "area names": _need_area_names,
    "place names": _need_names,
    "roads": _need_roads,
    "bus timetable": _need_timetable,
    "cars": _need_cars,
    "conditions": _own(
        "conditions",
        "what people say of their areas: the sheet of 'assetmap conditions PROJECT --blank FILE', filled in.",
    ),
    "grants": _own(
        "grants",
        "whether money follows need: a list of grants of your own, or a 360Giving file.",
        *PUBLISHED_GRANTS,
    ),
    "outcomes": _own("outcomes", "your priorities: a table like data/tables/outcomes.csv."),
    "counts": _own(
        "counts",
        "what groups count in a month: the files of the form of 'assetmap counts PROJECT --form FOLDER'.",
    ),
}
