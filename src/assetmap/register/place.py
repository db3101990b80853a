"""Where each row is, how well that is known, and whether its own cells agree.

Tried in this order: the shape of the file, latitude and longitude, eastings and northings, grid reference,
postcode, and where that is not known: its sector, the same street in another row, place name, district of a postcode, the whole area. A row that contradicts itself is located by its more
reliable part and held for review. A row outside the area is rejected, or kept where it is near enough beyond the
border for people to go there.
"""

from __future__ import annotations

import re
from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd

from assetmap.register.areas import COAST_TOLERANCE_M, areas_of_points
from assetmap.register.border import among_neighbours, just_across, lies_near
from assetmap.register.candidates import (
    by_districts,
    by_points,
    by_postcodes,
    by_sectors,
    by_streets,
    by_towns,
    covering,
)
from assetmap.register.coordinates import points_of_rows
from assetmap.register.findings import Finding, finding
from assetmap.register.postcodes import postcodes_within, tidy_postcodes
from assetmap.register.words import column_or_empty
from assetmap.schema import DISTANCE_PRECISIONS

TOWN_FAR_M: Final = 5_000.0
"""A postcode this far from the middle of its own town is held for review (the national list places Bude library
6 km inland)."""

ASIDE: Final = re.compile(
    r"\W*(?:(?:grand |sub-?)?totals?\b[\W\d]*(?:\w+\W*)?$|(?:n\.?b|notes?|sources?|key|copyright)\s*[:.]|"
    r"(?:please|last updated|updated|correct (?:at|as)|data (?:as )?(?:at|of|from)|(?:prepared|produced|compiled|printed) (?:by|on)|contains|for more|if you) |page \d)|\s*[*©]",
    re.I,
)
"""How a line of totals or a note below a list begins."""

FEW_CAPITALS: Final = 0.2
"""Where at most this share of the names is in capitals, a line in capitals with nothing else is a heading between the rows."""

COUNTS: Final = "it counts for access but belongs to no area"


def place_rows(
    rows: pd.DataFrame,
    *,
    postcodes: pd.DataFrame | None,
    places: gpd.GeoDataFrame | None,
    areas: gpd.GeoDataFrame | None,
    area_name: str,
    buffer_m: float = 0.0,
) -> tuple[pd.DataFrame, list[Finding]]:
    """Place every row.

    Parameters
    ----------
    rows
        Cleaned text columns of the register's names (docs/tables.md) on a 0, 1, ... index; ``point_x``,
        ``point_y`` (metres) where a file had shapes.
    postcodes, places, areas, area_name, buffer_m
        As for `build_register`.

    Returns
    -------
    tuple
        A table on the index of ``rows`` with ``x``, ``y`` (metres, missing where not known), ``postcode``
        (official form, ``""``), ``location_precision`` (``""`` where nothing says where it is) and
        ``beyond_border`` (true where it is kept although it lies outside); and what was found.
    """
    points = points_of_rows(rows)
    town, typed = column_or_empty(rows, "town"), column_or_empty(rows, "postcode")
    tidied = tidy_postcodes(typed, known=None if postcodes is None else postcodes.index)
    within = postcodes_within(column_or_empty(rows, "address").where(tidied["postcode"] == "", ""))
    tidy = tidied["postcode"].where(within == "", within)
    outward = column_or_empty(rows, "postcode_district").str.upper().str.partition(" ")[0].astype("str")
    district = tidy.str.partition(" ")[0].where(tidy != "", tidied["district"]).astype("str")
    district = district.where(district != "", outward)
    by_postcode = by_postcodes(tidy, postcodes, areas)
    point, of_points = by_points(rows, points, by_postcode, areas)
    if areas is not None and postcodes is not None and buffer_m > 0:
        point["inside"] = ~just_across(point, by_postcode, areas, postcodes)
        point["inhabited"] = among_neighbours(point, postcodes)
    by_district, of_districts = by_districts(
        district, by_postcode, postcodes, areas, area_name=area_name, buffer_m=buffer_m
    )
    by_town = by_towns(rows, places)
    lost = (by_postcode["precision"] == "").to_numpy() & (point["precision"] == "").to_numpy()
    by_sector = by_sectors(tidy, by_postcode, postcodes)
    # Where the town is known and there is no postcode, a street of the lists would say little more.
    asked = lost & ((tidy != "") | (by_town["precision"] == "")).to_numpy()
    by_street = by_streets(rows, by_postcode, asked, district)
    _without_contradictions(by_district, by_town, by_sector, by_street, areas, lost=lost, buffer_m=buffer_m)
    candidates: list[Candidate] = [
        (("Its point",), "coordinates", point),
        (("The postcode ", tidy), "postcode", by_postcode),
        (("The postcode sector ", tidy.str[:-2]), "postcode sector", by_sector),
        (("Its street",), "street", by_street),
        (("The place '", town.where(town != "", "in its address"), "'"), "town", by_town),
        (("The postcode district ", district), "postcode district", by_district),
        (("",), "area", covering(rows, area_name)),
    ]
    placed, outside = _first_inside(candidates, areas, area_name, buffer_m)
    placed["postcode"] = tidy
    unknown = (tidy != "") & ~by_postcode["listed"] & (by_postcode["precision"] == "")
    unknown &= placed["location_precision"].ne("") & ~placed["by"].isin(["area", "coordinates"])
    among = (tidied["repair"] == "found") | (tidied["postcode"] == "") & (
        typed != ""
    )  # "TR1 3AA, Truro", "TR1"
    if among.any():
        placed["postcode_as_written"] = typed.where(among, "")
    findings = [*of_points, *of_districts, *outside]
    findings.append(
        finding(
            unknown,
            "review",
            "The postcode ",
            tidy,
            " is not in the postcode file (it may be newer, or wrong), so it was located by its ",
            placed["by"],
            ". Check it.",
        )
    )
    findings.append(
        finding(
            (placed["by"] == "street") & ~unknown,
            "accepted",
            "It was located by its street, which other rows of the lists have with a postcode.",
        )
    )
    findings += _postcode_findings(typed, tidied, tidy, by_postcode)
    findings += _town_findings(town, placed, by_postcode, by_town)
    findings += _nowhere_findings(rows, placed, by_town, outside)
    return placed.drop(columns="by"), findings


