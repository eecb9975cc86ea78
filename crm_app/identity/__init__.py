"""Users, teams, roles, sessions, sign-in, and the one decision about rights."""
