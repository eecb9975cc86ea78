"""The screen of records that may be one: side by side, merged or said to be different, one by one or many at once."""
