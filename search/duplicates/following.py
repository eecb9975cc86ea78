"""What follows from what agrees elsewhere is hardly evidence again."""

from collections.abc import Mapping

import numpy as np

from search.duplicates.levels import EXACT, MISSING, NEAR, OTHER, SIMILAR
from search.duplicates.model import Model, usual_m
from search.duplicates.seen import Seen
from search.duplicates.table import Table
from search.duplicates.tongues import AROUND, NAMES

NUMBERED = 1000.0  # so many times as often as strangers at large, namesakes at one company have such addresses
Fields = Mapping[str, Seen]


class Following:
    """Makes what strangers share likelier where it follows from something else that they share."""

    def __init__(self, table: Table, model: Model) -> None:
        self.table, self.model = table, model
        self._said: dict[tuple[int, bool], bool] = {}

    def weaken(self, fields: Fields, left: np.ndarray, right: np.ndarray) -> None:
        """Of the pairs of rows `left[n]`, `right[n]`, in place."""
        self._by_postcode(fields)
        if self.model.lifts:
            self._names(fields)
        self._addresses(fields["email"], left, right)
        self._numbered(fields["email"], left, right)

    def _by_postcode(self, fields: Fields) -> None:
        """The town, the region and now and then the street follow from the postcode."""
        same = fields["postcode"].level == EXACT
        for name, chance in self.model.along.items():
            again = same & (fields[name].level == EXACT)
            fields[name].chance[again] = np.maximum(fields[name].chance[again], chance)

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

    def _addresses(self, email: Seen, left: np.ndarray, right: np.ndarray) -> None:
        """Addresses made of names are alike where the names are: noah.hansen@ and nora.hansen2@ say nothing more.

        The same at two companies is made of a name even if one of the two names is written otherwise than in it; but
        who has one number at both says more than the name.
        """
        m = usual_m("email")
        for n in np.flatnonzero((email.level > EXACT) & (email.level < OTHER)).tolist():
            apart = email.level[n] != SIMILAR
            said = (self._is_said(int(row), numbered=apart) for row in (left[n], right[n]))
            if all(said) if apart else any(said):
                email.chance[n] = m[email.level[n]]

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
            held = self.table.words["email"].array[self.table.every["email"].of(row)].tolist()
            locals_ = [text.partition("@")[0] for text in held]
            bare = [local.rstrip("0123456789") if numbered else local for local in locals_]
            self._said[row, numbered] = all(of_names(local, *names) for local in bare)
        return self._said[row, numbered]


def of_names(local: str, given: str, surname: str) -> bool:
    """Is the part before the @ nothing but the first name, the surname, or both, the one or the other as an initial?"""
    bare, one, two = ("".join(filter(str.isalnum, text)) for text in (local, given, surname))
    return bool(one and two) and bare in {
        one, two, one + two, two + one, one[0] + two, two + one[0], one + two[0], two[0] + one
    }  # fmt: skip
