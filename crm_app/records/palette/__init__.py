"""The palette: finds any record, goes anywhere, does anything, from the keyboard."""
