from .border import add_outside, describe_border, mark_border, with_people_beyond
from .bus_times import bus_minutes
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
from .counted import count_table, count_types, note_left_out, note_not_counted, with_counts_as
from .counts import count_groups, count_per_1000, people_within
from .deserts import count_deserts, desert_share
from .homes import Homes, area_quantiles, homes_of
from .hours import describe_hours, fill_hours
from .journeys import Journeys, bus_journeys
from .location import candidate_places, candidate_postcodes, suggest_sites
from .measure import Catchments, measure_access, measure_catchments
from .minutes import (
    BusSource,
    DriveSource,
    WalkSource,
    bus_costs,
    check_buses,
    check_roads,
    drive_costs,
    walk_costs,
)
from .nearest import open_assets, population_centres, unknown_as_open
from .overland import LandGrid, distance_overland, make_land_grid, overland_costs
from .own import check_travel, own_costs
from .roads import Snapped, road_minutes, road_walks, snap
from .stops import nearest_stops, note_stops, stops_by_hours
from .there_and_back import there_and_back
from .transit import ServiceDay, Sweep, reverse, service_day, sweep
from .travel import MODES, Mode, Travel, known_costs, travel_costs
from .trip_areas import openings_that_help, people_without_bus, trips_by_area, trips_by_pair
from .trip_walks import TripRules, TripWalks, trip_walks
from .walking import Walks, straight_walks

__all__ = [
    "DETOUR_BY_ROAD",
    "LIMIT_M",
    "LIMIT_MINUTES",
    "MODES",
    "BusSource",
    "Catchments",
    "DriveSource",
    "Homes",
    "Journeys",
    "LandGrid",
    "Mode",
    "ServiceDay",
    "Snapped",
    "Sweep",
    "Travel",
    "TripRules",
    "TripWalks",
    "WalkSource",
    "Walks",
    "add_outside",
    "area_quantiles",
    "bus_costs",
    "bus_journeys",
    "bus_minutes",
    "candidate_places",
    "candidate_postcodes",
    "check_buses",
    "check_roads",
    "check_travel",
    "costs_from_matrix",
    "costs_to_matrix",
    "count_deserts",
    "count_groups",
    "count_of",
    "count_per_1000",
    "count_table",
    "count_types",
    "describe_border",
    "describe_hours",
    "desert_share",
    "distance_overland",
    "drive_costs",
    "enhanced_two_step",
    "fill_hours",
    "gaussian_decay",
    "gravity",
    "homes_of",
    "join_costs",
    "known_costs",
    "least_costs",
    "make_land_grid",
    "mark_border",
    "measure_access",
    "measure_catchments",
    "nearest_of",
    "nearest_stops",
    "note_left_out",
    "note_not_counted",
    "note_stops",
    "open_assets",
    "openings_that_help",
    "overland_costs",
    "own_costs",
    "people_within",
    "people_without_bus",
    "population_centres",
    "power_decay",
    "reverse",
    "road_minutes",
    "road_walks",
    "select_costs",
    "service_day",
    "snap",
    "step_decay",
    "stops_by_hours",
    "straight_costs",
    "straight_walks",
    "suggest_sites",
    "sweep",
    "there_and_back",
    "thirds_of",
    "three_step",
    "travel_costs",
    "trip_walks",
    "trips_by_area",
    "trips_by_pair",
    "two_step",
    "unknown_as_open",
    "walk_costs",
    "with_counts_as",
    "with_people_beyond",
    "within_limit",
]
