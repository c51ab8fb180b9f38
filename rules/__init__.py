"""Pure decisions: what one booking means for Salesforce records. No I/O, no clock, no logging."""
