"""What bookforce takes of a machine: memory of its processes, memory and time of Redis for a booking."""
