"""The public directory: what is in it, what never is, and what comes back when its open data are read."""

from __future__ import annotations

import json
import os
import re
import uuid
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pandas as pd
import pytest
from typer.testing import CliRunner

import assetmap as am
from assetmap.cli import app
from assetmap.project.people.directory import COLUMNS, FILES, Directory, write_directory
from assetmap.project.people.facts import booking_kind, cost_kind, days_in, step_free_kind
from assetmap.read.lists.json_files import OWN_TAXONOMY
from assetmap.show.directory.open_data import TAXONOMY, service_id, services
from assetmap.show.directory.page import directory_html, hours_in_words
from directory_town import many_places

SHARED = Path(os.environ.get("ASSETMAP_SHARED", Path(__file__).parents[2] / "shared")) / "data" / "oruk"


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> tuple[Directory, Path]:
    made, files = write_directory(am.example_project("town"), tmp_path_factory.mktemp("directory"))
    assert tuple(sorted(file.name for file in files)) == tuple(sorted(FILES))
    return made, files[0].parent


@pytest.fixture(scope="module")
def validator() -> Any:
    """The published schema, with its formats checked."""
    if not SHARED.is_dir():
        pytest.skip("The schema of Open Referral UK is not on this machine.")
    import jsonschema

    formats = jsonschema.FormatChecker()

    @formats.checks("uri", raises=ValueError)
    def is_uri(value: object) -> bool:
        return not isinstance(value, str) or bool(urlsplit(value).scheme)

    @formats.checks("date-time", raises=ValueError)
    def is_moment(value: object) -> bool:
        return not isinstance(value, str) or datetime.fromisoformat(value).tzinfo is not None

    schema = json.loads((SHARED / "service_with_definitions.json").read_text(encoding="utf-8"))
    return jsonschema.Draft202012Validator(schema, format_checker=formats)


@pytest.mark.slow
def test_every_open_place_is_in_it_once_and_no_other(written: tuple[Directory, Path]) -> None:
    made, folder = written
    register = am.register_files(project=am.example_project("town")).assets
    assert set(made.entries["name"]) == set(register.loc[register["status"] == "open", "name"])
    page = (folder / "directory.html").read_text(encoding="utf-8")
    assert page.count("<li data-f=") == len(made.entries) == 29
    (note,) = made.notes
    assert re.findall(r"\d+", note.sentence) == ["4", "33", "2", "1", "1"]
    assert note.sentence in page
    for name in ("Bridge Street Centre", "Ridge Farm Barn", "Old Custom House"):
        assert not any(name in (folder / file).read_text(encoding="utf-8-sig") for file in FILES)


def test_all_four_files_say_the_same(written: tuple[Directory, Path]) -> None:
    made, folder = written
    table = pd.read_csv(folder / "directory.csv", encoding="utf-8-sig", index_col="asset_id")
    features = json.loads((folder / "directory.geojson").read_text(encoding="utf-8"))["features"]
    contents = json.loads((folder / "directory.json").read_text(encoding="utf-8"))["contents"]
    assert list(table["uuid"]) == [each["id"] for each in features] == [each["id"] for each in contents]
    assert (
        list(table["name"]) == [each["properties"]["name"] for each in features] == list(made.entries["name"])
    )
    points = [each["geometry"]["coordinates"] for each in features]
    assert points == table[["longitude", "latitude"]].to_numpy().tolist()


def test_services_pass_the_published_schema(written: tuple[Directory, Path], validator: Any) -> None:
    contents = json.loads((written[1] / "directory.json").read_text(encoding="utf-8"))["contents"]
    assert [error.message for service in contents for error in validator.iter_errors(service)] == []
    bad = json.loads((SHARED / "service_full_Fail.json").read_text(encoding="utf-8"))
    assert len(list(validator.iter_errors(bad))) == 2
    for name in ("service_full", "service_full_Default", "service_full_Warn"):
        assert validator.is_valid(json.loads((SHARED / f"{name}.json").read_text(encoding="utf-8")))


def test_our_own_services_come_back_with_the_same_public_columns(written: tuple[Directory, Path]) -> None:
    made, folder = written
    back = am.register_files([folder / "directory.json"], project=am.example_project("town"))
    assert (back.log["outcome"] == "accepted").all()
    assets = back.assets.set_index("name").reindex(made.entries["name"])
    for column in COLUMNS:
        if column not in ("name", "checked_date") and column in made.entries:
            said = made.entries[column].astype("object").fillna("").astype(str).tolist()
            read = (
                assets[column].astype("object").fillna("").astype(str).tolist()
                if column in assets
                else [""] * 29
            )
            assert read == said, column
    moved = assets.geometry.distance(made.entries.geometry, align=False)
    assert moved.max() < 1.5
    assert TAXONOMY == OWN_TAXONOMY


def test_the_page_says_who_benefits_and_links_to_stories(written: tuple[Directory, Path]) -> None:
    page = (written[1] / "directory.html").read_text(encoding="utf-8")
    assert "For the community: A clean river bank." in page
    assert 'href="https://www.example.org/quillford/memory-cafe"' in page


