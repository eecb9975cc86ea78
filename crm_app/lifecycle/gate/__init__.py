"""The gate of people: what a state of the lifecycle asks for, and what came past it."""

from crm_app.lifecycle.gate.check import lifecycle_gate, undo_guard
from crm_app.lifecycle.gate.findings import note_findings
from crm_app.lifecycle.gate.process import read_process

__all__ = ["lifecycle_gate", "note_findings", "read_process", "undo_guard"]
