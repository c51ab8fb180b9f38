"""Benchmarks: rates of Celery, of publishing and of the whole pipeline, measured in one run."""
