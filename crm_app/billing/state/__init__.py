"""The states of the pages of orders and invoices, and of the order beside a quote."""

from .invoice import InvoiceScreen
from .making import OrderMaking
from .order import OrderScreen

__all__ = ["InvoiceScreen", "OrderMaking", "OrderScreen"]
