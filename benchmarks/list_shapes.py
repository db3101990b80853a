"""Lists in shapes that public lists have, with invented content, and what each row of them is.

`write_shapes` writes one file for each shape. Every name, telephone number and address is invented; postcodes and places are those of the example
area, so that each row has a known location. The docstring of each shape says which kind of public list it follows.
"""

from __future__ import annotations

import gzip
import json
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd

from assetmap.read.places import read_places
from assetmap.schema import data_folder

ROWS: Final = 12
SEED: Final = 14

THINGS: Final = (
    ("{a} Village Hall", "village_hall", "Village halls"),
    ("{a} Library", "library", "Libraries"),
    ("{a} Community Centre", "community_centre", "Community centres"),
    ("Church Street Play Area, {a}", "playground", "Play areas"),
    ("St {b}'s Church, {a}", "place_of_worship", "Churches"),
    ("{a} Foodbank", "food_bank", "Food banks"),
    ("{a} Leisure Centre", "leisure_centre", "Leisure centres"),
    ("{a} Cricket Club", "sports_club", "Sports clubs"),
    ("{a} Male Voice Choir", "arts_culture", "Arts and culture groups"),
    ("{a} Memory Cafe", "memory_cafe", "Memory cafes"),
    ("{a} Allotments", "allotment", "Allotments"),
    ("{a} Youth Club", "youth_group", "Youth groups"),
    ("{a} Recreation Ground", "sports_field", "Recreation grounds"),
    ("{a} Museum", "museum", "Museums"),
    ("{a} Public Toilets", "public_toilet", "Public toilets"),
    ("{a} Primary School", "school", "Schools"),
    ("1st {a} Scout Group", "uniformed_group", "Scouts"),
    ("{a} Nursing Home", "care_home", "Nursing homes"),
    ("{a} Surgery", "health_centre", "GP surgeries"),
    ("{a} Men's Shed", "mens_shed", "Men's sheds"),
    ("{a} Women's Institute", "womens_institute", "Women's Institutes"),
    ("{a} Park", "park", "Parks"),
    ("{a} Residents Association", "residents", "Residents associations"),
    ("{a} Warm Hub", "community_hub", "Warm hubs"),
)
"""Name, type and the word of a list for the type."""

FIRST: Final = (
    "Alderwick", "Brackhurst", "Coldmere", "Dunnaford", "Elmscott", "Farleybank", "Gorseby", "Hartleigh", "Inglecombe", "Juniper",
    "Kestrel", "Larkfield", "Mossbury", "Nettleton", "Oakhanger", "Pennyford", "Quarrybank", "Rushmere", "Saxonby", "Thornwick",
    "Upperfold", "Vinelea", "Westerby", "Yewdale",
)  # fmt: skip
SAINTS: Final = ("Cuthwin", "Eldreda", "Osmund", "Wilfa", "Edric", "Hilda")


@dataclass(frozen=True)
class Row:
    """What a row is: ``types`` are all that are right; ``x`` and ``y`` in metres, ``within_m`` how near the place must be."""

    name: str
    types: tuple[str, ...]
    word: str
    postcode: str
    x: float
    y: float
    town: str
    within_m: float = 150.0


@dataclass(frozen=True)
class Shape:
    """A list that was written: its name, the file, and its rows as they are."""

    name: str
    file: Path
    rows: tuple[Row, ...]


Writer = Callable[[Path, list[Row]], tuple[Path, list[Row]]]
SHAPES: dict[str, Writer] = {}


def shape(writer: Writer) -> Writer:
    """Register a shape under the name of its function."""
    SHAPES[writer.__name__] = writer
    return writer


def write_shapes(folder: Path) -> Iterator[Shape]:
    """Write every shape below a folder, and yield each with what its rows are."""
    postcodes = pd.read_csv(data_folder() / "cornwall" / "postcodes.csv.gz", dtype={"postcode": "str"})
    live = postcodes[postcodes["area_code"].notna() & postcodes["easting"].notna()]
    live = live[live["live"].astype("str").str.casefold().isin(("true", "yes", "1"))]
    towns = _towns()
    for number, (name, writer) in enumerate(SHAPES.items()):
        target = folder / name
        target.mkdir(parents=True, exist_ok=True)
        rows = _rows(number, live, towns)
        file, kept = writer(target, rows)
        yield Shape(name, file, tuple(kept))


def _towns() -> pd.DataFrame:
    places = read_places(data_folder() / "cornwall" / "places.csv")
    return pd.DataFrame({"name": places["name"], "easting": places.geometry.x, "northing": places.geometry.y})


def _rows(number: int, live: pd.DataFrame, towns: pd.DataFrame) -> list[Row]:
    rng = np.random.default_rng(SEED + number)
    where = live.iloc[rng.choice(len(live), ROWS, replace=False)]
    things = [THINGS[k] for k in rng.choice(len(THINGS), ROWS, replace=False)]
    firsts = rng.permutation(FIRST)
    rows = []
    for k, (pattern, code, word) in enumerate(things):
        x, y = float(where["easting"].iloc[k]), float(where["northing"].iloc[k])
        off = np.hypot(towns["easting"] - x, towns["northing"] - y)
        name = pattern.format(a=firsts[k], b=SAINTS[k % len(SAINTS)])
        town = str(towns["name"].iloc[int(off.argmin())])
        rows.append(Row(name, (code,), word, str(where["postcode"].iloc[k]), x, y, town))
    return rows


def _degrees(rows: list[Row]) -> list[tuple[float, float]]:
    points = gpd.GeoSeries.from_xy([r.x for r in rows], [r.y for r in rows], crs=27700).to_crs(4326)
    return [(round(p.y, 6), round(p.x, 6)) for p in points]


def _csv(file: Path, rows: list[Row], columns: dict[str, list], **how: object) -> tuple[Path, list[Row]]:
    pd.DataFrame(columns).to_csv(file, index=False, **how)
    return file, rows


def _names(rows: list[Row]) -> list[str]:
    return [r.name for r in rows]


def _words(rows: list[Row]) -> list[str]:
    return [r.word for r in rows]


def _postcodes(rows: list[Row]) -> list[str]:
    return [r.postcode for r in rows]


def _retyped(rows: list[Row], pattern: str, code: str) -> list[Row]:
    """Return the rows as if all were one type, with names that need not say it."""
    return [
        Row(pattern.format(a=FIRST[k], b=SAINTS[k % len(SAINTS)]), (code,), "", r.postcode, r.x, r.y, r.town)
        for k, r in enumerate(rows)
    ]


@shape
def plain_csv(folder: Path, rows: list[Row]) -> tuple[Path, list[Row]]:
    """Follow the simplest list: name, type, postcode."""
    return _csv(
        folder / "community.csv",
        rows,
        {"Name": _names(rows), "Type": _words(rows), "Postcode": _postcodes(rows)},
    )


@shape
def titled_halls(folder: Path, rows: list[Row]) -> tuple[Path, list[Row]]:
    """Follow a list of halls whose file name alone says what they are."""
    rows = _retyped(rows, "The {a} Rooms", "village_hall")
    address = [f"{k + 1} Fore Street, {r.town}, {r.postcode}" for k, r in enumerate(rows)]
    return _csv(folder / "village_halls_2024.csv", rows, {"Name": _names(rows), "Address": address})


@shape
def heading_says_type(folder: Path, rows: list[Row]) -> tuple[Path, list[Row]]:
    """Follow a list of libraries: "Library name" is the heading of its names."""
    rows = _retyped(rows, "{a}", "library")
    return _csv(folder / "branches.csv", rows, {"Library name": _names(rows), "Post Code": _postcodes(rows)})


