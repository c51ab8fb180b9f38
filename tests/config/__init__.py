"""Tests of config/: the environment and the setup file."""
