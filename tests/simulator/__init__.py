"""A simulated Salesforce org: a pure request-to-response state machine, and a TLS server around it.

- `org`, `server`, `__main__`: the org, the server around it, the command that runs it
- `settings`, `texts`, `faults`: what can be chosen about the org, how it words things, what can go wrong with it
- `state`, `messages`, `errors`, `ids`: what all modules share
- `api`: requests and answers; `api.answering` is first, `api.entry` is the data API's, `api.rest` lists its resources
- `soql`: statements, from text to rows
- `data`: records; `data.dml` writes one, `data.records` keeps them all
- `setup`: objects and fields (read from `setup/facts`), record types, permissions, the records of a new org
- `rules`: assignment, validation and duplicate rules
- `control`: the control interface, what faults strike, the page for people
- `measure`, `endurance`: how fast it is, and what it keeps of many requests
"""