Candidate = tuple[tuple[str | pd.Series, ...], str, pd.DataFrame]
"""What a location is called in a message, what it is by, and the table of locations."""


def _without_contradictions(
    by_district: pd.DataFrame,
    by_town: pd.DataFrame,
    by_sector: pd.DataFrame,
    by_street: pd.DataFrame,
    areas: gpd.GeoDataFrame | None,
    *,
    lost: np.ndarray,
    buffer_m: float,
) -> None:
    """Take away locations that another one of the row contradicts, in place: a name of a town is not unique.

    Where the postcode is not known, a district that is wholly outside the areas and the buffer means outside, whatever the town is called,
    and so does such a town for a district that crosses the border. A town far from its district is another town of that name.
    """
    town_out = np.zeros(len(by_town), dtype=bool)
    if areas is not None:
        x, y = (by_town[axis].where(lost).to_numpy(dtype=float) for axis in ("x", "y"))
        place, off = areas_of_points(x, y, areas, tolerance_m=COAST_TOLERANCE_M)
        town_out = (place < 0) & (off > buffer_m)
    apart = np.hypot(by_town["x"] - by_district["x"], by_town["y"] - by_district["y"])
    elsewhere = lost & ~town_out & np.asarray(apart > by_district["radius_m"] + TOWN_FAR_M, dtype=bool)
    out = lost & by_district["out"].to_numpy(dtype=bool)
    for table, mask in ((by_town, out | elsewhere), (by_sector, out), (by_street, out)):
        if mask.any():
            table.loc[mask, ["x", "y"]] = np.nan
            table["precision"] = table["precision"].mask(mask, "")
    crossed = town_out & by_district["crosses"].to_numpy(dtype=bool) & ~out
    if crossed.any():
        by_district["precision"] = by_district["precision"].mask(crossed, "")


