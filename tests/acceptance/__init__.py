"""Real processes: workers from the Procfile, the command, the demo."""
