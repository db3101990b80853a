from . import store
from .fixes import fix_file, fixes_of_file
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
    "fix_file",
    "fixes_of_file",
    "store",
    "write_file",
    "write_whole",
]
