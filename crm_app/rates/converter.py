"""Amounts of any currency in that of the organisation, at the rates of a day; what has no rate is told, not guessed."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from sqlmodel import Session

from crm_app.core.config import settings
from crm_app.rates.queries import rates_on
from crm_app.rates.rules import convert


@dataclass
class Converter:
    """Converts, and remembers which currencies it could not."""

    rates: dict[str, Decimal]
    home: str
    unrated: set[str] = field(default_factory=set)

    def minor(self, amount: int, currency: str) -> int:
        """Minor units of the home currency; 0 for a currency without a rate."""
        if currency == self.home or not amount:
            return amount
        done = convert({currency: amount}, self.rates, self.home)
        if done.unrated:
            self.unrated.add(currency)
        return done.minor


def converter(session: Session, day: date) -> Converter:
    """With the latest rates of that day or before."""
    return Converter(rates_on(session, day), settings().currency)
