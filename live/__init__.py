"""Which of our guesses hold at the real service: ``python -m live``, with a user's own credentials, reading only."""
