"""Tests of the simulated org."""
