"""The lifecycle of people: name, lead, contact, and what an organisation asks on the way."""
