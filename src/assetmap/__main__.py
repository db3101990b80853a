"""Run the command line as ``python -m assetmap``."""

from assetmap.cli import main

if __name__ == "__main__":
    main()
