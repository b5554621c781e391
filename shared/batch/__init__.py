"""Work on many connectors or connections in one process, for either vendor.

This package is imported only if a run works on more than one.
"""
