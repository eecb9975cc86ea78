"""E-mail addresses as companies make them; a number only where two people would have one."""

from itertools import count
from random import Random

from crm_app.demo.scale.lands import Land

HOSTS = ("mail", "post", "web", "inbox")
PRIVATE = ("first.last", "first.last", "firstlast", "first_last", "flast")


def local_part(way: str, first: str, last: str) -> str:
    """`f.last` of Ada Byron is `a.byron`."""
    if way == "first":
        return first
    if way == "last":
        return last
    glue = next((mark for mark in "._" if mark in way), "")
    return f"{first if way.startswith('first') else first[:1]}{glue}{last}"


class Mailboxes:
    """Who has which address."""

    def __init__(self) -> None:
        self._taken: set[str] = set()

    def give(self, domain: str, way: str, first: str, last: str) -> str:
        """A new address there; where somebody has it the full name, and then a number."""
        wish = f"{local_part(way, first, last)}@{domain}"
        if wish in self._taken:
            wish = f"{first}.{last}@{domain}"
        for n in count(2):
            if wish not in self._taken:
                break
            wish = f"{first}.{last}{n}@{domain}"
        self._taken.add(wish)
        return wish

    def give_private(self, random: Random, land: Land, first: str, last: str) -> str:
        """One at a provider of that country."""
        return self.give(f"{random.choice(HOSTS)}.{land.code.lower()}.example", random.choice(PRIVATE), first, last)
