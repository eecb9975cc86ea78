"""Terms and process: the organisation's own words, its process as drawings, and who knows of a change."""
