"""A council's own template for papers: a Word file from outside, of which only what a template is for is kept.

It is opened in the child process (`assetmap.read.worker`) and made again from known parts: styles, theme, numbering, page size,
headers and footers with their pictures. Macros, fields that fetch or run something, and password protection are refused. The
text of its pages, its properties, comments, embedded files and links to other files are left out.
"""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from assetmap.errors import InputError, first_few
from assetmap.read.files import existing_file, members_of
from assetmap.read.worker import Answer, ask

if TYPE_CHECKING:
    from collections.abc import Mapping

SUFFIXES: Final = (".docx", ".dotx")
MOST_PACKED: Final = 20_000_000
MOST_BYTES: Final = 100_000_000
"""Bytes of a template, and of everything in it when unpacked."""
MOST_PARTS: Final = 1_000
MOST_XML: Final = 20_000_000

DOCUMENT: Final = "word/document.xml"
NUMBERING: Final = "word/numbering.xml"
PICTURES: Final = {
    "png": "image/png",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "gif": "image/gif",
    "emf": "image/x-emf",
    "wmf": "image/x-wmf",
}
KEPT: Final = ("styles", "theme", "numbering", "fontTable", "header", "footer")
"""Kinds of parts that the document of a template may lead to; everything else is left out."""
TYPES: Final = {
    "styles": "application/vnd.openxmlformats-officedocument.wordprocessingml.styles+xml",
    "theme": "application/vnd.openxmlformats-officedocument.theme+xml",
    "numbering": "application/vnd.openxmlformats-officedocument.wordprocessingml.numbering+xml",
    "fontTable": "application/vnd.openxmlformats-officedocument.wordprocessingml.fontTable+xml",
    "header": "application/vnd.openxmlformats-officedocument.wordprocessingml.header+xml",
    "footer": "application/vnd.openxmlformats-officedocument.wordprocessingml.footer+xml",
    "settings": "application/vnd.openxmlformats-officedocument.wordprocessingml.settings+xml",
    "document": "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml",
}
RELATIONS: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE: Final = "http://schemas.openxmlformats.org/package/2006/relationships"
CONTENT: Final = "http://schemas.openxmlformats.org/package/2006/content-types"
WORD: Final = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
HEAD: Final = b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
A4: Final = (
    f'<w:sectPr xmlns:w="{WORD}"><w:pgSz w:w="11906" w:h="16838"/>'
    '<w:pgMar w:top="1134" w:right="1134" w:bottom="1134" w:left="1134" w:header="567" w:footer="567" w:gutter="0"/></w:sectPr>'
).encode()
"""The page of a template that says nothing about its page."""
RUNS_OR_FETCHES: Final = re.compile(
    r"\b(DDE|DDEAUTO|INCLUDETEXT|INCLUDEPICTURE|IMPORT|LINK|EMBED|MACROBUTTON|DATABASE|AUTOTEXT|AUTOTEXTLIST|GLOSSARY|RD)\b",
    re.IGNORECASE,
)
FIXED_DATE: Final = (2000, 1, 1, 0, 0, 0)


def read_template(path: str | Path) -> tuple[bytes, tuple[str, ...]]:
    """Read a Word template and keep what a template is for.

    Parameters
    ----------
    path
        ``.docx`` or ``.dotx``.

    Returns
    -------
    tuple
        A new ``.docx`` without text, and sentences on what was left out.

    Raises
    ------
    InputError
        If there is no such file, it is not a Word file, it is too large, it has macros or fields that fetch something, or it is
        damaged or protected with a password.
    """
    path = existing_file(path)
    suffix = path.suffix.lower()
    if suffix in (".docm", ".dotm", ".doc", ".dot"):
        raise InputError(
            f"'{path}' can hold macros, so it was not opened. Save it as a Word document without macros (.docx)."
        )
    if suffix not in SUFFIXES:
        raise InputError(f"'{path}' is not a Word template. Its name must end in {' or '.join(SUFFIXES)}.")
    if path.stat().st_size > MOST_PACKED:
        raise InputError(
            f"'{path}' is larger than {MOST_PACKED // 1_000_000} MB. A template needs styles, a header and a footer only: "
            "delete the rest of it."
        )
    answer = ask("template", path)
    return answer.parts[0], tuple(answer.value)


