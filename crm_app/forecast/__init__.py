"""What is expected of the deals, what was aimed at, and how good earlier expectations were."""
