from .border import add_outside, describe_border, mark_border, with_people_beyond
from .catchment import (
    enhanced_two_step,
    gaussian_decay,
    gravity,
    power_decay,
    step_decay,
    thirds_of,
    three_step,
    two_step,
)
from .costs import (
    DETOUR_BY_ROAD,
    LIMIT_M,
    LIMIT_MINUTES,
    costs_from_matrix,
    costs_to_matrix,
    count_of,
    join_costs,
    least_costs,
    nearest_of,
    select_costs,
    straight_costs,
    within_limit,
)
from .counts import count_groups, count_per_1000, people_within
from .deserts import count_deserts, desert_share
from .hours import describe_hours, fill_hours
from .location import candidate_places, candidate_postcodes, suggest_sites
from .measure import Catchments, measure_access, measure_catchments
from .nearest import open_assets, population_centres, unknown_as_open
from .overland import LandGrid, distance_overland, make_land_grid, overland_costs
from .own import check_travel, own_costs
from .travel import MODES, Mode, Travel, known_costs, travel_costs

__all__ = [
    "DETOUR_BY_ROAD",
    "LIMIT_M",
    "LIMIT_MINUTES",
    "MODES",
    "Catchments",
    "LandGrid",
    "Mode",
    "Travel",
    "add_outside",
    "candidate_places",
    "candidate_postcodes",
    "check_travel",
    "costs_from_matrix",
    "costs_to_matrix",
    "count_deserts",
    "count_groups",
    "count_of",
    "count_per_1000",
    "describe_border",
    "describe_hours",
    "desert_share",
    "distance_overland",
    "enhanced_two_step",
    "fill_hours",
    "gaussian_decay",
    "gravity",
    "join_costs",
    "known_costs",
    "least_costs",
    "make_land_grid",
    "mark_border",
    "measure_access",
    "measure_catchments",
    "nearest_of",
    "open_assets",
    "overland_costs",
    "own_costs",
    "people_within",
    "population_centres",
    "power_decay",
    "select_costs",
    "step_decay",
    "straight_costs",
    "suggest_sites",
    "thirds_of",
    "three_step",
    "travel_costs",
    "two_step",
    "unknown_as_open",
    "with_people_beyond",
    "within_limit",
]
