"""What the screens of activities read: a card, a calendar, a day, the next step; always for one viewer."""
