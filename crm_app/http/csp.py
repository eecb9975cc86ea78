"""Headers that bind the browser; the inline scripts of the built pages are allowed by their hash."""

import base64
import hashlib
import re

from crm_app.core.config import settings
from crm_app.http.origins import dev_origin

SCRIPT = re.compile(rb"<script(?P<attributes>[^>]*)>(?P<body>.*?)</script>", re.DOTALL | re.IGNORECASE)


def inline_hashes(html: bytes) -> set[str]:
    """The CSP sources of all inline scripts in a page."""
    found = set()
    for script in SCRIPT.finditer(html):
        if b"src=" in script["attributes"] or not script["body"].strip():
            continue
        found.add("'sha256-" + base64.b64encode(hashlib.sha256(script["body"]).digest()).decode() + "'")
    return found


def policy(scripts: tuple[str, ...] = ()) -> str:
    """The Content-Security-Policy: nothing from elsewhere, no inline or evaluated script."""
    base, dev = settings().base_url, dev_origin()
    own = f"'self' {dev}".strip()
    socket = base.replace("http", "ws", 1)
    return "; ".join(
        (
            f"default-src {own}",
            " ".join((f"script-src {own}", *scripts)),
            f"style-src {own} 'unsafe-inline'",
            f"img-src {own} data: blob:",
            "font-src 'self' data:",
            f"connect-src 'self' {base} {socket}",
            "object-src 'none'",
            "base-uri 'none'",
            f"form-action {own}",
            "frame-ancestors 'none'",
        )
    )


def security_headers() -> list[tuple[bytes, bytes]]:
    """What every answer carries."""
    headers = [
        (b"x-content-type-options", b"nosniff"),
        (b"x-frame-options", b"DENY"),
        (b"referrer-policy", b"same-origin"),
        (b"cross-origin-opener-policy", b"same-origin"),
        (b"cross-origin-resource-policy", b"same-origin"),
        (b"permissions-policy", b"camera=(), microphone=(), geolocation=()"),
    ]
    if settings().is_https:
        headers.append((b"strict-transport-security", b"max-age=31536000; includeSubDomains"))
    return headers


def preview_headers(headers: list[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    """A file in a frame of ours: nothing in it runs or loads. A PDF cannot be sandboxed, its viewer is one itself."""
    is_pdf = any(k.lower() == b"content-type" and v.startswith(b"application/pdf") for k, v in headers)
    own = b"default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'"
    return [
        (b"content-security-policy", own if is_pdf else own + b"; sandbox"),
        (b"x-frame-options", b"SAMEORIGIN"),
    ]
