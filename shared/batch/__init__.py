"""Many connectors or connections in one process, whichever the vendor.

Imported only where a run is about more than one.
"""
