"""What is stored of orders and invoices, and what the screens show of it."""
