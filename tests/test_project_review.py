"""A planner's way through the example project: review, scenario, evidence, and its verification."""

from __future__ import annotations

import re

import pandas as pd
import pytest

import assetmap as am
from assetmap.project.review import review_project, what_if
from assetmap.project.verify import describe_verification, verify_evidence
from assetmap.read.evidence import read_evidence
from assetmap.schema import InputError
from assetmap.show.review.site_map import _after, _map_notes
from assetmap.sites.review import DevolutionSettings

pytestmark = pytest.mark.journey

EDITS = {"close": ["St Ives"], "devolve": ["Bodmin:Bodmin Town Council"]}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return am.new_project(tmp_path_factory.mktemp("planning") / "cornwall").parent


@pytest.fixture(scope="module")
def reviewed(folder):
    settings = DevolutionSettings(weights={"need": 2.0}, closures=2, draws=100)
    output = folder.parent / "review"
    return output, *review_project(am.open_project(folder), output, settings=settings, edits=EDITS)


def test_the_review_of_the_example(reviewed):
    output, review, options = reviewed
    scenario = options.options[0].scenario
    assert len(review.sites) == 27
    assert review.sites["people_nearest"].sum() == 575_532
    assert review.criteria.at["need", "weight"] == 2
    assert scenario.people.loc["everyone", "people_further"] == 10_326
    assert {path.name for path in output.iterdir()} == {
        *("devolution.csv", "devolution.html", "devolution_impact.svg", "devolution_closures.svg"),
        *("devolution_map.html", "site_answers_blank.csv", "evidence.zip"),
        *("option.html", "options.csv", "option_risks_blank.csv"),
        *(f"option_{part}.csv" for part in ("areas", "people", "sites", "most_affected", "changes")),
        *("option_equality.csv", "option_risks.csv"),
    }
    blank = pd.read_csv(output / "site_answers_blank.csv")
    assert len(blank) == 27
    assert (blank["trust"] == "unknown").all()


def test_the_page_and_the_map_show_the_proposal(reviewed):
    page = (reviewed[0] / "devolution.html").read_text(encoding="utf-8")
    assert "Your proposal closes St. Ives Library &amp; Information Service" in page
    assert "Passes on to Bodmin Town Council" in page
    drawn = (reviewed[0] / "devolution_map.html").read_text(encoding="utf-8")
    assert "as they would be under: Your proposal" in drawn
    notes = _map_notes(reviewed[1], reviewed[2])
    assert [note.code for note in notes][-1] == "OPTION"
    assert notes[-1].sentence == reviewed[2].options[0].sentence
    options = reviewed[2]
    sites = options.before.loc[reviewed[1].sites.index]
    shown = _after(options.before, sites, options.options[0]).set_index("name")
    assert shown.at["St. Ives Library & Information Service", "status"] == "closed"
    assert shown.at["Bodmin Library & Information Service", "operator"] == "Bodmin Town Council"
    assert len(shown) == 27
    residents = (reviewed[0] / "option.html").read_text(encoding="utf-8")
    assert "http" not in residents.replace("http-equiv", "")


def test_the_pack_says_what_it_rests_on(reviewed):
    pack = read_evidence(reviewed[0] / "evidence.zip")
    assert pack.manifest["settings"]["devolution"]["weights"] == {"need": 2.0}
    proposal = {"name": "Your proposal", "title": "Your proposal", "edits": EDITS}
    assert pack.manifest["settings"]["options"] == [proposal]
    assert set(pack.manifest["inputs"]) >= {"areas", "need", "libraries", "groups", "site_answers"}
    known = {name: each["sha256"] for name, each in pack.manifest["inputs"].items()}
    assert known.pop("groups").startswith("not published")  # the list has guarded places
    assert all(len(each) == 64 for each in known.values())
    assert "tables/option_areas.csv" in pack.tables
    assert len(pack.tables) == 18


def test_the_evidence_is_verified_and_a_changed_input_is_found(folder, reviewed):
    path = reviewed[0] / "evidence.zip"
    found = verify_evidence(path, am.open_project(folder))
    assert found.same
    assert re.search(r"All 21 members .* the same 11 input files", describe_verification(found)[0])
    libraries = folder / "libraries.csv"
    before = libraries.read_text(encoding="utf-8")
    assert before.count(",open,,yes,40,Cornwall Council") == 1
    libraries.write_text(
        before.replace(",open,,yes,40,Cornwall Council", ",open,,yes,41,Cornwall Council"), encoding="utf-8"
    )
    try:
        found = verify_evidence(path, am.open_project(folder))
    finally:
        libraries.write_text(before, encoding="utf-8")
    assert not found.same
    assert found.inputs.index[~found.inputs["same"]].tolist() == ["libraries.csv"]
    assert not found.members.at["tables/sites.csv", "same"]
    assert found.members.at["tables/small_areas.csv", "same"]
    lines = describe_verification(found)
    assert "Input libraries.csv: it is not the file that the pack was made from." in lines


def test_what_if_needs_a_change_and_writes_only_when_asked(folder, tmp_path):
    project = am.open_project(folder)
    with pytest.raises(InputError, match="There is no change to measure"):
        what_if(project, {"close": []})
    settings = DevolutionSettings(as_of=2016, programme="programme_2016")
    result = what_if(project, {"close": ["Fowey"]}, output=tmp_path / "fowey", settings=settings)
    assert result.people.loc["everyone", "people_nearer"] == 0
    assert result.people.loc["everyone", "people_further"] > 1000
    assert len(list((tmp_path / "fowey").iterdir())) == 4


def test_a_pack_without_a_review_cannot_be_rebuilt(folder, tmp_path):
    from assetmap.show.review.evidence import evidence_members, write_evidence

    table = {"x": pd.DataFrame({"a": [1]})}
    sources = pd.DataFrame({"sha256": ["x"]}, index=pd.Index(["a"], name="source_id"))
    members = evidence_members(table, sources=sources, settings={}, versions={})
    with pytest.raises(InputError, match="its settings are not those of a review"):
        verify_evidence(write_evidence(tmp_path / "e.zip", members), am.open_project(folder))
