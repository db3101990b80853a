"""Papers in Word: the words and the digits of the page, structure for readers, the same bytes, templates from strangers."""

from __future__ import annotations

import datetime
import io
import itertools
import os
import re
import shutil
import subprocess
import xml.etree.ElementTree as ET
import zipfile

import docx
import pytest
from docx.oxml.ns import qn
from typer.testing import CliRunner

import assetmap as am
from assetmap.cli import app
from assetmap.project.paper import write_paper
from assetmap.read.word.templates import read_template
from assetmap.schema import InputError
from assetmap.show.paper.document import column_widths
from assetmap.show.paper.page import words_of
from assetmap.show.paper.write import paper_bytes
from assetmap.show.pictures.figures import keep_pixels
from assetmap.show.report.page import report_html
from assetmap.show.review.page import devolution_html
from assetmap.sites.review import DevolutionSettings, review_devolution
from conftest import quillford_folder
from devolution_town import make_town
from report_tables import NASTY, nasty_results, town_results

SMALL = DevolutionSettings(run_by="anyone", near_m=500, limit_m=1500, beyond_m=(1000, 2000, 3000), draws=200)
PNG = b"\x89PNG"


def report_page(results):
    with keep_pixels() as pictures:
        html = report_html(results)
    return html, pictures


@pytest.fixture(scope="module")
def report():
    html, pictures = report_page(town_results())
    return html, pictures, paper_bytes(html, "report", pictures=pictures)[0]


@pytest.fixture(scope="module")
def review():
    with keep_pixels() as pictures:
        html = devolution_html(
            review_devolution(*make_town(), settings=SMALL), make_town()[0], title="Halls", audience="public"
        )
    return html, pictures, paper_bytes(html, "review", pictures=pictures)[0]


def opened(content):
    return docx.Document(io.BytesIO(content))


def spaced(text):
    return re.sub(r"[ \t\r\n]+", " ", text).strip()


def shown(element):
    return spaced("".join(text.text or "" for text in element.iter(qn("w:t"))))


def cells_of(table):
    return [[shown(cell) for cell in row.iter(qn("w:tc"))] for row in table._tbl.iter(qn("w:tr"))]


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["report", "review"])
def test_every_word_and_number_of_the_page_is_in_the_paper(kind, request):
    html, _, content = request.getfixturevalue(kind)
    paper, main = opened(content), ET.fromstring(html).find("./body/main")
    tables = {tuple(map(tuple, cells_of(table)[1:])) for table in paper.tables}
    pages = [
        tuple(tuple(words_of(cell) for cell in row) for row in table.findall("./tbody/tr"))
        for table in main.iter("table")
    ]
    assert len(pages) >= 3
    assert all(table in tables for table in pages)
    text = [spaced(paragraph.text) for paragraph in paper.paragraphs]
    said = [words_of(each) for tag in ("p", "li", "h3", "h4") for each in main.findall(f"./section//{tag}")]
    assert said
    assert [words for words in said if words not in text] == []
    numbers = {words_of(value) for value in main.iter("dd") if value.get("class") == "value"}
    assert numbers <= {row[1] for row in cells_of(paper.tables[0])[1:]}
    captions = [paragraph.text for paragraph in paper.paragraphs if paragraph.style.name == "Caption"]
    for caption in [*main.iter("caption"), *main.iter("figcaption")]:
        assert any(words.endswith(f": {words_of(caption)}") for words in captions)


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["report", "review"])
def test_structure_for_people_who_do_not_see_the_paper(kind, request):
    html, _, content = request.getfixturevalue(kind)
    paper, main = opened(content), ET.fromstring(html).find("./body/main")
    headings = [(p.style.name, p.text) for p in paper.paragraphs if p.style.name.startswith("Heading")]
    assert headings[0][0] == "Heading 1"
    levels = [int(style[-1]) for style, _ in headings]
    assert all(below <= above + 1 for above, below in itertools.pairwise(levels))
    annexes = [words for style, words in headings if words.startswith("Annex") and style == "Heading 1"]
    marks = [words.split()[1].rstrip(":.") for words in annexes]
    assert marks == [*("123456789" if marks[0] == "1" else "ABCDEFGHIJ")][: len(marks)]
    assert {"Methods and limits", "Sources"} & {re.sub(r"^Annex \w[:.] ", "", words) for words in annexes}
    for table in paper.tables:
        rows = list(table._tbl.iter(qn("w:tr")))
        assert rows[0].find(qn("w:trPr")).find(qn("w:tblHeader")) is not None
        assert all(row.find(qn("w:trPr")).find(qn("w:cantSplit")) is not None for row in rows)
    alternatives = [each.get("descr") for each in paper.element.body.iter(qn("wp:docPr"))]
    assert alternatives == [image.get("alt") for image in main.iter("img")]
    assert all(alternatives)
    figures = main.findall(".//figure")
    for label, many in (("Figure", len(figures)), ("Table", len(paper.tables))):
        fields = [code for code in paper.element.body.iter(qn("w:instrText")) if f"SEQ {label} " in code.text]
        assert len(fields) == many
    names = {each.get(qn("w:name")) for each in paper.element.body.iter(qn("w:bookmarkStart"))}
    links = {each.get(qn("w:anchor")) for each in paper.element.body.iter(qn("w:hyperlink"))} - {None}
    assert links
    assert links <= names
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        media = [parts.read(name) for name in parts.namelist() if name.startswith("word/media/")]
    assert media
    assert all(part.startswith(PNG) for part in media)


