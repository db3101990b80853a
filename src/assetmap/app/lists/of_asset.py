"""From an asset on the map to its row: what was chosen or pointed at there becomes a page where it is looked at and saved."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import urlencode

import pyproj
from starlette.responses import Response

from assetmap.app.state import EDITOR
from assetmap.app.views import Call, NotFoundError, View
from assetmap.errors import InputError
from assetmap.project.store import row_of_asset
from assetmap.schema import MAP_CRS, WORKING_CRS

POINT: Final = re.compile(r"(-?\d{1,2}\.\d{1,8}),(-?\d{1,3}\.\d{1,8})")


def _open(call: Call) -> Response:
    asked = call.request.query_params
    at = _metres(asked.get("point", ""))
    back = {"back": asked.get("back", "")} if asked.get("back", "").startswith(f"{call.at()}/") else {}
    if asked.get("do") == "add":
        return call.go(f"{call.at('add')}?{urlencode({**at, **back})}")
    try:
        key = row_of_asset(call.store(), asked.get("asset", ""))
    except InputError:
        raise NotFoundError(
            "This place is no longer in the lists. Build again to bring the map up to date."
        ) from None
    end = ("point",) if asked.get("do") == "move" else ()
    return call.go(f"{call.at('rows', str(key), *end)}?{urlencode({**at, **back})}")


def _metres(point: str) -> dict[str, str]:
    """Return a point of the map (latitude, longitude) in metres of the national grid; nothing where there is none."""
    found = POINT.fullmatch(point)
    if found is None:
        return {}
    change = pyproj.Transformer.from_crs(MAP_CRS, WORKING_CRS, always_xy=True)
    east, north = change.transform(float(found[2]), float(found[1]))
    if not (0 <= east <= 700_000 and 0 <= north <= 1_300_000):
        return {}
    return {"easting": f"{east:.0f}", "northing": f"{north:.0f}"}


VIEWS: Final = (View("/p/{key}/rows/of-asset", show=_open, role=EDITOR),)
