from .action.conditions import read_conditions
from .action.grants import read_grants
from .answers import read_answers
from .evidence import EvidencePack, read_evidence
from .fixed.write import fixed_suffix, write_changes
from .inputs import InputsReport, inspect_inputs
from .lists.assets import AssetList
from .lists.opening_times import hours_in_week, opening_times
from .maps import MapLayer, open_map, read_map
from .official.area_names import name_areas
from .official.census import read_census
from .official.known_names import read_known_names
from .official.lookups import read_area_lookup, read_lookup
from .official.open_names import read_open_names
from .official.postcode_areas import assign_postcodes, compare_postcode_areas
from .official.postcode_files import find_postcodes, read_postcode_file
from .opening_hours import parse_day_hours, parse_opening_hours
from .outcomes.counts import read_counts
from .outcomes.outcomes import read_outcomes
from .places import read_places
from .responses import read_responses
from .risks import read_risks
from .tables import PublishedTable, RawTable, open_table, read_published, read_table
from .transport.background import read_background
from .transport.roads import read_roads
from .transport.timetable import read_timetable
from .travel import read_crossings, read_travel

__all__ = [
    "AssetList",
    "EvidencePack",
    "InputsReport",
    "MapLayer",
    "PublishedTable",
    "RawTable",
    "assign_postcodes",
    "compare_postcode_areas",
    "find_postcodes",
    "fixed_suffix",
    "hours_in_week",
    "inspect_inputs",
    "name_areas",
    "open_map",
    "open_table",
    "opening_times",
    "parse_day_hours",
    "parse_opening_hours",
    "read_answers",
    "read_area_lookup",
    "read_background",
    "read_census",
    "read_conditions",
    "read_counts",
    "read_crossings",
    "read_evidence",
    "read_grants",
    "read_known_names",
    "read_lookup",
    "read_map",
    "read_open_names",
    "read_outcomes",
    "read_places",
    "read_postcode_file",
    "read_published",
    "read_responses",
    "read_risks",
    "read_roads",
    "read_table",
    "read_timetable",
    "read_travel",
    "write_changes",
]
