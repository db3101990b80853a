from .apportion import largest_remainder, note_missing_population, spread_estimate
from .comparison import compare_estimates, forest_table
from .coverage import coverage_from_estimate, coverage_of_list, simulate_street_sample
from .disclosure import solve_back, suppress_small_counts
from .links import LinkErrors, rate_links, rate_reviewed_links
from .local_rate import LocalRate, estimate_from_counted_areas, fit_rate
from .many_lists import estimate_from_cells
from .membership import estimate_from_lists, membership_from_register
from .raking import control_to_totals, rake
from .rate import SourcedValue
from .recaptures import estimate_from_recaptures
from .simulation import run_simulation_study, simulate_county
from .smoothing import smooth_rates
from .street_sample import estimate_from_street_sample
from .two_lists import estimate_strata, estimate_two_lists

__all__ = [
    "LinkErrors",
    "LocalRate",
    "SourcedValue",
    "compare_estimates",
    "control_to_totals",
    "coverage_from_estimate",
    "coverage_of_list",
    "estimate_from_cells",
    "estimate_from_counted_areas",
    "estimate_from_lists",
    "estimate_from_recaptures",
    "estimate_from_street_sample",
    "estimate_strata",
    "estimate_two_lists",
    "fit_rate",
    "forest_table",
    "largest_remainder",
    "membership_from_register",
    "note_missing_population",
    "rake",
    "rate_links",
    "rate_reviewed_links",
    "run_simulation_study",
    "simulate_county",
    "simulate_street_sample",
    "smooth_rates",
    "solve_back",
    "spread_estimate",
    "suppress_small_counts",
]
