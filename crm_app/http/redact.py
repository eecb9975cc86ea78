"""Secrets stay out of the logs, whatever a library prints."""

import logging
import re
import traceback

MESSAGE_LENGTH, TRACE_LENGTH = 6_000, 12_000
SECRET = re.compile(
    r"""(?i)((?:__Host-)?kith_(?:session|device)["']?\s*[=:]\s*["']?|[?&]token=|\bcookie["']?\s*[:,]\s*["'])[^\s"'&;,}\]]+"""
)


def redact(text: str) -> str:
    """`text` without the values of cookies and tokens."""
    return SECRET.sub(r"\1…", text)


def bounded(text: str, length: int = MESSAGE_LENGTH) -> str:
    """At most so long, further lines indented, so that nobody writes lines of their own into the log."""
    shown = text[:length] + ("…" if len(text) > length else "")
    lines = "".join(c if c.isprintable() or c == "\n" else c.encode("unicode_escape").decode() for c in shown)
    return lines.replace("\n", "\n    | ")


def install_redaction() -> None:
    """Every log record made from now on goes through `redact`, and so does its traceback."""
    made = logging.getLogRecordFactory()
    if getattr(made, "__kith__", False):
        return

    def make(*args, **kwargs) -> logging.LogRecord:
        record = made(*args, **kwargs)
        record.msg, record.args = bounded(redact(record.getMessage())), ()
        if record.exc_info and record.exc_info[0] is not None:
            trace = redact("".join(traceback.format_exception(*record.exc_info)))
            record.exc_text = trace if len(trace) <= TRACE_LENGTH else trace[: TRACE_LENGTH // 2] + "\n…"
        return record

    make.__kith__ = True  # pyright: ignore[reportFunctionMemberAccess]
    logging.setLogRecordFactory(make)
