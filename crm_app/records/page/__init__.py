"""The page of one record of any kind, from the catalogue: identity, properties, parts, tags, what is related."""
