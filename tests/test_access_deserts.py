import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assetmap.access.deserts import count_deserts, desert_share
from assetmap.access.location import suggest_sites
from assetmap.access.nearest import centre_points, distance_to_nearest
from assetmap.schema import InputError, SchemaError
from conftest import make_assets, make_grid
from oracles_access import best_sites, distance


def measured(town):
    areas, assets = town
    return areas.join(distance_to_nearest(areas, assets)).assign(children_0_15=100, older_60_plus=400), assets


def test_deserts_by_hand(town):
    areas, _ = measured(town)
    # beyond 2.5 km of a library lie only A30 to A33
    table = count_deserts(areas, limit=2_500)
    assert table.loc["all", "areas"] == 4
    assert table.loc["all", "population"] == 4_000
    assert table.loc["all", "population_share"] == pytest.approx(0.25)
    assert table.loc["all", "children_0_15"] == 400
    assert table["population"].drop("all").sum() == 4_000
    assert table.loc["1", "areas"] >= 1
    assert "not known" not in table.index
    by_given = count_deserts(areas.assign(imd_decile=1.0), limit=2_500, decile="imd_decile")
    assert by_given.loc["1", "population"] == 4_000


def test_not_measured_and_not_known_stay_apart(town):
    areas, _ = measured(town)
    areas.loc["A33", "distance_m"] = np.nan
    areas.loc["A32", "need"] = np.nan
    table = count_deserts(areas, limit=2_500)
    assert table.loc["all", "population"] == 3_000
    assert table.loc["all", "population_share"] == pytest.approx(3 / 15)
    assert table.loc["not known", "population"] == 1_000
    with pytest.raises(SchemaError, match="no column 'minutes'"):
        count_deserts(areas, cost="minutes")
    with pytest.raises(InputError, match="above 0"):
        count_deserts(areas, limit=0)
    with pytest.raises(SchemaError, match="between 0 and 1"):
        count_deserts(areas, share=areas["population"])


def test_people_that_nobody_knows_are_not_nobody(town):
    areas, _ = measured(town)
    far = areas["distance_m"] > 2_500
    table = count_deserts(areas.assign(population=areas["population"].astype(float).mask(far)), limit=2_500)
    assert table.loc["all", "areas"] == 4
    assert table.loc["all", ["population", "population_share"]].isna().all()
    assert table.loc["all", "children_0_15"] == 400
    assert table.loc["10", "population"] == 0
    nobody = count_deserts(areas.assign(population=0), limit=2_500).loc["all"]
    assert nobody["population"] == 0
    assert np.isnan(nobody["population_share"])


def test_postcodes_split_an_area(town):
    areas, assets = measured(town)
    west, south = 180_000, 45_000
    postcodes = pd.DataFrame(
        [
            (west + 500, south + 900, "A00", True),
            (west + 500, south + 1900, "A10", True),
            (west + 500, south + 1400, "A10", True),
            (west + 500, south + 1950, "A10", False),
            (np.nan, np.nan, "A11", True),
        ],
        columns=["easting", "northing", "area_code", "live"],
        index=pd.Index(list("abcde"), name="postcode"),
    )
    share = desert_share(areas, assets, postcodes, limit_m=1_000)
    assert share[["A00", "A10"]].tolist() == [0.0, 0.5]
    assert share.isna().sum() == 14
    assert count_deserts(areas, share=share).loc["all", ["areas", "population"]].tolist() == [1, 500]
    closed = assets.assign(status="closed")
    assert desert_share(areas, closed, postcodes)[["A00", "A10"]].tolist() == [1.0, 1.0]


def candidates_at(places):
    return make_assets({f"Hall {i}": place for i, place in enumerate(places)}, asset_type="village_hall")


def test_the_best_site_by_hand(town):
    areas, assets = town
    halls = candidates_at([(0.5, 0.5), (2.0, 3.5), (3.5, 2.5)])
    found = suggest_sites(areas, assets, halls)
    assert found.index.tolist() == ["hall-1"]
    assert found["name"].tolist() == ["Hall 1"]
    # nearer to the hall at (2, 3.5): all of the two northern rows
    assert found["people_nearest"].tolist() == [8_000]
    before = distance_to_nearest(areas, assets)["distance_m"].mean()
    both = distance_to_nearest(areas, pd.concat([assets, halls.iloc[[1]].assign(asset_type="library")]))
    assert found["mean_cost_before"].tolist() == [pytest.approx(before)]
    assert found["mean_cost_after"].tolist() == [pytest.approx(both["distance_m"].mean())]
    assert found["cost_saved_per_person"].tolist() == [
        pytest.approx((before - both["distance_m"].mean()) * 2)
    ]
    cover = suggest_sites(areas, assets, halls, objective="most people", limit_m=1_600)
    assert cover["people_newly_covered"].tolist() == [6_000]


places = st.lists(st.tuples(st.integers(0, 8), st.integers(0, 8)), min_size=4, max_size=7, unique=True)


