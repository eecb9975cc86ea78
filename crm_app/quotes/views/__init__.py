"""Components of quotes."""

from crm_app.quotes.views.beside import quotes_beside
from crm_app.quotes.views.record import quote_screen

__all__ = ["quote_screen", "quotes_beside"]
