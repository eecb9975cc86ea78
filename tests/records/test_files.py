"""Files: names and types by themselves, contents kept once, given only to those who may see the record."""

import hashlib
import io
from zlib import compress

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.requests import Request

from crm_app.core import db
from crm_app.core.changes import undo
from crm_app.core.config import settings
from crm_app.core.errors import Forbidden, NotFound, Refused
from crm_app.http import files
from crm_app.http.files import disposition
from crm_app.records.files import store
from crm_app.records.files.active import does_something
from crm_app.records.files.rules import looks_like_text, media_type, safe_name
from crm_app.records.files.service import FileRow, attach_file, find_file
from crm_app.timeline.service import remove_file
from tests.support.builders import make_deal, make_person, make_pipeline, make_user, principal

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 20


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\temp\\offer.pdf", "offer.pdf"),
        ("", "file"),
        (".htaccess", "htaccess"),
        ("a\u202egnp.exe", "agnp.exe"),
        ("<script>alert(1)</script>", "script"),
        ("  Angebot  für   Léa.pdf ", "Angebot für Léa.pdf"),
        ("new\r\nline: x.txt", "newline x.txt"),
    ],
)
def test_a_name_is_made_safe(given: str, expected: str) -> None:
    assert safe_name(given) == expected


@given(st.text(max_size=400))
def test_no_name_leaves_its_folder_or_its_header(name: str) -> None:
    made = safe_name(name)
    assert made and len(made) <= 150 and not set(made) & set('/\\<>:"|?*\r\n\0') and made not in (".", "..")
    header = disposition(made)
    assert header.isascii() and "\n" not in header and header.count('"') == 2


SCRIPT, QUIET = b"1 0 <</S/JavaScript/JS(app.alert(1))>>", b"1 0 <</Type/Page>>"
FLATE, TWICE = b"/Filter/FlateDecode", b"/Filter[/FlateDecode/FlateDecode]"


def pdf(*, packed: bytes = b"", plain: bytes = b"", how: bytes = FLATE, name: bytes = b"ObjStm") -> bytes:
    """A PDF with a plain object and a stream of packed ones."""
    stream = b"9 0 obj<</Type/" + name + b"/N 1/First 4" + how + b">>stream\n" + packed + b"\nendstream endobj"
    return b"%PDF-1.7\n1 0 obj" + plain + b"endobj " + (stream if packed else b"")


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (pdf(plain=QUIET), False),
        (pdf(packed=compress(QUIET)), False),
        (pdf(packed=compress(QUIET), how=b"/Filter [ /FlateDecode ]"), False),
        (pdf(plain=b"/Encrypt 2 0 R"), False),
        (pdf(plain=SCRIPT), True),
        (pdf(plain=SCRIPT.replace(b"Java", b"J#61va")), True),
        (pdf(plain=b"<</S/SubmitForm/F(https://elsewhere.example)>>"), True),
        (pdf(packed=compress(SCRIPT)), True),
        (pdf(packed=compress(SCRIPT, 0)[:-5] + b"damaged"), True),
        (pdf(packed=compress(compress(SCRIPT)), how=TWICE), True),
        (pdf(packed=compress(SCRIPT), how=b"/Filter 5 0 R"), True),
        (pdf(packed=compress(QUIET), how=FLATE + b"/DecodeParms<</Predictor 12>>"), True),
        (pdf(packed=compress(SCRIPT), name=b"Obj#53tm"), True),
        (pdf(packed=compress(QUIET), plain=b"/Encrypt 2 0 R"), True),
        (pdf(packed=compress(bytes(70_000_000), 9)), True),
        (pdf(packed=compress(QUIET), plain=b"stream\n" * 20_001), True),
    ],
)
def test_a_pdf_that_does_something_is_known(content: bytes, expected: bool) -> None:
    """By itself, whatever its names and streams are hidden in."""
    assert does_something(content) is expected


