"""The browser of the machine; none is downloaded."""

import shutil

from crm_app.core.errors import KithError

# The shell draws the page alone: no tabs and menus around it, which cost as much as the page does.
NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")


def executable() -> str:
    """The path of Chromium or Chrome. Raises KithError when there is none."""
    for name in NAMES:
        if found := shutil.which(name):
            return found
    raise KithError("Chromium is not installed; on Debian: apt install chromium-headless-shell")
