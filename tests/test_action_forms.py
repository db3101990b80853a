"""Forms of social action: counted in their published order and by who runs them; our own five steps stand apart."""

from __future__ import annotations

import json

import geopandas as gpd
import pandas as pd
import pytest
from typer.testing import CliRunner

from assetmap.action.forms import NOT_SAID, SECTORS, count_forms, count_steps, describe_forms
from assetmap.cli import app
from assetmap.project.action.forms import describe_project_forms
from assetmap.schema import Results, reference_table
from assetmap.show.map.payload import encode_assets
from assetmap.show.report.forms import forms as forms_section
from conftest import make_assets, make_grid, quillford_folder
from report_tables import town_results

FORMS = reference_table("social_action")


@pytest.fixture
def assets() -> gpd.GeoDataFrame:
    made = make_assets(dict.fromkeys("abcdefg", (0.5, 0.5)))
    made["social_action"] = [
        "unpaid_care; peer_support",
        "peer_support",
        "",
        None,
        "peer_support",
        "peer_support",
        "strange",
    ]
    made["operator_type"] = [
        "charity",
        "principal_authority",
        "town_council",
        "unknown",
        "charity",
        "charity",
        "members_club",
    ]
    made["status"] = ["open", "unknown", "open", "open", "closed", "open", "open"]
    made["beyond_border"] = [False] * 5 + [True, False]
    return made


def test_counts_by_hand(assets: gpd.GeoDataFrame) -> None:
    found = count_forms(assets)
    assert list(found.index) == [*FORMS.index, NOT_SAID]
    assert found["number"].tolist()[:9] == list(range(1, 10))
    assert found["assets"][["peer_support", "unpaid_care", "co_production", NOT_SAID]].tolist() == [
        2,
        1,
        0,
        3,
    ]
    assert found.loc["peer_support", list(SECTORS.values())].tolist() == [1, 0, 0, 1, 0, 0]
    assert found.loc[NOT_SAID, list(SECTORS.values())].tolist() == [0, 0, 1, 1, 0, 1]
    assert (found[list(SECTORS.values())].sum(axis=1) == found["assets"]).all()


def test_our_scale_stands_apart_from_the_typology(assets: gpd.GeoDataFrame) -> None:
    steps = count_steps(assets)
    assert steps["assets"].tolist() == [1, 0, 2, 0, 1, 1]  # council; charity, town council; club; not known
    assert steps["assets"].sum() == 5  # neither the closed one nor the one beyond the border
    assert not set(steps["label"]) & set(FORMS["label"])
    assert "control" not in count_forms(assets).columns


def test_a_register_without_forms_says_so(assets: gpd.GeoDataFrame) -> None:
    bare = count_forms(assets.drop(columns=["social_action", "operator_type"]))
    assert bare["assets"].tolist() == [0] * 9 + [5]
    assert describe_forms(bare) == "Not known: no list says what people do together."
    assert describe_project_forms(bare) == [describe_forms(bare)]
    assert "Not known: no list says what people do together." in str(forms_section(town_results()))


def test_the_map_keeps_the_published_order(assets: gpd.GeoDataFrame) -> None:
    assets.loc["a", "social_action"] = "; ".join(reversed(FORMS.index))
    table, _ = encode_assets(assets, make_grid(), "public")
    assert [word for word in table["social_action"]["words"] if word in FORMS.index] == list(FORMS.index)


def test_the_town_says_it_everywhere_alike(
    quillford: Results, tmp_path_factory: pytest.TempPathFactory
) -> None:
    found = quillford.details["forms"]
    assert found["assets"].tolist() == [6, 1, 3, 2, 2, 1, 1, 1, 1, 17]
    page = forms_section(quillford)
    assert page is not None
    assert "On the lists: Formal volunteering (6); Peer support (3); Campaigning and advocacy (2)." in page
    assert (
        page.index("1. Formal volunteering") < page.index("5. Co-production") < page.index("9. Unpaid care")
    )
    assert "Our own scale, which is not the typology" in page
    done = CliRunner().invoke(app, ["forms", str(quillford_folder(tmp_path_factory)), "--json"])
    assert pd.DataFrame(json.loads(done.stdout))["assets"].tolist() == found["assets"].tolist()
    lines = CliRunner().invoke(app, ["forms", str(quillford_folder(tmp_path_factory))]).stdout.splitlines()
    assert lines == describe_project_forms(found)
    assert lines[6] == "6. Community asset ownership: 1 (run by: 1 community body)"
