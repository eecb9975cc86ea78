"""Custom fields: what an administrator adds to a kind, held to its rules whichever way a value comes."""
