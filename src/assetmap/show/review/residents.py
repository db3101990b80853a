"""``option.html``: what each option means for you, by your postcode or village, in one file that asks no server for anything.

What a reader types stays on the page: nothing is stored and nothing is sent. Names from outside are data and get onto the
page as text only. With straight lines the way is measured from the postcode; with any other mode it is that of the area.
"""

from __future__ import annotations

import base64
import hashlib
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd
from markupsafe import Markup

from assetmap.public import AUDIENCE_WORDS, PUBLIC
from assetmap.schema import within_border
from assetmap.show.html import bullets, joined, paragraph, table
from assetmap.show.words import NOT_KNOWN, counted, measured_by, plain, sentence

if TYPE_CHECKING:
    import geopandas as gpd

    from assetmap.schema import OptionsReview

RESIDENTS_NAME: Final = "option.html"
_FOLDER: Final = Path(__file__).with_name("static")
_POLICY: Final = (
    "default-src 'none'; style-src 'sha256-{}'; script-src 'sha256-{}'; base-uri 'none'; form-action 'none'"
)
STEP_M: Final = 10
"""Postcodes are placed to the nearest ten metres."""
_DIGITS: Final = "0123456789abcdefghijklmnopqrstuvwxyz"
_PLACES: Final = 3
_MOST: Final = 36**_PLACES - 1
_DAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def write_residents(
    options: OptionsReview,
    areas: gpd.GeoDataFrame,
    folder: str | Path,
    *,
    title: str,
    postcodes: pd.DataFrame | None = None,
    places: gpd.GeoDataFrame | None = None,
    audience: str = PUBLIC,
) -> Path:
    """Write the page for residents.

    Parameters
    ----------
    options
        The options side by side.
    areas
        The small areas of the review.
    folder
        An existing folder.
    title
        Heading of the page.
    postcodes
        Index ``postcode``, with coordinates and ``area_code``; without it people can only choose a town or village.
    places
        Towns and villages with ``name`` and a point.
    audience
        ``public`` or ``internal``: who may see the register that the options were made from; the head of the page says so.

    Returns
    -------
    pathlib.Path
        ``option.html``; the same options give the same bytes.

    Examples
    --------
    >>> Path("page").mkdir()
    >>> review, options = am.project.evaluate_options(village, names=["A"])
    >>> am.show.write_residents(options, quillford.areas, "page", title="The Guildhall", postcodes=quillford.postcodes).name
    'option.html'
    """
    path = Path(folder) / RESIDENTS_NAME
    text = residents_html(options, areas, title=title, postcodes=postcodes, places=places, audience=audience)
    path.write_text(text, encoding="utf-8", newline="\n")
    return path


