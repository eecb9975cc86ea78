"""What asks for somebody's attention: mentions, assignments, the end of long work; what is to do today."""