@shape
def food_bank_heading(folder: Path, rows: list[Row]) -> tuple[Path, list[Row]]:
    """Follow a charity's list of food banks with coordinates."""
    rows = _retyped(rows, "{a} Distribution Point", "food_bank")
    points = _degrees(rows)
    return _csv(
        folder / "locations.csv",
        rows,
        {"Food bank": _names(rows), "Lat": [p[0] for p in points], "Lng": [p[1] for p in points]},
    )


@shape
def warm_spaces_title(folder: Path, rows: list[Row]) -> tuple[Path, list[Row]]:
    """Follow a winter list of warm spaces, a spreadsheet with a title."""
    rows = _retyped(rows, "{a} Welcome", "community_hub")
    file = folder / "Warm spaces 2023.xlsx"
    body = pd.DataFrame({"Venue": _names(rows), "Town": [r.town for r in rows], "Postcode": _postcodes(rows)})
    body.to_excel(file, index=False, startrow=3)
    return file, rows


@shape
def group_or_organisation(folder: Path, rows: list[Row]) -> tuple[Path, list[Row]]:
    """Follow a directory of a voluntary sector forum with compound headings."""
    return _csv(
        folder / "directory.csv",
        rows,
        {
            "Group / Organisation": _names(rows),
            "Kind of group": _words(rows),
            "Location": [f"High Street, {r.town}, {r.postcode}" for r in rows],
            "Contact name": ["Sarah Jones"] * len(rows),
        },
    )


@shape
def sheet_per_type(folder: Path, rows: list[Row]) -> tuple[Path, list[Row]]:
    """Follow a workbook with a sheet for each type, named after it, and a note first."""
    file = folder / "assets.xlsx"
    halls = _retyped(rows[:6], "The {a} Rooms", "village_hall")
    parks = [
        Row(f"{name} Meadow", ("park",), "", r.postcode, r.x, r.y, r.town)
        for name, r in zip(FIRST[12:], rows[6:], strict=False)
    ]
    with pd.ExcelWriter(file) as book:
        pd.DataFrame({"About": ["This workbook was made up."]}).to_excel(
            book, sheet_name="Read me", index=False
        )
        for name, part in (("Village halls", halls), ("Parks", parks)):
            pd.DataFrame({"Name": _names(part), "Postcode": _postcodes(part)}).to_excel(
                book, sheet_name=name, index=False
            )
    return file, [*halls, *parks]


@shape
def shapefile_headings(folder: Path, rows: list[Row]) -> tuple[Path, list[Row]]:
    """Follow a shapefile, zipped, whose headings have ten letters."""
    table = gpd.GeoDataFrame(
        {"ORGANISATI": _names(rows), "FACILITYTY": _words(rows)},
        geometry=gpd.points_from_xy([r.x for r in rows], [r.y for r in rows]),
        crs=27700,
    )
    table.to_file(folder / "places.shp")
    file = folder / "places.zip"
    with zipfile.ZipFile(file, "w") as archive:
        for part in sorted(folder.glob("places.*")):
            if part.suffix != ".zip":
                archive.write(part, part.name)
    return file, rows


@shape
def welsh_headings(folder: Path, rows: list[Row]) -> tuple[Path, list[Row]]:
    """Follow a bilingual council: Enw, Math, Cod post."""
    return _csv(
        folder / "rhestr.csv",
        rows,
        {"Enw": _names(rows), "Math": _words(rows), "Cod post": _postcodes(rows)},
    )


@shape
def geojson_degrees(folder: Path, rows: list[Row]) -> tuple[Path, list[Row]]:
    """Follow an open-data portal: GeoJSON in degrees."""
    return _geojson(folder / "facilities.geojson", rows, [(lon, lat) for lat, lon in _degrees(rows)])


@shape
def geojson_metres(folder: Path, rows: list[Row]) -> tuple[Path, list[Row]]:
    """Follow a council's export in National Grid metres without a CRS."""
    return _geojson(folder / "facilities.geojson", rows, [(r.x, r.y) for r in rows])


@shape
def geojson_swapped(folder: Path, rows: list[Row]) -> tuple[Path, list[Row]]:
    """Follow an export with latitude and longitude exchanged."""
    return _geojson(folder / "facilities.geojson", rows, _degrees(rows))


def _geojson(file: Path, rows: list[Row], points: list[tuple[float, float]]) -> tuple[Path, list[Row]]:
    features = [
        {
            "type": "Feature",
            "properties": {"Site_Name": r.name, "Category": r.word},
            "geometry": {"type": "Point", "coordinates": list(point)},
        }
        for r, point in zip(rows, points, strict=True)
    ]
    file.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    return file, rows


@shape
def kml_folders(folder: Path, rows: list[Row]) -> tuple[Path, list[Row]]:
    """Follow a Google map with a folder for each type."""
    points = _degrees(rows)
    marks = "".join(
        f"<Folder><name>{r.word}</name><Placemark><name>{r.name.replace('&', '&amp;')}</name>"
        f"<Point><coordinates>{lon},{lat},0</coordinates></Point></Placemark></Folder>"
        for r, (lat, lon) in zip(rows, points, strict=True)
    )
    file = folder / "map.kml"
    file.write_text(
        f'<?xml version="1.0"?><kml xmlns="http://www.opengis.net/kml/2.2"><Document>{marks}</Document></kml>'
    )
    return file, rows


@shape
def my_maps_csv(folder: Path, rows: list[Row]) -> tuple[Path, list[Row]]:
    """Follow the CSV of a Google map: WKT, name, description."""
    wkt = [f"POINT ({lon} {lat})" for lat, lon in _degrees(rows)]
    return _csv(
        folder / "places.csv", rows, {"WKT": wkt, "name": _names(rows), "description": [""] * len(rows)}
    )


@shape
def gpx_waypoints(folder: Path, rows: list[Row]) -> tuple[Path, list[Row]]:
    """Follow waypoints of a walk."""
    points = "".join(
        f'<wpt lat="{lat}" lon="{lon}"><name>{r.name}</name><type>{r.word}</type></wpt>'
        for r, (lat, lon) in zip(rows, _degrees(rows), strict=True)
    )
    file = folder / "walk.gpx"
    file.write_text(
        f'<?xml version="1.0"?><gpx version="1.1" creator="made up" xmlns="http://www.topografix.com/GPX/1/1">{points}</gpx>'
    )
    return file, rows


TAGS: Final = {
    "library": "library",
    "community_centre": "community_centre",
    "place_of_worship": "place_of_worship",
    "school": "school",
    "public_toilet": "toilets",
    "health_centre": "doctors",
    "food_bank": "food_bank",
}


def _tagged(rows: list[Row]) -> list[Row]:
    codes = list(TAGS)
    return [
        Row(f"The {FIRST[k]}", (codes[k % len(codes)],), "", r.postcode, r.x, r.y, r.town)
        for k, r in enumerate(rows)
    ]


@shape
def overpass_json(folder: Path, rows: list[Row]) -> tuple[Path, list[Row]]:
    """Follow the answer of Overpass: nodes with tags."""
    rows = _tagged(rows)
    elements = [
        {
            "type": "node",
            "id": k + 1,
            "lat": lat,
            "lon": lon,
            "tags": {"name": r.name, "amenity": TAGS[r.types[0]]},
        }
        for k, (r, (lat, lon)) in enumerate(zip(rows, _degrees(rows), strict=True))
    ]
    file = folder / "osm.json"
    file.write_text(json.dumps({"version": 0.6, "elements": elements}))
    return file, rows


