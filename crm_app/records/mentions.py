"""Mentions of colleagues inside of a text: `@[Ravi Shah](12)`, read as `@Ravi Shah`. Pure."""

import re

MENTION = re.compile(r"@\[([^\]\n]{1,120})\]\((\d{1,16})\)")


def mentioned(text: str) -> set[int]:
    """The users whom a text mentions."""
    return {int(id) for _, id in MENTION.findall(text)}


def plain(text: str) -> str:
    """The text as read."""
    return MENTION.sub(r"@\1", text)
