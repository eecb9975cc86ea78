"""What is not the app: the gate, the check of events, sign-in, health, live push."""
