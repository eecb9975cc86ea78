"""The probability that two records are one, for many pairs at once: Bayes over what the pair may be."""

from dataclasses import dataclass

import numpy as np

from search.duplicates.comparing import Comparer
from search.duplicates.levels import EXACT, MISSING
from search.duplicates.model import COLLEAGUE, FAMILY, MOVED, SISTER, SWAPPED, Model
from search.duplicates.seen import Compared
from search.duplicates.table import Table

Ratios = np.ndarray  # float64: how many times likelier among records of one than among strangers
Likely = np.ndarray  # the same for whole pairs, a row for each of model.KINDS
PLACE = ("number", "city", "region", "postcode", "country")


@dataclass
class Weighed:
    """How likely each pair is for every kind of relation, and where names or lines of the address are exchanged."""

    likely: Likely
    swapped: dict[str, np.ndarray]


@dataclass
class Scored:
    """Probabilities of pairs, and what they came from."""

    probability: np.ndarray
    compared: Compared
    weighed: Weighed


class Scorer:
    """Scores pairs of rows of one table by one model."""

    def __init__(self, table: Table, model: Model) -> None:
        self.model, self._comparer = model, Comparer(table, model)

    def score(self, left: np.ndarray, right: np.ndarray) -> Scored:
        """The pairs of rows `left[n]`, `right[n]`."""
        compared = self._comparer.compare(left, right)
        weighed = weigh(compared, self.model)
        return Scored(together(weighed.likely, self.model.chance_of), compared, weighed)


def weigh(compared: Compared, model: Model) -> Weighed:
    """The likelihood of each pair as one, as relatives, as colleagues, as companies of one group."""
    ratio = {name: seen.ratio(model.m[name]) for name, seen in compared.fields.items()}
    swapped: dict[str, np.ndarray] = {}
    person = _either_way(compared, model, ratio, "names", ("given", "surname"), swapped)
    lines = _either_way(compared, model, ratio, "lines", ("street", "street2"), swapped)
    place = lines
    for name in PLACE:
        place = place * ratio[name]
    people = compared.people
    place = place if people.all() else np.where(people, place, (1 - MOVED) * place + MOVED)
    own = {"email": ratio["email"], "phone": ratio["phone"], "birth": ratio["birth"]}
    own |= {"national": ratio["national"], "place": place, "company": _firm(compared, ratio)}
    legal = np.where(people, np.minimum(ratio["legal"], 1.0), ratio["legal"])  # the form is the employer's
    one = person * ratio["generation"] * legal
    for part in own.values():
        one = one * part
    names = {"given": ratio["given"], "surname": ratio["surname"]}
    family = np.where(people, _shared({**own, **names}, FAMILY), 0.0)
    at_work = np.zeros(compared.size, dtype=bool)
    for name in ("company", "domain", "phone", "email"):
        at_work |= compared.fields[name].level != MISSING
    work = np.where(people & at_work, _shared(own, COLLEAGUE), 0.0)
    sister = np.zeros(1) if people.all() else _shared({**own, "domain": ratio["domain"]}, SISTER)
    return Weighed(np.stack([one, family, work, np.where(people, 0.0, sister)]), swapped)


def together(likely: Likely, weights: np.ndarray) -> np.ndarray:
    """The probability of being one, where any two records are of each kind of relation with these chances."""
    one = weights[0] * likely[0]
    return one / (one + 1.0 + weights[1] * likely[1] + weights[2] * likely[2] + weights[3] * likely[3])


def _either_way(
    compared: Compared, model: Model, ratio: dict[str, Ratios], kind: str, names: tuple[str, str], swapped: dict
) -> Ratios:
    """Two fields as they stand, or exchanged where that says more."""
    straight = ratio[names[0]] * ratio[names[1]]
    crossed = compared.swaps[kind]
    other = crossed.ratio(model.m[names[0]], model.m[names[1]]) * SWAPPED
    swapped[kind] = np.zeros(compared.size, dtype=bool)
    swapped[kind][crossed.at] = other > straight[crossed.at]
    straight[crossed.at] = np.maximum(straight[crossed.at], other)
    return straight


def _firm(compared: Compared, ratio: dict[str, Ratios]) -> Ratios:
    """The company, by its name or its domain, whichever says more; an address tells the domain already."""
    domain = np.where(compared.fields["email"].level == EXACT, 1.0, ratio["domain"])
    name = ratio["company"] * ratio["firm"]
    both = (name > 1) & (domain > 1) & (compared.fields["firm"].level != EXACT)  # namesakes have domains of their own
    return np.where(both, np.maximum(name, domain), name * domain)


def _shared(ratio: dict[str, Ratios], shares: dict[str, float]) -> Ratios:
    """What two records share with that chance as a thing of the family or the company, and else as strangers do."""
    found = np.ones(1)
    for name, part in ratio.items():
        share = shares.get(name, 0.0)
        found = found * (share * part + (1 - share))
    return found
