"""A local stand-in for the vendors' APIs: `python -m emulator`.

It imports nothing of the programs that it serves: a client and a stand-in that share code
share their mistakes.
"""
