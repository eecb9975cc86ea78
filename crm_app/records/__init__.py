"""What every kind of record has: tags, files, saved views, custom fields."""
