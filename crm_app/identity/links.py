"""Where a person may be sent after signing in: only paths of this site."""

from urllib.parse import unquote


def safe_next(path: str | None) -> str:
    """`path` if it is a relative path with a single slash in front, else "/"."""
    if not path or not path.startswith("/") or len(path) > 2000:
        return "/"
    for form in (path, unquote(path), unquote(unquote(path))):
        if form.startswith(("//", "/\\")) or "\\" in form or any(ord(c) < 32 or ord(c) == 127 for c in form):
            return "/"
    if path.startswith(("/sign-in", "/sign-out", "/first-user", "/invite")):
        return "/"
    return path
