from . import access, gaps, groups, need, sites
from .access.border import add_outside, mark_border
from .access.catchment import (
    enhanced_two_step,
    gaussian_decay,
    gravity,
    power_decay,
    step_decay,
    three_step,
    two_step,
)
from .access.costs import nearest_of, straight_costs
from .access.counts import count_groups, count_per_1000, count_within
from .access.deserts import count_deserts, desert_share
from .access.location import candidate_places, candidate_postcodes, suggest_sites
from .access.measure import measure_access
from .access.nearest import distance_to_nearest, population_centres, unknown_as_open
from .access.overland import LandGrid, distance_overland, make_land_grid, overland_costs
from .access.own import check_travel, own_costs
from .access.travel import Travel
from .fetch.connection import FetchError
from .gaps.hotspots import find_hotspots
from .gaps.measure import describe_gaps, gaps_by_type, measure_gaps, need_column
from .gaps.score import find_gaps, summarise_gaps
from .gaps.sensitivity import access_choices, gap_sensitivity, measure_sensitivity, sensitivity_notes
from .gaps.variants import compare_gaps, convert_gaps, describe_sensitivity
from .groups.apportion import spread_estimate
from .groups.comparison import compare_estimates, forest_table
from .groups.coverage import coverage_from_estimate, coverage_of_list, simulate_street_sample
from .groups.disclosure import solve_back, suppress_small_counts
from .groups.local_rate import LocalRate, estimate_from_counted_areas, fit_rate
from .groups.many_lists import estimate_from_cells
from .groups.membership import estimate_from_lists, membership_from_register
from .groups.raking import control_to_totals, rake
from .groups.rate import estimate_unregistered
from .groups.recaptures import estimate_from_recaptures
from .groups.simulation import run_simulation_study, simulate_county
from .groups.smoothing import smooth_rates
from .groups.street_sample import estimate_from_street_sample
from .groups.two_lists import estimate_strata, estimate_two_lists
from .need.composite import combine_need, need_of_age
from .need.interpolate import add_up, area_of_postcodes, describe_interpolation, interpolate_onto
from .need.match import describe_conversion, match_need
from .place.choice import choose_areas
from .place.fetch import fetch_area, fetch_project
from .place.make import MadeProject, make_project
from .place.many import build_many
from .project.build import build, measure_project, summarise
from .project.folder import Project, example_project, new_project, open_project
from .project.gaps import find_project_gaps, suggest_project_sites
from .project.lists import (
    check_files,
    compare_files,
    estimate_lists,
    match_files,
    near_postcode,
    register_files,
)
from .project.review import (
    devolution_settings,
    review_project,
    what_if,
)
from .project.verify import describe_verification, verify_evidence
from .read.answers import read_answers
from .read.areas import read_areas
from .read.evidence import read_evidence
from .read.inputs import InputsReport, inspect_inputs
from .read.lists.assets import read_assets
from .read.official.lookups import read_area_lookup, read_lookup
from .read.official.need import read_need
from .read.official.open_names import read_open_names
from .read.official.population import read_population
from .read.official.postcode_areas import assign_postcodes, compare_postcode_areas
from .read.official.postcode_files import find_postcodes, read_postcode_file
from .read.official.postcodes import read_postcodes
from .read.places import read_places
from .read.travel import read_crossings, read_travel
from .register.areas import assign_areas
from .register.audience import publish
from .register.build import build_register
from .register.changes import compare
from .register.check import check_lists
from .register.nearby import near
from .register.review import review_table
from .rounding import largest_remainder
from .schema import (
    AssetList,
    AssetmapError,
    CheckReport,
    Costs,
    DevolutionReview,
    Estimate,
    InputError,
    Note,
    Register,
    Results,
    Scenario,
    SchemaError,
    SourcedValue,
    VintageError,
    check_areas,
    check_assets,
    check_need,
    check_postcodes,
    reference_table,
)
from .sharing import describe_matches, match_resources
from .show.check import write_check
from .show.map import Layer, make_map, map_layers
from .show.pictures.draw import draw_map, write_picture
from .show.pictures.figures import save_picture
from .show.report.page import write_report
from .show.review.evidence import compare_members, write_evidence
from .show.review.layers import devolution_layers
from .show.review.page import write_devolution, write_scenario
from .show.tables import write_csv, write_geopackage, write_tables
from .sites.break_even import break_even, break_even_by_site
from .sites.changes import Change, apply_changes, find_site, parse_changes
from .sites.closures import pareto_front, rank_closures
from .sites.dependence import find_single_points
from .sites.review import DevolutionSettings, blank_answers, evidence_tables, review_devolution
from .sites.scenario import compare_scenario
from .sites.sites import open_sites, site_costs, sites_as_of, sites_of_type
from .sites.weighting import rank_sensitivity

