"""Requests and answers: signing in, the resources and their limits, the log of calls."""
