"""Files on records: kept once by their SHA-256, shown and given only to those who may see the record."""
