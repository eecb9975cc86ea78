"""What `kith run` and `kith demo` do before the server listens."""

import json
import socket
from pathlib import Path
from typing import TYPE_CHECKING

from crm_app.backup.lock import hold_lock
from crm_app.backup.privacy import keep_private
from crm_app.core import db
from crm_app.core.config import settings
from crm_app.core.errors import KithError
from crm_app.identity.service import first_user_link
from crm_app.migrations import assert_ready, migrate, status
from crm_app.migrations.indexes import create_missing, missing_indexes

if TYPE_CHECKING:
    from crm_app.demo.scale import Sizes


def start(
    *,
    port: int | None = None,
    workers: int = 1,
    build_only: bool = False,
    backup: bool = True,
    demo: bool = False,
    seed_only: bool = False,
    sizes: "Sizes | None" = None,
    duplicates: Path | None = None,
) -> None:
    """Build if the sources changed, migrate, seed the demo if asked, print how to sign in, serve.

    Raises KithError when the schema is newer or half-migrated, or when several processes lack Redis.
    """
    from crm_app.serve import build_only as build
    from crm_app.serve import prepare, serve

    _check(workers)
    if build_only:
        build()
        return
    at = settings().port if port is None else port
    _refuse_taken_port(settings().host, at)
    prepare(settings().host, at, workers)
    with hold_lock(settings().data_dir):
        keep_private(settings().data_dir)
        _bring_up(backup=backup)
        if demo:
            _seed()
            if sizes is not None and sizes.total:
                _grow(sizes, duplicates)
        if seed_only:
            return
        _offer_first_user()
        build()
        db.dispose()
        serve(settings().host, at, workers)


def start_dev(*, port: int | None = None) -> None:
    """Migrate and serve with hot reload, on loopback. Raises KithError as `start` does."""
    from crm_app.serve import dev, prepare_dev

    at = settings().port if port is None else port
    for one in (at, at + 1):
        _refuse_taken_port("127.0.0.1", one)
    prepare_dev(at)
    with hold_lock(settings().data_dir):
        keep_private(settings().data_dir)
        _bring_up(backup=True)
        _offer_first_user()
        db.dispose()
        dev(at)


def _check(workers: int) -> None:
    if workers > 1 and not settings().redis_url:
        raise KithError("Several web processes share their state through Redis: set KITH_REDIS_URL.")
    if settings().worker == "external" and not settings().redis_url:
        raise KithError("An external worker reaches the open boards through Redis: set KITH_REDIS_URL.")


def _refuse_taken_port(host: str, port: int) -> None:
    """Say it before anything is built or migrated."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise KithError(
                f"Cannot listen on {host} port {port}: {error.strerror}. Choose another: PORT=8001"
            ) from error


def _bring_up(*, backup: bool) -> None:
    """Migrate if there is something to migrate; raises when the schema is newer or half-migrated.

    What a demo that was killed while it filled its tables had left out is made now.
    """
    if status().state in ("empty", "behind"):
        migrate(backup=backup)
    assert_ready()
    with db.reading() as session:
        complete = not missing_indexes(session.connection())
    if not complete:
        made = db.write_sync(lambda session: create_missing(session.connection()))
        print(f"  {len(made)} missing indexes were made: {', '.join(made)}", flush=True)


def _offer_first_user() -> None:
    link = db.write_sync(first_user_link)
    if link:
        print(f"\n  Nobody can sign in yet. Create the first administrator here, once:\n  {link}\n", flush=True)


def _seed() -> None:
    from crm_app.demo.seed import seed_demo

    logins = seed_demo(lambda line: print(f"  {line}", flush=True))
    print("\n  The demo company. Sign in with one of these:", flush=True)
    for login in logins:
        print(f"    {login.role:<14} {login.email:<36} {login.password}", flush=True)
    print(flush=True)


def _grow(sizes: "Sizes", duplicates: Path | None) -> None:
    """Add to the demo, once; who is there twice goes into a file for those who measure how many are found."""
    from crm_app.core.clock import today
    from crm_app.demo.scale import grow, is_grown, is_half_grown

    if db.read_sync(is_grown):
        print("  The demo was made larger before; it was kept.\n", flush=True)
        return
    if db.read_sync(is_half_grown):
        print(
            "  The larger demo is incomplete: its load was broken off. It was kept as it is.\n"
            "  To begin anew, take it away with `kith demo --remove` and start this again.\n",
            flush=True,
        )
        return
    grown = grow(sizes, today(settings().zone), lambda line: print(f"  {line}", flush=True))
    twice = {"people": grown.duplicates, "companies": grown.company_duplicates}
    print(
        f"  {len(twice['people']):,} of these people and {len(twice['companies']):,} of the companies are there twice\n"
    )
    if duplicates is not None:
        duplicates.write_text(json.dumps(twice))
