"""docs/configuration.md: what each variable and option is, taken from where the code says it."""
