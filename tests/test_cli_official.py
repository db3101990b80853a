"""The commands for any place do what their functions do, and print it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from assetmap.cli import official

app = typer.Typer()
for command in (official.inputs, official.project, official.fetch):
    app.command()(command)


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ASSETMAP_CACHE", str(tmp_path / "cache"))


def test_inputs_and_project(tmp_path: Path) -> None:
    from test_place import fill

    inputs = fill(tmp_path / "inputs")
    (inputs / "notes.md").write_text("x", encoding="utf-8")
    told = CliRunner().invoke(app, ["inputs", str(inputs)])
    assert told.exit_code == 0, told.output
    assert (
        "ready     codepo_gb.zip: Code-Point Open, 9 rows (for choice of the area, postcodes)" in told.stdout
    )
    assert "not used  notes.md: it is not a table" in told.stdout
    assert "optional  place names: Optional, for names on the map" in told.stdout
    as_json = json.loads(CliRunner().invoke(app, ["inputs", str(inputs), "--json"]).stdout)
    assert [step["ready"] for step in as_json["steps"]] == [True] * 6 + [False] * 9
    made = CliRunner().invoke(
        app, ["project", str(tmp_path / "west"), "--area", "Westshire", "--inputs", str(inputs)]
    )
    assert made.exit_code == 0, made.output
    assert "Westshire: 4 small areas, found as the council E06000001." in made.stdout


def test_fetch(tmp_path: Path) -> None:
    from office import open_office
    from test_place import membership, write_sources

    with open_office() as office:
        rows = membership().drop_duplicates("lad24_code")
        office.layers["lad"] = [
            {
                "type": "Feature",
                "properties": {"OBJECTID": place, "LAD24CD": row.lad24_code, "LAD24NM": row.lad24_name},
                "geometry": {"type": "Point", "coordinates": [-5.0, 50.2]},
            }
            for place, row in enumerate(rows.itertuples())
        ]
        office.files["/codepo"] = b"PK"
        office.files["/f7.csv"] = (
            b"LSOA code (2021),Local Authority District code (2024),"
            b"Index of Multiple Deprivation (IMD) Rank (where 1 is most deprived)\n"
        )
        sources = write_sources(tmp_path / "own.csv", office)
        options = ["--output", str(tmp_path / "west"), "--sources", str(sources), "--only", "iod2025"]
        got = CliRunner().invoke(app, ["fetch", "--area", "Westshire", *options])
    assert got.exit_code == 0, got.output
    assert (tmp_path / "west" / "inputs" / "iod2025.csv").is_file()
    assert "Downloaded iod2025" in got.stderr
