"""The command line: each command reads, calls one library function, and prints.

Results go to stdout or into ``--output``, messages to stderr. Heavy modules are imported inside the commands,
so that ``assetmap --help`` starts at once.
"""

from __future__ import annotations

import sys
from typing import Annotated, Any, Final

import typer
from typer.core import TyperGroup

from assetmap.cli import (
    access,
    action,
    browser,
    groups,
    lists,
    mend,
    nearby,
    official,
    outcomes,
    people,
    pictures,
    sites,
    start,
    store,
    travel,
)
from assetmap.cli.boundary import guarded, show_version

START: Final = "Start"
LISTS: Final = "Your lists"
GROUPS: Final = "Groups on no register"
GAPS: Final = "Access and gaps"
ACTION: Final = "Social action"
SITES: Final = "Sites"
OFFICIAL: Final = "Official files for any area"

COMMANDS: Final = (
    (START, browser.app, "Do everything in the browser, without commands."),
    (START, start.demo, "Build the example map of Cornwall. Needs no network."),
    (START, start.new, "Copy the example into a new folder, ready to change."),
    (START, start.build, "Build the map, report and tables of a project."),
    (START, pictures.map_, "Draw one map layer for paper: PNG, SVG or PDF."),
    (START, pictures.paper, "Write the report or the review as a paper in Word."),
    (LISTS, lists.check, "Check lists row by row: what is wrong, how to fix it."),
    (LISTS, mend.fix, "Give a list back with its corrections put in."),
    (LISTS, mend.update, "Replace a file of a project, or add a list."),
    (LISTS, lists.register, "Combine lists into one register without duplicates."),
    (LISTS, lists.compare, "Compare two registers: opened, closed, moved, renamed."),
    (LISTS, nearby.near, "List what is near a postcode, nearest first."),
    (LISTS, people.requests, "Show what people asked for and did not find."),
    (LISTS, people.directory, "Write a public directory: a page and open data."),
    (LISTS, lists.share, "Match what groups offer with what others ask for."),
    (LISTS, store.export, "Write the store of a project as plain files."),
    (LISTS, store.import_, "Make the store of a project from exported files."),
    (GROUPS, groups.estimate, "Estimate how many groups on local listings are on no register."),
    (GAPS, access.gaps, "Rank areas where need is high and access is low."),
    (GAPS, outcomes.priorities, "Show what serves each priority and is within reach."),
    (GAPS, outcomes.counts, "Add up what groups count each month, or write a form."),
    (GAPS, outcomes.prevention, "List areas with high need and little prevention nearby."),
    (GAPS, travel.travel, "Show times on foot, by car and bus, and trips there and back."),
    (ACTION, action.forms, "Count forms of social action and who runs them."),
    (ACTION, action.conditions, "Show what people say about their areas, or ask them."),
    (ACTION, action.grants, "Set grants beside need: is money following it?"),
    (SITES, access.sites, "Suggest where new sites would help most."),
    (SITES, sites.devolution, "Review each site for transfer to another operator."),
    (SITES, sites.whatif, "Show who gains and who loses if sites change."),
    (SITES, people.break_even, "Show how many people a service must help to break even."),
    (SITES, sites.verify, "Check an evidence pack by rebuilding its tables."),
    (OFFICIAL, official.inputs, "Show what each file in a folder is and what is missing."),
    (OFFICIAL, official.project, "Make a project for any area from downloaded files."),
    (OFFICIAL, official.fetch, "Download the files for an area and make its project."),
)
"""Heading, command and its line in ``assetmap --help``; a line fits beside the longest name at 80 columns."""


class _GroupedHelp(TyperGroup):
    """Lists the commands under the headings of `COMMANDS`."""

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """Write a section for each heading, all with the same columns."""
        width = max(len(name) for name in self.commands)
        for heading in dict.fromkeys(heading for heading, _, _ in COMMANDS):
            rows = [
                (f"{name:{width}}", command.short_help or "")
                for name, command in self.commands.items()
                if getattr(command, "rich_help_panel", None) == heading
            ]
            with formatter.section(heading):
                formatter.write_dl(rows)


app = typer.Typer(
    name="assetmap",
    cls=_GroupedHelp,
    help="Map what communities have, estimate the groups on no register, and find where need is high and access is low.",
    epilog="For the options of a command: assetmap COMMAND --help",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


LISTS_ALONE: Final = ("check", "fix", "register", "compare", "share", "estimate")
"""Commands that open map files only where one is named."""

NO_FILES: Final = ("app", "break-even", "demo", "new", "fetch", "verify")
"""Commands that open no file from outside, or late."""


@app.callback()
def _options(
    context: typer.Context,
    version: Annotated[
        bool, typer.Option("--version", callback=show_version, is_eager=True, help="Show the version.")
    ] = False,
    debug: Annotated[
        bool, typer.Option("--debug", help="Show the Python traceback if something fails.")
    ] = False,
) -> None:
    """Declare the options that come before a command; the boundary reads ``--debug`` wherever it is written.

    The process that opens files is started here: it loads its libraries while this one loads its own.
    """
    command = context.invoked_subcommand
    if command in NO_FILES or {"--help", "--version"} & set(sys.argv):
        return
    from assetmap.read.drivers import ALWAYS_MAPS, PACKED
    from assetmap.read.worker import prepare

    named = any(word.lower().endswith((*ALWAYS_MAPS, *PACKED)) for word in sys.argv)
    prepare(maps=named or "--project" in sys.argv or command not in LISTS_ALONE)


for _heading, _command, _line in COMMANDS:
    app.command(_command.__name__.rstrip("_").replace("_", "-"), rich_help_panel=_heading, short_help=_line)(
        _command
    )


def main() -> None:
    """Run the command line: an error is one message on stderr, exit code 2 if expected and 1 if it is a bug."""
    guarded(app)
