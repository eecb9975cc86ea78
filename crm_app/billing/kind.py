"""The catalogue entries of orders and of invoices (a credit note is an invoice of a series of its own)."""

from typing import Any

from crm_app.billing.seal import made_by_commands, seal_invoice, seal_order
from crm_app.core.changes import Children, Field, Kind
from crm_app.quotes.rules import HUNDRED
from crm_app.records.kind import tags_of
from crm_app.tables import Invoice, InvoiceLine, Order, OrderLine, OrderPart, Payment

PRICE_MODES = ("exclusive", "inclusive")
ORDER_STATES = ("open", "invoiced", "paid", "cancelled")
STATES = ("draft", "issued", "partly paid", "paid", "cancelled")
SERIES = ("invoice", "credit note")
PURPOSES = ("deposit", "instalment", "part", "rest", "credit", "cancellation")
METHODS = ("bank transfer", "card", "direct debit", "cash", "cheque", "other")
ROLES = ("line", "shipping", "advance", "deduction")
RATE: dict[str, Any] = {"minimum": 0, "maximum": HUNDRED}
_fixed: dict[str, Any] = {"editable": False}
_hidden: dict[str, Any] = {"editable": False, "sortable": False, "filterable": False}

CUSTOMER = (
    Field("company_id", "Company", "ref", ref="company", on_merge="move", on_delete="refuse"),
    Field("person_id", "Person", "ref", ref="person", on_merge="move"),
    Field("deal_id", "Deal", "ref", ref="deal", on_delete="refuse"),
    Field("owner_id", "Owner", "ref", ref="user"),
)
LINE = (
    Field("role", "Role", "choice", choices=ROLES),
    Field("section", "Section", max_length=120),
    Field("name", "Name", max_length=200),
    Field("description", "Description", "longtext"),
    Field("quantity_milli", "Quantity", "int"),
    Field("unit", "Unit", max_length=20),
    Field("unit_price_minor", "Unit price", "money"),
    Field("discount", "Discount", max_length=40),
    Field("tax_milli", "Tax rate", "int", **RATE),
    Field("amount_minor", "Amount", "money"),
    Field("net_minor", "Net", "money"),
    Field("tax_minor", "Tax", "money"),
)
ORDER = Kind(
    "order",
    "Order",
    "Orders",
    Order,
    (
        Field("number", "Number", searchable=True, **_fixed),
        Field("title", "Title", max_length=200, searchable=True, **_fixed),
        Field("state", "State", "choice", choices=ORDER_STATES, **_fixed),
        Field("ordered_on", "Ordered", "date", **_fixed),
        *CUSTOMER,
        Field("total_minor", "Total", "money", **_fixed),
        Field("invoiced_minor", "Invoiced", "money", **_fixed),
        Field("paid_minor", "Paid", "money", **_fixed),
        Field("currency", "Currency", max_length=3, **_fixed),
        Field("quote_id", "Quote", "ref", ref="quote", on_delete="refuse", **_fixed),
        Field("customer", "Customer", max_length=200, searchable=True, **_fixed),
        Field("address", "Address", "longtext", **_fixed),
        Field("net_minor", "Net", "money", **_fixed),
        Field("tax_minor", "Taxes", "money", **_fixed),
        Field("subtotal_minor", "Subtotal", "money", **_hidden),
        Field("discount_minor", "Discount", "money", **_hidden),
        Field("shipping_minor", "Shipping", "money", **_hidden),
        Field("price_mode", "Prices", "choice", choices=PRICE_MODES, **_hidden),
        Field("language", "Language", max_length=5, **_hidden),
        Field("terms", "Terms", "longtext", **_fixed),
        Field("notes", "Notes", "longtext", **_fixed),
        Field("year", "Year", "int", **_hidden),
        Field("serial", "Serial number", "int", **_hidden),
        Field("file_id", "Document", "ref", ref="file", on_delete="refuse", **_hidden),
    ),
    children=(
        Children(
            "lines",
            "Lines",
            OrderLine,
            "order_id",
            (*LINE, Field("product_id", "Product", "ref", ref="product")),
            cap=501,
            by_command=True,
        ),
        Children(
            "parts",
            "Payment schedule",
            OrderPart,
            "order_id",
            (
                Field("label", "Name", required=True, max_length=80),
                Field("share_milli", "Share", "int", **RATE),
                Field("due_days", "Days to pay", "int", minimum=0, maximum=365),
            ),
            cap=24,
            by_command=True,
        ),
        tags_of("order"),
    ),
    title="number",
    complete=made_by_commands,
    seal=seal_order,
    path="/orders",
    columns=("number", "title", "state", "company_id", "total_minor", "invoiced_minor", "paid_minor", "ordered_on"),
    summary=("customer", "title", "state", "total_minor"),
    sort="-number",
)
INVOICE = Kind(
    "invoice",
    "Invoice",
    "Invoices",
    Invoice,
    (
        Field("number", "Number", searchable=True, **_fixed),
        Field("series", "Kind", "choice", choices=SERIES, **_fixed),
        Field("state", "State", "choice", choices=STATES, **_fixed),
        *CUSTOMER,
        Field("total_minor", "Total", "money", **_fixed),
        Field("open_minor", "Open", "money", **_fixed),
        Field("issued_on", "Issued", "date", **_fixed),
        Field("due_on", "Due", "date"),
        Field("due_days", "Days to pay", "int", minimum=0, maximum=365),
        Field("paid_minor", "Paid", "money", **_fixed),
        Field("credited_minor", "Credited", "money", **_fixed),
        Field("currency", "Currency", max_length=3, **_fixed),
        Field("purpose", "For", "choice", choices=PURPOSES, **_fixed),
        Field("order_id", "Order", "ref", required=True, ref="order", on_delete="refuse", **_fixed),
        Field("corrects_id", "Corrects", "ref", ref="invoice", on_delete="refuse", **_fixed),
        Field("part_id", "Instalment", "int", **_hidden),
        Field("customer", "Customer", max_length=200, searchable=True),
        Field("address", "Address", "longtext"),
        Field("net_minor", "Net", "money", **_fixed),
        Field("tax_minor", "Taxes", "money", **_fixed),
        Field("price_mode", "Prices", "choice", choices=PRICE_MODES, **_hidden),
        Field("language", "Language", max_length=5, **_hidden),
        Field("terms", "Payment terms", "longtext"),
        Field("notes", "Notes", "longtext"),
        Field("year", "Year", "int", **_hidden),
        Field("serial", "Serial number", "int", **_hidden),
        Field("file_id", "Document", "ref", ref="file", on_delete="refuse", **_hidden),
    ),
    children=(
        Children(
            "lines",
            "Lines",
            InvoiceLine,
            "invoice_id",
            (*LINE, Field("line_id", "Line of the order", "int")),
            cap=600,
            by_command=True,
        ),
        Children(
            "payments",
            "Payments",
            Payment,
            "invoice_id",
            (
                Field("paid_on", "Paid on", "date", required=True),
                Field("amount_minor", "Amount", "money", required=True),
                Field("method", "Method", "choice", choices=METHODS),
                Field("reference", "Reference", max_length=200),
            ),
            cap=500,
            by_command=True,
        ),
        tags_of("invoice"),
    ),
    title="number",
    complete=made_by_commands,
    seal=seal_invoice,
    path="/invoices",
    columns=("number", "series", "state", "company_id", "total_minor", "open_minor", "issued_on", "due_on", "owner_id"),
    summary=("customer", "state", "total_minor", "due_on"),
    sort="-created_at",
)
