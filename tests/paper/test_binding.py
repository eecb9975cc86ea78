"""What goes with a document: pages behind it, or a file enclosed; read back by poppler."""

import io
import subprocess
from pathlib import Path

import pytest
from PIL import Image
from pypdf import PdfReader, PdfWriter
from pypdf.generic import ArrayObject, DictionaryObject, NameObject, NumberObject, TextStringObject

from crm_app.core.errors import Refused
from crm_app.paper import Attachment, render
from tests.paper.documents import info_of, make_document, pages_of, program


def pdf(*subjects: str) -> bytes:
    """Pages with these words on them."""
    writer = PdfWriter()
    for subject in subjects:
        writer.append(io.BytesIO(render(make_document([], subject=subject)).content))
    written = io.BytesIO()
    writer.write(written)
    return written.getvalue()


def picture(width: int, height: int, form: str = "PNG") -> bytes:
    written = io.BytesIO()
    Image.new("RGB", (width, height), (200, 30, 30)).save(written, form)
    return written.getvalue()


class Folder:
    """Attachments that lie in a folder."""

    def __init__(self, path: Path) -> None:
        self.path, self.n = path, 0

    def __call__(self, name: str, content: bytes, media_type: str) -> Attachment:
        self.n += 1
        place = self.path / str(self.n)
        place.write_bytes(content)
        return Attachment(name, str(place), media_type)


@pytest.fixture
def lay(tmp_path: Path) -> Folder:
    return Folder(tmp_path)


def enclosed(content: bytes, folder: Path) -> dict[str, bytes]:
    """Name and content of every file inside the PDF."""
    (folder / "whole.pdf").write_bytes(content)
    out = folder / "out"
    out.mkdir()
    subprocess.run([program("pdfdetach"), "-saveall", "-o", out, folder / "whole.pdf"], check=True, capture_output=True)
    return {one.name: one.read_bytes() for one in out.iterdir()}


def test_pages_follow_in_their_order_and_are_in_the_outline(lay: Folder) -> None:
    plain = render(make_document())
    bound = render(
        make_document(
            attachments=(
                lay("Terms.pdf", pdf("First terms", "Second terms"), "application/pdf"),
                lay("Site.jpg", picture(300, 200, "JPEG"), "image/jpeg"),
                lay("Annex.pdf", pdf("The annex"), "application/pdf"),
            )
        )
    )
    pages = pages_of(bound.content)
    assert bound.pages == len(pages) == plain.pages + 4
    assert "Terms.pdf" in pages[0] and "Site.jpg" in pages[0]
    assert ["First terms" in pages[1], "Second terms" in pages[2], "The annex" in pages[4]] == [True] * 3
    reader = PdfReader(io.BytesIO(bound.content))
    wide = reader.pages[3].mediabox
    assert wide.width > wide.height and len(reader.pages[3].images) == 1
    titles = {o.title: reader.get_destination_page_number(o) for o in reader.outline if not isinstance(o, list)}
    assert {n: titles.get(n) for n in ("Terms.pdf", "Site.jpg", "Annex.pdf")} == {
        "Terms.pdf": 1, "Site.jpg": 3, "Annex.pdf": 4,
    }  # fmt: skip


def test_what_is_no_page_is_enclosed_with_its_name(lay: Folder, tmp_path: Path) -> None:
    locked = PdfWriter(clone_from=io.BytesIO(pdf("Secret")))
    locked.encrypt("key")
    kept = io.BytesIO()
    locked.write(kept)
    odd = PdfWriter(clone_from=io.BytesIO(pdf("Odd")))
    odd.pages[0][NameObject("/Annots")] = ArrayObject([ArrayObject()])  # notes that are none
    strange = io.BytesIO()
    odd.write(strange)
    files = {
        "odd.pdf": (strange.getvalue(), "application/pdf"),
        "Preisübersicht Ω.xlsx": (b"PK\x03\x04 sheet", "application/octet-stream"),
        "broken.pdf": (b"%PDF-1.7\nnothing that follows is one", "application/pdf"),
        "cut.png": (picture(40, 40)[:60], "image/png"),
        "locked.pdf": (kept.getvalue(), "application/pdf"),
    }
    document = make_document(attachments=tuple(lay(name, *what) for name, what in files.items()))
    bound = render(document)
    assert bound.pages == len(pages_of(bound.content)) == 1
    assert enclosed(bound.content, tmp_path) == {name: content for name, (content, _) in files.items()}


def test_pages_lose_what_they_would_do_by_themselves(lay: Folder) -> None:
    writer = PdfWriter(clone_from=io.BytesIO(pdf("Terms")))
    leaf = writer.pages[0]

    def action(kind: str, key: str, value: str) -> DictionaryObject:
        return DictionaryObject({NameObject("/S"): NameObject(kind), NameObject(key): TextStringObject(value)})

    script = action("/JavaScript", "/JS", "app.alert(1)")
    links = [
        DictionaryObject(
            {
                NameObject("/Subtype"): NameObject("/Link"),
                NameObject("/Rect"): ArrayObject([NumberObject(0)] * 4),
                NameObject("/A"): what,
            }
        )
        for what in (script, action("/Launch", "/F", "cmd.exe"), action("/URI", "/URI", "https://example.org"))
    ]
    leaf[NameObject("/Annots")] = ArrayObject(links)
    leaf[NameObject("/AA")] = DictionaryObject({NameObject("/O"): script})
    writer.root_object[NameObject("/OpenAction")] = script
    written = io.BytesIO()
    writer.write(written)
    content = render(make_document(attachments=(lay("Terms.pdf", written.getvalue(), "application/pdf"),))).content
    last = PdfReader(io.BytesIO(content)).pages[-1]
    assert [note.get_object()["/A"]["/S"] for note in last.annotations or ()] == ["/URI"]
    assert "/AA" not in last
    assert b"/JavaScript" not in content and b"/Launch" not in content and b"app.alert" not in content


def test_the_same_attachments_give_the_same_file_and_it_still_says_what_it_is(lay: Folder) -> None:
    kept = (
        lay("Terms.pdf", pdf("Terms"), "application/pdf"),
        lay("Site.png", picture(90, 200), "image/png"),
        lay("prices.csv", b"a,b", "text/plain"),
    )
    first = render(make_document(attachments=kept)).content
    assert first == render(make_document(attachments=kept)).content
    before, after = info_of(render(make_document()).content), info_of(first)
    assert {k: after[k] for k in ("Title", "Author", "Producer", "CreationDate", "Tagged")} == {
        k: before[k] for k in ("Title", "Author", "Producer", "CreationDate", "Tagged")
    }


def test_a_file_that_is_gone_is_named(lay: Folder) -> None:
    kept = lay("Terms.pdf", pdf("Terms"), "application/pdf")
    Path(kept.path).unlink()
    with pytest.raises(Refused, match=r"Terms\.pdf cannot be read"):
        render(make_document(attachments=(kept,)))
