"""The restore drill, and every way in which a restore must refuse and leave all as it was."""

import json
import os
import stat
import threading
import zipfile
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlmodel import Session

from crm_app import migrations
from crm_app.activities.ics.links import make_link, reader_of
from crm_app.backup.lock import hold_lock
from crm_app.backup.rows import row_hashes
from crm_app.backup.service import backup, restore
from crm_app.core import db
from crm_app.core.actor import SYSTEM
from crm_app.core.config import settings
from crm_app.core.errors import Refused
from crm_app.identity.service import find_link, invite_user
from crm_app.identity.sessions import bind, create_session, find_session, hash_token
from tests.support.builders import make_company, make_deal, make_person, make_pipeline, make_user, principal

ENDED = ("calendar_link", "one_time_link", "socket_binding", "user_session")


def _hashes() -> dict[str, str]:
    with db.engine().connect() as connection:
        return row_hashes(connection)


def _blob(name: str, content: bytes) -> Path:
    path = settings().files_dir / name[:2] / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def _fill() -> None:
    company = make_company(name="Ærø & Søn")
    person = make_person(emails=[{"value": "ada@example.org"}], company_id=company)
    make_deal(make_pipeline(), person_id=person, value_minor=2**40)


def _let_in(user: int) -> tuple[str, str]:
    """Somebody who is signed in, in an open tab, and holds a link that was not used: the cookie and the token."""

    def open(session: Session) -> tuple[str, str]:
        cookie = create_session(session, user)
        public_id = find_session(session, hash_token(cookie))
        assert public_id and bind(session, "tab", public_id)
        return cookie, invite_user(session, SYSTEM, user).partition("token=")[2]

    cookie, token = db.write_sync(open)
    assert db.read_sync(find_link, token, "invite", "reset") is not None
    return cookie, token


def _rewrite(source: Path, target: Path, change: dict[str, bytes | None]) -> Path:
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            content = change.get(name, old.read(name))
            if content is not None:
                new.writestr(name, content)
        for name in change.keys() - set(old.namelist()):
            new.writestr(name, change[name] or b"")
    return target


def test_drill(database_url: str, tmp_path: Path) -> None:
    _fill()
    blob = _blob("ab12", b"contract")
    cookie, link = _let_in(make_user())
    calendar = db.write_sync(make_link, principal(make_user()))
    before = _hashes()
    made = backup(tmp_path / "kith.zip")
    assert made.files == 1 and made.revision == migrations.status().head
    assert stat.S_IMODE(os.stat(made.path).st_mode) == 0o600

    later = make_company(name="made after the backup")
    blob.unlink()
    extra = _blob("cd34", b"later")
    changed = _hashes()
    done = restore(made.path)

    restored = _hashes()
    assert {n: h for n, h in restored.items() if n not in ENDED} == {n: h for n, h in before.items() if n not in ENDED}
    assert all(before[n] != restored[n] and restored[n].startswith("0:") for n in ENDED)
    assert db.read_sync(find_session, hash_token(cookie)) is None
    assert db.read_sync(find_link, link, "invite", "reset") is None and db.read_sync(reader_of, calendar) is None
    assert migrations.problems() == []
    migrations.assert_ready()
    assert blob.read_bytes() == b"contract" and not extra.exists()
    assert make_company() > 0  # ids go on
    assert done.aside is not None and (done.aside / "files" / "cd" / "cd34").read_bytes() == b"later"
    assert later and changed != before


def test_what_was_replaced_can_be_brought_back(database_url: str, tmp_path: Path) -> None:
    _fill()
    made = backup(tmp_path / "kith.zip")
    make_company()
    newer = _hashes()
    aside = restore(made.path).aside
    assert aside is not None
    if database_url.startswith("sqlite"):
        db.dispose()
        live = Path(database_url.removeprefix("sqlite:///"))
        for path in (live, live.with_name("kith.db-wal"), live.with_name("kith.db-shm")):
            path.unlink(missing_ok=True)
            if (aside / path.name).exists():
                (aside / path.name).rename(path)
    else:
        from crm_app.backup import postgres

        db.dispose()
        postgres.replace(
            database_url,
            aside / "database.dump",
            {k: int(v.split(":")[0]) for k, v in newer.items()} | {"alembic_version": 1},
        )
    assert _hashes() == newer


