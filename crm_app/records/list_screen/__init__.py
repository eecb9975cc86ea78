"""The screen of a list: what it shows, inline edit, saved views; one for every kind."""
