"""Orders, invoices and credit notes, copied from accepted quotes; what was issued is only cancelled, never edited."""