@shape
def overpass_csv(folder: Path, rows: list[Row]) -> tuple[Path, list[Row]]:
    """Follow the CSV of Overpass, with tabs."""
    rows, points = _tagged(rows), None
    points = _degrees(rows)
    columns = {
        "@id": list(range(1, len(rows) + 1)),
        "@lat": [p[0] for p in points],
        "@lon": [p[1] for p in points],
        "name": _names(rows),
        "amenity": [TAGS[r.types[0]] for r in rows],
    }
    return _csv(folder / "osm.tsv", rows, columns, sep="\t")


@shape
def open_referral(folder: Path, rows: list[Row]) -> tuple[Path, list[Row]]:
    """Follow a feed of services (Open Referral UK)."""
    services = [
        {
            "id": str(k),
            "name": r.name,
            "status": "active",
            "service_at_locations": [
                {
                    "location": {
                        "latitude": lat,
                        "longitude": lon,
                        "addresses": [
                            {"address_1": "1 Fore Street", "city": r.town, "postal_code": r.postcode}
                        ],
                    }
                }
            ],
        }
        for k, (r, (lat, lon)) in enumerate(zip(rows, _degrees(rows), strict=True))
    ]
    file = folder / "services.json"
    file.write_text(json.dumps({"total_items": len(rows), "contents": services}))
    return file, rows


@shape
def grants_csv(folder: Path, rows: list[Row]) -> tuple[Path, list[Row]]:
    """Follow grants in the 360Giving standard."""
    columns = {
        "Identifier": [f"360G-made-up-{k}" for k in range(len(rows))],
        "Title": ["Core costs"] * len(rows),
        "Amount Awarded": [1_000 + k for k in range(len(rows))],
        "Award Date": ["2024-03-01"] * len(rows),
        "Recipient Org:Name": _names(rows),
        "Recipient Org:Postal Code": _postcodes(rows),
        "Funding Org:Name": ["Made-up Fund"] * len(rows),
    }
    return _csv(folder / "grants.csv", rows, columns)


@shape
def charity_extract(folder: Path, rows: list[Row]) -> tuple[Path, list[Row]]:
    """Follow the extract of the Charity Commission, with tabs."""
    columns = {
        "registered_charity_number": [9_000_001 + k for k in range(len(rows))],
        "linked_charity_number": [0] * len(rows),
        "charity_name": [r.name.upper() for r in rows],
        "charity_registration_status": ["Registered"] * len(rows),
        "charity_contact_postcode": _postcodes(rows),
    }
    rows = [Row(r.name.upper(), r.types, r.word, r.postcode, r.x, r.y, r.town) for r in rows]
    return _csv(folder / "publicextract.charity.txt", rows, columns, sep="\t")


@shape
def national_libraries(folder: Path, rows: list[Row]) -> tuple[Path, list[Row]]:
    """Follow the basic dataset for libraries, with a prison, an archive and a van among them."""
    rows = _retyped(rows, "{a}", "library")
    kinds = ["Static Library"] * len(rows)
    for k, (name, kind, code) in enumerate(
        (
            ("HMP Coldharbour", "Prison Library", "prison_library"),
            ("Record Office", "Archive", "archive"),
            ("Mobile 1", "Mobile Library", "mobile_library"),
        )
    ):
        old = rows[k]
        kinds[k], rows[k] = kind, Row(name, (code,), "", old.postcode, old.x, old.y, old.town)
    count = len(rows)
    columns = {
        "reporting": ["Made-up"] * count,
        "name": _names(rows),
        "address1": ["1 Fore Street"] * count,
        "authority": ["Made-up"] * count,
        "postcode": _postcodes(rows),
        "type": kinds,
        "statutory_23": ["Yes"] * count,
        "operation_23": ["LA"] * count,
        "operating_organisation": ["-"] * count,
        "hours": [30] * count,
    }
    return _csv(folder / "libraries.csv", rows, columns)


