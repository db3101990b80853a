"""A public build of a town with planted secrets: no file of it holds any of them."""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import re
import shutil
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

import assetmap as am
from assetmap.cli import app
from assetmap.public import AUDIENCE_WORDS
from assetmap.schema import data_folder
from assetmap.show.tables import write_csv

pytestmark = pytest.mark.journey

TOWN = data_folder() / "town"

LIST = """name,asset_type,sensitive,address,postcode,easting,northing,offers,asks,Organiser,note,Activities and more
"Haven, ring 01872 900126",Domestic abuse refuges,,9 Secretstreet Row,{at},{x},{y},minibus,meeting room,Jane Organiser,jane@ex.org,Mondays
Quiet House,community centre,"Yes, confidential",11 Hiddenrow Lane,{at},{x},{y},projector,,Jane Organiser,,Mondays
Refuge for women and children,,,5 Quietway Mews,{at},{x},{y},,,Jane Organiser,,Mondays
"Kestrel Refuge, 7 Siltmarsh Way",,,7 Siltmarsh Way,{at},,,,,Jane Organiser,,Mondays
Siltmarsh House,community centre,,Siltmarsh House,{at},,,,,Jane Organiser,Please do not publish the address,Mondays
Wrenfield Cottage,Asylum-seeker accommodation,,Wrenfield Cottage,ZZ99 9ZZ,1,1,,,Jane Organiser,,Mondays
Open Choir 07700 900101,arts_culture,,1 High Street,{at},,,hall,minibus,Jane Organiser,ring 01872 900111,"ask Jo, 01872 900112"
Call jane118(at)ex.org,arts_culture,,,call 01872 900128,,,,,Jane Organiser,,Mondays
"""

FILE = "lists of jane118@ex.org 01872 900132.csv"

SECRETS = (
    "Secretstreet", "Hiddenrow", "Quietway", "Siltmarsh", "Wrenfield", "900126", "900101", "900111", "900112", "900128", "jane@ex",
    "jane118", "Jane Organiser", "900132", "Marshlane",
)  # fmt: skip


def made(folder: Path, audience: str, *, publish: str = "[]") -> Path:
    """Copy the town and add a list with secrets; return the folder of the project."""
    shutil.copytree(TOWN, folder)
    postcodes = pd.read_csv(TOWN / "postcodes.csv")
    at = postcodes.iloc[40]
    text = LIST.format(at=at["postcode"], x=int(at["easting"]) + 13, y=int(at["northing"]) + 17)
    (folder / FILE).write_text(text, encoding="utf-8")
    counts = (folder / "counts.csv").read_text(encoding="utf-8")
    strange = '"Zebra Refuge, 3 Marshlane Road",2026-09,5,2,1\n"Chess, ring 01872 900132",2026-09,5,2,1\n'
    (folder / "counts.csv").write_text(counts.rstrip("\n") + "\n" + strange, encoding="utf-8")
    config = folder / "assetmap.toml"
    settings = config.read_text(encoding="utf-8").replace("catchment_km = 5", "limit_m = 5000")
    settings = settings.replace("[project]\n", f'[project]\naudience = "{audience}"\n')
    settings = settings.replace('publish = ["in_our_words"]', f"publish = {publish}")
    settings += (
        '\n[[assets]]\nid = "secret"\nfile = "'
        + FILE
        + '"\ntitle = "Groups (made up)"\ndate = "2026"\nlicence = "MIT"\n'
    )
    config.write_text(settings, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, am.Results]:
    folder = made(tmp_path_factory.mktemp("town") / "project", "public", publish='["activities_and_more"]')
    output = folder.parent / "out"
    results = am.build(am.open_project(folder), output)
    return folder, output, results


def contents(path: Path) -> bytes:
    """Return the bytes of a file, and those that a map has packed, without its list of all postcodes."""
    data = path.read_bytes()
    packed = re.search(rb'id="am-data">([A-Za-z0-9+/=]+)<', data)
    if packed is None:
        return data
    island = json.loads(gzip.decompress(base64.b64decode(packed[1])))
    island.pop("postcodes", None)
    return data + json.dumps(island, ensure_ascii=False).encode()


