"""Join the JavaScript modules of the page into one script, in the order of their imports.

A browser loads no module from a page that was opened as a file, and an import map with ``data:`` or ``blob:``
addresses would have to be allowed by the content policy, which would then allow any script. So the modules become
one script, allowed by its hash. No bundler is needed: the modules use two forms only, ``import { a, b } from
"./x.js";`` and ``export`` in front of a declaration at the start of a line, so leaving out those words and putting
each module behind the ones it imports keeps what they mean. Anything else is refused. Node and TypeScript read the
same files as ordinary modules, for the tests.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

IMPORT: Final = re.compile(r'^import \{([^}]*)\} from "\./([\w.]+)";\n', re.M)
DECLARED: Final = re.compile(r"^(export )?((?:async )?function\*? ?|const |let |class )(\w+)", re.M)
LEFT_OVER: Final = re.compile(
    r"^\s*(?:import|export|await)\b.*|\bimport(?:\.meta|\().*|^(?:const|let) [\[{].*", re.M
)


def join_modules(entry: str, read: Callable[[str], str]) -> str:
    """Return a module and everything that it imports as the text of one script.

    Parameters
    ----------
    entry
        Name of the module to start from.
    read
        Gives the text of a module by its name.

    Raises
    ------
    ValueError
        If a module uses a form that cannot be joined, imports a name that is not exported, or declares a name
        that another module declares too.
    """
    texts: dict[str, str] = {}
    owners: dict[str, str] = {}
    exported: dict[str, set[str]] = {}
    wanted: list[tuple[str, str, str]] = []

    def visit(name: str) -> None:
        text = read(name)
        exported[name] = {found[3] for found in DECLARED.finditer(text) if found[1]}
        for names, other in IMPORT.findall(text):
            wanted.extend((name, word.strip(), other) for word in names.split(",") if word.strip())
            if other not in exported:
                visit(other)
        text = DECLARED.sub(r"\2\3", IMPORT.sub("", text))
        if left := LEFT_OVER.search(text):
            raise ValueError(f"{name} cannot be joined because of '{left[0].strip()[:80]}'.")
        for found in DECLARED.finditer(text):
            if owners.setdefault(found[3], name) != name:
                raise ValueError(f"{name} and {owners[found[3]]} both declare '{found[3]}'.")
        texts[name] = text

    visit(entry)
    for name, word, other in wanted:
        if word not in exported[other]:
            raise ValueError(f"{name} imports '{word}', which {other} does not export.")
    return "\n".join(texts.values())
