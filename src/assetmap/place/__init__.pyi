from .choice import Choice, choose_areas
from .fetch import Council, Fetched, fetch_area, fetch_project, find_council
from .make import MadeProject, make_project
from .many import build_many

__all__ = [
    "Choice",
    "Council",
    "Fetched",
    "MadeProject",
    "build_many",
    "choose_areas",
    "fetch_area",
    "fetch_project",
    "find_council",
    "make_project",
]
