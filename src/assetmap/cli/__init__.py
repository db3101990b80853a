"""Words to calls: each command reads, calls one library function, and prints.

Results go to stdout or into ``--output``, messages to stderr. Heavy modules are imported inside the commands,
so that ``assetmap --help`` starts at once.
"""

from __future__ import annotations

import sys

import typer

from assetmap.cli import access, groups, lists, official, pictures, sites, start

app = typer.Typer(
    name="assetmap",
    help="See what communities have, estimate what no register shows, and find where need is high and reach is low.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
COMMANDS = (
    start.demo,
    start.new,
    start.build,
    official.inputs,
    official.project,
    official.fetch,
    lists.check,
    lists.register,
    lists.compare,
    lists.near,
    lists.share,
    pictures.map_,
    groups.estimate,
    access.gaps,
    access.sites,
    sites.devolution,
    sites.whatif,
    sites.verify,
)
for command in COMMANDS:
    app.command(command.__name__.rstrip("_"))(command)


def main() -> None:
    """Run the command line; an expected error is one message on stderr and exit code 2.

    Expected is what a step refuses, and a file that the computer does not give: a folder where a file should be, a
    spreadsheet that is open in another program, a full disk.
    """
    from assetmap.errors import AssetmapError

    try:
        app()
    except AssetmapError as error:
        typer.echo(f"assetmap: {error}", err=True)
        sys.exit(2)
    except OSError as error:
        if error.filename is None:
            raise
        hint = (
            " Close it in other programs, or choose another place."
            if isinstance(error, PermissionError)
            else ""
        )
        typer.echo(f"assetmap: '{error.filename}': {error.strerror}.{hint}", err=True)
        sys.exit(2)
