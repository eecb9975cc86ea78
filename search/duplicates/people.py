"""Names of people: without honorifics and accents, the generation apart, and who is called what."""

from functools import lru_cache

from nicknames import NickNamer

from search.words import fold, pieces

HONORIFICS = frozenset(
    [
        "mr",
        "mrs",
        "ms",
        "miss",
        "mx",
        "dr",
        "prof",
        "professor",
        "sir",
        "dame",
        "lord",
        "lady",
        "rev",
        "hon",
        "herr",
        "frau",
        "dipl",
        "ing",
        "mag",
        "mme",
        "mlle",
        "monsieur",
        "madame",
        "mevrouw",
        "dhr",
        "drs",
        "sr",
        "sra",
        "srta",
        "senor",
        "senora",
        "senorita",
        "signor",
        "signora",
        "dott",
        "dottssa",
        "avv",
        "pan",
        "pani",
        "dra",
    ]
)
GENERATIONS = {
    "jr": "2",
    "junior": "2",
    "jnr": "2",
    "sr": "1",
    "snr": "1",
    "senior": "1",
    "ii": "2",
    "iii": "3",
    "iv": "4",
}
DEGREES = frozenset("phd md mba msc bsc esq cpa dds".split())
PARTICLES = frozenset("van von der den de di da del della la le du dos das zu zum ter ten al el bin ibn".split())


@lru_cache(maxsize=200_000)
def given_name(text: str) -> tuple[str, str]:
    """The first names and the generation; a title stays if nothing else stands there."""
    return _bare(text)


@lru_cache(maxsize=200_000)
def surname(text: str) -> tuple[str, str]:
    """The surname, its parts apart by one space, and the generation (`2` for a junior)."""
    return _bare(text)


def whole_name(text: str) -> tuple[str, str]:
    """`Weber, Anna` and `Dr. Anna Weber` as first name and surname; particles belong to the surname."""
    before, comma, after = text.partition(",")
    if comma and not set(pieces(fold(after))) <= GENERATIONS.keys() | DEGREES:
        return after.strip(), before.strip()
    words = text.split()
    while len(words) > 1 and fold(words[0]).strip(".") in HONORIFICS:
        words = words[1:]
    if len(words) < 2:
        return " ".join(words), ""
    at = len(words) - 1
    while at > 1 and fold(words[at]).strip(".,") in GENERATIONS.keys() | DEGREES:
        at -= 1
    while at > 1 and fold(words[at - 1]) in PARTICLES:
        at -= 1
    return " ".join(words[:at]), " ".join(words[at:])


def _bare(text: str) -> tuple[str, str]:
    parts = pieces(fold(text).replace("'", "").replace("’", ""))
    generation = next((GENERATIONS[part] for part in parts[1:] if part in GENERATIONS), "")
    kept = [part for n, part in enumerate(parts) if not (n and part in GENERATIONS) and part not in DEGREES]
    while len(kept) > 1 and kept[0] in HONORIFICS:
        kept = kept[1:]
    return " ".join(kept or parts), generation


@lru_cache(maxsize=1)
def _called() -> NickNamer:
    return NickNamer()


@lru_cache(maxsize=200_000)
def also_called(name: str) -> frozenset[str]:
    """The names that a bearer of this one goes by, or whose short form it is: `bill` for `william`, and back."""
    return frozenset(_called().nicknames_of(name) | _called().canonicals_of(name)) - {name}
