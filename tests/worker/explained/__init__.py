"""Tests of worker.explained."""
