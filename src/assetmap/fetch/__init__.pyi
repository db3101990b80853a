from .arcgis import fetch_features
from .asking import download, get_answer, get_json
from .connection import Connection, FetchError, open_connection
from .downloads import fetch_file, fetch_nomis, fetch_overpass
from .limits import Limits
from .sources import Source, find_source, read_sources
from .store import Kept

__all__ = [
    "Connection",
    "FetchError",
    "Kept",
    "Limits",
    "Source",
    "download",
    "fetch_features",
    "fetch_file",
    "fetch_nomis",
    "fetch_overpass",
    "find_source",
    "get_answer",
    "get_json",
    "open_connection",
    "read_sources",
]
