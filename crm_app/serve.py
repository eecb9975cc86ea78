"""The launcher: builds the pages when their sources changed, then serves everything on one port with uvicorn.

The switches that begin with two underscores are those that `reflex run --env prod` sets for its own workers; they are
internal names, hence the exact version of Reflex in pyproject.toml.
"""

import contextlib
import os
import signal
import subprocess
import sys
from pathlib import Path

import uvicorn

from crm_app.build import ROOT, STAMP, build, frontend_environment
from crm_app.core import garbage
from crm_app.core.config import settings
from crm_app.http.waiting import HEADER_BYTES, Impatient

APP = "crm_app.crm_app:app"
LOOP = "auto"  # uvloop where there is one
KILL_SECONDS, HUNG_SECONDS = 3, 60
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
    backend = port + 1
    os.chdir(ROOT)
    pages, server = f"http://localhost:{port}", f"http://localhost:{backend}"
    os.environ.update(
        frontend_environment(),
        KITH_BASE_URL=server,
        KITH_DEV_ORIGIN=pages,
        KITH_DEV_API=server,
        KITH_HOST="127.0.0.1",
        KITH_PORT=str(backend),
        REFLEX_ENV_MODE="dev",
        KITH_DATA_DIR=str(settings().data_dir.resolve()),
    )
    _prepare_pages()
    reflex = str(Path(sys.executable).with_name("reflex"))
    server_command = [reflex, "run", "--backend-only", "--backend-host", "127.0.0.1", "--backend-port", str(backend)]
    pages_command = ["npx", "--no-install", "react-router", "dev", "--host", "127.0.0.1", "--port", str(port)]
    running = [subprocess.Popen(server_command, start_new_session=True)]
    try:
        running.append(subprocess.Popen(pages_command, cwd=ROOT / ".web", start_new_session=True))
        print(f"kith: sign in at {server}/sign-in, then {pages} reloads when a file changes", flush=True)
        running[0].wait()
    except KeyboardInterrupt:
        pass
    finally:
        for process in running:
            _end(process)


def _end(process: subprocess.Popen[bytes]) -> None:
    """Stop a process and all that it started."""
    for number, patience in ((signal.SIGINT, 8), (signal.SIGKILL, 5)):
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
