"""Run the command line, also as ``python -m assetmap``."""

import sys


def main() -> None:
    """Run the command line; Ctrl-C while it still loads its libraries ends it as quietly as later."""
    try:
        from assetmap.cli import main as run
    except KeyboardInterrupt:
        sys.exit(130)
    run()


if __name__ == "__main__":
    main()
