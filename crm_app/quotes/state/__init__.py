"""The screens of quotes."""

from crm_app.quotes.state.actions import QuoteActions
from crm_app.quotes.state.beside import QuotesBeside
from crm_app.quotes.state.parts import QuoteParts
from crm_app.quotes.state.record import QuoteRecord

__all__ = ["QuoteActions", "QuoteParts", "QuoteRecord", "QuotesBeside"]
