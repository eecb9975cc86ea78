"""The launcher: builds the pages when their sources changed, then serves everything on one port with uvicorn.

The switches that begin with two underscores are those that `reflex run --env prod` sets for its own workers; they are
internal names, hence the exact version of Reflex in pyproject.toml.
"""

import contextlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import uvicorn

from crm_app.build import ROOT, STAMP, build, frontend_environment
from crm_app.core import garbage
from crm_app.core.config import settings
from crm_app.http.waiting import HEADER_BYTES, Impatient

APP = "crm_app.crm_app:app"
LOOP = "auto"  # uvloop where there is one
KILL_SECONDS, HUNG_SECONDS = 3, 60
WATCHED = ("crm_app", "search", "assets/css")  # a compilation writes into other folders of `assets`
# What `reflex run` does beside pages of its own: `--backend-only` would serve changed pages without compiling them.
SERVE_DEV = """
from reflex_base.config import get_config
from reflex.utils import exec
exec.run_backend("127.0.0.1", {0}, get_config().loglevel.subprocess_level(), frontend_present=True)
"""
WRITE_ADDRESS = "from pathlib import Path; from reflex.utils.build import setup_frontend; setup_frontend(Path())"


def serve(host: str = "127.0.0.1", port: int = 8000, workers: int = 1) -> None:
    """Build if needed and serve until Ctrl-C or SIGTERM."""
    prepare(host, port, workers)
    build_only()
    os.environ.update({"__REFLEX_SKIP_COMPILE": "true", "__REFLEX_MOUNT_FRONTEND_COMPILED_APP": "true"})
    print(f"kith: serving on {settings().base_url}", flush=True)
    garbage.hold()
    signal.signal(signal.SIGTERM, _stopped)
    uvicorn.run(
        APP,
        factory=True,
        host=host,
        port=port,
        workers=workers,
        loop=LOOP,
        http=Impatient,
        h11_max_incomplete_event_size=HEADER_BYTES,
        ws="websockets-sansio",
        ws_per_message_deflate=False,  # the memory of a session, for texts that are small
        ws_ping_interval=None,  # Socket.IO asks by itself
        proxy_headers=False,  # who asks is known from the connection alone
        server_header=False,
        access_log=False,
        log_config=None,
        log_level="warning",
        timeout_graceful_shutdown=KILL_SECONDS,
        timeout_worker_healthcheck=HUNG_SECONDS,
    )


def _stopped(_number: int, _frame: object) -> None:
    """Asked to stop after the server has stopped: that is no failure."""
    sys.exit(0)


def prepare(host: str, port: int, workers: int = 1) -> None:
    """Put the chosen address into the environment of the server. Exits with code 2 if it cannot be."""
    if workers > 1 and not settings().redis_url:
        sys.exit("kith: several web processes share their state in Redis: set KITH_REDIS_URL")
    os.chdir(ROOT)
    os.environ.setdefault("KITH_BASE_URL", f"http://localhost:{port}")
    os.environ.setdefault("MALLOC_ARENA_MAX", "2")  # or glibc keeps a heap for every thread that ever wrote
    os.environ.update(KITH_HOST=host, KITH_PORT=str(port), KITH_DATA_DIR=str(settings().data_dir.resolve()))
    settings.cache_clear()
    os.environ.update(REFLEX_ENV_MODE="prod", REFLEX_UPLOADED_FILES_DIR=str(settings().files_dir / "incoming"))


def build_only(*, force: bool = False) -> bool:
    """Build the pages if a source changed; True if it did."""
    os.chdir(ROOT)
    return build(force=force)


def dev(port: int = 8000) -> None:
    """Hot reload, bound to loopback: the pages on `port`, the server on the next one. Ctrl-C stops both."""
    server = prepare_dev(port)
    _prepare_pages()
    serve_command = [sys.executable, "-c", SERVE_DEV.format(port + 1)]
    pages_command = ["npx", "--no-install", "react-router", "dev", "--host", "127.0.0.1", "--port", str(port)]
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # as Ctrl-C, or both would be left running
    running = [subprocess.Popen(serve_command, start_new_session=True)]
    try:
        running.append(subprocess.Popen(pages_command, cwd=ROOT / ".web", start_new_session=True))
        print(
            f"kith: sign in at {server}/sign-in, then http://localhost:{port} reloads when a file changes", flush=True
        )
        while all(process.poll() is None for process in running):
            time.sleep(0.2)
    except KeyboardInterrupt:
        pass
    finally:
        for process in running:
            _end(process)


def prepare_dev(port: int) -> str:
    """Put the addresses of the pages (`port`) and of the server (the next one) into the environment; the latter."""
    backend = port + 1
    os.chdir(ROOT)
    server = f"http://localhost:{backend}"
    os.environ.update(
        frontend_environment(),
        KITH_BASE_URL=server,
        KITH_DEV_ORIGIN=f"http://localhost:{port}",
        KITH_DEV_API=server,
        KITH_HOST="127.0.0.1",
        KITH_PORT=str(backend),
        REFLEX_ENV_MODE="dev",
        REFLEX_HOT_RELOAD_OVERRIDE_PATHS=":".join(str(ROOT / folder) for folder in WATCHED),
        KITH_DATA_DIR=str(settings().data_dir.resolve()),
    )
    settings.cache_clear()
    return server


def _end(process: subprocess.Popen[bytes]) -> None:
    """Stop a process and all that it started."""
    for number, patience in ((signal.SIGTERM, 8), (signal.SIGKILL, 5)):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, number)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(patience)


def _prepare_pages() -> None:
    """Write the pages' sources with the address of the development server; the next production start builds anew."""
    if not (ROOT / ".web" / "node_modules").exists():
        build()
    STAMP.unlink(missing_ok=True)
    subprocess.run([str(Path(sys.executable).with_name("reflex")), "compile"], check=True)
    subprocess.run([sys.executable, "-c", WRITE_ADDRESS], check=True)
