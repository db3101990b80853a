from . import store
from .fixes import fix_file, fixes_of_file
from .options import choose_options, read_options, remove_option, write_option
from .output import finish_writing, write_file, write_whole
from .people.directory import Directory, make_directory, write_directory
from .preview import Preview, preview_public
from .review import devolution_settings, evaluate_options
from .settings import Settings
from .verify import Verification, describe_verification

__all__ = [
    "Directory",
    "Preview",
    "Settings",
    "Verification",
    "choose_options",
    "describe_verification",
    "devolution_settings",
    "evaluate_options",
    "finish_writing",
    "fix_file",
    "fixes_of_file",
    "make_directory",
    "preview_public",
    "read_options",
    "remove_option",
    "store",
    "write_directory",
    "write_file",
    "write_option",
    "write_whole",
]
