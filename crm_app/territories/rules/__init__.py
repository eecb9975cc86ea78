"""What holds for territories and for sharing out. Pure."""