def test_identifiers_are_made_of_asset_ids_alone() -> None:
    assert uuid.UUID(service_id("a")).version == 5
    assert service_id("a") == "6c7b7864-6511-5143-b5e5-f6391e8f0061"
    assert len({service_id(asset, part) for asset in "ab" for part in ("service", "location")}) == 4


@pytest.mark.slow
def test_guarded_places_and_contacts_are_as_in_a_public_build(tmp_path: Path, validator: Any) -> None:
    (tmp_path / "town").mkdir()
    for file in am.example_project("town").folder.iterdir():
        (tmp_path / "town" / file.name).write_bytes(file.read_bytes())
    rows = (
        "name,asset_type,postcode,status,address,phone,email,cost\n"
        "Safe Haven,refuge,QF5 1AB,open,7 Hidden Lane,01632 960001,a@example.org,free\n"
        "Tea with Ann,lunch_club,QF5 1AB,open,8 High Street,01632 960002,ann@example.org,ring 01632 960003\n"
    )
    (tmp_path / "town" / "groups.csv").write_text(rows, encoding="utf-8")
    config = tmp_path / "town" / "assetmap.toml"
    text = config.read_text(encoding="utf-8").replace('publish = ["in_our_words"]', 'audience = "internal"')
    config.write_text(text, encoding="utf-8")
    made, files = write_directory(am.open_project(tmp_path / "town"), tmp_path / "out")
    for file in files:
        said = file.read_text(encoding="utf-8-sig")
        assert "Safe Haven" in said
        assert not re.search(r"Hidden Lane|01632|example\.org|internal", said)
    entry = made.entries.set_index("name").loc["Safe Haven"]
    assert entry[["postcode", "address", "cost", "place"]].tolist() == [""] * 4
    assert pd.isna(entry["latitude"])
    (haven,) = [each for each in services(made.entries, made.times) if each["name"] == "Safe Haven"]
    assert "service_at_locations" not in haven
    assert validator.is_valid(haven)


def test_names_from_outside_are_text(written: tuple[Directory, Path]) -> None:
    places = many_places(3)
    places.entries["name"] = ["<script>alert(1)</script>", "{{ 7*7 }}", '"><img src=x>']
    page = directory_html(places)
    assert page.count("<script>") == 1
    assert "<img" not in page
    assert "{{ 7*7 }}" in page


@pytest.mark.slow
def test_five_thousand_places_fit(written: tuple[Directory, Path]) -> None:
    page = directory_html(many_places(5_000))
    assert page.count("<li data-f=") == 5_000
    assert len(page.encode()) < 1_500_000


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("Tuesdays", (1,)), ("Mon, Wed and Fri", (0, 2, 4)), ("Monday to Thursday", (0, 1, 2, 3)), ("Fri-Mon", (0, 4, 5, 6)),
        ("first Saturday", (5,)), ("every day", tuple(range(7))), ("weekends", (5, 6)), ("not Mondays", ()), ("by arrangement", ()),
        ("Sunday lunch, Thurs evening", (3, 6)), ("Monastery", ()), ("", ()),
    ],
)  # fmt: skip
def test_days_are_read(text: str, days: tuple[int, ...]) -> None:
    assert days_in(text) == days


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Free", "free"), ("no charge", "free"), ("£0", "free"), ("0", "free"), ("£0.50", "charge"), ("50p", "charge"),
        ("First session free, then £3", "charge"), ("not free", "charge"), ("Donations welcome", "donation"), ("ask us", ""), ("", ""),
    ],
)  # fmt: skip
def test_costs_are_read(text: str, kind: str) -> None:
    assert cost_kind(text) == kind


def test_steps_and_booking_are_read_only_where_they_are_plain() -> None:
    assert [step_free_kind(text) for text in ("Yes", "no", "ramp at the back", "")] == ["yes", "no", "", ""]
    told = (
        "no",
        "yes",
        "drop in",
        "No booking needed",
        "booking is not required",
        "Ring first",
        "by referral",
        "",
        "tea",
    )
    assert [booking_kind(text) for text in told] == ["no", "yes", "no", "no", "no", "yes", "yes", "", ""]


def test_hours_of_days_that_are_alike_stand_together() -> None:
    rows = [
        ("a", 0, 540, 780),
        ("a", 0, 840, 1020),
        ("a", 2, 540, 780),
        ("a", 2, 840, 1020),
        ("a", 5, 570, 750),
    ]
    times = pd.DataFrame(rows, columns=["asset_id", "day", "opens", "closes"])
    assert hours_in_words(times) == {"a": "Mon, Wed 9:00-13:00, 14:00-17:00; Sat 9:30-12:30"}


def test_the_command_needs_a_project(tmp_path: Path) -> None:
    done = CliRunner().invoke(app, ["directory", str(tmp_path)])
    assert done.exit_code != 0
    assert "assetmap.toml" in str(done.exception) + done.output
