"""The seam to Salesforce: session, reads, writes, errors."""
