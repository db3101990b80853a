"""Who could lend what to whom, from files to the command, the tables of a build and the report."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner, Result

import assetmap as am
from assetmap.cli import app
from assetmap.project.build import run_record
from assetmap.project.measuring import measure_project
from assetmap.schema import Results
from assetmap.sharing import match_resources
from assetmap.show.report.page import report_html
from assetmap.show.tables import write_tables
from report_tables import NASTY, town_results
from sharing_town import sharing_assets

MADE_UP = """Group name,Kind,Post Code,Can lend,Looking for,Minibus
Made-up Repair Cafe,Repair cafe,TR1 1EP,"Tools, 2 workbenches; flurb",Storage,no
Made-up Choir,Choir,TR1 3AA,,"meeting room, projector",
Made-up Hall,Village hall,TR1 3AA,"Hall, meeting rooms, 60 chairs",volunteer drivers,Yes
Made-up Refuge,Refuge,TR1 3AA,storage,minibus,
=1+1 Club,Sports club,TR1 3AA,drivers,,
"""


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example with one more, made-up list in place of its groups."""
    settings = am.new_project(tmp_path_factory.mktemp("lending") / "county")
    (settings.parent / "groups.csv").write_text(MADE_UP, encoding="utf-8")
    return settings.parent


@pytest.fixture
def groups(tmp_path: Path) -> Path:
    file = tmp_path / "lending.csv"
    file.write_text(MADE_UP, encoding="utf-8")
    return file


def run(*words: object) -> Result:
    return CliRunner().invoke(app, [str(word) for word in words])


def test_share_says_the_same_as_python(groups: Path, project: Path, tmp_path: Path) -> None:
    file = tmp_path / "sharing.csv"
    done = run("share", groups, "--project", project, "--json", "--output", file)
    assert done.exit_code == 0, done.output
    record = json.loads(done.stdout)
    assert record["summary"] == "3 ask for 4 things; for 2 of them somebody within 10 km offers it."
    found = [(row["resource"], row["asked_by_name"], row["offered_by_name"]) for row in record["matches"]]
    assert found == [
        ("meeting_room", "Made-up Choir", "Made-up Hall"),
        ("storage", "Made-up Repair Cafe", None),
        ("projector", "Made-up Choir", None),
        ("driver", "Made-up Hall", "=1+1 Club"),
    ]
    lines = am.match_files([groups], project=am.open_project(project))
    assert lines["sentence"].tolist() == [row["sentence"] for row in record["matches"]]
    written = pd.read_csv(file, encoding="utf-8-sig")
    assert written["offered_by_name"].tolist()[-1] == "'=1+1 Club"
    assert "Refuge" not in file.read_text(encoding="utf-8-sig")
    told = run("share", groups, "--project", project, "--within-km", 0).stdout
    assert "Made-up Hall offers it, 0 m away. Whether it is open is not known." in told
    inside = am.match_files([groups], project=am.open_project(project), audience="internal")
    assert "Made-up Refuge" in set(inside["offered_by_name"])


def test_share_takes_the_lists_of_a_project(project: Path) -> None:
    done = run("share", "--project", project)
    assert done.exit_code == 0, done.output
    assert done.stdout.startswith("3 ask for 4 things; for 2 of them somebody within 10 km offers it.\n")


def test_near_finds_by_what_is_offered(groups: Path, project: Path) -> None:
    done = run("near", "TR1 1EP", "--project", project, "--register", groups, "--offers", "mini-bus")
    assert done.stdout.splitlines()[0].endswith("km  Made-up Hall (village hall)")
    assert done.stdout.splitlines()[1].strip().startswith("offers: Hall or large room, Meeting room, Minibus")
    asks = run("near", "TR1 1EP", "--project", project, "--register", groups, "--asks", "equipment", "--json")
    assert [row["name"] for row in json.loads(asks.stdout)] == ["Made-up Choir"]
    none = run("near", "TR1 1EP", "--project", project, "--register", groups, "--offers", "boat")
    assert none.stdout.strip() == "No one within 5 km offers boat."


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("near", "TR1 1EP", "--project", "PROJECT", "--offers", "minbus"), "Nearest: minibus"),
        (("share", "GROUPS"), "No row has a location"),
        (("share", "EMPTY", "--project", "PROJECT"), "No row offers or asks for anything"),
        (("share", "--project", "NOWHERE"), "assetmap.toml"),
    ],
)
def test_one_clear_message(
    words: tuple[str, ...], message: str, groups: Path, project: Path, tmp_path: Path
) -> None:
    empty = tmp_path / "empty.csv"
    empty.write_text("name,postcode\nA Choir,TR1 1EP\n", encoding="utf-8")
    named = {"GROUPS": groups, "PROJECT": project, "EMPTY": empty, "NOWHERE": tmp_path}
    done = run(*(named.get(word, word) for word in words))
    assert isinstance(done.exception, am.AssetmapError)
    assert message in str(done.exception)


@pytest.mark.journey
def test_a_build_writes_the_table_and_the_section(project: Path, tmp_path: Path) -> None:
    results = measure_project(am.open_project(project), sensitivity=False)
    assert len(results.details["sharing"]) == 4
    names = [path.name for path in write_tables(results, tmp_path)]
    assert "sharing.csv" in names
    text = report_html(results)
    assert 'id="sharing"' in text
    assert re.search(r"4 requests are on the lists; 2 have an offer", text)
    assert "sharing.csv" in text
    for file in tmp_path.glob("*.csv"):
        assert "TR1 3AA" not in "".join(
            line for line in file.read_text(encoding="utf-8-sig").splitlines() if "Refuge" in line
        )
    run_record(results)


def test_the_example_says_nothing_of_lending(cornwall: tuple[Results, Path]) -> None:
    results, folder = cornwall
    assert "sharing" not in results.details
    assert not {"offers", "asks", "social_action", "offers_text"} & set(results.assets.columns)
    assert not (folder / "sharing.csv").exists()
    assert "lend what to whom" not in (folder / "report.html").read_text(encoding="utf-8")


def sharing_results(assets: pd.DataFrame) -> Results:
    return replace(town_results(), assets=assets, details={"sharing": match_resources(assets)})


def test_the_section_is_counted_by_hand() -> None:
    text = report_html(sharing_results(sharing_assets()))
    section = text.split('<section id="sharing"')[1].split("</section>")[0]
    # The closed trust neither offers nor asks; a register that was not published still has its refuge.
    assert re.search(r"8 requests are on the lists; 3 have an offer", section)
    assert re.search(r"6 assets offer something.* 7 assets ask for something", section)
    assert "&lt;img src=x onerror=alert(1)&gt; Club" in section
    assert "<img" not in section
    assert "Nobody within 10 km offers it." in section


def test_only_offers_and_hostile_names() -> None:
    assets = sharing_assets().assign(asks="", name=NASTY)
    text = report_html(replace(town_results(), assets=assets, details={}))
    assert 'id="sharing"' in text
    assert "requests are on the lists" not in text
    asking = sharing_assets().assign(name=NASTY)
    section = report_html(sharing_results(asking)).split('<section id="sharing"')[1].split("</section>")[0]
    assert "<script" not in section
    assert "<img" not in section
