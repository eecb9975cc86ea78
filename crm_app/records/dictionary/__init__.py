"""The data dictionary: every field with its meaning, its rule, who answers for it, and how often it is filled."""
