"""Figures about the records, counted in SQL within what the actor may see."""
