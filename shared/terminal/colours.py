"""The colours of states: red is wrong, yellow needs attention, green is good, cyan is in progress."""

_WORDS = {
    "green": "ok done fresh succeeded triggered joined updated unchanged finished passed listed active",
    "cyan": "syncing running pending starting queued",
    "yellow": "stale late paused rescheduled delayed warning skipped scheduled incomplete unknown inactive cancelled",
    "red": "failed failing broken error refused",
}
_COLOURS = {word: colour for colour, words in _WORDS.items() for word in words.split()}


def colour_of(state: str) -> str:
    """Return the colour of the first word that has one, as in ``setup broken``; "" if none has."""
    words = state.lower().replace("_", " ").split()
    return next((_COLOURS[word] for word in words if word in _COLOURS), "yellow" if words[:1] == ["never"] else "")