def clean_template(path: Path) -> Answer:
    """Make a template again from its known parts; this runs in the child process."""
    parts = _parts(path)
    _refuse_macros(path, parts)
    if DOCUMENT not in parts or "word/styles.xml" not in parts:
        raise InputError(f"'{path}' has no document with styles in it, so it is not a Word template.")
    found: dict[str, str] = {}
    notes: list[str] = []
    kept = {"word/document.xml": _empty_document(path, parts, found, notes)}
    kept["word/settings.xml"] = _settings(parts)
    types = {"word/document.xml": TYPES["document"], "word/settings.xml": TYPES["settings"]}
    links = [("settings", "settings.xml", "rSettings", False)]
    if "numbering" not in found.values():
        kept[NUMBERING] = HEAD + f'<w:numbering xmlns:w="{WORD}"/>'.encode()
        types[NUMBERING] = TYPES["numbering"]
        links.append(("numbering", "numbering.xml", "rNumbering", False))
    for name, kind in found.items():
        types[name] = TYPES[kind]
        kept[name], own = _cleaned(path, name, parts, notes)
        if own:
            kept[_relations_of(name)] = _relations(own)
        for _, target, _, external in own:
            if not external:
                picture = posixpath.normpath(posixpath.join(posixpath.dirname(name), target))
                kept[picture] = parts[picture]
    root = _tree(path, DOCUMENT, kept[DOCUMENT])
    used = {
        str(value) for element in root.iter() for key, value in element.attrib.items() if RELATIONS in key
    }
    for identity, kind, target, external in _read_relations(path, DOCUMENT, parts):
        whole = posixpath.normpath(posixpath.join("word", target))
        if (
            not external
            and found.get(whole) == kind
            and (kind not in ("header", "footer") or identity in used)
        ):
            links.append((kind, target, identity, False))
    kept[_relations_of(DOCUMENT)] = _relations(links)
    kept["_rels/.rels"] = _relations([("officeDocument", "word/document.xml", "rId1", False)])
    kept["[Content_Types].xml"] = _content_types(types, kept)
    return Answer(list(dict.fromkeys(notes)), (_zipped(kept),))


def _parts(path: Path) -> dict[str, bytes]:
    members = members_of(path, most=MOST_BYTES)
    if len(members) > MOST_PARTS:
        raise InputError(f"'{path}' has {len(members):,} parts, too many for a template.")
    with zipfile.ZipFile(path) as archive:
        parts = {member.filename: archive.read(member) for member in members}
    for name, content in parts.items():
        if name.endswith((".xml", ".rels")) and len(content) > MOST_XML:
            raise InputError(
                f"'{path}' has a part '{name}' of {len(content) / 1e6:.0f} MB, too large for a template."
            )
    return parts


def _refuse_macros(path: Path, parts: Mapping[str, bytes]) -> None:
    types = parts.get("[Content_Types].xml", b"")
    macros = [name for name in parts if "vba" in name.lower() or "activex" in name.lower()]
    if macros or b"macroEnabled" in types or b"vbaProject" in types:
        raise InputError(
            f"'{path}' has macros ({first_few(macros) or 'it says so'}), so it was not used. Save it as a Word document without "
            "macros (.docx)."
        )


def _tree(path: Path, name: str, content: bytes) -> Any:
    """Parse a part: no document type, no entities, nothing fetched."""
    from lxml import etree

    if b"<!DOCTYPE" in content or b"<!ENTITY" in content or b"\x00" in content[:200]:
        raise InputError(f"'{path}' has a document type in its part '{name}', which no Word file has.")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True)
    try:
        return etree.fromstring(content, parser)
    except etree.XMLSyntaxError as error:
        raise InputError(f"'{path}' is damaged: its part '{name}' is not regular XML ({error}).") from error


def _written(root: Any) -> bytes:
    from lxml import etree

    return HEAD + bytes(etree.tostring(root, encoding="UTF-8"))


def _empty_document(path: Path, parts: Mapping[str, bytes], found: dict[str, str], notes: list[str]) -> bytes:
    """Keep the page of the last section, and say which parts the document leads to."""
    root = _tree(path, DOCUMENT, parts[DOCUMENT])
    body = root.find(f"{{{WORD}}}body")
    if body is None:
        raise InputError(f"'{path}' has no document in it, so it is not a Word template.")
    for _, kind, target, external in _read_relations(path, DOCUMENT, parts):
        whole = posixpath.normpath(posixpath.join("word", target))
        if not external and kind in KEPT and whole in parts:
            found[whole] = kind
    section = body.find(f"{{{WORD}}}sectPr")
    if any((text.text or "").strip() for text in body.iter(f"{{{WORD}}}t")):
        notes.append(
            "The text on the pages of the template is left out; its styles, page, header and footer are used."
        )
    for child in list(body):
        if child is not section:
            body.remove(child)
    if section is None:
        body.append(_tree(path, DOCUMENT, A4))
    else:
        usable = {identity for identity, kind, _, _ in _read_relations(path, DOCUMENT, parts) if kind in KEPT}
        _without(section, lambda identity: identity not in usable)
    return _written(root)


