"""Everything that a map page shows, as one value that JSON can hold: geometry once, a column of values for each layer.

What an audience may not see is left out here, before anything is written. Nothing in the page needs to be hidden.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Any, Final

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd

from assetmap.public import PUBLIC, public_view
from assetmap.schema import BEYOND, Note, beyond_border, reference_table
from assetmap.show.map.classes import SCHEME_WORDS, UNKNOWN, class_words, cut
from assetmap.show.map.geometry import encode_points, encode_polygons, simplify_areas, steps
from assetmap.show.map.layers import Layer
from assetmap.show.map.palettes import BIVARIATE_CLASSES, colours
from assetmap.show.map.texts import code_lists, code_sentences, code_texts, plain_text, shared_beginnings

CONTACTS: Final = ("website", "email", "phone", "note")
"""Columns that an internal map shows too. A note may name a person."""

NOT_KNOWN: Final = "not known"
"""A category with this label is drawn like a missing value."""

SHOWN_TEXT: Final = (
    *("town", "address", "postcode", "operator", "owner", "register", "checked_date", "opening_times"),
    *("priorities", "priorities_from", "benefit_people", "benefit_community", "benefit_services", "story"),
)
SAID: Final = {"offers": "resources", "asks": "resources", "social_action": "social_action"}
"""Columns of codes joined by ``;``, and the table of their labels."""

MOST_RANKED: Final = 20_000
"""With more areas, layers that are not among the first share a rank where values round to the same; the page says so."""

PUBLISHED_ORDER: Final = ("social_action",)
"""Columns whose words keep the order of their table: forms of social action stand as they were published."""

CODED: Final = ("asset_type", "operator_type", "status", "registered", "devolved", "location_precision")


def encode_areas(areas: gpd.GeoDataFrame) -> dict[str, Any]:
    """Return codes, names, populations, shapes and, where known, population centres."""
    table: dict[str, Any] = {
        "codes": [str(code) for code in areas.index],
        "names": [plain_text(name) for name in areas["area_name"]],
        "people": _scaled(areas["population"], 0),
        "shapes": encode_polygons(simplify_areas(areas.geometry)),
    }
    if "population_year" in areas:
        years = areas["population_year"].dropna().unique()
        table["people_year"] = int(years[0]) if len(years) == 1 else None
    if {"centre_easting", "centre_northing"} <= set(areas.columns):
        easting, northing = areas["centre_easting"], areas["centre_northing"]
        centres = gpd.GeoSeries(gpd.points_from_xy(easting, northing), index=areas.index, crs=areas.crs)
        table["centres"] = encode_points(centres.where(easting.notna() & northing.notna()))
    return table


def encode_layer(layer: Layer, people: pd.Series) -> dict[str, Any]:
    """Return one layer: its labels, its values, and the colour, bounds, areas and people of each class."""
    record: dict[str, Any] = {
        "key": layer.key,
        "label": layer.label,
        "group": layer.group,
        "kind": layer.kind,
        "unit": layer.unit,
        "decimals": layer.decimals,
        "direction": layer.direction,
        "description": layer.description,
        "sources": list(layer.sources),
        "ranks": layer.ranks,
        "first": layer.first,
        "scheme": SCHEME_WORDS.get(layer.scheme, layer.scheme),
    }
    if layer.kind == "number":
        record |= _numbers(layer)
    elif layer.kind == "fact":
        record |= _facts(layer)
    else:
        record |= _words(layer)
    if layer.kind != "fact":
        codes = np.asarray(record["codes"])
        record["codes"] = "".join("." if code == UNKNOWN else chr(97 + code) for code in codes)
        _count(record, codes, people)
        record["colours"] = colours(
            layer.palette, [one["label"] for one in record["classes"]], kind=layer.kind
        )
    if layer.unreliable is not None:
        flags = layer.unreliable.fillna(True).to_numpy(dtype=bool)
        record["unreliable"] = "".join("1" if flag else "0" for flag in flags)
    return record


def encode_assets(
    assets: gpd.GeoDataFrame, areas: gpd.GeoDataFrame, audience: str
) -> tuple[dict[str, Any], gpd.GeoDataFrame]:
    """Return the register as columns, and the rows as this audience may see them."""
    shown = for_audience(assets, audience)
    position = {code: number for number, code in enumerate(areas.index)}
    inside = shown["area_code"] if "area_code" in shown else pd.Series(index=shown.index, dtype=object)
    table: dict[str, Any] = {
        "ids": [str(asset_id) for asset_id in shown.index],
        "names": [plain_text(name) for name in shown["name"]],
        "areas": [position.get(code, -1) for code in inside],
        "points": encode_points(shown.geometry),
    }
    for column in CODED:
        if column in shown:
            table[column] = code_texts(shown[column])
    texts = SHOWN_TEXT if audience == PUBLIC else (*SHOWN_TEXT, *CONTACTS)
    for column in (*texts, "registration_number", "devolved_year", "weekly_hours"):
        if column in shown and shown[column].notna().any():
            table[column] = code_texts(shown[column])
    if "sensitive" in shown:
        table["sensitive"] = [int(bool(hidden)) for hidden in shown["sensitive"].fillna(False)]
    table["groups"] = sorted(_group_types() & set(shown["asset_type"].dropna()))
    table["sector"] = code_texts(_sectors(shown))
    table["labels"] = {
        "asset_types": _labels("asset_types"),
        "asset_type_plurals": _labels("asset_types", "label_plural"),
        "operator_types": _labels("operator_types"),
    }
    for column, names in SAID.items():
        if column in shown and (shown[column].fillna("") != "").any():
            labels = _labels(names)
            table[column] = code_lists(shown[column], order=list(labels) if column in PUBLISHED_ORDER else ())
            known = {word: labels[word] for word in table[column]["words"] if word in labels}
            table["labels"][names] = table["labels"].get(names, {}) | known
    if "resources" in table["labels"]:
        table["labels"]["resource_kinds"] = {
            code: kind
            for code, kind in _labels("resources", "kind").items()
            if code in table["labels"]["resources"]
        }
    return table, shown


def for_audience(assets: gpd.GeoDataFrame, audience: str) -> gpd.GeoDataFrame:
    """Return a copy without what the audience may not see: `assetmap.public` for the public, all of it internally."""
    return public_view(assets)[0] if audience == PUBLIC else assets.copy()


def encode_postcodes(postcodes: pd.DataFrame, areas: gpd.GeoDataFrame) -> dict[str, Any]:
    """Return live postcodes in order, each packed against the one before, with points to about 10 m."""
    known = postcodes["live"].astype(bool) & postcodes["easting"].notna() & postcodes["northing"].notna()
    live = postcodes[known].sort_index()
    position = {code: number for number, code in enumerate(areas.index)}
    points = gpd.GeoSeries(gpd.points_from_xy(live["easting"], live["northing"]), crs=areas.crs)
    inside = np.array([position.get(code, -1) for code in live["area_code"]], dtype=np.int64)
    return {
        "codes": shared_beginnings([str(code) for code in live.index]),
        "points": encode_points(points, decimals=4),
        "areas": steps(inside),
    }


def encode_places(places: gpd.GeoDataFrame) -> dict[str, Any]:
    """Return place names with kind and size, the most important first."""
    order = {"city": 0, "town": 1, "suburban area": 2, "village": 3}
    rank = places["kind"].str.lower().map(order).fillna(4)
    people = places["population"] if "population" in places else pd.Series(np.nan, index=places.index)
    sorted_places = places.assign(_rank=rank, _people=people.fillna(0)).sort_values(
        ["_rank", "_people", "name"], ascending=[True, False, True], kind="stable"
    )
    return {
        "names": [plain_text(name) for name in sorted_places["name"]],
        "rank": [int(number) for number in sorted_places["_rank"]],
        "people": _scaled(sorted_places["_people"].replace(0, np.nan), 0),
        "points": encode_points(sorted_places.geometry),
    }


def encode_around(land: gpd.GeoDataFrame) -> dict[str, Any] | None:
    """Return the names of the neighbours with a point inside each; None where the land has no names."""
    if "name" not in land or land["name"].nunique() < 2:
        return None
    named = land[land["name"].notna()]
    return {
        "names": [plain_text(name) for name in named["name"]],
        "points": encode_points(named.geometry.representative_point(), decimals=4),
    }


def places_of_assets(assets: gpd.GeoDataFrame) -> gpd.GeoDataFrame | None:
    """Return the towns that assets name, each at the middle of its assets; None where there are none.

    A map without a file of place names writes these.
    """
    if "town" not in assets:
        return None
    known = assets[
        assets["town"].notna() & (assets["town"] != "") & assets.geometry.notna() & ~assets.geometry.is_empty
    ]
    if known.empty:
        return None
    at = pd.DataFrame({"x": known.geometry.x, "y": known.geometry.y, "town": known["town"]}).groupby("town")
    middle, counts = at[["x", "y"]].median(), at.size()
    return gpd.GeoDataFrame(
        {"name": middle.index.astype(str), "kind": "town", "population": counts.to_numpy(dtype=float)},
        geometry=gpd.points_from_xy(middle["x"], middle["y"]),
        crs=assets.crs,
    )


def encode_sources(sources: pd.DataFrame) -> dict[str, dict[str, str]]:
    """Return title, publisher, date, licence and attribution of each source."""
    columns = [c for c in ("title", "publisher", "date", "licence", "attribution", "url") if c in sources]
    return {
        str(source_id): {column: plain_text(row[column]) for column in columns if plain_text(row[column])}
        for source_id, row in sources[columns].iterrows()
    }


def name_sources(layers: list[dict[str, Any]], assets: pd.DataFrame, nearest: str | None) -> None:
    """Replace ``nearest`` (the assets that distances are measured to) and ``lists`` (all assets) by the lists of this map."""
    if "source" not in assets:
        return
    lists = {
        "nearest": assets.loc[assets["asset_type"] == nearest, "source"],
        "lists": assets["source"],
    }
    for layer in layers:
        named = [
            name
            for source in layer["sources"]
            for name in (lists[source].dropna().unique() if source in lists else [source])
        ]
        layer["sources"] = list(dict.fromkeys(str(name) for name in named))


def encode_notes(notes: Iterable[Note | str]) -> list[dict[str, str]]:
    """Return warnings as code and sentence."""
    return [
        {"code": note.code, "sentence": note.sentence}
        if isinstance(note, Note)
        else {"code": "", "sentence": str(note)}
        for note in notes
    ]


def _numbers(layer: Layer) -> dict[str, Any]:
    shown = layer.values.to_numpy(dtype=float, na_value=np.nan) * layer.factor
    codes, upper = cut(shown, scheme=layer.scheme, classes=layer.classes, bounds=layer.bounds)
    words = class_words(shown, codes, upper, decimals=layer.decimals, unit=layer.unit)
    return {
        "codes": codes,
        "upper": upper,
        "classes": [{"label": word} for word in words],
        **(values := _values(layer)),
        **(_within(_order(layer), values["values"]) if layer.ranks and _orders_ties(layer) else {}),
    }


def _orders_ties(layer: Layer) -> bool:
    """Say whether areas that round to the same value are put in their true order: on a map of a country, in the main layers only."""
    return len(layer.values) <= MOST_RANKED or layer.first or layer.group == "gaps"


def _order(layer: Layer) -> pd.Series:
    """Return numbers that are smallest where the area comes first: the published ranks, else the exact values reversed."""
    ranks = layer.published_rank
    return -layer.values.astype(float).round(12) if ranks is None else ranks.astype(float)


def _within(order: pd.Series, rounded: list[int | None]) -> dict[str, list[int]]:
    """Return for each area how many areas that the page shows with the same value are truly higher; nothing if none are.

    The page holds rounded values. With these counts it ranks as if it held the exact ones.
    """
    higher = order.groupby(np.array(rounded, dtype=float)).rank(method="min").fillna(1) - 1
    return {"within": higher.astype(int).tolist()} if higher.any() else {}


def _values(layer: Layer) -> dict[str, Any]:
    """Return the values of a layer and, of an estimate, both ends of the interval."""
    given = {"values": layer.values, "low": layer.low, "high": layer.high}
    return {
        name: _scaled(series * layer.factor, layer.decimals)
        for name, series in given.items()
        if series is not None
    }


def _words(layer: Layer) -> dict[str, Any]:
    known = layer.values.notna()
    if layer.kind == "bivariate":
        order: Sequence[str] = BIVARIATE_CLASSES
        labels = [_bivariate_words(word) for word in order]
    else:
        known &= layer.values != NOT_KNOWN
        order = sorted({str(value) for value in layer.values[known]})
        labels = list(order)
    place = {word: number for number, word in enumerate(order)}
    codes = layer.values.astype(str).map(place).where(known, UNKNOWN).fillna(UNKNOWN).astype(int)
    return {"codes": codes.to_numpy(), "classes": [{"label": label} for label in labels]}


def _bivariate_words(word: str) -> str:
    need, access = word.split("-")
    level = {"1": "low", "2": "middle", "3": "high"}
    return f"{level[need].capitalize()} need, {level[access]} access"


def _facts(layer: Layer) -> dict[str, Any]:
    if pd.api.types.is_numeric_dtype(layer.values):
        return _values(layer)
    return {"text": code_sentences(layer.values)}


def _count(record: dict[str, Any], codes: npt.NDArray[np.int64], people: pd.Series) -> None:
    """Add the areas and people of each class. People are ``None`` where no area of the class has a known population."""
    residents = people.to_numpy(dtype=float, na_value=np.nan)

    def counts(code: int) -> dict[str, int | None]:
        inside = residents[codes == code]
        nobody_knows = len(inside) > 0 and bool(np.isnan(inside).all())
        return {"areas": len(inside), "people": None if nobody_knows else round(float(np.nansum(inside)))}

    for code, one in enumerate(record["classes"]):
        one.update(counts(code))
    record["unknown"] = counts(UNKNOWN)


def _scaled(values: pd.Series, decimals: int) -> list[int | None]:
    numbers = values.to_numpy(dtype=float, na_value=np.nan) * 10.0**decimals
    return [round(number) if math.isfinite(number) else None for number in numbers.tolist()]


def _group_types() -> set[str]:
    types = reference_table("asset_types")
    return set(types.index[types["group"] == "yes"])


def _labels(name: str, column: str = "label") -> dict[str, str]:
    return {str(key): str(label) for key, label in reference_table(name)[column].items()}


def _sectors(assets: pd.DataFrame) -> pd.Series:
    """Return who runs each asset as a class that marks can show: a sector of operator_types.csv.

    Assets beyond the border are one class, whoever runs them.
    """
    if "operator_type" not in assets:
        sectors = pd.Series("unknown", index=assets.index)
    else:
        sectors = assets["operator_type"].map(_labels("operator_types", "sector")).fillna("unknown")
    return sectors.mask(beyond_border(assets), BEYOND)