def residents_html(
    options: OptionsReview,
    areas: gpd.GeoDataFrame,
    *,
    title: str,
    postcodes: pd.DataFrame | None = None,
    places: gpd.GeoDataFrame | None = None,
    audience: str = PUBLIC,
) -> str:
    """Return the page as HTML text; parameters as in `write_residents`."""
    record = _record(options, areas, postcodes, places)
    style = (_FOLDER / "residents.css").read_text(encoding="utf-8")
    script = (_FOLDER / "residents.js").read_text(encoding="utf-8")
    page = Markup((_FOLDER / "residents.html").read_text(encoding="utf-8"))
    written = json.dumps(record, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return str(
        page.format(
            policy=Markup(_POLICY.format(_digest(style), _digest(script))),
            title=plain(title),
            audience=audience,
            audience_words=AUDIENCE_WORDS[audience],
            style=Markup(style),
            script=Markup(script),
            data=Markup(written.replace("<", "\\u003c").replace("\u2028", "").replace("\u2029", "")),
            intro=_intro(options),
            ask=_ask(record),
            table=_table(options),
            notes=_notes(options),
        )
    )


def _digest(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _intro(options: OptionsReview) -> Markup:
    words = plain(options.kind["words"])
    listed = (
        f"{plain(each.option.name)}: {plain(each.option.title)}"
        if each.option.name != each.option.title
        else plain(each.option.name)
        for each in options.options
    )
    return joined(
        (
            paragraph(
                f"Your council is asking what should happen to its {words}. "
                f"{'This is what is proposed' if len(options.options) == 1 else 'These are the options'}:"
            ),
            bullets(listed),
            paragraph("Nothing has been decided yet. Find out what each would mean for you."),
        )
    )


def _ask(record: dict[str, Any]) -> str:
    ways = [
        name
        for name, there in (("postcode", record["postcodes"]), ("town or village", record["places"]))
        if there
    ]
    return "Your " + " or ".join(ways) if ways else "Your area"


def _table(options: OptionsReview) -> Markup:
    """Return the sites that an option changes, and what would happen to each: also for readers without the script."""
    states = [_states(options.before, each) for each in (options.before, *(o.after for o in options.options))]
    rows, same = [], 0
    for asset_id, name in _shown(options).items():
        cells = [state.get(asset_id, "closed") for state in states]
        if len(set(cells)) == 1:
            same += 1
            continue
        rows.append(
            (plain(name), cells[0], *("no change" if cell == cells[0] else cell for cell in cells[1:]))
        )
    headings = ("Where", "Today", *(plain(each.option.name) for each in options.options))
    word, words = plain(options.kind["word"]), plain(options.kind["words"])
    rest = (
        f"Under every option {counted(same, f'{word} stays as it is', f'{words} stay as they are')}."
        if same
        else ""
    )
    return joined(
        (
            table(f"Each {word} that would change", headings, rows, stacked=True),
            paragraph(rest) if rest else None,
        )
    )


def _shown(options: OptionsReview) -> dict[str, str]:
    """Return the sites inside the border that are open today or under an option."""
    names: dict[str, str] = {}
    for sites in (options.before, *(each.after for each in options.options)):
        here = within_border(sites)
        for asset_id, row in here[here["status"] == "open"].iterrows():
            names.setdefault(str(asset_id), str(row["name"]))
    return names


def _states(before: gpd.GeoDataFrame, sites: gpd.GeoDataFrame) -> dict[str, str]:
    """Return in words who runs each open site and how long it is open."""
    postcode = before["postcode"].to_dict() if "postcode" in before.columns else {}
    opened = sites[sites["status"] == "open"]
    now = opened["postcode"] if "postcode" in opened.columns else pd.Series("", index=opened.index)
    states = {}
    for asset_id, operator, hours, at in zip(
        opened.index, opened["operator"], opened["weekly_hours"], now, strict=True
    ):
        words = [f"run by {plain(operator)}" if plain(operator) else "who would run it is not known"]
        if pd.notna(hours):
            words.append(f"{hours:g} {'hour' if hours == 1 else 'hours'} a week")
        if asset_id in postcode and plain(postcode[asset_id]) != plain(at):
            words.append(f"at {plain(at)}")
        states[str(asset_id)] = ", ".join(words)
    return states


def _notes(options: OptionsReview) -> Markup:
    mode = measured_by(options.mode)
    words = (
        [f"How far: {mode}, from the middle of your postcode. Roads are longer."]
        if options.mode == "straight"
        else [f"How far: {mode}, from where the people of your neighbourhood live on average."]
    )
    words.append(
        "The nearest may not be the one that you use. Opening hours and who runs each are as on the council's list."
    )
    words.append(sentence(options.kind["duty"]))
    words += [f"{plain(each.option.name)}: {each.break_even}" for each in options.options if each.break_even]
    words += [note.sentence for note in options.notes if note.code == "BREAK_EVEN"]
    return bullets(words)


def _record(
    options: OptionsReview,
    areas: gpd.GeoDataFrame,
    postcodes: pd.DataFrame | None,
    places: gpd.GeoDataFrame | None,
) -> dict[str, Any]:
    """Return what the page needs to answer: where people live, and the sites today and under each option."""
    code_of = {code: number for number, code in enumerate(areas.index)}
    here = pd.DataFrame({"easting": [], "northing": [], "area_code": []}, dtype="float")
    if postcodes is not None:
        here = postcodes[postcodes["area_code"].isin(code_of) & postcodes["live"]]
    here = here[here[["easting", "northing"]].notna().all(axis=1)]
    west, south = (
        (float(np.floor(here[axis].min() / STEP_M) * STEP_M) for axis in ("easting", "northing"))
        if len(here)
        else (0.0, 0.0)
    )
    states: list[tuple[str, str, gpd.GeoDataFrame, str, pd.DataFrame | None]] = [
        ("Today", "", options.before, "before", None)
    ]
    states += [
        (plain(e.option.name), plain(e.option.title), e.after, "after", e.scenario.areas)
        for e in options.options
    ]
    first = options.options[0].scenario.areas if options.options else None
    return {
        "word": options.kind["word"],
        "unit": options.unit,
        "straight": options.mode == "straight",
        "limit": options.limit,
        "origin": [west, south],
        "step": STEP_M,
        "postcodes": _packed(here, code_of, west, south),
        "places": _places(places, here, code_of),
        "options": [
            {"name": name, "title": title, "sites": _sites(sites)}
            | (
                {}
                if options.mode == "straight"
                else _by_area(first if table is None else table, when, areas.index)
            )
            for name, title, sites, when, table in states
        ],
    }


def _packed(here: pd.DataFrame, code_of: dict[Any, int], west: float, south: float) -> dict[str, str]:
    """Return sector -> postcodes in it: two letters, and three digits in base 36 each for east, north and area."""
    packed: dict[str, list[str]] = {}
    for postcode, east, north, code in zip(
        here.index, here["easting"], here["northing"], here["area_code"], strict=True
    ):
        x, y = round((east - west) / STEP_M), round((north - south) / STEP_M)
        if max(x, y, code_of[code]) > _MOST:
            continue  # a region wider than 466 km
        packed.setdefault(str(postcode)[:-2], []).append(
            str(postcode)[-2:] + _base36(x) + _base36(y) + _base36(code_of[code])
        )
    return {sector: "".join(sorted(units)) for sector, units in sorted(packed.items())}


def _base36(number: int) -> str:
    digits = ""
    for _ in range(_PLACES):
        number, rest = divmod(number, 36)
        digits = _DIGITS[rest] + digits
    return digits


def _places(
    places: gpd.GeoDataFrame | None, here: pd.DataFrame, code_of: dict[Any, int]
) -> list[tuple[str, int, int, int]]:
    """Return towns and villages with their point, and the area of the nearest postcode (-1 where none is known)."""
    if places is None:
        return []
    from scipy.spatial import cKDTree

    named = places[places.geometry.notna() & places["name"].notna()].drop_duplicates("name")
    points = np.column_stack([named.geometry.x, named.geometry.y])
    area = np.full(len(named), -1)
    if len(here) and len(named):
        nearest = cKDTree(here[["easting", "northing"]].to_numpy(dtype=float)).query(points)[1]
        area = here["area_code"].map(code_of).to_numpy()[nearest]
    return sorted(
        (plain(name), round(x), round(y), int(code))
        for name, (x, y), code in zip(named["name"], points, area, strict=True)
    )


def _sites(sites: gpd.GeoDataFrame) -> list[dict[str, Any]]:
    opened = sites[(sites["status"] == "open") & sites.geometry.notna()]
    return [
        {
            "name": plain(row["name"]),
            "x": round(row.geometry.x, 1),
            "y": round(row.geometry.y, 1),
            "by": plain(row["operator"]) or NOT_KNOWN,
            "open": _opening(row),
        }
        for _, row in opened.iterrows()
    ]


def _opening(row: pd.Series) -> str:
    days = [
        f"{day.capitalize()} {plain(row[day])}"
        for day in _DAYS
        if isinstance(row.get(day), str) and row[day].strip()
    ]
    hours = row["weekly_hours"]
    known = f"{hours:g} {'hour' if hours == 1 else 'hours'} a week" if pd.notna(hours) else ""
    return "; ".join(filter(None, (known, *days))) or "times not known"


def _by_area(table: pd.DataFrame | None, when: str, areas: pd.Index) -> dict[str, Any]:
    """Return the nearest site and the cost of every area, for modes that cannot be measured on the page."""
    if table is None:
        return {}
    cost, names = table[f"cost_{when}"].reindex(areas), table[f"nearest_{when}"].reindex(areas)
    return {
        "cost": [None if pd.isna(value) else round(float(value), 1) for value in cost],
        "nearest": [plain(name) if isinstance(name, str) else "" for name in names],
    }
