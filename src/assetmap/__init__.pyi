from .lists import estimate_lists
from .measure.comparison import compare_estimates, forest_table
from .measure.counts import count_groups, count_per_1000, count_within
from .measure.coverage import coverage_from_estimate, coverage_of_list, simulate_street_survey
from .measure.distances import distance_to_nearest, population_centres
from .measure.estimates import estimate_unregistered
from .measure.gaps import find_gaps
from .measure.lists import estimate_strata, estimate_two_lists
from .measure.loglinear import estimate_from_cells
from .measure.margins import control_to_totals, fit_margins
from .measure.membership import estimate_from_lists, membership_from_register
from .measure.need import describe_conversion, match_need
from .measure.rates import LocalRate, estimate_from_counted_areas, fit_rate
from .measure.sightings import estimate_from_sightings
from .measure.small_areas import largest_remainder, spread_estimate
from .measure.smoothing import smooth_rates
from .measure.streets import estimate_from_streets
from .measure.suppression import solve_back, suppress_small_counts
from .measure.truth import run_truth_harness, simulate_county
from .project import (
    Project,
    build,
    example_project,
    measure_project,
    new_project,
    open_project,
    summarise,
)
from .read.areas import read_areas
from .read.assets import read_assets
from .read.lookups import read_lookup
from .read.need import read_need
from .read.places import read_places
from .read.postcodes import read_postcodes
from .register.areas import assign_areas
from .register.build import build_register
from .register.review import review_table
from .schema import (
    AssetmapError,
    Estimate,
    Figure,
    InputError,
    Note,
    Results,
    SchemaError,
    VintageError,
    check_areas,
    check_assets,
    check_need,
    check_postcodes,
    reference_table,
)
from .show.maps import Layer, make_map, map_layers
from .show.pictures import draw_map, write_picture
from .show.report import write_report
from .show.tables import write_csv, write_geopackage, write_tables

__version__: str

__all__ = [
    "AssetmapError",
    "Estimate",
    "Figure",
    "InputError",
    "Layer",
    "LocalRate",
    "Note",
    "Project",
    "Results",
    "SchemaError",
    "VintageError",
    "assign_areas",
    "build",
    "build_register",
    "check_areas",
    "check_assets",
    "check_need",
    "check_postcodes",
    "compare_estimates",
    "control_to_totals",
    "count_groups",
    "count_per_1000",
    "count_within",
    "coverage_from_estimate",
    "coverage_of_list",
    "describe_conversion",
    "distance_to_nearest",
    "draw_map",
    "estimate_from_cells",
    "estimate_from_counted_areas",
    "estimate_from_lists",
    "estimate_from_sightings",
    "estimate_from_streets",
    "estimate_lists",
    "estimate_strata",
    "estimate_two_lists",
    "estimate_unregistered",
    "example_project",
    "find_gaps",
    "fit_margins",
    "fit_rate",
    "forest_table",
    "largest_remainder",
    "make_map",
    "map_layers",
    "match_need",
    "measure_project",
    "membership_from_register",
    "new_project",
    "open_project",
    "population_centres",
    "read_areas",
    "read_assets",
    "read_lookup",
    "read_need",
    "read_places",
    "read_postcodes",
    "reference_table",
    "review_table",
    "run_truth_harness",
    "simulate_county",
    "simulate_street_survey",
    "smooth_rates",
    "solve_back",
    "spread_estimate",
    "summarise",
    "suppress_small_counts",
    "write_csv",
    "write_geopackage",
    "write_picture",
    "write_report",
    "write_tables",
]
