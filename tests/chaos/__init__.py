"""`make chaos`: real processes under faults, and an oracle that says what the org must look like afterwards."""
