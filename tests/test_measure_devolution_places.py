"""Single points of failure and best places."""

from __future__ import annotations

import numpy as np
import pytest

import oracles_devolution as oracles
from assetmap.measure.placements import place_sites
from assetmap.measure.resilience import find_single_points
from assetmap.measure.sites import open_sites, site_distances
from assetmap.schema import InputError
from conftest import make_assets, make_grid
from devolution_town import make_town, plain_areas, plain_sites


def test_who_depends_on_one_site_counted_by_hand():
    areas = make_grid(4, 1)
    sites = open_sites(make_assets({"West Library": (0.5, 0.5), "East Library": (2.5, 0.5)}))
    sites["devolved"] = ["yes", "no"]
    per_site, per_area = find_single_points(areas, sites, catchment_m=1000)
    assert per_area["sites_in_reach"].tolist() == [1, 2, 1, 1]
    assert per_area["only_site"].fillna("").tolist() == ["West Library", "", "East Library", "East Library"]
    assert per_area["left_if_devolved_fail"].tolist() == [0, 1, 1, 1]
    assert per_site["people_only_here"].to_dict() == {"east-library": 2000, "west-library": 1000}
    assert per_site["areas_only_here"].tolist() == [2, 1]
    assert per_site["children_only_here"].isna().all()


def test_closing_a_site_leaves_just_those_without():
    areas, assets = make_town()
    sites = open_sites(assets)
    per_site, _ = find_single_points(areas, sites, catchment_m=1500)
    distances = site_distances(areas, sites)
    for asset_id in sites.index:
        had = (distances <= 1500).any(axis=1)
        has = (distances.drop(columns=asset_id) <= 1500).any(axis=1)
        assert per_site.at[asset_id, "people_only_here"] == areas.loc[had & ~has, "population"].sum()


def candidates(count, seed):
    rng = np.random.default_rng(seed)
    return make_assets({f"C{number}": tuple(rng.uniform(0, 4, 2)) for number in range(count)})


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("number", [1, 2, 3])
def test_best_places_agree_with_trying_all(number, seed):
    areas, assets = make_town()
    chosen_from, existing = candidates(8, seed), open_sites(assets).iloc[:1]
    best, total = oracles.best_places(
        plain_areas(areas), plain_sites(chosen_from), plain_sites(existing), number
    )
    all_tried = place_sites(areas, chosen_from, number=number, existing=existing)
    swapped = place_sites(areas, chosen_from, number=number, existing=existing, most_tried=0)
    assert all_tried.proved
    assert not swapped.proved
    assert all_tried.places.index.tolist() == list(best)
    assert all_tried.person_km_after == pytest.approx(total)
    assert swapped.person_km_after == pytest.approx(total)
    assert all_tried.person_km_after < all_tried.person_km_before


def test_which_sites_to_keep_needs_none_to_be_fixed():
    areas, assets = make_town()
    sites = open_sites(assets)
    kept = place_sites(areas, sites, number=2)
    best, total = oracles.best_places(plain_areas(areas), plain_sites(sites), {}, 2)
    assert kept.places.index.tolist() == list(best)
    assert kept.person_km_after == pytest.approx(total)
    assert kept.person_km_before == float("inf")
    assert kept.places["people_nearer"].sum() > 0


def test_a_new_site_serves_those_who_get_nearer():
    areas = make_grid(4, 1)
    existing = open_sites(make_assets({"West Library": (0.5, 0.5)}))
    found = place_sites(areas, make_assets({"Hall": (3.5, 0.5)}), number=1, existing=existing)
    assert found.places.loc["hall", "people_nearer"] == 2000
    assert found.places.loc["hall", "saved_person_km"] == pytest.approx(
        4000
    )  # 2 to 1 km and 3 to 0 km, 1,000 people each
    assert (found.person_km_before, found.person_km_after) == pytest.approx((6000, 2000))


@pytest.mark.parametrize("number", [0, 3])
def test_more_places_than_candidates_are_refused(number):
    with pytest.raises(InputError, match=f"{number} places cannot be chosen from 2 candidates"):
        place_sites(make_grid(2, 2), candidates(2, 0), number=number)
