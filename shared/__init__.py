"""What the blueprints share. Nothing in here knows a blueprint, the emulator or a test."""

__version__ = "0.1.0"
