"""The command that runs the app."""

from __future__ import annotations

import gc
from pathlib import Path
from typing import Annotated

import typer

from assetmap.cli.boundary import USUAL
from assetmap.cli.common import say


def app(
    folder: Annotated[
        Path | None, typer.Argument(help="A project, or the folder of your projects (default: ~/assetmap).")
    ] = None,
    port: Annotated[
        int | None, typer.Option(help="Default: 8471, or the next free one.", min=1, max=65535)
    ] = None,
    no_open: Annotated[bool, typer.Option("--no-open", help="Do not open the browser.")] = False,
    host: Annotated[
        str | None, typer.Option(help="Let others on the network in, at this address; they must sign in.")
    ] = None,
    cert: Annotated[Path | None, typer.Option(help="With --host: certificate for https (PEM).")] = None,
    key: Annotated[Path | None, typer.Option(help="With --host: its key (PEM).")] = None,
    insecure_http: Annotated[
        bool, typer.Option("--insecure-http", help="With --host: allow no certificate.")
    ] = False,
    add_user: Annotated[
        str | None, typer.Option(metavar="NAME:ROLE", help="Add a user (viewer, editor, owner) and stop.")
    ] = None,
) -> None:
    """Do everything in the browser, without commands. Only this computer can reach it."""
    from assetmap.app import serve

    if add_user is not None:
        name, _, role = add_user.rpartition(":")
        password = typer.prompt("Password", hide_input=True, confirmation_prompt=True)
        say(f"{name} is {role}. The users are in {serve.add_user(name, role, password)}.")
        return
    gc.set_threshold(*USUAL)
    serve.serve_app(
        folder,
        port=port,
        show=not no_open,
        host=host,
        cert=cert,
        key=key,
        insecure_http=insecure_http,
        say=say,
    )