def _settings(parts: Mapping[str, bytes]) -> bytes:
    """Write settings of our own; only whether odd and even pages differ comes from the template."""
    even = b"<w:evenAndOddHeaders/>" if b"evenAndOddHeaders" in parts.get("word/settings.xml", b"") else b""
    start = f'<w:settings xmlns:w="{WORD}">'.encode()
    mode = (
        b'<w:compat><w:compatSetting w:name="compatibilityMode" w:uri="http://schemas.microsoft.com/office/word" '
        b'w:val="15"/></w:compat>'
    )
    return HEAD + start + even + mode + b"</w:settings>"


def _cleaned(
    path: Path, name: str, parts: Mapping[str, bytes], notes: list[str]
) -> tuple[bytes, list[tuple[str, str, str, bool]]]:
    """Return a part without what it fetches, and what it still leads to: pictures inside, and links to web pages."""
    root = _tree(path, name, parts[name])
    _refuse_fields(path, name, root)
    own: list[tuple[str, str, str, bool]] = []
    for identity, kind, target, external in _read_relations(path, name, parts):
        whole = posixpath.normpath(posixpath.join(posixpath.dirname(name), target))
        suffix = whole.rpartition(".")[2].lower()
        if external and kind == "hyperlink" and target.lower().startswith(("https://", "http://", "mailto:")):
            own.append((kind, target, identity, True))
        elif not external and kind == "image" and suffix in PICTURES and whole in parts:
            own.append((kind, target, identity, False))
    known = {identity for _, _, identity, _ in own}
    if _without(root, lambda identity: identity not in known):
        notes.append(
            f"Something in '{posixpath.basename(name)}' of the template is in another file or is no picture, and is left out."
        )
    return _written(root), own


def _refuse_fields(path: Path, name: str, root: Any) -> None:
    codes = ["".join(text.text or "" for text in root.iter(f"{{{WORD}}}instrText"))]
    codes += [str(field.get(f"{{{WORD}}}instr")) for field in root.iter(f"{{{WORD}}}fldSimple")]
    found = [match[0].upper() for code in codes for match in RUNS_OR_FETCHES.finditer(code)]
    if found:
        raise InputError(
            f"'{path}' has a field in '{posixpath.basename(name)}' that fetches or runs something ({first_few(found)}), so it was not "
            "used. Delete the field, or turn it into text (Ctrl+Shift+F9 in Word)."
        )


def _without(root: Any, unknown: Any) -> bool:
    """Remove elements that lead to a relation which is not kept; say whether there were any."""
    gone = [
        element
        for element in root.iter()
        if any(RELATIONS in str(key) and unknown(str(value)) for key, value in element.attrib.items())
    ]
    for element in gone:
        parent = element.getparent()
        if parent is not None:
            parent.remove(element)
    return bool(gone)


def _read_relations(path: Path, name: str, parts: Mapping[str, bytes]) -> list[tuple[str, str, str, bool]]:
    """Return the relations of a part: id, kind, target, and whether it is outside the file."""
    content = parts.get(_relations_of(name))
    if content is None:
        return []
    return [
        (
            str(each.get("Id")),
            str(each.get("Type")).rpartition("/")[2],
            str(each.get("Target")).removeprefix("/word/"),
            each.get("TargetMode") == "External",
        )
        for each in _tree(path, _relations_of(name), content)
    ]


def _relations_of(name: str) -> str:
    folder, _, file = name.rpartition("/")
    return f"{folder}/_rels/{file}.rels" if folder else f"_rels/{file}.rels"


def _relations(links: list[tuple[str, str, str, bool]]) -> bytes:
    from xml.sax.saxutils import quoteattr

    rows = "".join(
        f"<Relationship Id={quoteattr(identity)} Type={quoteattr(f'{RELATIONS}/{kind}')} Target={quoteattr(target)}"
        + (' TargetMode="External"/>' if external else "/>")
        for kind, target, identity, external in links
    )
    return HEAD + f'<Relationships xmlns="{PACKAGE}">{rows}</Relationships>'.encode()


def _content_types(types: Mapping[str, str], kept: Mapping[str, bytes]) -> bytes:
    from xml.sax.saxutils import quoteattr

    suffixes = {name.rpartition(".")[2] for name in kept}
    defaults = {"rels": "application/vnd.openxmlformats-package.relationships+xml", "xml": "application/xml"}
    defaults |= {suffix: PICTURES[suffix.lower()] for suffix in suffixes if suffix.lower() in PICTURES}
    rows = "".join(
        f'<Default Extension="{suffix}" ContentType="{kind}"/>' for suffix, kind in sorted(defaults.items())
    )
    rows += "".join(
        f"<Override PartName={quoteattr('/' + name)} ContentType={quoteattr(kind)}/>"
        for name, kind in sorted(types.items())
    )
    return HEAD + f'<Types xmlns="{CONTENT}">{rows}</Types>'.encode()


def _zipped(kept: Mapping[str, bytes]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(kept, key=lambda name: (name != "[Content_Types].xml", name)):
            entry = zipfile.ZipInfo(name, FIXED_DATE)
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, kept[name])
    return made.getvalue()
