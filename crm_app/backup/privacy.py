"""The data folder is for its owner: the database in it holds password hashes and everybody's data."""

import logging
import stat
from pathlib import Path

log = logging.getLogger("kith.data")


def keep_private(folder: Path) -> None:
    """Close a folder that every user of the machine can read, as earlier versions made it, and say so.

    One that was given to a group on purpose (the bit setgid, or more for the group than for others) is left as it is,
    with a warning while others can read it too.
    """
    try:
        mode = stat.S_IMODE(folder.stat().st_mode)
        others, group = mode & stat.S_IRWXO, (mode & stat.S_IRWXG) >> 3
        if not others:
            return
        if mode & stat.S_ISGID or group != others:
            log.warning(
                "%s can be read by every user of this machine (mode %o); its group was left as it is", folder, mode
            )
            return
        folder.chmod(mode & ~(stat.S_IRWXG | stat.S_IRWXO))
    except OSError as error:
        log.warning("who can read %s could not be restricted: %s", folder, error.strerror)
        return
    log.warning("%s could be read by every user of this machine (mode %o); now by its owner alone", folder, mode)
