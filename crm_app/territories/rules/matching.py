"""To which territory a company belongs: the first in order that names it or whose conditions all hold."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from crm_app.core.reader import numeral
from crm_app.core.text import fold


def plain_postcode(text: str) -> str:
    """Capitals and digits only: `sw1a 1aa` and `SW1A-1AA` are the same."""
    return "".join(c for c in text.upper() if c.isalnum())


@dataclass(frozen=True)
class Spot:
    """Where a company is: a country, and a postcode if there is an address."""

    country: str = ""
    postcode: str = ""


@dataclass(frozen=True)
class Firm:
    """A company as the rules see it."""

    id: int
    industry: str = ""
    employees: int | None = None
    spots: tuple[Spot, ...] = ()


@dataclass(frozen=True)
class Rules:
    """A territory: every given condition must hold; of the entries of one, any. Without conditions it takes all."""

    id: int
    name: str
    countries: tuple[str, ...] = ()
    postcodes: tuple[str, ...] = ()
    industries: tuple[str, ...] = ()
    employees_from: int | None = None
    employees_to: int | None = None
    accounts: frozenset[int] = field(default_factory=frozenset)

    @property
    def has_conditions(self) -> bool:
        """Is there anything but names?"""
        sizes = (self.employees_from, self.employees_to)
        return bool(self.countries or self.postcodes or self.industries) or any(s is not None for s in sizes)


@dataclass(frozen=True)
class Match:
    """A territory and why the company belongs to it, in words."""

    territory_id: int
    name: str
    why: str


def find_territory(firm: Firm, ordered: Sequence[Rules]) -> Match | None:
    """The territory of a company: the first that names it or whose conditions hold; None if none takes it."""
    for rules in ordered:
        if firm.id in rules.accounts:
            return Match(rules.id, rules.name, "Named account")
        if rules.accounts and not rules.has_conditions:
            continue  # by name only
        why = _why(firm, rules)
        if why is not None:
            return Match(rules.id, rules.name, why)
    return None


def _why(firm: Firm, rules: Rules) -> str | None:
    """The conditions that hold, or None if one does not."""
    parts = [_place(firm, rules), _industry(firm, rules), _size(firm, rules)]
    if any(part is None for part in parts):
        return None
    return " · ".join(part for part in parts if part) or "Everything that is left"


def _place(firm: Firm, rules: Rules) -> str | None:
    """Country and postcode of the same address; an address without a country is in the company's."""
    if not rules.countries and not rules.postcodes:
        return ""
    lands = {fold(country) for country in rules.countries}
    home = next((spot.country for spot in firm.spots if spot.country), "")
    for spot in firm.spots:
        country = spot.country or home
        if lands and fold(country) not in lands:
            continue
        start = _prefix(spot.postcode, rules.postcodes)
        if rules.postcodes and not start:
            continue
        return ", ".join(part for part in (country if lands else "", f"postcode {start}…" if start else "") if part)
    return None


def _prefix(postcode: str, wanted: Iterable[str]) -> str:
    """The longest wanted beginning of this postcode."""
    plain = plain_postcode(postcode)
    found = [w for w in map(plain_postcode, wanted) if w and plain.startswith(w)]
    return max(found, key=len, default="")


def _industry(firm: Firm, rules: Rules) -> str | None:
    if not rules.industries:
        return ""
    return firm.industry if fold(firm.industry) in {fold(i) for i in rules.industries} else None


def _size(firm: Firm, rules: Rules) -> str | None:
    low, high = rules.employees_from, rules.employees_to
    if low is None and high is None:
        return ""
    if firm.employees is None or (low is not None and firm.employees < low):
        return None
    return None if high is not None and firm.employees > high else f"{numeral(firm.employees)} employees"
