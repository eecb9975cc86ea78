"""What follows from what agrees elsewhere is hardly evidence again."""

from collections.abc import Mapping

import numpy as np

from search.duplicates.levels import EXACT, MISSING, NEAR, OTHER, SIMILAR, levels_of_rests
from search.duplicates.model import Model, usual_m
from search.duplicates.seen import Seen
from search.duplicates.table import Table
from search.duplicates.together import AROUND, TOWN
from search.duplicates.walk import NAMES
from search.duplicates.words import LATIN

NUMBERED = 1000.0  # so many times as often as strangers at large, namesakes at one company have such addresses
Fields = Mapping[str, Seen]


class Following:
    """Makes what strangers share likelier where it follows from something else that they share."""

    def __init__(self, table: Table, model: Model) -> None:
        self.table, self.model = table, model
        self._said: dict[tuple[int, bool], bool] = {}

    def weaken(self, fields: Fields, left: np.ndarray, right: np.ndarray) -> None:
        """Of the pairs of rows `left[n]`, `right[n]`, in place."""
        self._places(fields)
        self._firms(fields, left, right)
        if self.model.lifts:
            self._names(fields)
        self._addresses(fields, left, right)
        self._numbered(fields["email"], left, right)

    def _places(self, fields: Fields) -> None:
        """The town follows from the postcode, the region from the town; in one town postcodes are alike."""
        for both, chance in self.model.along.items():
            name, _, given = both.partition("|")
            again = (fields[given].level == EXACT) & (fields[name].level == EXACT)
            fields[name].chance[again] = np.maximum(fields[name].chance[again], chance)
        if "postcode|city" in self.model.lifts:
            self._lift(fields, "postcode", "postcode", ("city",))

    def _firms(self, fields: Fields, left: np.ndarray, right: np.ndarray) -> None:
        """Companies of one town, and of one country, are called alike; many after the town, which says no more then."""
        firm, city = fields["firm"], fields["city"]
        near = np.flatnonzero((city.level == EXACT) & (firm.level > MISSING) & (firm.level < OTHER))
        pairs = [(n, *self._behind_town(int(left[n])), *self._behind_town(int(right[n]))) for n in near.tolist()]
        at = np.array([n for n, called, _, so_called, _ in pairs if called and so_called], dtype=np.int64)
        rests = levels_of_rests([(one, two) for _, called, one, so_called, two in pairs if called and so_called])
        city.chance[at] = self.model.m["city"][EXACT]
        other = at[rests > firm.level[at]]
        firm.level[other] = rests[rests > firm.level[at]]
        firm.chance[other] = self.model.u["company"][firm.level[other]]
        if "company|city" in self.model.lifts:
            self._lift(fields, "firm", "company", TOWN)

    def _behind_town(self, row: int) -> tuple[bool, str]:
        """Is this company called after its town, and how besides?"""
        name, town = self.table.text("company", row), self.table.text("city", row)
        rest = f" {name} ".replace(f" {town} ", " ").strip()
        return bool(town) and rest != name, rest

    def _lift(self, fields: Fields, name: str, judged: str, contexts: tuple[str, ...]) -> None:
        seen = fields[name]
        most = np.ones(len(seen.level))
        for context in contexts:
            same = fields[context].level == EXACT
            most = np.where(same, np.maximum(most, self.model.lifts[f"{judged}|{context}"][seen.level]), most)
        seen.chance = np.minimum(seen.chance * most, 1.0)

    def _names(self, fields: Fields) -> None:
        """Who agrees on one name, on the country or on the company agrees more often on the names, too."""
        lifts, level = self.model.lifts, {name: fields[name].level for name in NAMES}
        close = {name: (seen > MISSING) & (seen <= NEAR) for name, seen in level.items()}
        given = np.where(close["surname"] & ~close["given"], lifts["given|surname"][level["given"]], 1.0)
        surname = np.where(close["given"], lifts["surname|given"][level["surname"]], 1.0)
        for context, columns in AROUND.items():
            same = np.logical_or.reduce([fields[column].level == EXACT for column in columns])
            one, two = (lifts[f"{name}|{context}"][level[name]] for name in NAMES)
            more = same & (one * two > given * surname)
            given, surname = np.where(more, one, given), np.where(more, two, surname)
        fields["given"].chance *= given
        fields["surname"].chance *= surname

    def _addresses(self, fields: Fields, left: np.ndarray, right: np.ndarray) -> None:
        """Addresses made of names are alike where the names are: noah.hansen@ and nora.hansen2@ say nothing more.

        Nor do two that are nearly the same at one domain, of people with a name in common: companies make them all in
        one way. The same at two companies is made of a name even if one of the two names is written otherwise than in
        it; but who has one number at both says more than the name.
        """
        email, m = fields["email"], usual_m("email")
        kin = np.logical_or.reduce([(f.level > MISSING) & (f.level < OTHER) for f in map(fields.__getitem__, NAMES)])
        for n in np.flatnonzero((email.level > EXACT) & (email.level < OTHER)).tolist():
            one, two = int(left[n]), int(right[n])
            apart = email.level[n] != SIMILAR
            said = (self._is_said(row, numbered=bool(apart)) for row in (one, two))
            if ((kin[n] and self._at_one(one, two)) or all(said)) if apart else any(said):
                email.chance[n] = m[email.level[n]]

    def _at_one(self, one: int, two: int) -> bool:
        """Have two rows addresses at one domain?"""
        return not self._domains(one).isdisjoint(self._domains(two))

    def _domains(self, row: int) -> set[str]:
        return {text.partition("@")[2] for text in self._held(row)}

    def _held(self, row: int) -> list[str]:
        return self.table.words["email"].array[self.table.every["email"].of(row)].tolist()

    def _numbered(self, email: Seen, left: np.ndarray, right: np.ndarray) -> None:
        """With another number at the same domain it is the address of a namesake."""
        codes, words = self.table.codes["email1"], self.table.words["email"]
        apart = np.flatnonzero(email.level == OTHER)
        one, two = codes[left[apart]], codes[right[apart]]
        known = (one > 0) & (two > 0)
        email.chance[apart[known & words.differ_by_number(one, two)]] *= NUMBERED

    def _is_said(self, row: int, *, numbered: bool) -> bool:
        """Do the names of this record tell all of its addresses, all but the number at the end if they are numbered?"""
        if (row, numbered) not in self._said:
            names = self.table.text("given", row), self.table.text("surname", row)
            held = [text.partition("@")[0] for text in self._held(row)]
            bare = [local.rstrip("0123456789") if numbered else local for local in held]
            self._said[row, numbered] = all(of_names(local, *names) for local in bare)
        return self._said[row, numbered]


def of_names(local: str, given: str, surname: str) -> bool:
    """Is the part before the @ nothing but the first name, the surname, or both, the one or the other as an initial?

    Of a double name one part may stand for it, and `ue` for an `ü`; what a name in other letters becomes is not asked.
    """
    if max(given + surname, default="") > LATIN >= max(local, default=""):
        return True
    bare = _plain(local)
    return any(
        bare in map(_plain, (one, two, one + two, two + one, one[0] + two, two + one[0], one + two[0], two[0] + one))
        for one in _forms(given)
        for two in _forms(surname)
    )


def _forms(name: str) -> set[str]:
    """What a name may be in an address: all of it, its first part, its last one."""
    parts = [part for word in name.split() if (part := "".join(filter(str.isalnum, word)))]
    return {"".join(parts), parts[0], parts[-1]} if parts else set()


def _plain(text: str) -> str:
    """Letters and digits alone, `ae`, `oe`, `ue` and `aa` as one vowel."""
    found = "".join(filter(str.isalnum, text))
    for two, one in (("ae", "a"), ("oe", "o"), ("ue", "u"), ("aa", "a")):
        found = found.replace(two, one)
    return found
