"""Logging: one line an event, to stderr; never a cookie, a token or a password."""

import logging
import sys

from crm_app.core.config import settings


def set_up_logs() -> None:
    """Configure the `kith` loggers once."""
    logger = logging.getLogger("kith")
    logger.setLevel(settings().log_level.upper())
    if not logger.handlers:
        handler = logging.StreamHandler(sys.stderr)
        handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
        logger.addHandler(handler)
        logger.propagate = False
