"""Backup and restore: one archive of the database and the files, with checksums."""
