"""The pipeline against a real Redis and the simulated org, in this process."""
