"""Texts as numbers, many at once; the same text has the same number in any process."""

from collections.abc import Iterator

import numpy as np

WIDEST = 48  # bytes of a text that count
_PRIME = np.uint64(0x9E3779B97F4A7C15)
_FNV = np.uint64(0x100000001B3)
_OFFSET = np.uint64(0xCBF29CE484222325)
LOWER = np.uint64(0xFFFFFFFF)
_BITS = (np.uint64(1) << (np.arange(256, dtype=np.uint64) & np.uint64(63))) & ~np.uint64(1)


def _bytes(texts: list[str]) -> np.ndarray:
    """The first byte of each text, then the second, and so on; a zero after the last."""
    given = [text.encode()[:WIDEST] for text in texts]
    wide = max(map(len, given), default=0) + 1
    return np.ascontiguousarray(np.array(given, dtype=f"S{wide}").view(np.uint8).reshape(len(given), wide).T)


def hashed(texts: list[str]) -> np.ndarray:
    """FNV-1a of 64 bits over the first bytes of each text, as an odd number; 0 for an empty one."""
    found = np.full(len(texts), _OFFSET)
    rows = _bytes(texts)
    with np.errstate(over="ignore"):
        for byte in rows[:-1]:
            found = np.where(byte > 0, (found ^ byte) * _FNV, found)
        found = (found ^ (found >> np.uint64(32))) * _PRIME | np.uint64(1)
    return np.where(rows[0] > 0, found, np.uint64(0))


def mixed(found: np.ndarray | np.uint64, part: np.ndarray) -> np.ndarray:
    """Two hashes as one."""
    with np.errstate(over="ignore"):
        product = (found ^ part) * _PRIME
        return product ^ (product >> np.uint64(29))


def letters(texts: list[str]) -> np.ndarray:
    """A bit for each letter and digit that occurs in the first bytes of each text; blanks say nothing."""
    found = np.zeros(len(texts), dtype=np.uint64)
    for bits in _bits(texts):
        found |= bits
    return found


def sketched(texts: list[str]) -> np.ndarray:
    """The same in the upper half, and in the lower one a bit for each that occurs an odd number of times.

    Two texts of lower letters, digits and signs differ in at most two bits of each half for each edit between them.
    """
    there, odd = np.zeros((2, len(texts)), dtype=np.uint64)
    for bits in _bits(texts):
        there |= bits
        odd ^= bits
    return there & ~LOWER | odd >> np.uint64(32)


def _bits(texts: list[str]) -> Iterator[np.ndarray]:
    """The bits of the first byte of each text, of the second, and so on."""
    return (_BITS[byte] for byte in _bytes(texts)[:-1])
