"""The gate of a deal: what a stage asks for, which moves a pipeline allows, and what came past it."""

from crm_app.deals.gate.check import entry_gate, undo_guard
from crm_app.deals.gate.findings import findings_of, note_findings
from crm_app.deals.gate.process import find_process
from crm_app.deals.gate.rules import Process, StageRules

__all__ = ["Process", "StageRules", "entry_gate", "find_process", "findings_of", "note_findings", "undo_guard"]
