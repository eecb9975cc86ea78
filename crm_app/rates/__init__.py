"""Rates of currencies by day, and amounts converted with them."""
