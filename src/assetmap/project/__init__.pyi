from . import store
from .action.conditions import describe_conditions, project_conditions, write_blank_conditions
from .action.forms import describe_project_forms, project_forms
from .action.grants import describe_project_grants, project_grants
from .action.writing import add_conditions, name_action_file
from .lists.estimates import estimate_calibrated
from .lists.fixes import fix_file, fixes_of_file
from .options import choose_options, read_options, remove_option, write_option
from .outcomes.counts import add_counts, add_up_counts, group_counts, write_counts_form
from .outcomes.paying import pay_back, write_break_even
from .output import finish_writing, write_file, write_whole
from .paper import write_paper
from .people.asked import count_request, unmet_requests
from .people.directory import Directory, make_directory, write_directory
from .people.find import Found, find_for_person, write_referral
from .people.request import Request, read_request
from .preview import Preview, preview_public
from .review import devolution_settings, evaluate_options
from .settings.keys import Settings
from .verify import Verification, describe_verification

__all__ = [
    "Directory",
    "Found",
    "Preview",
    "Request",
    "Settings",
    "Verification",
    "add_conditions",
    "add_counts",
    "add_up_counts",
    "choose_options",
    "count_request",
    "describe_conditions",
    "describe_project_forms",
    "describe_project_grants",
    "describe_verification",
    "devolution_settings",
    "estimate_calibrated",
    "evaluate_options",
    "find_for_person",
    "finish_writing",
    "fix_file",
    "fixes_of_file",
    "group_counts",
    "make_directory",
    "name_action_file",
    "pay_back",
    "preview_public",
    "project_conditions",
    "project_forms",
    "project_grants",
    "read_options",
    "read_request",
    "remove_option",
    "store",
    "unmet_requests",
    "write_blank_conditions",
    "write_break_even",
    "write_counts_form",
    "write_directory",
    "write_file",
    "write_option",
    "write_paper",
    "write_referral",
    "write_whole",
]
