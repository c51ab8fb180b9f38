"""Errors and warnings explained: what happened, whose side it is on, what to do."""
