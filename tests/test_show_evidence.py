"""Evidence packs: written, read, compared; what was changed is found."""

from __future__ import annotations

import json
import zipfile

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assetmap.read.evidence import read_evidence
from assetmap.schema import InputError
from assetmap.show.review.evidence import compare_members, evidence_members, write_evidence

SOURCES = pd.DataFrame(
    {
        "title": ["Libraries"],
        "date": ["2023"],
        "licence": ["OGL"],
        "file": ["l.csv"],
        "sha256": ["ab"],
        "rows": [2],
    },
    index=pd.Index(["libraries"], name="source_id"),
)


def tables(value=1.5):
    index = pd.Index(["a", "b"], name="asset_id")
    return {
        "sites": pd.DataFrame({"name": ["=2+2", "Ö & co"], "people": [value, None]}, index=index),
        "areas": pd.DataFrame({"people": [1, 2]}, index=pd.Index(["A", "B"], name="area_code")),
    }


def members(value=1.5, **changes):
    given = {
        "sources": SOURCES,
        "settings": {"weights": {"need": 1.0}, "beyond_m": (2000.0,)},
        "versions": {"pandas": "3"},
        "methods": ["Distances are straight lines.", "Sums of people."],
        "input_files": {"l.csv": "ab" * 32},
    }
    return evidence_members(changes.pop("tables", None) or tables(value), **(given | changes))


def written(path, value=1.5):
    return write_evidence(path, members(value))


def test_a_pack_is_read_back_and_is_the_same(tmp_path):
    pack = read_evidence(written(tmp_path / "evidence.zip"))
    assert sorted(pack.tables) == ["tables/areas.csv", "tables/sites.csv"]
    assert pack.manifest["settings"] == {"weights": {"need": 1.0}, "beyond_m": [2000.0]}
    assert pack.manifest["inputs"]["libraries"]["sha256"] == "ab"
    assert pack.manifest["versions"] == {"pandas": "3"}
    assert pack.manifest["input_files"] == {"l.csv": "ab" * 32}
    compared = compare_members(pack.members, members())
    assert compared["same"].all()
    assert compared["difference"].tolist() == [""] * 5


def test_the_same_tables_give_the_same_bytes(tmp_path):
    first, second = written(tmp_path / "1.zip"), written(tmp_path / "2.zip")
    assert first.read_bytes() == second.read_bytes()
    with zipfile.ZipFile(first) as pack:
        assert pack.namelist() == [
            "manifest.json",
            "methods.txt",
            "sources.csv",
            "tables/areas.csv",
            "tables/sites.csv",
        ]
        assert "Distances are straight lines.\n\nSums" in pack.read("methods.txt").decode()
        assert "'=2+2" in pack.read("tables/sites.csv").decode("utf-8-sig")


def test_a_member_that_differs_is_named_with_its_first_cell(tmp_path):
    packed = read_evidence(written(tmp_path / "evidence.zip")).members
    compared = compare_members(packed, members(2.5))
    assert compared.index[~compared["same"]].tolist() == ["manifest.json", "tables/sites.csv"]
    assert compared.at["tables/sites.csv", "difference"] == (
        "1 cell differs; the first is row 2, column 'people': '1.5' in the pack, '2.5' now"
    )
    assert "files.tables/sites.csv" in compared.at["manifest.json", "difference"]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda now: now.pop("areas"), "in the pack, but no longer made"),
        (lambda now: now.update(areas=now["areas"].rename(columns={"people": "p"})), "its columns differ"),
        (lambda now: now.update(areas=now["areas"].iloc[:1]), "2 rows in the pack, 1 now"),
    ],
)
def test_what_differs_is_said(change, message):
    now = tables()
    change(now)
    compared = compare_members(members(), members(tables=now))
    assert compared.at["tables/areas.csv", "difference"] == message
    back = compare_members(members(tables=now), members())
    assert not back.at["tables/areas.csv", "same"]
    assert back.at["tables/sites.csv", "same"]


@pytest.mark.parametrize(
    ("change", "member", "words"),
    [
        ({"methods": ["Distances are by road.", "Sums of people."]}, "methods.txt", "line 1 differs"),
        ({"methods": ["Distances are straight lines."]}, "methods.txt", "3 lines in the pack, 1 now"),
        (
            {"versions": {"pandas": "2"}},
            "manifest.json",
            "'versions.pandas': '\"3\"' in the pack, '\"2\"' now",
        ),
        ({"settings": {}}, "manifest.json", "entries differ"),
        ({"sources": SOURCES.assign(licence="CC0")}, "sources.csv", "'OGL' in the pack, 'CC0' now"),
    ],
)
def test_every_kind_of_member_says_where_it_differs(change, member, words):
    compared = compare_members(members(), members(**change))
    assert words in compared.at[member, "difference"]


def rewritten(path, target, changes):
    with zipfile.ZipFile(path) as old:
        files = {name: old.read(name) for name in old.namelist()} | changes
    kept = sorted((name != "manifest.json", name) for name, content in files.items() if content is not None)
    return write_evidence(target, {name: files[name] for _, name in kept})


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"tables/sites.csv": b"asset_id,name,people\na,x,2\n"}, "'tables/sites.csv' is not as written"),
        ({"tables/sites.csv": None}, "'tables/sites.csv' is missing"),
        ({"tables/more.csv": b"x\n"}, "'tables/more.csv' was added"),
        ({"manifest.json": b"{}"}, "is not an evidence pack"),
        ({"manifest.json": b"[1]"}, "is not an evidence pack"),
        ({"manifest.json": None}, "is not an evidence pack"),
    ],
)
def test_a_pack_that_was_changed_is_refused(tmp_path, changes, message):
    path = rewritten(written(tmp_path / "evidence.zip"), tmp_path / "changed.zip", changes)
    with pytest.raises(InputError, match=message):
        read_evidence(path)


def test_what_is_no_pack_is_refused(tmp_path):
    with pytest.raises(InputError, match="There is no file"):
        read_evidence(tmp_path / "none.zip")
    text = tmp_path / "text.zip"
    text.write_text("hello")
    with pytest.raises(InputError, match="could not be read: it is damaged"):
        read_evidence(text)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return written(tmp_path_factory.mktemp("pack") / "evidence.zip").parent


@settings(max_examples=60, deadline=None)
@given(st.binary(min_size=1, max_size=3), st.integers(0, 10_000))
def test_a_damaged_pack_gives_one_clear_message_or_the_same_tables(folder, noise, place):
    content = bytearray((folder / "evidence.zip").read_bytes())
    place %= len(content)
    content[place : place + len(noise)] = noise
    damaged = folder / "damaged.zip"
    damaged.write_bytes(content)
    try:
        pack = read_evidence(damaged)
    except InputError as error:
        assert "damaged.zip" in str(error)
    else:
        assert pack.members == members()


def test_names_that_could_lead_out_of_the_pack_are_refused(tmp_path):
    for names in ({"../x": tables()["areas"]}, {}):
        with pytest.raises(InputError, match="needs tables with plain names"):
            evidence_members(names, sources=SOURCES, settings={}, versions={})
    with zipfile.ZipFile(written(tmp_path / "evidence.zip")) as pack:
        assert json.loads(pack.read("manifest.json"))["pack"] == "assetmap evidence"
