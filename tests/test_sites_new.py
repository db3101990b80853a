"""Single points of failure and best places."""

from __future__ import annotations

import numpy as np
import pytest

import oracles_devolution as oracles
from assetmap.access.costs import costs_to_matrix
from assetmap.access.location import suggest_sites
from assetmap.schema import SchemaError
from assetmap.sites.dependence import find_single_points
from assetmap.sites.sites import open_sites, site_costs
from conftest import make_assets, make_grid
from devolution_town import make_town, plain_areas, plain_sites


def test_who_depends_on_one_site_counted_by_hand():
    areas = make_grid(4, 1)
    sites = open_sites(make_assets({"West Library": (0.5, 0.5), "East Library": (2.5, 0.5)}))
    sites["devolved"] = ["yes", "no"]
    per_site, per_area = find_single_points(areas, sites, limit_m=1000)
    assert per_area["sites_within"].tolist() == [1, 2, 1, 1]
    assert per_area["only_site"].fillna("").tolist() == ["West Library", "", "East Library", "East Library"]
    assert per_area["left_if_devolved_fail"].tolist() == [0, 1, 1, 1]
    assert per_site["people_only_here"].to_dict() == {"east-library": 2000, "west-library": 1000}
    assert per_site["areas_only_here"].tolist() == [2, 1]
    assert per_site["children_only_here"].isna().all()


def test_closing_a_site_leaves_just_those_without():
    areas, assets = make_town()
    sites = open_sites(assets)
    per_site, _ = find_single_points(areas, sites, limit_m=1500)
    distances = costs_to_matrix(site_costs(areas, sites))
    for asset_id in sites.index:
        had = (distances <= 1500).any(axis=1)
        has = (distances.drop(columns=asset_id) <= 1500).any(axis=1)
        assert per_site.at[asset_id, "people_only_here"] == areas.loc[had & ~has, "population"].sum()


def candidates(count, seed):
    rng = np.random.default_rng(seed)
    return make_assets({f"C{number}": tuple(rng.uniform(0, 4, 2)) for number in range(count)})


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("number", [1, 2, 3])
def test_best_places_with_sites_fixed_agree_with_trying_all(number, seed):
    areas, assets = make_town()
    chosen_from, existing = candidates(8, seed), open_sites(assets).iloc[:1]
    best, _ = oracles.best_places(plain_areas(areas), plain_sites(chosen_from), plain_sites(existing), number)
    found = suggest_sites(areas, existing, chosen_from, sites=number, weight="need")
    assert set(found.index) == set(best)


def test_which_sites_to_keep_agrees_with_trying_all():
    areas, assets = make_town()
    sites = open_sites(assets)
    best, _ = oracles.best_places(plain_areas(areas), plain_sites(sites), {}, 2)
    kept = suggest_sites(areas, assets[assets["asset_type"] != "library"], sites, sites=2, weight="need")
    assert set(kept.index) == set(best)


def test_missing_people_are_not_nobody():
    areas, assets = make_grid(), make_assets({"West": (0.5, 0.5)})
    halls = make_assets({"Hall": (3.5, 3.5), "Barn": (3.5, 0.5)}, asset_type="village_hall")
    with pytest.raises(SchemaError, match="1 areas have no population, first 'A33'"):
        suggest_sites(areas.assign(population=[1_000.0] * 15 + [np.nan]), assets, halls)


def test_people_of_areas_without_a_weight_count_as_the_average_person():
    areas, assets = make_grid(columns=4, rows=1), make_assets({"West": (0.5, 0.5)})
    halls = make_assets({"Near": (1.5, 0.5), "Far": (3.5, 0.5)}, asset_type="village_hall")
    areas["need"] = [0.4, 0.4, 0.4, np.nan]
    assert suggest_sites(areas, assets, halls, weight="need")["name"].tolist() == ["Far"]
