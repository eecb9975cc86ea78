"""The worker: drains the outbox and keeps the house."""
