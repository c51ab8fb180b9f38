"""The admin's rules over records: assignment, validation, duplicates."""
