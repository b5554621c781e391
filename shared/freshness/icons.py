"""An icon for each look (see ``shown.LOOKS``), so that colour is not the only sign. Outlines on a 24 x 24 grid."""

from collections.abc import Iterable, Iterator

CIRCLE = '<circle cx="12" cy="12" r="9"/>'
SHAPES = {
    "fresh": CIRCLE + '<path d="m8 12.5 3 3 5-6.5"/>',
    "late": CIRCLE + '<path d="M12 7v5.2l3.5 2"/>',
    "failing": '<path d="M8 3h8l5 5v8l-5 5H8l-5-5V8z"/><path d="m9 9 6 6m0-6-6 6"/>',
    "broken": '<path d="M12 3.5 2.5 20.5h19z"/><path d="M12 10v4.5m0 3v.01"/>',
    "paused": '<rect x="3" y="3" width="18" height="18" rx="4"/><path d="M9.5 8v8m5-8v8"/>',
    "never": '<circle cx="12" cy="12" r="9" stroke-dasharray="3.2 3.86"/>',
    "waiting": '<path d="M6 3h12v3l-6 6-6-6zm0 18h12v-3l-6-6-6 6z"/>',
    "syncing": '<path d="M20 9A8.5 8.5 0 0 0 4.6 8M4 3v5.5h5.5M4 15a8.5 8.5 0 0 0 15.4 1m.6 5v-5.5h-5.5"/>',
    "unknown": '<path d="M12 2 22 12 12 22 2 12z"/><path d="M10 10.2a2 2 0 1 1 2.7 1.9c-.5.2-.7.5-.7 1v.4m0 2.5v.01"/>',
}


def symbols(ticks: Iterable[str]) -> Iterator[str]:
    """Yield the definitions to which icons and bars refer, once per page."""
    yield '<svg class="symbols" aria-hidden="true"><defs>'
    yield from (f'<symbol id="i-{look}" viewBox="0 0 24 24">{shape}</symbol>' for look, shape in SHAPES.items())
    yield f'<g id="ticks">{"".join(ticks)}</g></defs></svg>'


def icon(look: str) -> str:
    """Return the icon of a look. It is hidden from screen readers, because a word beside it says the same."""
    return f'<svg class="icon" aria-hidden="true"><use href="#i-{look}"/></svg>'