@pytest.mark.slow
@settings(max_examples=12, deadline=None)
@given(places=places, count=st.integers(1, 3), need=st.booleans())
def test_sites_agree_with_every_combination(places, count, need):
    areas = make_grid(columns=4, rows=2)
    areas["population"] = [100, 250, 0, 900, 40, 300, 300, 10]
    areas["need"] = np.linspace(0.1, 1, 8)
    halls = candidates_at([(east / 2, north / 2) for east, north in places])
    library = make_assets({"Library": (0.5, 0.5)})
    weights = (areas["population"] * (areas["need"] if need else 1)).tolist()
    centres = [tuple(centre) for centre in centre_points(areas)]
    now = [distance(centre, (library.geometry.iloc[0].x, library.geometry.iloc[0].y)) for centre in centres]
    new = [[distance(centre, (point.x, point.y)) for point in halls.geometry] for centre in centres]

    def nearness(nearest):
        return -sum(weight * metres for weight, metres in zip(weights, nearest, strict=True))

    def covered(nearest):
        return sum(weight for weight, metres in zip(weights, nearest, strict=True) if metres <= 1_000.1)

    for objective, gain in (("least cost", nearness), ("most people", covered)):
        found = suggest_sites(
            areas,
            library,
            halls,
            sites=count,
            objective=objective,
            limit_m=1_000.1,
            weight="need" if need else None,
        )
        chosen = halls.index.get_indexer(found.index)
        reached = [min([now[i], *(new[i][j] for j in chosen)]) for i in range(8)]
        assert len(set(chosen)) == count
        assert gain(reached) == pytest.approx(best_sites(weights, now, new, count, gain))


@pytest.mark.filterwarnings("ignore")  # PuLP announces its next major version
def test_sites_agree_with_spopt():
    pytest.importorskip("spopt")
    import pulp
    from spopt.locate import PMedian

    areas = make_grid(columns=6, rows=6)
    generator = np.random.default_rng(3)
    areas["population"] = generator.integers(100, 3000, 36)
    halls = candidates_at(list(map(tuple, generator.uniform(0, 6, (12, 2)))))
    libraries = make_assets({"One": (0.5, 0.5), "Two": (5.0, 1.0)})
    centres = centre_points(areas)
    points = np.array([(p.x, p.y) for p in [*libraries.geometry, *halls.geometry]])
    costs = np.hypot(*(centres[:, None] - points[None]).transpose(2, 0, 1))
    model = PMedian.from_cost_matrix(
        costs,
        areas["population"].to_numpy(),
        p_facilities=5,
        predefined_facilities_arr=np.array([1, 1] + [0] * 12),
    )
    model.solve(pulp.PULP_CBC_CMD(msg=False))
    theirs = {i - 2 for i in range(2, 14) if model.fac2cli[i]}
    found = suggest_sites(areas, libraries, halls, sites=3)
    assert set(halls.index.get_indexer(found.index)) == theirs


def test_people_who_can_reach_none_are_counted_and_are_in_no_mean(town):
    """What cannot be reached has no cost: a figure must not contain the one that the choice is made with."""
    areas, assets = town
    halls = candidates_at([(0.5, 0.5), (3.5, 3.5)])
    present = pd.Series(1_000.0, areas.index).where(~areas.index.isin(["A00", "A33", "A32"]))
    found = suggest_sites(areas, assets, halls, sites=2, present=present)
    first, second = found.loc["hall-1"], found.loc["hall-0"]
    # at its own area, the one beside it and, across the town, A00; the others have 1,000 m today
    columns = ["people_nearest", "people_newly_reached", "unreached_before", "unreached_after"]
    assert first[columns].tolist() == [3_000, 3_000, 3_000, 0]
    assert np.isnan(first["cost_saved_per_person"])
    assert first["mean_cost_before"] == 1_000
    across = 3_000 * 2**0.5
    assert first["mean_cost_after"] == pytest.approx((13 * 1_000 + 0 + 1_000 + across) / 16)
    assert second[columns].tolist() == [1_000, 0, 3_000, 0]
    assert second["cost_saved_per_person"] == pytest.approx(across)
    some = present.where(areas.index != "A23", 3_000.0)
    found = suggest_sites(areas, assets, halls, sites=1, present=some)
    assert found.loc["hall-1", ["people_nearest", "people_newly_reached"]].tolist() == [4_000, 3_000]
    assert found.loc["hall-1", "cost_saved_per_person"] == pytest.approx(2_000)
    nobody = suggest_sites(areas, assets, halls, sites=2, present=pd.Series(0.0, areas.index))
    assert nobody["cost_saved_per_person"].tolist() == [0, 0]


def test_nothing_open_yet_and_bad_options(town):
    areas, assets = town
    halls = candidates_at([(2.0, 2.0), (0.5, 0.5)])
    found = suggest_sites(areas, assets.assign(status="closed"), halls)
    assert found.index.tolist() == ["hall-0"]
    assert found["people_nearest"].tolist() == [16_000]
    assert found["mean_cost_before"].isna().all() and found["cost_saved_per_person"].isna().all()
    assert found[["unreached_before", "unreached_after"]].values.tolist() == [[16_000, 0]]
    with pytest.raises(InputError, match="between 1 and the 2 candidates, not 3"):
        suggest_sites(areas, assets, halls, sites=3)
    with pytest.raises(InputError, match="'least cost', 'most people'"):
        suggest_sites(areas, assets, halls, objective="best")
    with pytest.raises(SchemaError, match="needs a point"):
        suggest_sites(areas, assets, halls.set_geometry([None, None], crs=27700))
    with pytest.raises(SchemaError, match="EPSG:27700"):
        suggest_sites(areas, assets, halls.to_crs(4326))
