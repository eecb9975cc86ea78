"""Wrong passwords make one wait; nobody can make somebody else wait for ever.

Three counts, each with a back-off of its own: the place (address of the network), the account from all places
together, and the browser that signed in before. Such a browser is judged by its own count alone, so a stranger who
keeps the account locked does not keep its owner out.
"""

import hashlib
import ipaddress
from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlmodel import Session, col

from crm_app.core.clock import now
from crm_app.tables.access import SignInThrottle

FREE_ATTEMPTS = 5
FREE_FOR_ALL_PLACES = 50
FIRST_WAIT = timedelta(seconds=30)
LONGEST_WAIT = timedelta(minutes=15)
KEEP = timedelta(days=180)


def wait_after(failures: int, free: int = FREE_ATTEMPTS) -> timedelta | None:
    """The lock after so many failures in a row: 30 s, doubled each time, at most 15 minutes."""
    if failures < free:
        return None
    return min(FIRST_WAIT * 2 ** min(failures - free, 10), LONGEST_WAIT)


def network_of(ip: str) -> str:
    """An IPv4 address as it is, of an IPv6 address the first 64 bits; anything else is one place."""
    try:
        address = ipaddress.ip_address(ip)
    except ValueError:
        return "unknown"
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped:
            return str(address.ipv4_mapped)
        return str(ipaddress.ip_network((address, 64), strict=False).network_address)
    return str(address)


def counts_for(session: Session, user_id: int, ip: str, device: str) -> list[SignInThrottle]:
    """The counts that this attempt is judged by. The caller holds the lock on the user's credential."""
    known = session.get(SignInThrottle, _device_key(user_id, device)) if device else None
    if known is not None:
        return [known]
    return [_row(session, f"place:{user_id}:{network_of(ip)}", user_id), _row(session, f"account:{user_id}", user_id)]


def is_locked(counts: list[SignInThrottle], at: datetime) -> bool:
    """Does one of them say to wait?"""
    return any(row.locked_until is not None and row.locked_until > at for row in counts)


def count_failure(counts: list[SignInThrottle], at: datetime) -> None:
    """One more wrong password."""
    for row in counts:
        free = FREE_FOR_ALL_PLACES if row.key.startswith("account:") else FREE_ATTEMPTS
        row.failed_count, row.at = row.failed_count + 1, at
        wait = wait_after(row.failed_count, free)
        row.locked_until = at + wait if wait else None


def clear(counts: list[SignInThrottle], at: datetime) -> None:
    """The password was right."""
    for row in counts:
        row.failed_count, row.locked_until, row.at = 0, None, at


def trust(session: Session, user_id: int, device: str) -> None:
    """This browser has proved who it is; only the SHA-256 of its mark is kept."""
    if device:
        row = _row(session, _device_key(user_id, device), user_id)
        row.failed_count, row.locked_until, row.at = 0, None, now()
        session.flush()


def forget(session: Session, user_id: int) -> None:
    """All counts of a user end, those of known browsers too: the password is a new one."""
    session.execute(delete(SignInThrottle).where(col(SignInThrottle.user_id) == user_id))


def forget_old(session: Session) -> None:
    """Drop what was not touched for half a year."""
    session.execute(delete(SignInThrottle).where(col(SignInThrottle.at) < now() - KEEP))


def change_count(session: Session, user_id: int) -> list[SignInThrottle]:
    """What wrong guesses at the present password cost somebody who is signed in."""
    return [_row(session, f"change:{user_id}", user_id)]


def _row(session: Session, key: str, user_id: int) -> SignInThrottle:
    found = session.get(SignInThrottle, key)
    if found is None:
        found = SignInThrottle(key=key, user_id=user_id)
        session.add(found)
        session.flush()
    return found


def _device_key(user_id: int, device: str) -> str:
    return f"device:{user_id}:{hashlib.sha256(device.encode()).hexdigest()}"
