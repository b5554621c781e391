"""Select, trigger, wait for, judge and report many connections in one process.

Imported only if a run is about more than one connection.
"""
