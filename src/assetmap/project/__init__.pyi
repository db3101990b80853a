from . import store
from .output import finish_writing, write_file, write_whole
from .review import devolution_settings
from .settings import Settings
from .verify import Verification, describe_verification

__all__ = [
    "Settings",
    "Verification",
    "describe_verification",
    "devolution_settings",
    "finish_writing",
    "store",
    "write_file",
    "write_whole",
]
