"""What other services use: the booking event, publishing it, and translations from booking systems into it."""