def test_backup_while_it_is_written(database_url: str, tmp_path: Path) -> None:
    stop, errors = threading.Event(), []

    def write() -> None:
        try:
            while not stop.is_set():
                make_person(emails=[{"value": "a@example.org"}, {"value": "b@example.org"}])
        except Exception as error:
            errors.append(error)

    writer = threading.Thread(target=write)
    writer.start()
    try:
        made = [backup(tmp_path / f"{n}.zip") for n in range(3)]
    finally:
        stop.set()
        writer.join()
    assert errors == []
    for one in made:
        restore(one.path)
        assert migrations.problems() == []
        with db.engine().connect() as connection:  # never half a person
            counts = [
                connection.execute(text(f"SELECT count(*) FROM {t}")).scalar_one()
                for t in ("person", "person_email", "change_log")
            ]
        assert counts[1] == 2 * counts[0] and counts[2] == counts[0]


def test_refused_while_kith_runs(database_url: str, tmp_path: Path) -> None:
    _fill()
    made = backup(tmp_path / "kith.zip")
    before = _hashes()
    with hold_lock(settings().data_dir), pytest.raises(Refused, match="running"):
        restore(made.path)
    assert _hashes() == before


@pytest.mark.parametrize("new_database", [pytest.param("postgresql", marks=pytest.mark.postgres)], indirect=True)
def test_refused_while_somebody_is_connected(database_url: str, tmp_path: Path) -> None:
    made = backup(tmp_path / "kith.zip")
    other = db.make_engine(database_url)
    with other.connect() as connection:
        connection.execute(text("SELECT 1"))
        with pytest.raises(Refused, match="connected") as refused:
            restore(made.path)
    other.dispose()
    assert refused.value.items


def _damaged(made: Path, tmp_path: Path, how: str) -> Path:
    with zipfile.ZipFile(made) as archive:
        manifest = json.loads(archive.read("manifest.json"))
        data = next(n for n in archive.namelist() if n.startswith("database"))
        body = archive.read(data)
    target = tmp_path / f"{how}.zip"
    if how == "truncated":
        target.write_bytes(made.read_bytes()[:-200])
        return target
    if how == "bit":
        return _rewrite(made, target, {data: body[:-10] + bytes([body[-10] ^ 1]) + body[-9:]})
    if how == "missing":
        return _rewrite(made, target, {"files/ab/ab12": None})
    if how == "extra":
        return _rewrite(made, target, {"files/zz": b"x"})
    if how == "traversal":
        manifest["members"]["files/../../evil"] = [1, "0" * 64]
        return _rewrite(made, target, {"manifest.json": json.dumps(manifest).encode(), "files/../../evil": b"x"})
    if how == "format":
        manifest["format"] = 2
    elif how == "newer":
        manifest["revision"] = "9999"
    else:
        manifest["database"] = "sqlite" if manifest["database"] == "postgresql" else "postgresql"
    return _rewrite(made, target, {"manifest.json": json.dumps(manifest).encode()})


@pytest.mark.parametrize("how", ["truncated", "bit", "missing", "extra", "traversal", "format", "newer", "kind"])
def test_a_damaged_archive_touches_nothing(database_url: str, tmp_path: Path, how: str) -> None:
    _fill()
    blob = _blob("ab12", b"contract")
    made = backup(tmp_path / "kith.zip")
    before = _hashes()
    with pytest.raises(Refused):
        restore(_damaged(made.path, tmp_path, how))
    assert _hashes() == before and blob.exists() and not (tmp_path / "evil").exists()
    assert [p.name for p in settings().data_dir.iterdir() if p.name.startswith(("replaced", ".", "restore"))] == []
    migrations.assert_ready()


def test_not_an_archive(sqlite_database: str, tmp_path: Path) -> None:
    (tmp_path / "x.zip").write_text("hello")
    with pytest.raises(Refused):
        restore(tmp_path / "x.zip")
    with pytest.raises(Refused, match="does not exist"):
        restore(tmp_path / "absent.zip")


def test_a_backup_never_overwrites(sqlite_database: str, tmp_path: Path) -> None:
    backup(tmp_path / "kith.zip")
    with pytest.raises(Refused, match="already exists"):
        backup(tmp_path / "kith.zip")
