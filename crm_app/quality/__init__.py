"""Data quality: rules that say what a good record is, figures of how good all of them are, and checks on a schedule."""
