"""The rules as one table: tested cell by cell, through the rules and through an org, and printed for the admin."""
