"""A new record of any kind from one small dialog; the fields are the catalogue's."""
