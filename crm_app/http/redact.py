"""Secrets stay out of the logs, whatever a library prints."""

import logging
import re

SECRET = re.compile(
    r"""(?i)((?:__Host-)?kith_(?:session|device)["']?\s*[=:]\s*["']?|[?&]token=|\bcookie["']?\s*[:,]\s*["'])[^\s"'&;,}\]]+"""
)


def redact(text: str) -> str:
    """`text` without the values of cookies and tokens."""
    return SECRET.sub(r"\1…", text)


def install_redaction() -> None:
    """Every log record made from now on goes through `redact`."""
    made = logging.getLogRecordFactory()
    if getattr(made, "__kith__", False):
        return

    def make(*args, **kwargs) -> logging.LogRecord:
        record = made(*args, **kwargs)
        text = record.getMessage()
        clean = redact(text)
        if clean != text:
            record.msg, record.args = clean, ()
        return record

    make.__kith__ = True  # pyright: ignore[reportFunctionMemberAccess]
    logging.setLogRecordFactory(make)
