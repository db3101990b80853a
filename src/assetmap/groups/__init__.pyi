from .apportion import largest_remainder, note_missing_population, spread_estimate
from .calibration import completeness_of_lists, estimate_by_calibration, income_bands
from .comparison import compare_estimates, forest_table
from .coverage import coverage_from_estimate, coverage_of_list
from .disclosure import solve_back, suppress_small_counts
from .fieldwork import plan_fieldwork, simulate_street_sample
from .links import LinkErrors, rate_links, rate_reviewed_links
from .local_rate import LocalRate, estimate_from_counted_areas, fit_rate
from .many_lists import estimate_from_cells
from .membership import estimate_from_lists, membership_from_register
from .names import link_names
from .raking import control_to_totals, rake
from .rate import SourcedValue
from .recaptures import estimate_from_recaptures
from .simulation import run_simulation_study, simulate_county
from .smoothing import note_unreliable_rates, smooth_rates
from .street_sample import estimate_from_street_sample
from .two_lists import estimate_strata, estimate_two_lists

__all__ = [
    "LinkErrors",
    "LocalRate",
    "SourcedValue",
    "compare_estimates",
    "completeness_of_lists",
    "control_to_totals",
    "coverage_from_estimate",
    "coverage_of_list",
    "estimate_by_calibration",
    "estimate_from_cells",
    "estimate_from_counted_areas",
    "estimate_from_lists",
    "estimate_from_recaptures",
    "estimate_from_street_sample",
    "estimate_strata",
    "estimate_two_lists",
    "fit_rate",
    "forest_table",
    "income_bands",
    "largest_remainder",
    "link_names",
    "membership_from_register",
    "note_missing_population",
    "note_unreliable_rates",
    "plan_fieldwork",
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
