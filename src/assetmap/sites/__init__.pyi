from .break_even import BreakEven, break_even, break_even_by_site
from .catchment_population import measure_catchment_population, nearest_two, people_by_decile
from .changes import Change, apply_changes, find_site, parse_changes
from .closures import pareto_front, rank_closures
from .community import measure_community
from .dependence import find_single_points
from .review import DevolutionReview, DevolutionSettings, blank_answers, evidence_tables, review_devolution
from .scenario import Scenario, access_score, compare_scenario, costs_after
from .sites import open_sites, site_costs, sites_as_of, sites_of_type
from .weighting import rank_sensitivity

__all__ = [
    "BreakEven",
    "Change",
    "DevolutionReview",
    "DevolutionSettings",
    "Scenario",
    "access_score",
    "apply_changes",
    "blank_answers",
    "break_even",
    "break_even_by_site",
    "compare_scenario",
    "costs_after",
    "evidence_tables",
    "find_single_points",
    "find_site",
    "measure_catchment_population",
    "measure_community",
    "nearest_two",
    "open_sites",
    "pareto_front",
    "parse_changes",
    "people_by_decile",
    "rank_closures",
    "rank_sensitivity",
    "review_devolution",
    "site_costs",
    "sites_as_of",
    "sites_of_type",
]
