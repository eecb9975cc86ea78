"""Under which addresses this installation is known."""

import os
from urllib.parse import urlsplit

from crm_app.core.config import settings

DEFAULT_PORTS = {"http": 80, "https": 443}


def dev_origin() -> str:
    """Where the development server of the pages listens; empty in production."""
    return os.environ.get("KITH_DEV_ORIGIN", "")


def origin_of(url: str) -> str:
    """Scheme, host and port as a browser writes them in Origin."""
    parts = urlsplit(url)
    host = (parts.hostname or "").lower()
    host = f"[{host}]" if ":" in host else host
    default = parts.port is None or parts.port == DEFAULT_PORTS.get(parts.scheme)
    return f"{parts.scheme}://{host}" + ("" if default else f":{parts.port}")


def allowed_origins() -> set[str]:
    """The exact values of Origin from which writes and sockets are taken."""
    return {origin_of(url) for url in (settings().base_url, dev_origin()) if url}


def allowed_hosts() -> set[str]:
    """The exact values of Host."""
    return {origin.partition("://")[2] for origin in allowed_origins()}
