"""Files: names and types by themselves, contents kept once, given only to those who may see the record."""

import hashlib
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_app.core import db
from crm_app.core.changes import undo
from crm_app.core.config import settings
from crm_app.core.errors import Forbidden, NotFound, Refused
from crm_app.http.files import disposition
from crm_app.records.files import store
from crm_app.records.files.rules import looks_like_text, media_type, safe_name
from crm_app.records.files.service import attach_file, find_file
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