@shape
def library_schema(folder: Path, rows: list[Row]) -> tuple[Path, list[Row]]:
    """Follow the library schema of LibrariesHacked."""
    rows = _retyped(rows, "{a}", "library")
    count = len(rows)
    columns = {
        "Local authority": ["Made-up Council"] * count,
        "Library name": _names(rows),
        "Address 1": ["1 Fore Street"] * count,
        "Postcode": _postcodes(rows),
        "Statutory": ["Yes"] * count,
        "Type of library": ["LAL", "CL", "CRL", "ICL"] * (count // 4),
        "Year opened": [""] * count,
        "Year closed": [""] * count,
        "Monday staffed hours": ["09:00-17:00"] * count,
    }
    return _csv(folder / "libraries.csv", rows, columns)


@shape
def taskforce_libraries(folder: Path, rows: list[Row]) -> tuple[Path, list[Row]]:
    """Follow the list of the Libraries Taskforce, with coordinates."""
    rows, points = _retyped(rows, "{a}", "library"), _degrees(rows)
    count = len(rows)
    columns = {
        "name": _names(rows),
        "id": list(range(count)),
        "authority_id": [1] * count,
        "address": ["1 Fore Street"] * count,
        "postcode": [p.replace(" ", "") for p in _postcodes(rows)],
        "lat": [p[0] for p in points],
        "lng": [p[1] for p in points],
        "statutory2010": ["t"] * count,
        "statutory2016": ["t"] * count,
        "type": ["LAL"] * count,
        "closed": [""] * count,
        "closed_year": [""] * count,
    }
    return _csv(folder / "libraries.csv", rows, columns)


@shape
def eastings_coordinates(folder: Path, rows: list[Row]) -> tuple[Path, list[Row]]:
    """Follow an export of a GIS: X Coordinate and Y Coordinate."""
    return _csv(
        folder / "sites.csv",
        rows,
        {
            "SITE_NAME": _names(rows),
            "SITE_TYPE": _words(rows),
            "X Coordinate": [r.x for r in rows],
            "Y Coordinate": [r.y for r in rows],
        },
    )


@shape
def thousands(folder: Path, rows: list[Row]) -> tuple[Path, list[Row]]:
    """Follow a spreadsheet whose metres have commas."""
    return _csv(
        folder / "sites.csv",
        rows,
        {
            "Venue": _names(rows),
            "Category": _words(rows),
            "Easting": [f"{r.x:,.0f}" for r in rows],
            "Northing": [f"{r.y:,.0f}" for r in rows],
        },
    )


@shape
def one_cell(folder: Path, rows: list[Row]) -> tuple[Path, list[Row]]:
    """Follow a form whose answer is "(lat, lon)"."""
    return _csv(
        folder / "answers.csv",
        rows,
        {
            "Timestamp": ["01/02/2024 10:11:12"] * len(rows),
            "Name of group or club": _names(rows),
            "What kind of group is it?": _words(rows),
            "Coordinates": [f"({lat}, {lon})" for lat, lon in _degrees(rows)],
        },
    )


@shape
def geo_point(folder: Path, rows: list[Row]) -> tuple[Path, list[Row]]:
    """Follow an Opendatasoft portal: geo_point_2d, semicolons."""
    return _csv(
        folder / "export.csv",
        rows,
        {
            "nom": _names(rows),
            "name": _names(rows),
            "type": _words(rows),
            "geo_point_2d": [f"{lat}, {lon}" for lat, lon in _degrees(rows)],
        },
        sep=";",
    )


@shape
def wkt_metres(folder: Path, rows: list[Row]) -> tuple[Path, list[Row]]:
    """Follow an export with WKT in metres."""
    return _csv(
        folder / "export.csv",
        rows,
        {
            "the_geom": [f"POINT ({r.x} {r.y})" for r in rows],
            "Facility name": _names(rows),
            "Facility type": _words(rows),
        },
    )


@shape
def decimal_commas(folder: Path, rows: list[Row]) -> tuple[Path, list[Row]]:
    """Follow a spreadsheet saved with another country's settings."""
    points = _degrees(rows)
    return _csv(
        folder / "export.csv",
        rows,
        {
            "Name": _names(rows),
            "Type": _words(rows),
            "Latitude": [str(p[0]).replace(".", ",") for p in points],
            "Longitude": [str(p[1]).replace(".", ",") for p in points],
        },
        sep=";",
    )


@shape
def utf16_tabs(folder: Path, rows: list[Row]) -> tuple[Path, list[Row]]:
    """Follow "Unicode text" of a spreadsheet."""
    return _csv(
        folder / "list.txt",
        rows,
        {"Name": _names(rows), "Type": _words(rows), "Postcode": _postcodes(rows)},
        sep="\t",
        encoding="utf-16",
    )


@shape
def windows_quotes(folder: Path, rows: list[Row]) -> tuple[Path, list[Row]]:
    """Follow a CSV in the encoding of Windows, with curly apostrophes."""
    rows = [Row(r.name.replace("'", "’"), r.types, r.word, r.postcode, r.x, r.y, r.town) for r in rows]
    return _csv(
        folder / "list.csv",
        rows,
        {"Name": _names(rows), "Type": _words(rows), "Postcode": _postcodes(rows)},
        encoding="cp1252",
    )


@shape
def transparency_land(folder: Path, rows: list[Row]) -> tuple[Path, list[Row]]:
    """Follow the land and building assets of the Local Government Transparency Code: no types, one publisher."""
    count = len(rows)
    columns = {
        "Organisation": ["Made-up Council"] * count,
        "Organisation label": ["http://example.org/made-up"] * count,
        "Unique asset identity": [f"A{k:04}" for k in range(count)],
        "UPRN": [100_000_000 + k for k in range(count)],
        "Name of building/land": _names(rows),
        "Street": ["Fore Street"] * count,
        "Town": [r.town for r in rows],
        "Postcode": _postcodes(rows),
        "GeoX": [r.x for r in rows],
        "GeoY": [r.y for r in rows],
        "Tenure type": ["Freehold"] * count,
    }
    return _csv(folder / "land-and-buildings.csv", rows, columns)


@shape
def property_register(folder: Path, rows: list[Row]) -> tuple[Path, list[Row]]:
    """Follow a property register: the council in each row, the use in the plural, the postcode in the address."""
    return _csv(
        folder / "register.csv",
        rows,
        {
            "Organisation": ["Made-up Council"] * len(rows),
            "PropertyName": _names(rows),
            "Primary use": _words(rows),
            "Full address": [f"2 Church Road {r.town} {r.postcode}" for r in rows],
        },
    )


@shape
def public_toilets(folder: Path, rows: list[Row]) -> tuple[Path, list[Row]]:
    """Follow the schema for public toilets of the Local Government Association."""
    rows = _retyped(rows, "{a} Car Park", "public_toilet")
    count = len(rows)
    columns = {
        "ExtractDate": ["2024-05-01"] * count,
        "OrganisationLabel": ["Made-up Council"] * count,
        "ServiceTypeLabel": ["Public toilets"] * count,
        "LocationText": _names(rows),
        "StreetAddress": ["Car park"] * count,
        "Postcode": _postcodes(rows),
        "GeoX": [r.x for r in rows],
        "GeoY": [r.y for r in rows],
    }
    return _csv(folder / "public-toilets.csv", rows, columns)


@shape
def persons_first(folder: Path, rows: list[Row]) -> tuple[Path, list[Row]]:
    """Follow a mailing list: the name is a person, the organisation the group."""
    people = ["Sarah Jones", "John Smith", "Mrs J Brown", "David Evans", "Emma Taylor", "Peter Green"] * 2
    return _csv(
        folder / "contacts.csv",
        rows,
        {
            "Name": people,
            "Organisation": _names(rows),
            "Type of organisation": _words(rows),
            "Post Code": _postcodes(rows),
        },
    )


@shape
def towns_only(folder: Path, rows: list[Row]) -> tuple[Path, list[Row]]:
    """Follow a list that says only the town."""
    towns = _towns()
    once = towns[~towns["name"].duplicated(keep=False)]
    chosen = once.iloc[np.random.default_rng(SEED).choice(len(once), len(rows), replace=False)]
    rows = [
        Row(r.name, r.types, r.word, "", float(p.easting), float(p.northing), str(p.name_of), 1_000.0)
        for r, p in zip(rows, chosen.rename(columns={"name": "name_of"}).itertuples(), strict=True)
    ]
    return _csv(
        folder / "clubs.csv",
        rows,
        {"Group": _names(rows), "Activity type": _words(rows), "Town": [r.town for r in rows]},
    )


@shape
def districts_only(folder: Path, rows: list[Row]) -> tuple[Path, list[Row]]:
    """Follow a list that gives the first half of postcodes, to hide addresses."""
    rows = [Row(r.name, r.types, r.word, r.postcode, r.x, r.y, r.town, 15_000.0) for r in rows]
    return _csv(
        folder / "clubs.csv",
        rows,
        {
            "Group": _names(rows),
            "Type": _words(rows),
            "Postcode": [r.postcode.split(" ")[0] for r in rows],
        },
    )


@shape
def grid_references(folder: Path, rows: list[Row]) -> tuple[Path, list[Row]]:
    """Follow a society's list with grid references."""
    from string import ascii_uppercase

    letters = ascii_uppercase.replace("I", "")

    def reference(x: float, y: float) -> str:
        e, n = int(x // 100_000), int(y // 100_000)
        first = (19 - n) - (19 - n) % 5 + (e + 10) // 5
        second = (19 - n) * 5 % 25 + e % 5
        return f"{letters[first]}{letters[second]} {int(x % 100_000) // 10:04} {int(y % 100_000) // 10:04}"

    return _csv(
        folder / "sites.csv",
        rows,
        {
            "Site": _names(rows),
            "Type": _words(rows),
            "Grid Ref": [reference(r.x, r.y) for r in rows],
        },
    )


@shape
def degrees_minutes(folder: Path, rows: list[Row]) -> tuple[Path, list[Row]]:
    """Follow a list typed from a map: degrees, minutes, seconds."""

    def written(value: float, ends: str) -> str:
        value, end = abs(value), ends[0] if value >= 0 else ends[1]
        minutes = value % 1 * 60
        return f"{int(value)}° {int(minutes)}' {minutes % 1 * 60:.1f}\" {end}"

    return _csv(
        folder / "sites.csv",
        rows,
        {
            "Name": _names(rows),
            "Type": _words(rows),
            "Latitude": [written(lat, "NS") for lat, _ in _degrees(rows)],
            "Longitude": [written(lon, "EW") for _, lon in _degrees(rows)],
        },
    )


@shape
def geopackage(folder: Path, rows: list[Row]) -> tuple[Path, list[Row]]:
    """Follow a layer of a desktop GIS."""
    file = folder / "community.gpkg"
    gpd.GeoDataFrame(
        {"name": _names(rows), "facility_type": _words(rows)},
        geometry=gpd.points_from_xy([r.x for r in rows], [r.y for r in rows]),
        crs=27700,
    ).to_file(file, layer="community")
    return file, rows


@shape
def open_document(folder: Path, rows: list[Row]) -> tuple[Path, list[Row]]:
    """Follow a spreadsheet in the format of LibreOffice, its title above."""
    file = folder / "groups.ods"
    body = [["Groups of Made-up"], [], ["Group name", "Type", "Postcode"]]
    body += [[r.name, r.word, r.postcode] for r in rows]
    lines = "".join(
        "<table:table-row>"
        + "".join(
            f'<table:table-cell office:value-type="string"><text:p>{cell}</text:p></table:table-cell>'
            for cell in line or [""]
        )
        + "</table:table-row>"
        for line in body
    )
    spaces = " ".join(
        f'xmlns:{key}="urn:oasis:names:tc:opendocument:xmlns:{key}:1.0"'
        for key in ("office", "table", "text")
    )
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("mimetype", kind)
        archive.writestr(
            "content.xml",
            f'<?xml version="1.0"?><office:document-content {spaces} office:version="1.2"><office:body>'
            f'<office:spreadsheet><table:table table:name="Groups">{lines}</table:table></office:spreadsheet>'
            "</office:body></office:document-content>",
        )
        archive.writestr(
            "META-INF/manifest.xml",
            '<?xml version="1.0"?><manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
            f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{kind}"/></manifest:manifest>',
        )
    return file, rows


@shape
def gzipped(folder: Path, rows: list[Row]) -> tuple[Path, list[Row]]:
    """Follow a download that stays compressed."""
    table = pd.DataFrame({"title": _names(rows), "category": _words(rows), "postcode": _postcodes(rows)})
    file = folder / "export.csv.gz"
    file.write_bytes(gzip.compress(table.to_csv(index=False).encode(), mtime=0))
    return file, rows


@shape
def json_records(folder: Path, rows: list[Row]) -> tuple[Path, list[Row]]:
    """Follow an API that answers with a list of records."""
    file = folder / "answer.json"
    file.write_text(json.dumps([{"name": r.name, "category": r.word, "postcode": r.postcode} for r in rows]))
    return file, rows


@shape
def sections(folder: Path, rows: list[Row]) -> tuple[Path, list[Row]]:
    """Follow a list with the types as headings between the rows."""
    halls = _retyped(rows[:6], "The {a} Rooms", "village_hall")
    sheds = [
        Row(f"{name} Shedders", ("mens_shed",), "", r.postcode, r.x, r.y, r.town)
        for name, r in zip(FIRST[12:], rows[6:], strict=False)
    ]
    names = ["VILLAGE HALLS", *_names(halls), "MEN'S SHEDS", *_names(sheds)]
    codes = ["", *_postcodes(halls), "", *_postcodes(sheds)]
    _csv(folder / "list.csv", rows, {"Name": names, "Postcode": codes})
    return folder / "list.csv", [*halls, *sheds]


@shape
def address_lines(folder: Path, rows: list[Row]) -> tuple[Path, list[Row]]:
    """Follow a list with four lines of address; the postcode is in the last that is filled."""
    count = len(rows)
    return _csv(
        folder / "list.csv",
        rows,
        {
            "Venue name": _names(rows),
            "Venue type": _words(rows),
            "Address 1": ["1 Fore Street"] * count,
            "Address 2": [r.town for r in rows],
            "Address 3": [r.postcode if k % 2 else "Cornwall" for k, r in enumerate(rows)],
            "Address 4": ["" if k % 2 else r.postcode for k, r in enumerate(rows)],
        },
    )


@shape
def careless_postcodes(folder: Path, rows: list[Row]) -> tuple[Path, list[Row]]:
    """Follow a list typed in a hurry."""
    ways: tuple[Callable[[str], str], ...] = (
        str.lower,
        lambda p: p.replace(" ", ""),
        lambda p: f"{p}.",
        lambda p: p.replace(" ", "  "),
        lambda p: f" {p.casefold()} ",
    )
    return _csv(
        folder / "list.csv",
        rows,
        {
            "NAME": _names(rows),
            "TYPE": [r.word.upper() for r in rows],
            "POST CODE": [ways[k % len(ways)](r.postcode) for k, r in enumerate(rows)],
        },
    )


@shape
def totals_below(folder: Path, rows: list[Row]) -> tuple[Path, list[Row]]:
    """Follow a report: title, empty rows, a total and a source below."""
    file = folder / "report.xlsx"
    body = [["Community assets of Made-up"], [], ["Ref", "Asset name", "Asset type", "Postcode"]]
    body += [[str(k + 1), r.name, r.word, r.postcode] for k, r in enumerate(rows)]
    body += [[], ["Total", str(len(rows))], ["Source: made up"]]
    pd.DataFrame([[*line, *[None] * (4 - len(line))] for line in body]).to_excel(
        file, index=False, header=False
    )
    return file, rows


@shape
def sport_facilities(folder: Path, rows: list[Row]) -> tuple[Path, list[Row]]:
    """Follow a list of sports sites: type and subtype of the facility."""
    rows = [
        Row(f"{FIRST[k]} Site", (code,), word, r.postcode, r.x, r.y, r.town)
        for k, (r, (word, code)) in enumerate(
            zip(
                rows,
                [
                    ("Sports Hall", "leisure_centre"),
                    ("Swimming Pool", "leisure_centre"),
                    ("Grass Pitches", "sports_field"),
                    ("Health and Fitness Gym", "leisure_centre"),
                ]
                * 3,
                strict=True,
            )
        )
    ]
    return _csv(
        folder / "active.csv",
        rows,
        {
            "Site ID": list(range(len(rows))),
            "Site Name": _names(rows),
            "Facility Type": _words(rows),
            "Post Code": _postcodes(rows),
            "Easting": [r.x for r in rows],
            "Northing": [r.y for r in rows],
        },
    )


@shape
def clubs_by_sport(folder: Path, rows: list[Row]) -> tuple[Path, list[Row]]:
    """Follow a council's list of clubs by sport."""
    sports = ("Football", "Cricket", "Bowls", "Netball", "Judo", "Swimming")
    rows = [
        Row(f"{FIRST[k]} Rovers", ("sports_club",), sports[k % 6], r.postcode, r.x, r.y, r.town)
        for k, r in enumerate(rows)
    ]
    return _csv(
        folder / "sports_clubs.csv",
        rows,
        {"Club name": _names(rows), "Sport": _words(rows), "Postcode": _postcodes(rows)},
    )


@shape
def schools_register(folder: Path, rows: list[Row]) -> tuple[Path, list[Row]]:
    """Follow the national register of schools."""
    rows = _retyped(rows, "{a} Learning Village", "school")
    columns = {
        "URN": [100_000 + k for k in range(len(rows))],
        "LA (name)": ["Made-up"] * len(rows),
        "EstablishmentName": _names(rows),
        "TypeOfEstablishment (name)": ["Academy converter", "Community school", "Foundation school"]
        * (len(rows) // 3),
        "EstablishmentStatus (name)": ["Open"] * len(rows),
        "PhaseOfEducation (name)": ["Primary"] * len(rows),
        "Street": ["Fore Street"] * len(rows),
        "Town": [r.town for r in rows],
        "Postcode": _postcodes(rows),
    }
    return _csv(folder / "edubase.csv", rows, columns)


@shape
def inspections(folder: Path, rows: list[Row]) -> tuple[Path, list[Row]]:
    """Follow a register of food businesses: only those that are community assets have a type here."""
    kinds = (
        ("Pub/bar/nightclub", "pub"),
        ("Restaurant/Cafe/Canteen", "cafe"),
        ("School/college/university", "school"),
    )
    rows = [
        Row(f"The {FIRST[k]}", (kinds[k % 3][1],), kinds[k % 3][0], r.postcode, r.x, r.y, r.town)
        for k, r in enumerate(rows)
    ]
    points = _degrees(rows)
    columns = {
        "FHRSID": list(range(len(rows))),
        "BusinessName": _names(rows),
        "BusinessType": _words(rows),
        "AddressLine1": ["1 Fore Street"] * len(rows),
        "AddressLine2": [r.town for r in rows],
        "PostCode": _postcodes(rows),
        "RatingValue": [5] * len(rows),
        "Longitude": [p[1] for p in points],
        "Latitude": [p[0] for p in points],
    }
    return _csv(folder / "ratings.csv", rows, columns)


@shape
def service_types(folder: Path, rows: list[Row]) -> tuple[Path, list[Row]]:
    """Follow a directory with the service types of local government."""
    kinds = (
        ("Libraries", "library"),
        ("Allotments", "allotment"),
        ("Day centres for older people", "day_centre"),
        ("Youth clubs", "youth_group"),
        ("Lunch clubs", "lunch_club"),
        ("Debt advice", "advice_support"),
    )
    rows = [
        Row(f"{FIRST[k]} Service", (kinds[k % 6][1],), kinds[k % 6][0], r.postcode, r.x, r.y, r.town)
        for k, r in enumerate(rows)
    ]
    return _csv(
        folder / "directory.csv",
        rows,
        {"Service Name": _names(rows), "Service Type": _words(rows), "Postcode": _postcodes(rows)},
    )


@shape
def gp_practices(folder: Path, rows: list[Row]) -> tuple[Path, list[Row]]:
    """Follow a list of GP practices without headings for the kind; the file says it."""
    rows = _retyped(rows, "Drs {a} and Partners", "health_centre")
    return _csv(
        folder / "gp_practices.csv",
        rows,
        {
            "Organisation Code": [f"L8{k:04}" for k in range(len(rows))],
            "Name": _names(rows),
            "Address Line 1": ["1 Fore Street"] * len(rows),
            "Town": [r.town for r in rows],
            "Postcode": _postcodes(rows),
        },
    )


@shape
def billing_columns(folder: Path, rows: list[Row]) -> tuple[Path, list[Row]]:
    """Follow the export of a database of contacts."""
    return _csv(
        folder / "accounts.csv",
        rows,
        {
            "Account ID": [f"0015{k:06}" for k in range(len(rows))],
            "Account Name": _names(rows),
            "Industry": _words(rows),
            "Billing Street": ["1 Fore Street"] * len(rows),
            "Billing City": [r.town for r in rows],
            "Billing Zip/Postal Code": _postcodes(rows),
        },
    )


@shape
def polygons_geojson(folder: Path, rows: list[Row]) -> tuple[Path, list[Row]]:
    """Follow a layer of parks: polygons, the title says what they are."""
    rows = _retyped(rows, "{a} Gardens", "park")
    boxes = gpd.GeoSeries.from_xy([r.x for r in rows], [r.y for r in rows], crs=27700).buffer(40, cap_style=3)
    file = folder / "parks.geojson"
    gpd.GeoDataFrame({"SITENAME": _names(rows)}, geometry=boxes).to_crs(4326).to_file(file)
    return file, rows


@shape
def status_in_names(folder: Path, rows: list[Row]) -> tuple[Path, list[Row]]:
    """Follow a list that says in the names what has closed."""
    rows = [
        Row(f"{r.name} (CLOSED)" if k % 4 == 0 else r.name, r.types, r.word, r.postcode, r.x, r.y, r.town)
        for k, r in enumerate(rows)
    ]
    return _csv(
        folder / "venues.csv",
        rows,
        {"Venue": _names(rows), "Venue type": _words(rows), "Postcode": _postcodes(rows)},
    )


@shape
def web_page(folder: Path, rows: list[Row]) -> tuple[Path, list[Row]]:
    """Follow a list copied from a web page, with its marks."""
    columns = {
        "Name": [f"<b>{r.name.replace(chr(39), '&#39;')}</b>" for r in rows],
        "Type": _words(rows),
        "Address": [f"1 Fore Street<br/>{r.town}<br/>{r.postcode}" for r in rows],
        "Link": [f"<a href='http://example.org/{k}'>more</a>" for k in range(len(rows))],
    }
    return _csv(folder / "page.csv", rows, columns)


@shape
def web_mercator(folder: Path, rows: list[Row]) -> tuple[Path, list[Row]]:
    """Follow an export of a web map: X and Y in Web Mercator."""
    points = gpd.GeoSeries.from_xy([r.x for r in rows], [r.y for r in rows], crs=27700).to_crs(3857)
    return _csv(
        folder / "layer.csv",
        rows,
        {
            "OBJECTID": list(range(1, len(rows) + 1)),
            "Facility_Name": _names(rows),
            "Facility_Type": _words(rows),
            "X": points.x.round(2).tolist(),
            "Y": points.y.round(2).tolist(),
        },
    )


@shape
def kml_fields(folder: Path, rows: list[Row]) -> tuple[Path, list[Row]]:
    """Follow a Google map whose fields are in the data of each placemark; one placemark has an address and no point."""
    marks = ""
    for k, (r, (lat, lon)) in enumerate(zip(rows, _degrees(rows), strict=True)):
        where = f"<Point><coordinates>{lon},{lat},0</coordinates></Point>"
        where = f"<address>1 Fore Street, {r.town} {r.postcode}</address>" if k == 0 else where
        data = f'<ExtendedData><Data name="Kind"><value>{r.word}</value></Data></ExtendedData>'
        marks += f"<Placemark><name>{r.name}</name>{data}{where}</Placemark>"
    file = folder / "map.kml"
    file.write_text(
        f'<?xml version="1.0"?><kml xmlns="http://www.opengis.net/kml/2.2"><Document><name>Our map</name>{marks}</Document></kml>'
    )
    return file, rows


@shape
def two_heading_rows(folder: Path, rows: list[Row]) -> tuple[Path, list[Row]]:
    """Follow a spreadsheet with headings in two rows: "Contact" above "Name" and "Email"."""
    cells = [
        ["Name of group", "Kind", "Contact", "", "Where it meets", ""],
        ["", "", "Name", "Email", "Village", "Postcode"],
        *([r.name, r.word, "Sarah Jones", "sarah@example.org", r.town, r.postcode] for r in rows),
    ]
    file = folder / "groups.xlsx"
    pd.DataFrame(cells).to_excel(file, index=False, header=False)
    return file, rows


@shape
def form_questions(folder: Path, rows: list[Row]) -> tuple[Path, list[Row]]:
    """Follow the answers to a form whose headings are questions."""
    return _csv(
        folder / "answers.csv",
        rows,
        {
            "Timestamp": ["2024/01/02 10:11:12"] * len(rows),
            "What is the name of your group?": _names(rows),
            "What kind of group is it?": _words(rows),
            "Where do you meet? (postcode if possible)": [f"The hall, {r.town} {r.postcode}" for r in rows],
            "When do you meet?": ["Tuesdays 2-4pm"] * len(rows),
            "Can we share this publicly?": ["Yes"] * len(rows),
        },
    )


@shape
def consent_columns(folder: Path, rows: list[Row]) -> tuple[Path, list[Row]]:
    """Follow a mailing list with "E-mail address" and "Publish address?" beside the address."""
    return _csv(
        folder / "members.csv",
        rows,
        {
            "Organisation name": _names(rows),
            "Service category": _words(rows),
            "E-mail address": [f"group{k}@example.org" for k in range(len(rows))],
            "Publish address?": ["Yes", "No"] * (len(rows) // 2),
            "ADD1": ["1 Fore Street"] * len(rows),
            "ADD2": [r.town for r in rows],
            "PCODE": _postcodes(rows),
        },
    )


@shape
def constant_name(folder: Path, rows: list[Row]) -> tuple[Path, list[Row]]:
    """Follow an export whose "Name" is the council and whose "Service" is the place."""
    return _csv(
        folder / "services.csv",
        rows,
        {
            "Name": ["Made-up Council"] * len(rows),
            "Service": _names(rows),
            "Type": _words(rows),
            "Postcode": _postcodes(rows),
        },
    )


@shape
def json_lines(folder: Path, rows: list[Row]) -> tuple[Path, list[Row]]:
    """Follow an export with a feature of GeoJSON in each line."""
    features = [
        {
            "type": "Feature",
            "properties": {"name": r.name, "type": r.word},
            "geometry": {"type": "Point", "coordinates": [lon, lat]},
        }
        for r, (lat, lon) in zip(rows, _degrees(rows), strict=True)
    ]
    file = folder / "places.geojsonl"
    file.write_text("\n".join(json.dumps(feature) for feature in features))
    return file, rows


@shape
def arcgis_json(folder: Path, rows: list[Row]) -> tuple[Path, list[Row]]:
    """Follow the answer of an ArcGIS server in National Grid metres."""
    features = [
        {
            "attributes": {"OBJECTID": k, "SITE_NAME": r.name, "SITE_TYPE": r.word},
            "geometry": {"x": r.x, "y": r.y},
        }
        for k, r in enumerate(rows)
    ]
    file = folder / "answer.json"
    answer = {
        "geometryType": "esriGeometryPoint",
        "spatialReference": {"wkid": 27700},
        "fields": [],
        "features": features,
    }
    file.write_text(json.dumps(answer))
    return file, rows


@shape
def portal_json(folder: Path, rows: list[Row]) -> tuple[Path, list[Row]]:
    """Follow the answer of a CKAN portal: the records are two levels down."""
    records = [
        {"_id": k, "Name": r.name, "Category": r.word, "Postcode": r.postcode} for k, r in enumerate(rows)
    ]
    file = folder / "answer.json"
    fields = [{"id": "Name", "type": "text"}]
    file.write_text(
        json.dumps({"success": True, "result": {"fields": fields, "records": records, "total": len(rows)}})
    )
    return file, rows


@shape
def organisations_around(folder: Path, rows: list[Row]) -> tuple[Path, list[Row]]:
    """Follow Open Referral UK with organisations around their services."""
    organisations = [
        {
            "id": f"o{k}",
            "name": "Made-up Trust",
            "services": [
                {
                    "id": f"s{k}",
                    "name": r.name,
                    "status": "active",
                    "attributes": [{"taxonomy_term": {"name": r.word}}],
                    "service_at_locations": [{"location": {"latitude": lat, "longitude": lon}}],
                }
            ],
        }
        for k, (r, (lat, lon)) in enumerate(zip(rows, _degrees(rows), strict=True))
    ]
    file = folder / "organisations.json"
    file.write_text(json.dumps(organisations))
    return file, rows


@shape
def map_links(folder: Path, rows: list[Row]) -> tuple[Path, list[Row]]:
    """Follow a list whose only place is a link to a map."""
    points = _degrees(rows)
    return _csv(
        folder / "venues.csv",
        rows,
        {
            "Venue": _names(rows),
            "Type": _words(rows),
            "Map link": [f"https://www.google.com/maps/place/A/@{lat},{lon},17z" for lat, lon in points],
        },
    )


@shape
def labelled_points(folder: Path, rows: list[Row]) -> tuple[Path, list[Row]]:
    """Follow an export whose one cell has "lat" and "lng" before the numbers."""
    return _csv(
        folder / "venues.csv",
        rows,
        {
            "Venue": _names(rows),
            "Type": _words(rows),
            "LatLong": [f"lat: {lat}, lng: {lon}" for lat, lon in _degrees(rows)],
        },
    )


@shape
def welsh_words(folder: Path, rows: list[Row]) -> tuple[Path, list[Row]]:
    """Follow a bilingual council whose types, states and days are Welsh too."""
    words = {
        "library": "Llyfrgell",
        "village_hall": "Neuadd bentref",
        "food_bank": "Banc bwyd",
        "museum": "Amgueddfa",
    }
    codes = list(words)
    rows = [
        Row(FIRST[k], (codes[k % len(codes)],), "", r.postcode, r.x, r.y, r.town) for k, r in enumerate(rows)
    ]
    return _csv(
        folder / "rhestr.csv",
        rows,
        {
            "Enw'r Sefydliad": _names(rows),
            "Categori": [words[r.types[0]] for r in rows],
            "Côd Post": _postcodes(rows),
            "Statws": ["Ar agor"] * len(rows),
            "Oriau agor": ["Llun-Gwener 9:00-17:00"] * len(rows),
        },
    )


@shape
def schools_download(folder: Path, rows: list[Row]) -> tuple[Path, list[Row]]:
    """Follow the download of Get Information about Schools, which writes fields twice, as (code) and (name)."""
    rows = [
        Row(f"{FIRST[k]} Primary", ("school",), "", r.postcode, r.x, r.y, r.town) for k, r in enumerate(rows)
    ]
    return _csv(
        folder / "edubasealldata20240501.csv",
        rows,
        {
            "URN": range(100001, 100001 + len(rows)),
            "LA (code)": ["908"] * len(rows),
            "LA (name)": ["Made-up"] * len(rows),
            "EstablishmentName": _names(rows),
            "TypeOfEstablishment (code)": ["1"] * len(rows),
            "TypeOfEstablishment (name)": ["Community school", "Academy converter"] * (len(rows) // 2),
            "EstablishmentStatus (name)": ["Open"] * len(rows),
            "Postcode": _postcodes(rows),
        },
    )


@shape
def sharepoint_list(folder: Path, rows: list[Row]) -> tuple[Path, list[Row]]:
    """Follow the export of a SharePoint list, whose headings have their spaces by numbers."""
    return _csv(
        folder / "query.csv",
        rows,
        {
            "Title": _names(rows),
            "Organisation_x0020_Type": _words(rows),
            "Post_x0020_Code": _postcodes(rows),
            "Is_x0020_Active": ["True"] * len(rows),
            "Modified By": ["Ann Officer"] * len(rows),
            "Content Type": ["Item"] * len(rows),
        },
    )


@shape
def care_directory(folder: Path, rows: list[Row]) -> tuple[Path, list[Row]]:
    """Follow the directory of the Care Quality Commission: a title, and "Service types" in the plural."""
    rows = [Row(FIRST[k], ("care_home",), "", r.postcode, r.x, r.y, r.town) for k, r in enumerate(rows)]
    file, _ = _csv(
        folder / "directory.csv",
        rows,
        {
            "Name": _names(rows),
            "Also known as": [""] * len(rows),
            "Postcode": _postcodes(rows),
            "Service types": ["Nursing homes"] * len(rows),
            "Specialisms/services": ["Dementia"] * len(rows),
            "Provider name": ["Made-up Care"] * len(rows),
        },
    )
    file.write_text(f"Care directory,,,,,\nPublished 1 November 2023,,,,,\n,,,,,\n{file.read_text()}")
    return file, rows


@shape
def grid_view(folder: Path, rows: list[Row]) -> tuple[Path, list[Row]]:
    """Follow the export of an online database with "Lat/Lng" in one column."""
    return _csv(
        folder / "Places-Grid view.csv",
        rows,
        {
            "Name": _names(rows),
            "Kind": _words(rows),
            "Lat/Lng": [f"{lat}, {lon}" for lat, lon in _degrees(rows)],
            "Assignee": ["Ann Officer"] * len(rows),
        },
    )


@shape
def named_by_its_kind(folder: Path, rows: list[Row]) -> tuple[Path, list[Row]]:
    """Follow a list of toilets whose column of names is headed "Toilet", beside "Location"."""
    rows = [
        Row(f"{FIRST[k]} Quay", ("public_toilet",), "", r.postcode, r.x, r.y, r.town)
        for k, r in enumerate(rows)
    ]
    return _csv(
        folder / "facilities.csv",
        rows,
        {
            "Toilet": _names(rows),
            "Location": [f"Car park, {r.town}" for r in rows],
            "Postcode": _postcodes(rows),
            "Charge": ["20p"] * len(rows),
        },
    )


@shape
def branches(folder: Path, rows: list[Row]) -> tuple[Path, list[Row]]:
    """Follow a federation's list: "WI" with villages, and where and when they meet."""
    rows = [
        Row(FIRST[k], ("womens_institute",), "", r.postcode, r.x, r.y, r.town) for k, r in enumerate(rows)
    ]
    return _csv(
        folder / "list.csv",
        rows,
        {
            "WI": _names(rows),
            "Meeting place": [f"Hall, {r.postcode}" for r in rows],
            "Meets": ["2nd Tuesday 7.30pm"] * len(rows),
            "Secretary": ["Ann Brown"] * len(rows),
        },
    )


@shape
def community_value(folder: Path, rows: list[Row]) -> tuple[Path, list[Row]]:
    """Follow a register of assets of community value: titles above, an address with the postcode, a note below."""
    file, _ = _csv(
        folder / "acv.csv",
        rows,
        {
            "Ref": [f"ACV/{k}" for k in range(len(rows))],
            "Asset nominated": _names(rows),
            "Address": [f"{r.name}, {r.town}, {r.postcode}" for r in rows],
            "Nominating group": [f"Friends {k}" for k in range(len(rows))],
            "Date listed": ["01/04/2021"] * len(rows),
        },
    )
    file.write_text(
        f"Register of assets,,,,\n,,,,\n{file.read_text()},,,,\nNote: assets are removed after five years.,,,,\n"
    )
    return file, rows


@shape
def mixed_locations(folder: Path, rows: list[Row]) -> tuple[Path, list[Row]]:
    """Follow a list whose one "Location" holds a postcode, degrees, metres, a grid reference or a link, as each row pleased."""
    said = []
    for k, (r, (lat, lon)) in enumerate(zip(rows, _degrees(rows), strict=True)):
        forms = (
            r.postcode,
            f"{lat} {lon}",
            f"{r.x:,.0f} {r.y:,.0f}",
            f"{lat}°N {-lon}°W",
            f"https://maps.example.org/?q={lat},{lon}",
            f"1 Fore Street, {r.town} {r.postcode}",
        )
        said.append(forms[k % len(forms)])
    return _csv(folder / "hubs.csv", rows, {"Name": _names(rows), "Type": _words(rows), "Location": said})


@shape
def map_database(folder: Path, rows: list[Row]) -> tuple[Path, list[Row]]:
    """Follow the export of a database of maps: the point in hexadecimal digits."""
    points = gpd.GeoSeries.from_xy([r.x for r in rows], [r.y for r in rows], crs=27700)
    return _csv(
        folder / "places.csv",
        rows,
        {
            "fid": range(len(rows)),
            "site_name": _names(rows),
            "site_type": _words(rows),
            "geom": points.to_wkb(hex=True).tolist(),
        },
    )


@shape
def nested_hours(folder: Path, rows: list[Row]) -> tuple[Path, list[Row]]:
    """Follow an answer with a tree of opening hours for each place, and an address in parts."""
    day = {"open": "09:00", "close": "17:00"}
    records = [
        {
            "name": r.name,
            "category": r.word,
            "address": {"streetAddress": "1 Fore Street", "postalCode": r.postcode},
            "openingHours": {"monday": day, "friday": day},
        }
        for r in rows
    ]
    file = folder / "places.json"
    file.write_text(json.dumps({"places": records}))
    return file, rows


@shape
def overpass_members(folder: Path, rows: list[Row]) -> tuple[Path, list[Row]]:
    """Follow an Overpass answer of relations whose members have the geometry (out geom)."""
    tags = ({"amenity": "library"}, {"leisure": "park"}, {"amenity": "community_centre"})
    types = ("library", "park", "community_centre")
    rows = [Row(r.name, (types[k % 3],), "", r.postcode, r.x, r.y, r.town) for k, r in enumerate(rows)]
    elements = [
        {
            "type": "relation",
            "id": k,
            "tags": {"name": r.name, **tags[k % 3]},
            "members": [
                {
                    "type": "way",
                    "ref": k,
                    "geometry": [{"lat": lat + off, "lon": lon - off} for off in (-1e-4, 1e-4)],
                }
            ],
        }
        for k, (r, (lat, lon)) in enumerate(zip(rows, _degrees(rows), strict=True))
    ]
    file = folder / "answer.json"
    file.write_text(json.dumps({"version": 0.6, "elements": elements}))
    return file, rows


@shape
def survey_answers(folder: Path, rows: list[Row]) -> tuple[Path, list[Row]]:
    """Follow the answers to an online form whose headings are questions."""
    return _csv(
        folder / "Survey (Responses) - Form responses 1.csv",
        rows,
        {
            "Timestamp": ["2024/03/01 9:12:33 am GMT"] * len(rows),
            "What's the name of your group or club?": _names(rows),
            "Which of these best describes your group?": _words(rows),
            "Where do you usually meet? (venue and postcode)": [
                f"The Rooms, {r.town}, {r.postcode}" for r in rows
            ],
            "What day and time do you meet?": ["Mondays 7.30pm-9.30pm"] * len(rows),
            "Are you a registered charity? If yes, please give your number": ["No"] * len(rows),
        },
    )


@shape
def clubs_and_venues(folder: Path, rows: list[Row]) -> tuple[Path, list[Row]]:
    """Follow a list of groups with the venue where each meets, before the group."""
    return _csv(
        folder / "groups.csv",
        rows,
        {
            "Venue": [f"{r.town} Rooms {k}" for k, r in enumerate(rows)],
            "Club": _names(rows),
            "Category": _words(rows),
            "Postcode": _postcodes(rows),
        },
    )


@shape
def printed_pages(folder: Path, rows: list[Row]) -> tuple[Path, list[Row]]:
    """Follow a list that was printed, with its headings again on each page, and a total."""
    lines = []
    for k, r in enumerate(rows):
        if k % 5 == 0:
            lines += [f"Page {k // 5 + 1} of 3,,", "Name,Type,Post code"]
        lines.append(f"{r.name},{r.word},{r.postcode}")
    file = folder / "printed.csv"
    file.write_text("\n".join([*lines, f"Total: {len(rows)},,"]))
    return file, rows


@shape
def polling_places(folder: Path, rows: list[Row]) -> tuple[Path, list[Row]]:
    """Follow a list of polling places: its one name is headed "Polling place"."""
    return _csv(
        folder / "polling.csv",
        rows,
        {
            "Polling district": [f"AA{k}" for k in range(len(rows))],
            "Polling place": _names(rows),
            "Address": ["1 Fore Street"] * len(rows),
            "Postcode": _postcodes(rows),
        },
    )
