"""The environment and the setup file as typed values."""
