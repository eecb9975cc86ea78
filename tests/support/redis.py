"""A temporary redis-server on loopback and a random port."""

import shutil
import socket
import subprocess
import time

import redis


class RedisServer:
    """Started on creation; `stop` ends it."""

    def __init__(self) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self._server = subprocess.Popen(
            [
                str(shutil.which("redis-server")),
                "--port",
                str(self.port),
                "--bind",
                "127.0.0.1",
                "--save",
                "",
                "--appendonly",
                "no",
            ],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        until = time.monotonic() + 10
        client = redis.Redis(port=self.port)
        while True:
            try:
                client.ping()
                break
            except redis.ConnectionError:
                if time.monotonic() > until:
                    raise
                time.sleep(0.05)
        client.close()

    def stop(self) -> None:
        """End it."""
        self._server.terminate()
        self._server.wait(timeout=10)


def installed() -> bool:
    """Whether this machine has redis-server."""
    return shutil.which("redis-server") is not None