def test_a_locator_is_a_small_picture_in_its_row(report):
    paper = opened(report[2])
    drawn = [drawing for table in paper.tables for drawing in table._tbl.iter(qn("wp:inline"))]
    assert len(drawn) >= 3
    for inline in drawn:
        size = inline.find(qn("wp:extent"))
        assert 0 < int(size.get("cy")) <= 32 * 12700
        assert inline.find(qn("wp:docPr")).get("descr").startswith("Where ")


def test_a_table_wider_than_the_page_is_on_a_page_on_its_side():
    def table(heads):
        cells = "".join(f"<td>{'word' * 5}</td>" for _ in range(heads))
        return (
            f"<table><caption>{heads} columns</caption><thead><tr>{'<th>Heading</th>' * heads}</tr></thead>"
            f"<tbody><tr>{cells}</tr></tbody></table>"
        )

    page = (
        "<html><body><header><h1>Wide</h1><p>Public version</p></header><main><section><h2>Answer</h2><p>Words</p></section>"
        f"<section id='a'><h2>Upright</h2>{table(3)}</section><section id='b'><h2>Wide</h2>{table(6)}<h3>Wider</h3>{table(7)}</section>"
        f"<div class='annexes'><section id='c'><h2>Annex A: last</h2>{table(2)}</section></div></main></body></html>"
    )
    paper = opened(paper_bytes(page, "report", pictures={})[0])
    wide = [section.page_width > section.page_height for section in paper.sections]
    assert wide == [False, True, False]
    assert all(section.footer.paragraphs[0].text.startswith("Public version") for section in paper.sections)
    assert len({tuple(sorted((s.page_width, s.page_height))) for s in paper.sections}) == 1
    ends = [
        shown(p._p)
        for p in paper.paragraphs
        if p._p.find(qn("w:pPr")) is not None and p._p.pPr.find(qn("w:sectPr")) is not None
    ]
    assert ends == ["", ""]  # the empty lines below the tables of 3 and of 7 columns: no heading stays behind
    across = [sum(int(col.get(qn("w:w"))) for col in t._tbl.iter(qn("w:gridCol"))) / 20 for t in paper.tables]
    assert across == pytest.approx([482, 728.7, 728.7, 482], abs=1)


@pytest.mark.slow
def test_the_same_page_gives_the_same_bytes_without_a_clock(report):
    html, pictures, content = report
    again, _ = paper_bytes(html, "report", pictures=pictures)
    assert again == content
    dated, _ = paper_bytes(html, "report", pictures=pictures, subject="Town", dated=datetime.date(2025, 5, 3))
    core = opened(dated).core_properties
    assert (core.created, core.modified) == (datetime.datetime(2025, 5, 3, tzinfo=core.created.tzinfo),) * 2
    assert (core.subject, core.language, core.author) == ("Town", "en-GB", "assetmap")
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        assert {each.date_time for each in parts.infolist()} == {(2000, 1, 1, 0, 0, 0)}


