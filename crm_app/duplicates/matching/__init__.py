"""Who of the records in the database is one: met while typing, on every save, on import, and in the nightly sweep."""
