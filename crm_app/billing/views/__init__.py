"""The screens of orders and invoices."""

from .invoice import invoice_screen
from .making import order_of_quote_box
from .order import order_screen
from .tabs import invoice_tabs

__all__ = ["invoice_screen", "invoice_tabs", "order_of_quote_box", "order_screen"]
