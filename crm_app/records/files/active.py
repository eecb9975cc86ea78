"""Whether a PDF does something by itself: a script, a form that is sent, a program that is started. Pure.

The viewer of a browser runs the scripts of a PDF, so such a one is only downloaded. What cannot be looked through
(encrypted, packed in an odd way, far too much once unpacked) counts as if it did.
"""

import re
import zlib

MOST_UNPACKED, MOST_STREAMS, LONGEST_HEAD, PIECE = 60_000_000, 20_000, 2_000, 16_384  # bytes, but for the streams
ESCAPED = re.compile(rb"#([0-9a-fA-F]{2})")
DOING = re.compile(rb"/(?:JavaScript|SubmitForm|ImportData|Launch|RichMedia|XFA)(?![A-Za-z0-9])")
OF_OBJECTS = re.compile(rb"/ObjStm(?![A-Za-z0-9])")
PACKED = re.compile(rb"/Filter\s*(?:/FlateDecode|\[\s*/FlateDecode\s*\])\s*(?=[/>])")
ODDLY = re.compile(rb"/(?:DecodeParms|DP|FFilter|F)(?![A-Za-z0-9])")
STREAM = re.compile(rb"stream[^\r\n]{0,99}(?:\r\n|\r|\n)")
ENCRYPTED = re.compile(rb"/Encrypt(?![A-Za-z0-9])")


def does_something(content: bytes) -> bool:
    """Of a whole PDF: its names as they stand, written with escapes, and in what is packed."""
    if _tells(content) or _is_odd(content):
        return True
    if OF_OBJECTS.search(content) is None:
        return False
    if ENCRYPTED.search(_read(content)):
        return True
    left = MOST_UNPACKED
    for number, start in enumerate(STREAM.finditer(content)):
        unpacked, read = _unpacked(content, start.end(), left)
        left -= len(unpacked) + read
        if left <= 0 or number >= MOST_STREAMS or _tells(unpacked):
            return True
    return False


def _read(text: bytes) -> bytes:
    """With names as a viewer reads them: `/J#61va` is `/Java`."""
    return ESCAPED.sub(lambda found: bytes([int(found[1], 16)]), text)


def _tells(text: bytes) -> bool:
    return DOING.search(text) is not None or DOING.search(_read(text)) is not None


def _is_odd(content: bytes) -> bool:
    """Are objects kept in a stream in another way than the usual one, or is the name of such a stream hidden?"""
    found = [one.span() for one in OF_OBJECTS.finditer(content)]
    if len(found) > MOST_STREAMS or len(OF_OBJECTS.findall(_read(content))) != len(found):
        return True
    for start, end in found:
        begin = content.rfind(b"obj", max(0, start - LONGEST_HEAD), start)
        until = content.find(b"stream", end, end + LONGEST_HEAD)
        head = content[begin:until]
        if begin < 0 or until < 0 or ODDLY.search(head) or b"#" in head:
            return True
        if b"/Filter" in head and not PACKED.search(head):
            return True
    return False


def _unpacked(content: bytes, start: int, most: int) -> tuple[bytes, int]:
    """What is packed from here on, as far as it can be unpacked, and how much was read for it."""
    packed, parts, at, size = zlib.decompressobj(), list[bytes](), start, 0
    try:
        while at < len(content) and not packed.eof and size < most:
            parts.append(packed.decompress(content[at : at + PIECE]))
            at, size = at + PIECE, size + len(parts[-1])
    except zlib.error:
        if at > start or _begins(content[start : start + 2]):  # a viewer takes what came before the damage
            return b"/Launch", 0
    return b"".join(parts), at - start


def _begins(head: bytes) -> bool:
    """Are these the first two bytes of something packed (RFC 1950)?"""
    return len(head) == 2 and head[0] & 15 == 8 and (head[0] * 256 + head[1]) % 31 == 0
