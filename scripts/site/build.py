"""Build the site of the documents: ``python scripts/site/build.py build/site``. It needs the extra ``docs`` and no network.

Sphinx with the PyData theme, numpydoc and MyST, because the libraries that assetmap stands on (GeoPandas, pandas, SciPy) use them, they work from
files without a server, and the public functions have docstrings in that form. Every warning is an error.
"""

from __future__ import annotations

import argparse
import re
import shutil
import sys
import time
from pathlib import Path
from typing import Final

from check import problems
from pages import HERE, write_pages
from reference import write_api, write_commands, write_tables
from sphinx.cmd.build import build_main

import assetmap

MENDED: Final = (
    (
        re.compile(r'<summary>(?=<span class="toctree-toggle")'),
        '<summary aria-label="Show or hide the pages below">',
    ),
    (re.compile(r'(class="sig-paren">\(</span>\s*)<dl>'), r'\1<dl role="presentation">'),
)
"""What screen readers cannot read in pages of the theme and of Sphinx: a button without a name, a list without terms."""


def tidy(output: Path) -> None:
    """Mend the pages that came out, and take away what the theme leaves over."""
    (output / "_static" / "webpack-macros.html").unlink(missing_ok=True)
    for page in output.rglob("*.html"):
        text = page.read_text(encoding="utf-8")
        for pattern, better in MENDED:
            text = pattern.sub(better, text)
        page.write_text(text, encoding="utf-8")


def main() -> int:
    """Write the pages, build the site, look at what came out; return 1 if anything is wrong."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("output", type=Path, help="folder for the site; its content is replaced")
    output = parser.parse_args().output.resolve()
    start = time.monotonic()
    source = output.with_name(f"{output.name}-source")
    for folder in (source, output):
        shutil.rmtree(folder, ignore_errors=True)
    source.mkdir(parents=True)
    write_pages(source, assetmap.__version__)
    write_api(source)
    write_commands(source)
    write_tables(source)
    state = source.with_name(f"{output.name}-state")
    shutil.rmtree(state, ignore_errors=True)
    failed = build_main(
        ["-q", "-W", "--keep-going", "-j", "2", "-d", str(state), "-c", str(HERE), str(source), str(output)]
    )
    if failed:
        return 1
    tidy(output)
    found = problems(output)
    print("\n".join(found), file=sys.stderr)
    pages = sum(1 for _ in output.rglob("*.html"))
    print(f"{pages} pages in {time.monotonic() - start:.0f} s. Open {output / 'index.html'}")
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main())
