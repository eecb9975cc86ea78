"""How something is typed that is not as it should be."""

from random import Random


def slip(random: Random, text: str) -> str:
    """One letter twice, left out, or in the place of its neighbour; never the first, and short texts stay."""
    places = [n for n in range(1, len(text) - 1) if text[n].isalpha() and text[n + 1].isalpha()]
    if len(text) < 4 or not places:
        return text
    at, way = random.choice(places), random.randrange(3)
    if way == 0 or text[at] == text[at + 1]:
        return text[:at] + text[at] + text[at:]
    if way == 1:
        return text[:at] + text[at + 1 :]
    return text[:at] + text[at + 1] + text[at] + text[at + 2 :]
