"""What is stored of quotes, as rows."""
