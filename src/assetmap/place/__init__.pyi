from .choice import Choice, choose_areas
from .council import Councils, find_councils
from .looked import inspect_place
from .make import MadeProject, make_project
from .many import build_many
from .official import Fetched, fetch_area, fetch_project
from .transport import add_transport
from .update import UpdatedProject, update_project

__all__ = [
    "Choice",
    "Councils",
    "Fetched",
    "MadeProject",
    "UpdatedProject",
    "add_transport",
    "build_many",
    "choose_areas",
    "fetch_area",
    "fetch_project",
    "find_councils",
    "inspect_place",
    "make_project",
    "update_project",
]
