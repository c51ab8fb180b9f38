"""Records: what is kept of a value, how a record is written, what else changes with it."""
