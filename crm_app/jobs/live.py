"""The outbox consumer that tells every process what changed; processes listen in `crm_app.http.live`."""

import json
from collections.abc import Callable
from typing import Any

import redis

from crm_app.core.config import settings

CHANNEL = "kith:live"
_local: list[Callable[[dict[str, Any]], None]] = []
_redis: redis.Redis | None = None


def listen_here(listener: Callable[[dict[str, Any]], None]) -> None:
    """Hand every announcement of this process to `listener` (from the worker's thread)."""
    if listener not in _local:
        _local.append(listener)


def announce(payload: dict[str, Any]) -> None:
    """Tell all processes: through Redis where there is one, otherwise the listeners of this process."""
    global _redis
    url = settings().redis_url
    if url is None:
        for listener in _local:
            listener(payload)
        return
    if _redis is None:
        _redis = redis.Redis.from_url(url, socket_timeout=5, socket_connect_timeout=5)
    _redis.publish(CHANNEL, json.dumps(payload))
