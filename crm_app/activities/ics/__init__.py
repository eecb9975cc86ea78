"""Calendars as files and feeds (RFC 5545): out by a secret link, in by an upload."""
