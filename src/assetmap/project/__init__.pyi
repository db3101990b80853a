from . import store
from .fixes import fix_file, fixes_of_file
from .output import finish_writing, write_file, write_whole
from .preview import Preview, preview_public
from .review import devolution_settings
from .settings import Settings
from .verify import Verification, describe_verification

__all__ = [
    "Preview",
    "Settings",
    "Verification",
    "describe_verification",
    "devolution_settings",
    "finish_writing",
    "fix_file",
    "fixes_of_file",
    "preview_public",
    "store",
    "write_file",
    "write_whole",
]
