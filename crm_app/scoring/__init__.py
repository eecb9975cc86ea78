"""Scores of leads: fit and engagement by rules, bands, scores set by hand, and what won and lost deals teach."""