@pytest.mark.slow
def test_names_from_outside_are_words():
    html, pictures = report_page(nasty_results())
    content, _ = paper_bytes(html, "report", pictures=pictures)
    paper = opened(content)
    assert "<img src=x onerror=alert(1)>" in paper.paragraphs[0].text
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        for name in parts.namelist():
            if name.endswith((".xml", ".rels")):
                ET.fromstring(parts.read(name))
        assert b"TargetMode" not in parts.read("word/_rels/document.xml.rels")
    assert NASTY not in "".join(code.text for code in paper.element.body.iter(qn("w:instrText")))


def test_columns_fill_the_page_and_no_word_breaks_where_there_is_room():
    widths, size = column_widths(
        [["Site", "St. Ives Library"], ["People", "27,629"], ["Why", "far " * 30]], 480
    )
    assert sum(widths) == pytest.approx(480)
    assert size == 9.0
    assert widths[2] > widths[0] > widths[1] > 30
    widths, size = column_widths([["word" * 6]] * 14, 480)
    assert sum(widths) == pytest.approx(480)
    assert size == 7.0


def council_template(path, *, text="Draft for members", field="DATE"):
    paper = docx.Document()
    paper.add_paragraph(text)
    paper.styles["Normal"].font.name = "Georgia"
    caption = paper.styles["Caption"].element
    caption.getparent().remove(caption)
    header = paper.sections[0].header.paragraphs[0]
    header.text = "Town Council"
    code = docx.oxml.OxmlElement("w:instrText")
    code.text = f" {field} "
    header.add_run()._r.append(code)
    paper.save(path)
    return path


def changed(path, name, change):
    with zipfile.ZipFile(path) as old:
        parts = {each: old.read(each) for each in old.namelist()}
    parts[name] = change(parts.get(name, b""))
    with zipfile.ZipFile(path, "w") as new:
        for each, content in parts.items():
            new.writestr(each, content)
    return path


@pytest.mark.slow
def test_a_template_gives_its_styles_page_and_header(tmp_path, report):
    html, pictures, _ = report
    path = council_template(tmp_path / "council.docx")
    attached = (
        b'<Relationship Id="rId99" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/attachedTemplate" '
        b'Target="file:///C:/normal.dotm" TargetMode="External"/></Relationships>'
    )
    changed(path, "word/_rels/document.xml.rels", lambda old: old.replace(b"</Relationships>", attached))
    template, said = read_template(path)
    assert len(said) == 1
    assert "text on the pages" in said[0]
    assert b"normal.dotm" not in template
    content, notes = paper_bytes(html, "report", pictures=pictures, template=template)
    paper = opened(content)
    assert paper.styles["Normal"].font.name == "Georgia"
    assert paper.sections[0].header.paragraphs[0].text == "Town Council"
    assert all("Draft" not in paragraph.text for paragraph in paper.paragraphs)
    assert [note.code for note in notes] == ["PAPER_STYLES"]
    assert "'Caption'" in notes[0].sentence
    assert any(paragraph.style.name == "Caption" for paragraph in paper.paragraphs)
    assert paper_bytes(html, "report", pictures=pictures, template=template)[0] == content


def test_a_template_with_next_to_nothing_is_filled_up(tmp_path, report):
    html, pictures, _ = report
    path = council_template(tmp_path / "council.docx")
    bare = b'<w:styles xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"/>'
    changed(path, "word/styles.xml", lambda old: bare)
    changed(
        path, "word/document.xml", lambda old: re.sub(rb"<w:sectPr.*</w:sectPr>", b"", old, flags=re.DOTALL)
    )
    changed(
        path,
        "word/_rels/document.xml.rels",
        lambda old: re.sub(rb"<Relationship [^>]*numbering[^>]*>", b"", old),
    )
    content, notes = paper_bytes(html, "report", pictures=pictures, template=read_template(path)[0])
    paper = opened(content)
    assert paper.sections[0].page_width.mm == pytest.approx(210, abs=0.1)
    assert {"Title", "Heading 1", "toc 1", "Caption"} <= {p.style.name for p in paper.paragraphs}
    assert "'Normal', 'Title', 'Heading 1'" in notes[0].sentence


