from .break_even import (
    BreakEven,
    BreakEvenTerms,
    break_even,
    break_even_by_site,
    review_break_even,
    spending_table,
)
from .candidates import find_candidates, find_fragility
from .catchment_population import measure_catchment_population, nearest_two, people_by_decile
from .changes import Change, apply_changes, parse_changes
from .closures import pareto_front, rank_closures
from .community import measure_community
from .compare import compare_options
from .dependence import find_single_points
from .equality import measure_equality
from .facts import read_sum
from .kinds import SiteKind, site_kind
from .money import measure_savings
from .names import find_site
from .options import evaluate_option
from .review import DevolutionReview, DevolutionSettings, blank_answers, evidence_tables, review_devolution
from .scenario import Scenario, access_score, compare_scenario, costs_after
from .sites import open_sites, site_costs, sites_as_of, sites_of_type
from .weighting import rank_sensitivity

__all__ = [
    "BreakEven",
    "BreakEvenTerms",
    "Change",
    "DevolutionReview",
    "DevolutionSettings",
    "Scenario",
    "SiteKind",
    "access_score",
    "apply_changes",
    "blank_answers",
    "break_even",
    "break_even_by_site",
    "compare_options",
    "compare_scenario",
    "costs_after",
    "evaluate_option",
    "evidence_tables",
    "find_candidates",
    "find_fragility",
    "find_single_points",
    "find_site",
    "measure_catchment_population",
    "measure_community",
    "measure_equality",
    "measure_savings",
    "nearest_two",
    "open_sites",
    "pareto_front",
    "parse_changes",
    "people_by_decile",
    "rank_closures",
    "rank_sensitivity",
    "read_sum",
    "review_break_even",
    "review_devolution",
    "site_costs",
    "site_kind",
    "sites_as_of",
    "sites_of_type",
    "spending_table",
]
