"""Check our guesses about the real services: ``python -m live`` only reads, with the user's own credentials."""
