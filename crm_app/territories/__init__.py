"""Territories, pools, and who gets what arrives."""
