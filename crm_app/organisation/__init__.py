"""The organisation that issues documents: its record and its letterhead."""
