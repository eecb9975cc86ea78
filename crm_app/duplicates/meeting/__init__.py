"""Who is here already, met beside the form for a new record, and used instead of it."""
