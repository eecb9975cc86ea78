"""People: name, lead, contact."""
