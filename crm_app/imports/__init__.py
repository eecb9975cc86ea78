"""Files become records: read, recognise, match, apply in chunks, report row by row."""
