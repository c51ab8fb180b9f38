"""What an admin sets up: objects and fields, record types, permissions, and the records of a new org."""
