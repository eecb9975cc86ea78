"""The browser of the machine; none is downloaded."""

import shutil

from crm_app.core.errors import KithError


def executable() -> str:
    """The path of Chromium or Chrome. Raises KithError when there is none."""
    for name in ("chromium", "chromium-browser", "google-chrome"):
        if found := shutil.which(name):
            return found
    raise KithError("Chromium is not installed; on Debian: apt install chromium")