__version__: str

__all__ = [
    "AssetList",
    "AssetmapError",
    "Change",
    "CheckReport",
    "Costs",
    "DevolutionReview",
    "DevolutionSettings",
    "Estimate",
    "FetchError",
    "InputError",
    "InputsReport",
    "LandGrid",
    "Layer",
    "LocalRate",
    "MadeProject",
    "Note",
    "Project",
    "Register",
    "Results",
    "Scenario",
    "SchemaError",
    "SourcedValue",
    "Travel",
    "VintageError",
    "access",
    "access_choices",
    "add_outside",
    "add_up",
    "apply_changes",
    "area_of_postcodes",
    "assign_areas",
    "assign_postcodes",
    "blank_answers",
    "break_even",
    "break_even_by_site",
    "build",
    "build_many",
    "build_register",
    "candidate_places",
    "candidate_postcodes",
    "check_areas",
    "check_assets",
    "check_files",
    "check_lists",
    "check_need",
    "check_postcodes",
    "check_travel",
    "choose_areas",
    "combine_need",
    "compare",
    "compare_estimates",
    "compare_files",
    "compare_gaps",
    "compare_members",
    "compare_postcode_areas",
    "compare_scenario",
    "control_to_totals",
    "convert_gaps",
    "count_deserts",
    "count_groups",
    "count_per_1000",
    "count_within",
    "coverage_from_estimate",
    "coverage_of_list",
    "describe_conversion",
    "describe_gaps",
    "describe_interpolation",
    "describe_matches",
    "describe_sensitivity",
    "describe_verification",
    "desert_share",
    "devolution_layers",
    "devolution_settings",
    "distance_overland",
    "distance_to_nearest",
    "draw_map",
    "enhanced_two_step",
    "estimate_from_cells",
    "estimate_from_counted_areas",
    "estimate_from_lists",
    "estimate_from_recaptures",
    "estimate_from_street_sample",
    "estimate_lists",
    "estimate_strata",
    "estimate_two_lists",
    "estimate_unregistered",
    "evidence_tables",
    "example_project",
    "fetch_area",
    "fetch_project",
    "find_gaps",
    "find_hotspots",
    "find_postcodes",
    "find_project_gaps",
    "find_single_points",
    "find_site",
    "fit_rate",
    "forest_table",
    "gap_sensitivity",
    "gaps",
    "gaps_by_type",
    "gaussian_decay",
    "gravity",
    "groups",
    "inspect_inputs",
    "interpolate_onto",
    "largest_remainder",
    "make_land_grid",
    "make_map",
    "make_project",
    "map_layers",
    "mark_border",
    "match_files",
    "match_need",
    "match_resources",
    "measure_access",
    "measure_gaps",
    "measure_project",
    "measure_sensitivity",
    "membership_from_register",
    "near",
    "near_postcode",
    "nearest_of",
    "need",
    "need_column",
    "need_of_age",
    "new_project",
    "open_project",
    "open_sites",
    "overland_costs",
    "own_costs",
    "pareto_front",
    "parse_changes",
    "population_centres",
    "power_decay",
    "publish",
    "rake",
    "rank_closures",
    "rank_sensitivity",
    "read_answers",
    "read_area_lookup",
    "read_areas",
    "read_assets",
    "read_crossings",
    "read_evidence",
    "read_lookup",
    "read_need",
    "read_open_names",
    "read_places",
    "read_population",
    "read_postcode_file",
    "read_postcodes",
    "read_travel",
    "reference_table",
    "register_files",
    "review_devolution",
    "review_project",
    "review_table",
    "run_simulation_study",
    "save_picture",
    "sensitivity_notes",
    "simulate_county",
    "simulate_street_sample",
    "site_costs",
    "sites",
    "sites_as_of",
    "sites_of_type",
    "smooth_rates",
    "solve_back",
    "spread_estimate",
    "step_decay",
    "straight_costs",
    "suggest_project_sites",
    "suggest_sites",
    "summarise",
    "summarise_gaps",
    "suppress_small_counts",
    "three_step",
    "two_step",
    "unknown_as_open",
    "verify_evidence",
    "what_if",
    "write_check",
    "write_csv",
    "write_devolution",
    "write_evidence",
    "write_geopackage",
    "write_picture",
    "write_report",
    "write_scenario",
    "write_tables",
]
