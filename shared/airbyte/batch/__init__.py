"""Many connections in one process: selected, triggered, awaited, judged and told of together.

Imported only where a run is about more than one connection.
"""
