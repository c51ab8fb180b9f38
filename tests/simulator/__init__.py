"""A simulated Salesforce org: a pure request-to-response state machine, and a TLS server around it."""
