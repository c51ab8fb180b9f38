"""Tests of producers/: the contract, the translations, publishing."""
