"""Checks on a schedule: a list that is looked at daily, weekly or monthly, and one task for whoever is to mend it."""
