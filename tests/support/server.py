"""Starts `kith run` as a subprocess and waits until it answers; signs in over HTTP. For socket and browser tests."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

ROOT = Path(__file__).resolve().parent.parent.parent
START_SECONDS = 180  # the first start builds the pages
STOP_SECONDS = 15


@dataclass
class Server:
    """A running server."""

    base_url: str
    process: subprocess.Popen[str]
    data_dir: Path
    log: Path
    env: dict[str, str]
    start: Callable[[], subprocess.Popen[str]]

    def output(self) -> str:
        """What it printed so far."""
        return self.log.read_text(errors="replace")

    def sign_in(self, email: str, password: str) -> str:
        """The value of the session cookie. Raises AssertionError if refused."""
        answer = httpx.post(
            f"{self.base_url}/sign-in", data={"email": email, "password": password}, headers={"origin": self.base_url}
        )
        assert answer.status_code == 303, f"{answer.status_code}: {answer.text[-400:]}"
        return answer.cookies["kith_session"]

    def start_anew(self) -> None:
        """As an update does: it ends, and begins again with nothing in its memory."""
        self.stop()
        self.process = self.start()
        wait_for_health(self)

    def stop(self, number: int = signal.SIGINT) -> int:
        """Stop as Ctrl-C would, or a service manager (SIGTERM), and answer with the exit code."""
        if self.process.poll() is None:
            self.process.send_signal(number)
            try:
                self.process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                os.killpg(self.process.pid, signal.SIGKILL)
                self.process.wait()
        return self.process.returncode


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def server_environment(data_dir: Path, database_url: str | None, port: int, **settings: str) -> dict[str, str]:
    """The environment of a server of its own: nothing of the caller's KITH_* settings."""
    env = {k: v for k, v in os.environ.items() if not k.startswith(("KITH_", "__REFLEX"))}
    env |= {"KITH_DATA_DIR": str(data_dir), "KITH_BASE_URL": f"http://localhost:{port}", "PYTHONUNBUFFERED": "1"}
    if database_url:
        env["KITH_DATABASE_URL"] = database_url
    return env | {f"KITH_{name.upper()}": value for name, value in settings.items()}


@contextmanager
def running_server(
    data_dir: Path,
    database_url: str | None = None,
    port: int = 0,
    *,
    workers: int = 1,
    command: tuple[str, ...] = ("run",),
    cwd: Path = ROOT,
    waits: bool = True,
    **settings: str,
) -> Iterator[Server]:
    """`kith run` until the end of the block, at its beginning waited for; `settings` are KITH_* in small letters."""
    port = port or free_port()
    data_dir.mkdir(parents=True, exist_ok=True)
    env = server_environment(data_dir, database_url, port, **settings)
    log = data_dir / f"server-{port}.log"
    arguments = [sys.executable, "-m", "crm_app.cli", *command, "--port", str(port)]
    if workers > 1:
        arguments += ["--workers", str(workers)]
    log.unlink(missing_ok=True)

    def start() -> subprocess.Popen[str]:
        with log.open("a") as out:
            return subprocess.Popen(
                arguments, cwd=cwd, env=env, stdout=out, stderr=subprocess.STDOUT, text=True, start_new_session=True
            )

    server = Server(env["KITH_BASE_URL"], start(), data_dir, log, env, start)
    try:
        if waits:
            wait_for_health(server)
        yield server
    finally:
        server.stop()


def wait_for_health(server: Server, seconds: float = START_SECONDS) -> None:
    """Until /health answers. Raises AssertionError with the log if the server ends before."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if server.process.poll() is not None:
            raise AssertionError(f"the server ended with {server.process.returncode}:\n{server.output()[-4000:]}")
        try:
            if httpx.get(f"{server.base_url}/health", timeout=2).status_code == 200:
                return
        except httpx.HTTPError:
            pass
        time.sleep(0.1)
    raise AssertionError(f"no answer within {seconds} s:\n{server.output()[-4000:]}")
