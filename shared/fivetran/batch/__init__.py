"""Work on many connectors in one process: select, trigger, wait for, judge and report them together.

This package is imported only if a run works on more than one connector.
"""
