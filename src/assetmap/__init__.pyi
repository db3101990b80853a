from . import access, action, fetch, gaps, groups, need, place, project, read, register, schema, show, sites
from .access.counts import count_within
from .access.nearest import distance_to_nearest
from .gaps.measure import measure_gaps
from .groups.rate import estimate_unregistered
from .project.build import build, summarise
from .project.folder import Project, example_project, new_project, open_project
from .project.gaps import find_project_gaps, suggest_project_sites
from .project.lists.estimates import estimate_lists
from .project.lists.nearby import near_postcode
from .project.lists.registers import check_files, compare_files, match_files, register_files
from .project.measuring import measure_project
from .project.review import review_project, what_if
from .project.verify import verify_evidence
from .read.areas import read_areas
from .read.lists.assets import read_assets
from .read.official.need import read_need
from .read.official.population import read_population
from .read.official.postcodes import read_postcodes
from .register.build import build_register
from .register.check import check_lists
from .schema import (
    AssetmapError,
    Costs,
    Estimate,
    InputError,
    Note,
    Register,
    Results,
    SchemaError,
    VintageError,
    reference_table,
)
from .sharing import describe_matches, match_resources
from .show.map import Layer, make_map
from .show.pictures.draw import write_picture
from .show.report.page import write_report
from .show.tables import write_csv, write_tables

__version__: str

__all__ = [
    "AssetmapError",
    "Costs",
    "Estimate",
    "InputError",
    "Layer",
    "Note",
    "Project",
    "Register",
    "Results",
    "SchemaError",
    "VintageError",
    "access",
    "action",
    "build",
    "build_register",
    "check_files",
    "check_lists",
    "compare_files",
    "count_within",
    "describe_matches",
    "distance_to_nearest",
    "estimate_lists",
    "estimate_unregistered",
    "example_project",
    "fetch",
    "find_project_gaps",
    "gaps",
    "groups",
    "make_map",
    "match_files",
    "match_resources",
    "measure_gaps",
    "measure_project",
    "near_postcode",
    "need",
    "new_project",
    "open_project",
    "place",
    "project",
    "read",
    "read_areas",
    "read_assets",
    "read_need",
    "read_population",
    "read_postcodes",
    "reference_table",
    "register",
    "register_files",
    "review_project",
    "schema",
    "show",
    "sites",
    "suggest_project_sites",
    "summarise",
    "verify_evidence",
    "what_if",
    "write_csv",
    "write_picture",
    "write_report",
    "write_tables",
]
