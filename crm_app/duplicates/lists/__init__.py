"""Duplicates in a list of people or companies that stands in a file, outside the database."""