async def test_a_pdf_that_does_something_is_only_downloaded(
    sqlite_database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Chromium runs the scripts of a PDF, also in a frame."""
    for content, status in ((pdf(plain=QUIET), 200), (pdf(packed=compress(SCRIPT)), 415)):
        kept = store.keep(io.BytesIO(content))
        row = FileRow(1, "a.pdf", kept.sha256, kept.size, kept.media_type)

        async def found(_: Request, row: FileRow = row) -> FileRow:
            return row

        monkeypatch.setattr(files, "_found", found)
        request = Request({"type": "http", "headers": [(b"accept", b"text/html")]})
        assert (await files.preview(request)).status_code == status
        assert (await files.download(request)).status_code == 200


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (PNG, "image/png"),
        (b"\xff\xd8\xff\xe0rest", "image/jpeg"),
        (b"GIF89a....", "image/gif"),
        (b"RIFF\0\0\0\0WEBPVP8 ", "image/webp"),
        (b"%PDF-1.7\n", "application/pdf"),
        (b"<svg xmlns='x'><script>1</script></svg>", "text/plain"),
        (b"<!doctype html><script>1</script>", "text/plain"),
        ("Grüße".encode(), "text/plain"),
        ("Grüße".encode("latin-1"), "application/octet-stream"),
        (b"PK\x03\x04\0\0", "application/octet-stream"),
    ],
)
def test_a_type_is_what_the_content_says(content: bytes, expected: str) -> None:
    assert media_type(content, is_text=looks_like_text(content, whole=True)) == expected


def test_a_character_may_be_cut_where_more_follows() -> None:
    cut = "Grüße".encode()[:3]
    assert looks_like_text(cut, whole=False) and not looks_like_text(cut, whole=True)


def test_the_same_content_lies_there_once(sqlite_database: str) -> None:
    first, again = store.keep(io.BytesIO(PNG)), store.keep(io.BytesIO(PNG))
    assert first == again and first.sha256 == hashlib.sha256(PNG).hexdigest()
    kept = [p for p in settings().files_dir.rglob("*") if p.is_file()]
    assert [p.name for p in kept] == [first.sha256] and kept[0].read_bytes() == PNG
    assert not list((settings().data_dir / "uploads").iterdir())


def test_too_large_or_empty_leaves_nothing(sqlite_database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KITH_UPLOAD_MB", "1")
    settings.cache_clear()
    for content in (b"x" * 1_000_001, b""):
        with pytest.raises(Refused):
            store.keep(io.BytesIO(content))
    assert not [p for p in settings().data_dir.rglob("*") if p.is_file() and p.suffix != ".db"]


@pytest.mark.parametrize("name", ["../secret", "", "A" * 64, "0" * 63])
def test_only_a_checksum_is_a_place(name: str) -> None:
    with pytest.raises(ValueError):
        store.path_of(name)


def test_who_sees_the_record_has_the_file_nobody_else(database_url: str) -> None:
    owner, stranger = principal(make_user()), principal(make_user())
    deal = make_deal(make_pipeline(), owner_id=owner.id)
    stored = store.keep(io.BytesIO(PNG))
    done = db.write_sync(attach_file, owner, "deal", deal, "../offer.png", stored)
    found = db.read_sync(find_file, owner, done.id)
    assert (found.name, found.size, found.media_type) == ("offer.png", len(PNG), "image/png")
    manager = principal(make_user(role="manager"), "manager", member_ids=frozenset({owner.id}))
    assert db.read_sync(find_file, manager, done.id) == found
    with pytest.raises(NotFound):
        db.read_sync(find_file, stranger, done.id)
    with pytest.raises(NotFound):
        db.write_sync(attach_file, stranger, "deal", deal, "x.png", stored)
    with pytest.raises(Forbidden):
        db.write_sync(attach_file, principal(make_user(), "read-only"), "person", make_person(), "x.png", stored)
    gone = db.write_sync(remove_file, owner, done.id)
    with pytest.raises(NotFound):
        db.read_sync(find_file, owner, done.id)
    db.write_sync(undo, owner, gone.batch_id)
    assert db.read_sync(find_file, owner, done.id) == found
