"""Names in a text become links: a function to its entry, a command, a setting and a table to their place in the reference."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.transforms.post_transforms import SphinxPostTransform

PAGE = re.compile(r"\bdocs/(\w+)\.md\b")
FIELD = re.compile(r"(\w+(?:, \w+)*) : (.+)")
HERE = (nodes.reference, nodes.title)


class NameLinks(SphinxPostTransform):
    """Link what is set as code, where exactly one place of the reference explains it."""

    default_priority = 5

    def run(self, **options: Any) -> None:
        """Replace the names of one page."""
        for node in list(self.document.findall(nodes.literal)):
            target = None if self.inside(node) else self.place_of(node.astext())
            if target is not None:
                self.link(node, *target)
        for text in list(self.document.findall(nodes.Text)):
            found = None if self.inside(text) else PAGE.search(text)
            if (
                found
                and isinstance(text.parent, nodes.paragraph | nodes.term)
                and found[1] in self.env.all_docs
            ):
                before, after = nodes.Text(text[: found.start()]), nodes.Text(text[found.end() :])
                made = self.reference(found[1], "", nodes.Text(self.env.titles[found[1]].astext()))
                text.parent.replace(text, [before, made, after])

    def inside(self, node: nodes.Node) -> bool:
        """Say whether a node is in a link or a heading already."""
        parent = node.parent
        while parent is not None:
            if isinstance(parent, HERE):
                return True
            parent = parent.parent
        return False

    def place_of(self, text: str) -> tuple[str, str] | None:
        """Return page and anchor of a name, or nothing."""
        words = text.split()
        if len(words) > 1 and words[0] == "assetmap" and words[1] in self.commands():
            return "commands", words[1]
        if found := re.fullmatch(r"(?:data/tables/)?(\w+)\.csv", text):
            page = f"tables/{found[1]}"
            return (page, "") if page in self.env.all_docs else None
        if found := re.fullmatch(r"\[+(\w+)\]+", text):
            return ("settings", found[1]) if found[1] in self.anchors("settings") else None
        if found := re.fullmatch(r"(?:am\.)?([A-Za-z_][\w.]*?)(?:\(.*\))?", text):
            return self.names().get(found[1] if not text.startswith("am.") else f"assetmap.{found[1]}")
        return None

    def names(self) -> dict[str, tuple[str, str]]:
        """Return the place of every public name, whole and, where it is the only one of that name, short."""
        if not hasattr(self.env, "assetmap_names"):
            objects = self.env.domaindata["py"]["objects"]
            short: dict[str, set[tuple[str, str]]] = defaultdict(set)
            whole = {}
            for name, entry in objects.items():
                if entry.objtype in {"function", "class", "exception", "data"}:
                    whole[name] = (entry.docname, entry.node_id)
                    last = name.rsplit(".", 1)[1]
                    if "_" in last or last[0].isupper():
                        short[last].add(whole[name])
            self.env.assetmap_names = whole | {
                name: places.pop() for name, places in short.items() if len(places) == 1
            }
        return self.env.assetmap_names

    def anchors(self, page: str) -> set[str]:
        """Return the anchors of the headings of a page."""
        return set(self.env.metadata.get(page, {}).get("myst_slugs", {}))

    def commands(self) -> set[str]:
        """Return the names of the commands."""
        return self.anchors("commands")

    def reference(self, page: str, anchor: str, child: nodes.Node) -> nodes.reference:
        """Return a link to a place of another page."""
        builder = self.app.builder
        uri = builder.get_relative_uri(self.env.docname, page) + (f"#{anchor}" if anchor else "")
        return nodes.reference("", "", child, internal=True, refuri=uri)

    def link(self, node: nodes.literal, page: str, anchor: str) -> None:
        """Put a link around a node, unless the place is on the same screen."""
        if (page, anchor) != (self.env.docname, ""):
            node.parent.replace(node, self.reference(page, anchor, node.deepcopy()))


def list_fields(app: Sphinx, what: str, name: str, thing: object, options: object, lines: list[str]) -> None:
    """Turn the fields of a record, one a line below its first sentence, into the section that numpydoc reads."""
    first = next((place for place, line in enumerate(lines) if FIELD.match(line)), None)
    if what != "class" or first is None:
        return
    made = ["Attributes", "----------"]
    for line in lines[first:]:
        found = FIELD.match(line)
        made += (
            [found[1], f"    {found[2]}"]
            if found
            else [f"    {line.strip()}" if line.startswith(" ") else line]
        )
    lines[first:] = made


def plain_defaults(
    app: Sphinx,
    what: str,
    name: str,
    thing: object,
    options: object,
    signature: str | None,
    returns: str | None,
) -> tuple[str | None, str | None]:
    """Write a default that is made anew each time in a way that Sphinx can read."""
    return (signature or "").replace("<factory>", "...") or None, returns


def setup(app: Sphinx) -> dict[str, Any]:
    """Tell Sphinx about the links and the fields."""
    app.add_post_transform(NameLinks)
    app.connect("autodoc-process-docstring", list_fields, priority=100)
    app.connect("autodoc-process-signature", plain_defaults)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
