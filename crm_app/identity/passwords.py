"""Passwords: argon2id; an unknown user costs as much time as a known one."""

from functools import cache

import anyio
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

MIN_LENGTH = 10
MAX_LENGTH = 200
COMMON = frozenset({"password12", "1234567890", "qwertyuiop", "passwordpassword", "administrator", "0123456789"})
HASHING = anyio.CapacityLimiter(2)  # argon2 takes 64 MiB at a time
_hasher = PasswordHasher()


@cache
def _nobody() -> str:
    """A hash that no password has, verified when the user is unknown."""
    return _hasher.hash("\0 nobody has this password \0")


def hash_password(password: str) -> str:
    """Argon2id with the library's current parameters."""
    return _hasher.hash(password)


def verify_password(stored: str | None, password: str) -> bool:
    """Is it the password? Without a stored hash the same work is done and the answer is no."""
    try:
        return _hasher.verify(stored or _nobody(), password[:MAX_LENGTH]) and stored is not None
    except (VerificationError, InvalidHashError):
        return False


def needs_rehash(stored: str) -> bool:
    """Was it made with older parameters?"""
    return _hasher.check_needs_rehash(stored)


def password_problem(password: str, email: str = "") -> str | None:
    """Why this password is not good enough, in plain words, or None."""
    if len(password) < MIN_LENGTH:
        return f"Please use at least {MIN_LENGTH} characters."
    if len(password) > MAX_LENGTH:
        return f"Please use at most {MAX_LENGTH} characters."
    lowered = password.casefold()
    if lowered in COMMON or len(set(password)) < 4:
        return "This password is too easy to guess."
    if email and lowered in (email.casefold(), email.casefold().partition("@")[0] * 2):
        return "Please do not use your e-mail address as the password."
    return None
