"""The page of managed lists: terms with their synonyms, what is written and not in a list, renaming and merging."""
