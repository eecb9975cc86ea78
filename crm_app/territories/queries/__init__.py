"""What the screens of territories and pools show, and what sharing out reads."""
