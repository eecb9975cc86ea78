"""Lookup and duplicate matching; knows nothing of crm_app."""
