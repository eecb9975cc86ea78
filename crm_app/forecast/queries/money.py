"""Amounts in the currency of the organisation; what has no rate is told, not guessed."""

from dataclasses import dataclass, field
from datetime import date

from sqlmodel import Session

from crm_app.core.config import settings


@dataclass
class Converter:
    """Adds up what is in the home currency, and remembers which currencies it could not convert."""

    home: str
    unrated: set[str] = field(default_factory=set)

    def minor(self, amount: int, currency: str) -> int:
        """Minor units of the home currency; 0 for a currency without a rate."""
        if currency == self.home or not amount:
            return amount
        self.unrated.add(currency)
        return 0


def converter(_session: Session, _day: date) -> Converter:
    """As of that day."""
    return Converter(settings().currency)