@pytest.mark.parametrize(
    ("part", "change", "words"),
    [
        ("word/vbaProject.bin", lambda old: b"x", "has macros"),
        (
            "[Content_Types].xml",
            lambda old: old.replace(b"document.main", b"macroEnabled.main"),
            "has macros",
        ),
        ("word/styles.xml", lambda old: b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', "document type"),
        ("word/styles.xml", lambda old: old[:-30], "damaged"),
        ("word/document.xml", lambda old: b"<a/>", "not a Word template"),
    ],
)
def test_a_template_that_is_not_safe_is_refused(tmp_path, part, change, words):
    path = changed(council_template(tmp_path / "council.docx"), part, change)
    with pytest.raises(InputError, match=words) as refused:
        read_template(path)
    assert "council.docx" in str(refused.value)


@pytest.mark.parametrize(
    "field", ["INCLUDEPICTURE http://a.example/b.png", "DDEAUTO c:\\\\a.exe", "MacroButton x"]
)
def test_a_field_that_fetches_or_runs_something_is_refused(tmp_path, field):
    path = council_template(tmp_path / "council.docx", field=field)
    with pytest.raises(InputError, match=f"{field.split()[0].upper()}.*so it was not used"):
        read_template(path)


def test_what_is_not_a_template_is_refused(tmp_path):
    for name, words in (
        ("a.docm", "can hold macros"),
        ("a.pdf", "not a Word template"),
        ("a.docx", "damaged"),
    ):
        (tmp_path / name).write_bytes(b"no zip")
        with pytest.raises(InputError, match=words):
            read_template(tmp_path / name)


@pytest.mark.journey
def test_a_project_becomes_a_paper_in_its_template(tmp_path, tmp_path_factory):
    project = am.open_project(shutil.copytree(quillford_folder(tmp_path_factory), tmp_path / "town"))
    template = council_template(tmp_path / "council.dotx")
    path, notes = write_paper(project, kind="review", template=template)
    assert path == project.folder / "paper.docx"
    assert [note.code for note in notes] == ["PAPER_TEMPLATE", "PAPER_STYLES"]
    paper = docx.Document(path)
    place = project.settings.project.area_name
    assert paper.core_properties.subject == place
    assert paper.core_properties.created.year < 2026
    assert paper.paragraphs[0].text.startswith(place)


def test_the_command_says_what_is_wrong(tmp_path):
    folder = am.new_project(tmp_path / "town", example="town").parent
    project = am.open_project(folder)
    with pytest.raises(InputError, match="no paper 'letter'"):
        write_paper(project, kind="letter")
    with pytest.raises(InputError, match="--kind review"):
        write_paper(project, options=["A"])
    with pytest.raises(InputError, match=r"must end in \.docx"):
        write_paper(project, tmp_path / "a.pdf")


def office():
    program = shutil.which("soffice")
    if program is None or shutil.which("pdftotext") is None:
        message = (
            "No LibreOffice or poppler on this machine: the pages of papers are not looked at (make office)."
        )
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    return program


def pages_of(path, folder):
    home = f"-env:UserInstallation={(folder.parent / 'office-home').as_uri()}"
    words = [office(), home, "--headless", "--convert-to", "pdf", "--outdir", str(folder), str(path)]
    subprocess.run(words, check=True, capture_output=True, timeout=240)
    text = subprocess.run(
        ["pdftotext", "-layout", str(folder / f"{path.stem}.pdf"), "-"], check=True, capture_output=True
    ).stdout.decode()
    return text.split("\f")[:-1]


@pytest.mark.journey
def test_four_pages_answer_in_the_paper_of_cornwall(tmp_path):
    office()
    path = tmp_path / "paper.docx"
    done = CliRunner().invoke(app, ["paper", str(am.example_project().folder), "--output", str(path)])
    assert done.exit_code == 0, done.output
    assert done.stdout.strip() == str(path)
    pages = pages_of(path, tmp_path)
    first = next(number for number, page in enumerate(pages, 1) if re.match(r"Annex [1A][:.]", page.lstrip()))
    assert first == 5
    assert "575,532" in pages[0]
    assert "Figure 1: " in pages[1]
    assert f"Page {len(pages)} of {len(pages)}" in pages[-1]
    assert "Rank" in pages[2][:200]  # the header row repeats


@pytest.mark.journey
def test_the_review_of_the_town_is_a_paper_too(tmp_path, review):
    path = tmp_path / "review.docx"
    path.write_bytes(review[2])
    pages = pages_of(path, tmp_path)
    assert pages[0].lstrip().startswith("Halls")
    assert any(re.match(r"Annex [1A][:.] Site by site", page.lstrip()) for page in pages)
