"""Puts the security headers, the content policy and the caching on every answer."""

from starlette.types import Message, Send

from crm_app import routes
from crm_app.http.built import built
from crm_app.http.csp import policy, preview_headers, security_headers

OURS = frozenset(
    {
        b"content-security-policy",
        b"x-content-type-options",
        b"x-frame-options",
        b"referrer-policy",
        b"server",
        b"strict-transport-security",
    }
)
YEAR = b"public, max-age=31536000, immutable"


def dressed(path: str, send: Send) -> Send:
    """A `send` that completes the headers of the answer for this path."""

    async def complete(message: Message) -> None:
        if message["type"] == "http.response.start":
            kept = [(k, v) for k, v in message.get("headers", []) if k.lower() not in OURS]
            message = {**message, "headers": _complete(path, message["status"], kept)}
        await send(message)

    return complete


def _complete(path: str, status: int, headers: list[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    headers = headers + security_headers()
    # A 304 has no type, and its headers replace those of the page that the browser kept.
    is_page = status == 304 or any(k.lower() == b"content-type" and v.startswith(b"text/html") for k, v in headers)
    is_ours = path in routes.PUBLIC_PAGES or is_offer(path)
    scripts = built().scripts if is_page and not is_ours else ()
    if is_preview(path):
        headers = [(k, v) for k, v in headers if k != b"x-frame-options"] + preview_headers(headers)
    else:
        headers.append((b"content-security-policy", policy(scripts).encode()))
    if path.startswith(routes.HASHED_FILES) and status in (200, 206, 304):
        return [(k, v) for k, v in headers if k.lower() != b"cache-control"] + [(b"cache-control", YEAR)]
    if not any(k.lower() == b"cache-control" for k, _ in headers):
        headers.append((b"cache-control", b"no-cache"))
    return headers


def is_preview(path: str) -> bool:
    """Is this the address of a preview, which the page shows in a frame of its own?"""
    return path == routes.SAMPLE or (path.startswith(routes.FILES) and path.endswith("/preview"))


def is_offer(path: str) -> bool:
    """Is this the address of a quote for its customer, or of the quote's paper?"""
    token, _, rest = path.removeprefix(routes.OFFERS).partition("/")
    return path.startswith(routes.OFFERS) and bool(token) and (rest == "pdf" or path == routes.OFFERS + token)


def is_built_folder(path: str) -> bool:
    """Is this the address of a built page that is stored as a folder?"""
    return path.count("/") == 1 and len(path) > 1 and path[1:] in built().folders
