"""Tests of worker/salesforce/, the seam to Salesforce."""
