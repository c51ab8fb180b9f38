"""SOQL: text to statement, statement to records."""
