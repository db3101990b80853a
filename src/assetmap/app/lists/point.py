"""The point of an asset: typed, clicked, or nudged with the arrow keys by 10 m or 1 m."""

from __future__ import annotations

from typing import Any, Final

from starlette.responses import JSONResponse, Response

import assetmap as am
from assetmap.app.lists.row import find_row, saved
from assetmap.app.pages import Page
from assetmap.app.questions.common import number
from assetmap.app.state import EDITOR
from assetmap.app.views import Call, FieldError, View, has_project
from assetmap.project.store import move_asset

NUDGES: Final = {"north": (0, 10), "south": (0, -10), "west": (-10, 0), "east": (10, 0)}
"""Buttons for a page without JavaScript: metres east and north."""

VIEW_M: Final = 1200.0
"""Metres from the middle of the picture to its edge."""

MOST_SHAPES: Final = 400


def _show(call: Call) -> Page:
    found = find_row(call)
    east, north = found.easting, found.northing
    known = east is not None and north is not None
    asked = [call.request.query_params.get(name, "") for name in ("easting", "northing")]
    pointed = all(each.isascii() and each.isdigit() and len(each) < 8 for each in asked)
    if not known:
        east, north = _middle(call)
    if pointed:
        east, north = float(asked[0]), float(asked[1])
    values = {
        "row": found,
        "easting": round(east) if east is not None else "",
        "northing": round(north) if north is not None else "",
        "known": known,
        "pointed": pointed,
        "back": call.word("back") or call.request.query_params.get("back", ""),
        "view": VIEW_M,
    }
    return Page(
        "lists/point.html",
        f"Where is {found.name or 'it'}?",
        "Move the cross with the arrow keys, by 10 m, or by 1 m with Shift; then press Enter or the button.",
        "your_lists",
        values,
        section="lists",
        python=(
            "from assetmap.project import store\n\n"
            f"with store.open_store({str(call.folder)!r}) as opened:\n"
            f"    row = store.row(opened, {found.key})\n"
            f"    store.move_asset(opened, row.key, version=row.version, easting={round(east or 0)}, northing={round(north or 0)})"
        ),
    )


def _save(call: Call) -> Response:
    key = call.number("row")
    store, version = call.store(), call.number("version")
    postcode = call.word("postcode")
    if postcode:
        move_asset(store, key, version=version, postcode=postcode)
        return call.go(call.at("rows", str(key), "point"))
    asked = call.asked
    east = number(asked, "easting", "The easting", most=700_000)
    north = number(asked, "northing", "The northing", most=1_300_000)
    if east is None or north is None:
        raise FieldError("easting", "Enter an easting and a northing, or a postcode.")
    by = NUDGES.get(call.word("nudge"), (0, 0))
    move_asset(store, key, version=version, easting=east + by[0], northing=north + by[1])
    if call.word("nudge"):
        return call.go(call.at("rows", str(key), "point"))
    return call.go(saved(call, key))


def _middle(call: Call) -> tuple[float | None, float | None]:
    """Return the middle of the areas of a project, to begin from."""
    areas = _areas(call)
    if areas is None:
        return None, None
    west, south, east, north = areas.total_bounds
    return (west + east) / 2, (south + north) / 2


def _areas(call: Call) -> Any:
    """Return the small areas of a project, read once for as long as the settings stay the same."""
    folder = call.folder
    if not has_project(folder):
        return None
    settings = call.project().settings.areas
    path = folder / settings.file
    name = f"{path}|{path.stat().st_mtime_ns}"
    grounds = call.state.grounds
    if name not in grounds:
        grounds.clear()
        grounds[name] = am.read_areas(path, code=settings.code, name=settings.name, layer=settings.layer)
    return grounds[name]


def _ground(call: Call) -> Response:
    """Return the outlines of the areas around a point and the places there, for the picture."""
    asked = call.request.query_params
    east = number(asked, "easting", "The easting", most=700_000) or 0.0
    north = number(asked, "northing", "The northing", most=1_300_000) or 0.0
    areas = _areas(call)
    if areas is None:
        return JSONResponse({"shapes": []})
    reach = VIEW_M * 3
    box = (east - reach, north - reach, east + reach, north + reach)
    near = areas.iloc[areas.sindex.query(_box(*box))[:MOST_SHAPES]]
    clipped = near.geometry.clip_by_rect(*box).simplify(5)
    shapes = []
    for name, shape in zip(near["area_name"], clipped, strict=True):
        for part in getattr(shape, "geoms", [shape]):
            if part.geom_type == "Polygon":
                points = [[round(x - east), round(y - north)] for x, y in part.exterior.coords]
                shapes.append({"name": str(name), "points": points})
    return JSONResponse({"shapes": shapes})


def _box(west: float, south: float, east: float, north: float) -> Any:
    from shapely.geometry import box

    return box(west, south, east, north)


VIEWS: Final = (
    View("/p/{key}/rows/{row}/point", show=_show, act=_save, act_role=EDITOR),
    View("/p/{key}/ground", show=_ground),
)
