"""Tests of crm_app.duplicates.matching."""
