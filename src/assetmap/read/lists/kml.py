"""KML files: every folder is a layer, every placemark a feature with all its fields, also without a shape.

GDAL's reader of KML leaves out the fields of a placemark ("ExtendedData") and placemarks without a shape, so the text is read here.
This runs in the child process (`assetmap.read.worker`), so it loads no library of data.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from xml.etree import ElementTree
from xml.parsers import expat

from assetmap.cells import storable
from assetmap.errors import InputError, counted, first_few

SHAPES: Final = (
    "Point", "LineString", "LinearRing", "Polygon", "MultiGeometry", "Track", "MultiTrack", "Model",
)  # fmt: skip
OVERLAYS: Final = ("GroundOverlay", "ScreenOverlay", "PhotoOverlay")
"""Pictures on a map, which are no places."""

LOOKS: Final = (
    "styleUrl", "visibility", "open", "Style", "StyleMap", "LookAt", "Camera", "Region", "balloonVisibility",
)  # fmt: skip
"""Parts of a placemark that say how it looks and nothing of it."""

OWN_NAMES: Final = {"name": "Name", "description": "Description"}
SEPARATOR: Final = " - "
"""Between the name of a folder and that of a folder in it."""


@dataclass
class Placemark:
    """A feature: its fields, its shape in WKB, and what is wrong with the shape."""

    fields: dict[str, str] = field(default_factory=dict)
    shape: bytes | None = None
    problem: str = ""


def kml_layers(path: Path) -> dict[str, list[Placemark]]:
    """Return the placemarks of each folder of a KML file, in file order.

    Raises
    ------
    InputError
        If the file is not regular XML, declares entities, or has no placemark.
    """
    return _layers(_parsed(path), path)


def _layers(root: ElementTree.Element, path: Path) -> dict[str, list[Placemark]]:
    layers: dict[str, list[Placemark]] = {}
    for names, placemark in _placemarks(root, (), path.stem):
        layers.setdefault(SEPARATOR.join(names), []).append(_read(placemark))
    if not layers:
        raise InputError(f"'{path}' has no layer. It has no placemark.")
    return layers


def kml_layer(path: Path, layer: str | None) -> tuple[str, list[str], list[Placemark], list[str]]:
    """Return the name of a layer, the first one where none is named, its fields, its placemarks, and what the file holds beside them."""
    about = path.stat()
    layers, beside = _whole(path, about.st_size, about.st_mtime_ns)
    if layer is not None and layer not in layers:
        raise InputError(f"'{path}' has no layer '{layer}'. It has {first_few(list(layers), most=12)}.")
    chosen = layer or next(iter(layers))
    return chosen, fields_of(layers[chosen]), layers[chosen], beside


@functools.lru_cache(maxsize=1)
def _whole(path: Path, size: int, changed: int) -> tuple[dict[str, list[Placemark]], list[str]]:
    """Return all layers and what is beside them; the next layer of the same file is not parsed again."""
    root = _parsed(path)
    return _layers(root, path), _beside(root, path)


def _beside(root: ElementTree.Element, path: Path) -> list[str]:
    """Return a sentence for pictures, and for what is said of whole folders."""
    pictures = sum(1 for each in root.iter() if _local(each) in OVERLAYS)
    said = [
        text
        for folder in root.iter()
        if _local(folder) in ("Document", "Folder")
        for part in folder
        if _local(part) in ("description", "Snippet") and (text := _text(part))
    ]
    remarks = []
    if pictures:
        remarks.append(
            f"'{path.name}': {counted(pictures, 'picture')} on the map (overlays) {'was' if pictures == 1 else 'were'} not read."
        )
    if said:
        shown = first_few([text[:60] for text in dict.fromkeys(said)], most=3)
        remarks.append(f"'{path.name}' says of whole folders, which is in no row: {shown}.")
    return remarks


def fields_of(placemarks: list[Placemark]) -> list[str]:
    """Return the names of the fields of placemarks; those that every one has come first."""
    return list(dict.fromkeys([*OWN_NAMES.values(), *(name for each in placemarks for name in each.fields)]))


def _parsed(path: Path) -> ElementTree.Element:
    builder = ElementTree.TreeBuilder()
    parser = expat.ParserCreate(namespace_separator="}")
    parser.buffer_text = True

    def refuse(*_: Any) -> None:
        raise InputError(
            f"'{path}' declares entities, so it was not opened. Save its own content as GeoJSON or GeoPackage."
        )

    parser.StartDoctypeDeclHandler = refuse
    parser.StartElementHandler = builder.start
    parser.EndElementHandler = builder.end
    parser.CharacterDataHandler = builder.data
    try:
        parser.Parse(path.read_bytes(), True)
    except expat.ExpatError as error:
        raise InputError(
            f"'{path}' could not be read as KML: {error}. The file is damaged: open it in the program that made it and save it again."
        ) from error
    return builder.close()


def _local(element: ElementTree.Element) -> str:
    return element.tag.rpartition("}")[2]


def _text(element: ElementTree.Element) -> str:
    return storable(" ".join("".join(element.itertext()).split()))


def _named(element: ElementTree.Element) -> str:
    return next((_text(child) for child in element if _local(child) == "name"), "")


def _placemarks(
    element: ElementTree.Element, names: tuple[str, ...], otherwise: str
) -> Iterator[tuple[tuple[str, ...], ElementTree.Element]]:
    """Yield every placemark with the names of the folders that it is in; outside all folders with that of the document."""
    for child in element:
        kind = _local(child)
        if kind == "Placemark":
            yield names or (otherwise,), child
        elif kind == "Document":
            yield from _placemarks(child, names, _named(child) or otherwise)
        elif kind == "Folder":
            yield from _placemarks(child, (*names, *filter(None, [_named(child)])), otherwise)


def _read(placemark: ElementTree.Element) -> Placemark:
    read = Placemark({"Name": "", "Description": ""})
    shapes: list[ElementTree.Element] = []
    for child in placemark:
        kind = _local(child)
        if kind in SHAPES:
            shapes.append(child)
        elif kind == "ExtendedData":
            for name, value in _data(child):
                _put(read.fields, name, value)
        elif kind not in LOOKS:
            for leaf in child.iter() if len(child) else [child]:
                if not len(leaf):
                    _put(read.fields, OWN_NAMES.get(_local(leaf), _local(leaf)), _text(leaf))
    try:
        read.shape = _wkb(shapes)
    except ValueError as error:
        read.problem = f"its shape could not be read ({error})"
    return read


def _put(fields: dict[str, str], name: str, value: str) -> None:
    """Keep a value; a second one of the same name gets a number."""
    free, times = name, 1
    while fields.get(free, "") not in ("", value):
        times += 1
        free = f"{name} {times}"
    fields[free] = value


def _data(extended: ElementTree.Element) -> Iterator[tuple[str, str]]:
    """Yield the names and values of further data: named ones, those of a schema, and elements of their own."""
    for child in extended:
        kind = _local(child)
        if kind == "Data":
            values = [_text(part) for part in child if _local(part) == "value"]
            label = next((_text(part) for part in child if _local(part) == "displayName"), "")
            yield storable(child.get("name", "")) or label or "value", "; ".join(dict.fromkeys(values))
        elif kind == "SchemaData":
            for simple in child:
                yield storable(simple.get("name", "")) or "value", _text(simple)
        else:
            yield kind, _text(child)


def _wkb(elements: list[ElementTree.Element]) -> bytes | None:
    """Return the shapes of a placemark in WKB, flat and together; nothing where they have no coordinates.

    Raises
    ------
    ValueError
        If the coordinates are no numbers or too few.
    """
    import shapely

    parts = [part for element in elements if (part := _shape(element)) is not None and not part.is_empty]
    shape = _together(parts) if parts else None
    return None if shape is None else bytes(shapely.to_wkb(shape, output_dimension=2))


def _shape(element: ElementTree.Element) -> Any:
    import shapely

    kind = _local(element)
    if kind in ("MultiGeometry", "MultiTrack"):
        parts = [
            shape for child in element if _local(child) in SHAPES and (shape := _shape(child)) is not None
        ]
        return _together(parts) if parts else None
    if kind == "Polygon":
        rings = {"outerBoundaryIs": [], "innerBoundaryIs": []}  # type: dict[str, list[list[tuple[float, float]]]]
        for side in element:
            if _local(side) in rings:
                rings[_local(side)] += [_coordinates(ring) for ring in side]
        outer = [ring for ring in rings["outerBoundaryIs"] if ring]
        return (
            shapely.Polygon(outer[0], [ring for ring in rings["innerBoundaryIs"] if ring]) if outer else None
        )
    points = (
        _of_track(element)
        if kind == "Track"
        else _of_model(element)
        if kind == "Model"
        else _coordinates(element)
    )
    if not points:
        return None
    return shapely.Point(points[0]) if kind == "Point" or len(points) == 1 else shapely.LineString(points)


def _of_track(element: ElementTree.Element) -> list[tuple[float, float]]:
    """Return the points of a track, each in an element of its own, with blanks between numbers."""
    texts = [_text(part).split() for part in element if _local(part) == "coord"]
    return [(float(text[0]), float(text[1])) for text in texts if len(text) > 1]


def _of_model(element: ElementTree.Element) -> list[tuple[float, float]]:
    """Return the point of a model of a building."""
    said = {_local(part): _text(part) for part in element.iter()}
    return (
        [(float(said["longitude"]), float(said["latitude"]))]
        if {"longitude", "latitude"} <= said.keys()
        else []
    )


def _together(parts: list[Any]) -> Any:
    import shapely

    if len(parts) == 1:
        return parts[0]
    many: dict[str, Any] = {
        "Point": shapely.MultiPoint,
        "LineString": shapely.MultiLineString,
        "Polygon": shapely.MultiPolygon,
    }
    kinds = {part.geom_type for part in parts}
    made: Any = many.get(kinds.pop()) if len(kinds) == 1 else None
    return (made or shapely.GeometryCollection)(parts)


def _coordinates(element: ElementTree.Element) -> list[tuple[float, float]]:
    """Return the points of an element; commas part numbers, blanks part points, also blanks beside commas."""
    text = " ".join("".join(part.itertext()) for part in element.iter() if _local(part) == "coordinates")
    found = []
    for point in ",".join(part.strip() for part in text.split(",")).split():
        numbers = [float(number) for number in point.split(",") if number]
        if len(numbers) < 2:
            raise ValueError(f"'{point[:40]}' is not a longitude and a latitude")
        found.append((numbers[0], numbers[1]))
    return found