def _postcode_findings(
    typed: pd.Series, tidied: pd.DataFrame, tidy: pd.Series, by_postcode: pd.DataFrame
) -> list[Finding]:
    broken = (typed != "") & (tidied["postcode"] == "") & (tidied["district"] == "")
    begun = ("The postcode '", typed, "' ")
    return [
        finding(broken & (tidy == ""), "review", *begun, "is not a postcode. Correct it (as in TR1 1EP)."),
        finding(
            broken & (tidy != ""),
            "accepted",
            *begun,
            "is not a postcode, so the one in the address was used.",
        ),
        finding(
            (tidied["repair"] == "broken") & (tidy == ""),
            "review",
            *begun,
            "is not a postcode; only its district ",
            tidied["district"],
            " was used. Correct it.",
        ),
        finding(tidied["repair"] == "letters", "accepted", *begun, "was read as ", tidy, "."),
        finding(
            ~by_postcode["live"] & by_postcode["x"].notna(),
            "accepted",
            "The postcode ",
            tidy,
            " is no longer in use, so its last location was used.",
        ),
        finding(
            ~by_postcode["live"] & by_postcode["x"].isna(),
            "accepted",
            "The postcode ",
            tidy,
            " is no longer in use and the postcode file has no location for it, so only its area is known. Give its present postcode.",
        ),
    ]


def _first_inside(
    candidates: list[Candidate],
    areas: gpd.GeoDataFrame | None,
    area_name: str,
    buffer_m: float,
) -> tuple[pd.DataFrame, list[Finding]]:
    """Take for each row the first candidate in the area, else the first near its border; say which were outside."""
    index = candidates[0][2].index
    x, y, beyond = np.full(len(index), np.nan), np.full(len(index), np.nan), np.zeros(len(index), dtype=bool)
    precision, by = np.full(len(index), "", dtype=object), np.full(len(index), "", dtype=object)
    outside = []

    def take_from(candidate: pd.DataFrame, name: str, rows: np.ndarray) -> None:
        if rows.any():
            for values, axis in ((x, "x"), (y, "y")):
                values[rows] = candidate[axis].to_numpy(dtype=float)[rows]
            precision[rows] = candidate["precision"].to_numpy(dtype=object)[rows]
            by[rows] = name

    for what, name, candidate in candidates:
        asked = (precision == "") & (candidate["precision"] != "").to_numpy()
        inside, off = _inside(candidate, asked, areas)
        outside.append((asked & ~inside, what, off, lies_near(candidate, off, buffer_m)))
        take_from(candidate, name, asked & inside)
    findings = []
    place = area_name or "the area"
    for (mask, what, off, near), (_, name, candidate) in zip(outside, candidates, strict=True):
        take = mask & near & (precision == "")
        take_from(candidate, name, take)
        beyond[take] = True
        sure = candidate["precision"].isin(DISTANCE_PRECISIONS).to_numpy()
        km = _kilometres(off, take, "{:.1f} km", "just")
        findings.append(
            finding(take & sure, "accepted", *what, " lies ", km, f" beyond the border of {place}: {COUNTS}.")
        )
        findings.append(
            finding(
                take & ~sure,
                "review",
                *what,
                f" lies beyond the border of {place}, in part near enough to count for access: it is in no distance. "
                "Give the postcode.",
            )
        )
    placed = pd.DataFrame({"x": x, "y": y, "beyond_border": beyond}, index=index)
    placed["location_precision"] = pd.Series(precision, index=index, dtype="str")
    taken = placed["by"] = pd.Series(by, index=index, dtype="str")
    whole, nowhere = precision == "area_only", precision == ""
    for asked, what, off, near in outside:
        mask = asked & ~(near & placed["beyond_border"].to_numpy())
        said = (*what, f" lies outside {place}", _kilometres(off, mask, ", {:.1f} km from it", ""))
        findings += [
            finding(mask & nowhere, "rejected", *said, "."),
            finding(mask & whole, "accepted", *said, ". It counts for the whole area only."),
            finding(
                mask & ~whole & ~nowhere,
                "review",
                *said,
                ". It was located by its ",
                taken,
                " instead. Check both.",
            ),
        ]
    return placed, findings


def _kilometres(off: np.ndarray, mask: np.ndarray, words: str, next_to_it: str) -> pd.Series | str:
    """Say how far outside the rows of a mask lie."""
    if not mask.any():
        return ""
    said = [
        "" if not asked else words.format(metres / 1000) if metres >= 50 else next_to_it
        for metres, asked in zip(off, mask, strict=True)
    ]
    return pd.Series(said, dtype="str")


