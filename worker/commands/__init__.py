"""The subcommands of bookforce."""
