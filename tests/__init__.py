"""Tests, builders, the simulated org, the demo and the benchmarks."""
