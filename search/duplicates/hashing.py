"""Texts as numbers, many at once; the same text has the same number in any process."""

import numpy as np

WIDEST = 48  # bytes of a text that count
_PRIME = np.uint64(0x9E3779B97F4A7C15)
_FNV = np.uint64(0x100000001B3)
_OFFSET = np.uint64(0xCBF29CE484222325)
_BITS = (np.uint64(1) << (np.arange(256, dtype=np.uint64) & np.uint64(63))) & ~np.uint64(1)


def _matrix(texts: list[str]) -> np.ndarray:
    """A row of bytes for each text, padded with zeros."""
    found = np.array([text.encode()[:WIDEST] for text in texts] or [b""], dtype=f"S{WIDEST}")
    return found.view(np.uint8).reshape(len(found), WIDEST)[: len(texts)]


def hashed(texts: list[str]) -> np.ndarray:
    """FNV-1a of 64 bits over the first bytes of each text, as an odd number; 0 for an empty one."""
    found = np.full(len(texts), _OFFSET)
    rows = _matrix(texts)
    with np.errstate(over="ignore"):
        for column in range(WIDEST):
            byte = rows[:, column]
            if not byte.any():
                break
            found = np.where(byte > 0, (found ^ byte) * _FNV, found)
        found = (found ^ (found >> np.uint64(32))) * _PRIME | np.uint64(1)
    return np.where(rows[:, 0] > 0, found, np.uint64(0))


def mixed(found: np.ndarray | np.uint64, part: np.ndarray) -> np.ndarray:
    """Two hashes as one."""
    with np.errstate(over="ignore"):
        product = (found ^ part) * _PRIME
        return product ^ (product >> np.uint64(29))


def letters(texts: list[str]) -> np.ndarray:
    """A bit for each letter and digit that occurs in the first bytes of each text; blanks say nothing."""
    found = np.zeros(len(texts), dtype=np.uint64)
    rows = _matrix(texts)
    for column in range(WIDEST):
        byte = rows[:, column]
        if not byte.any():
            break
        found |= _BITS[byte]
    return found