def test_no_file_of_a_public_build_has_a_secret(town: tuple[Path, Path, am.Results]) -> None:
    _, output, results = town
    files = sorted(output.iterdir())
    assert {"map.html", "report.html", "assets.csv", "rejected.csv", "run.json", "assetmap.gpkg"} <= {
        f.name for f in files
    }
    found = [(file.name, secret) for file in files for secret in SECRETS if secret.encode() in contents(file)]
    found += [
        (file.name, secret)
        for file in files
        for secret in SECRETS
        if secret.encode("utf-16-le") in contents(file)
    ]
    found += [
        (file.name, secret)
        for file in files
        for secret in SECRETS
        if secret.lower().encode() in contents(file).lower()
    ]
    assert found == []
    assert results.assets["sensitive"].sum() == 5


def test_the_internal_build_has_them(tmp_path: Path) -> None:
    """Else the test above would find nothing because there is nothing."""
    folder = made(tmp_path / "project", "internal")
    results = am.measure_project(am.open_project(folder), sensitivity=False)
    told = (
        write_csv(results.assets, tmp_path / "assets.csv").read_text(encoding="utf-8") + results.log.to_csv()
    )
    told += (
        results.sources.to_csv() + str(results.notes) + (folder / "counts.csv").read_text(encoding="utf-8")
    )
    assert [secret for secret in SECRETS if secret not in told] == []


def test_no_point_is_near_a_guarded_place(town: tuple[Path, Path, am.Results]) -> None:
    """Not rounded either: assets in the tables, the layers and the map."""
    folder, output, results = town
    at = pd.read_csv(folder / "postcodes.csv").iloc[40]
    hidden = results.assets[results.assets["sensitive"]]
    assert hidden.geometry.isna().all()
    assert (hidden["location_precision"] == "area_only").all()
    layer = gpd.read_file(output / "assetmap.gpkg", layer="assets").set_index("asset_id")
    assert layer.loc[hidden.index].geometry.isna().all()
    table = (
        pd.read_csv(output / "assets.csv", dtype=str, keep_default_na=False)
        .set_index("asset_id")
        .loc[hidden.index]
    )
    blank = [
        "postcode",
        "address",
        "easting",
        "northing",
        "source_row",
        "offers",
        "asks",
        "also_listed",
        "activities_and_more",
    ]
    assert (table[[column for column in blank if column in table]] == "").all(axis=None)
    near = np.hypot(layer.geometry.x - at["easting"], layer.geometry.y - at["northing"]) < 150
    assert not set(layer.index[near]) & set(hidden.index)
    told = "".join(
        contents(file).decode("utf-8", "ignore")
        for file in output.iterdir()
        if file.suffix in (".csv", ".html", ".json")
    )
    rounded = {
        f"{round(value + off, -digits):.0f}"
        for value, off in ((at["easting"], 13), (at["northing"], 17))
        for digits in (0, 1)
    }
    exact = [number for number in rounded if re.search(rf"(?<!\d){number}(?!\d)", told)]
    # the choir next door is published with the point of the postcode, which rounds to the same ten metres or not
    assert not [
        number for number in exact if number in (f"{at['easting'] + 13:.0f}", f"{at['northing'] + 17:.0f}")
    ]


def test_the_order_and_the_pairs_do_not_tell(town: tuple[Path, Path, am.Results]) -> None:
    _, output, results = town
    flags = results.assets["sensitive"].tolist()
    assert flags == sorted(flags)
    assert not results.log["reason"].str.contains("Kestrel|Quiet House|Haven", regex=True).any()
    rejected = pd.read_csv(output / "rejected.csv", dtype=str, keep_default_na=False)
    secret = rejected[rejected["reason"] == "Its exact location is not published."]
    assert len(secret) >= 3
    assert (secret["row"] == "").all()
    assert "(name not published)" in secret["name"].tolist()


