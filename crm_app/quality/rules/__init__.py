"""What a rule of quality says, what it is worth, and when a check is due."""