def _inside(
    candidate: pd.DataFrame, asked: np.ndarray, areas: gpd.GeoDataFrame | None
) -> tuple[np.ndarray, np.ndarray]:
    """Return which of the asked candidates lie in an area, or have no point to check; and metres outside."""
    if areas is None or not asked.any():
        return np.ones(len(asked), dtype=bool), np.full(len(asked), np.nan)
    x, y = candidate["x"].where(asked).to_numpy(), candidate["y"].where(asked).to_numpy()
    place, off = areas_of_points(x, y, areas, tolerance_m=COAST_TOLERANCE_M)
    inside = (place >= 0) | ~np.isfinite(x)
    return (candidate["inside"].to_numpy(dtype=bool) if "inside" in candidate else inside), off


def _town_findings(
    town: pd.Series, placed: pd.DataFrame, by_postcode: pd.DataFrame, by_town: pd.DataFrame
) -> list[Finding]:
    """Flag a postcode that lies far from its own town."""
    apart = by_postcode[["x", "y"]].to_numpy(dtype=float) - by_town[["x", "y"]].to_numpy(dtype=float)
    far = np.hypot(apart[:, 0], apart[:, 1])
    doubted = (far > TOWN_FAR_M) & (placed["location_precision"] == "postcode").to_numpy()
    named = town.where(town != "", "the town of its address")
    said = ("Its postcode ", placed["postcode"], " lies ", far / 1000, " km from ", named, ". Check both.")
    return [finding(doubted, "review", *said)]


def _nowhere_findings(
    rows: pd.DataFrame, placed: pd.DataFrame, by_town: pd.DataFrame, outside: list[Finding]
) -> list[Finding]:
    """Reject rows without any location; those outside already have a reason."""
    town = column_or_empty(rows, "town")
    nowhere = (placed["location_precision"] == "").to_numpy(copy=True)
    for finding_outside in outside:
        if finding_outside.outcome == "rejected":
            nowhere[finding_outside.rows] = False
    named = nowhere & ((town != "") & (by_town["precision"] == "")).to_numpy()
    many = by_town["many"].to_numpy(dtype=bool)
    begun = "The place '"
    return [
        finding(
            named & ~many,
            "rejected",
            begun,
            town,
            "' is not a known place. Correct it, or give the postcode.",
        ),
        finding(named & many, "rejected", "There are several places called '", town, "'. Give the postcode."),
        *_unsaid_findings(rows, nowhere & (town == "").to_numpy()),
    ]


def _reads_like_aside(rows: pd.DataFrame) -> np.ndarray:
    """Say which rows read like a total, a note below the list (in another column than the names, too) or a heading between its rows."""
    names = rows["name"]
    capitals = names.str.isupper()
    own = rows.columns.difference(
        ["name", "name_key", "source", "row", "sheet", "sensitive", "row_key", "point_x", "point_y"]
    )
    cells = rows.loc[capitals, [column for column in own if not column.startswith(("reading_", "list_"))]]
    alone = (cells.fillna("").astype("str") == "").all(axis=1).reindex(rows.index, fill_value=False)
    headings = capitals & alone & (capitals.mean() <= FEW_CAPITALS)
    return np.asarray(names.str.match(ASIDE) | headings | (names == ""), dtype=bool)


def _unsaid_findings(rows: pd.DataFrame, nowhere: np.ndarray) -> list[Finding]:
    """Reject rows that say no place; a shape of OpenStreetMap without its points and a line below the list need another advice."""
    shapes = column_or_empty(rows, "osm_type").str.casefold()
    shape = nowhere & shapes.isin(["way", "relation"]).to_numpy()
    aside = np.zeros(len(rows), dtype=bool)
    if nowhere.any():
        aside = nowhere & ~shape & _reads_like_aside(rows)
    return [
        finding(
            shape,
            "rejected",
            "It is a ",
            shapes,
            " of OpenStreetMap (a line or an outline), and the file does not say where it is. Run the Overpass query again with "
            "'out center;' as its last line, which adds a point.",
        ),
        finding(
            aside,
            "rejected",
            "It says no place and reads like a heading, a total or a note, so it was left out. If it is a group or a place, give its name and postcode.",
        ),
        finding(
            nowhere & ~shape & ~aside,
            "rejected",
            "It has no usable location. Give a postcode, a town or coordinates.",
        ),
    ]