def test_checksums_of_lists_with_guarded_places_are_not_published(
    town: tuple[Path, Path, am.Results],
) -> None:
    folder, output, _ = town
    inputs = json.loads((output / "run.json").read_text(encoding="utf-8"))["inputs"]
    assert inputs["secret"]["sha256"] == "not published: the list has guarded places"
    assert inputs["groups"]["sha256"] == hashlib.sha256((folder / "groups.csv").read_bytes()).hexdigest()
    digest = hashlib.sha256((folder / FILE).read_bytes()).hexdigest()
    assert not [file.name for file in output.iterdir() if digest[:12].encode() in contents(file)]


def test_what_the_owner_publishes_is_there(town: tuple[Path, Path, am.Results]) -> None:
    _, output, _ = town
    table = pd.read_csv(output / "assets.csv", dtype=str, keep_default_na=False).set_index("name")
    assert table.loc["Open Choir [removed]", "activities_and_more"] == "ask Jo, [removed]"


def test_near_share_and_pictures_keep_the_secret(town: tuple[Path, Path, am.Results], tmp_path: Path) -> None:
    folder, output, results = town
    at = pd.read_csv(folder / "postcodes.csv").iloc[40]["postcode"]
    found = am.near_postcode(am.open_project(folder), at, within_km=50)
    assert not set(found.index) & set(results.assets.index[results.assets["sensitive"]])
    again = am.near_postcode(am.open_project(folder), at, register=output / "assets.csv", within_km=50)
    told = found.to_csv() + again.to_csv() + am.match_files(project=am.open_project(folder)).to_csv()
    assert [secret for secret in SECRETS if secret in told] == []
    assert "Open Choir" in told
    made_file = tmp_path / "register.csv"
    done = CliRunner().invoke(
        app, ["register", str(folder / FILE), "--project", str(folder), "--output", str(made_file)]
    )
    assert done.exit_code == 0
    assert [secret for secret in SECRETS if secret.encode() in made_file.read_bytes()] == []


@pytest.mark.parametrize("name", ["map.html", "report.html"])
def test_the_head_of_every_page_says_who_it_is_for(town: tuple[Path, Path, am.Results], name: str) -> None:
    page = (town[1] / name).read_text(encoding="utf-8")
    head = page[: page.index("</head>")]
    assert re.search(r'<meta name="audience" content="public" ?/?>', head)
    assert AUDIENCE_WORDS["public"] in page


def test_a_check_says_that_its_folder_is_internal(
    town: tuple[Path, Path, am.Results], tmp_path: Path
) -> None:
    done = CliRunner().invoke(app, ["check", str(town[0] / FILE), "--output", str(tmp_path / "report")])
    page = (tmp_path / "report" / "check.html").read_text(encoding="utf-8")
    assert '<meta name="audience" content="internal">' in page
    for said in (done.stdout, page):
        assert AUDIENCE_WORDS["internal"] in said
        assert "must stay secret" in said


def test_a_decision_releases_a_place_in_a_build(tmp_path: Path) -> None:
    folder = made(tmp_path / "project", "public")
    project = am.open_project(folder)
    shutil.copy(folder / FILE, folder / "secret.csv")  # rows are known by the id of their list
    report = am.check_files([folder / "secret.csv"], project=project)
    row = report.review[report.review["name"] == "Refuge for women and children"]
    write_csv(row.assign(decision="publish"), folder / "review.csv", index=False)
    config = folder / "assetmap.toml"
    config.write_text(
        config.read_text(encoding="utf-8").replace("[project]\n", '[project]\nreview = "review.csv"\n'),
        encoding="utf-8",
    )
    assets = am.measure_project(am.open_project(folder), sensitivity=False).assets.set_index("name")
    assert not assets.loc["Refuge for women and children", "sensitive"]
    assert assets["sensitive"].sum() == 4
