"""Get a process ready before the first question: for programs that stay, such as the app."""

from __future__ import annotations


def get_ready(*, maps: bool = True) -> None:
    """Load the libraries that every build needs, and start the process that opens files.

    Parameters
    ----------
    maps
        Also load what opens map files.
    """
    import assetmap.project.build
    import assetmap.project.gaps
    import assetmap.project.lists.registers
    import assetmap.project.review  # noqa: F401
    from assetmap.read.worker import prepare

    prepare(maps=maps)
