"""What happened with a record, in one order: whatever its kind, for whoever may see it."""
