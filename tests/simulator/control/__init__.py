"""The org from outside its API: the control interface, what faults strike, the page for people."""
