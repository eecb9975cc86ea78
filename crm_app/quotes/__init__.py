"""Quotes: what is offered, to whom, until when; how it is approved, sent, and answered."""
