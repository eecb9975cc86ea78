"""Calls, meetings, tasks, notes and e-mails."""
