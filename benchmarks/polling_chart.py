"""Draw the picture of ``benchmarks.polling``: an SVG without scripts and embedded fonts."""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from html import escape

Point = tuple[float, float]
Scale = Callable[[float], float]

WIDTH, HEIGHT = 1000, 440
OURS = {"Slipway, no history": "#0b6bcb", "Slipway, 20 runs known": "#c2410c"}
GREY, LIGHT, INK = "#6b7280", "#e5e7eb", "#111827"
LEFT, RIGHT, TOP, BOTTOM = (70, 470), (580, 850), 60, 370
"""The places of the two charts, in pixels."""
DELAYS = (0.01, 0.03, 0.1, 0.3)
ALL_DELAYS = (0.001, 0.01, 0.1, 1.0)
DRAWN = ("fixed, 5 s", "fixed, 15 s", "fixed, 60 s", *OURS)
"""The curves in the second chart."""
CALLS = (20, 50, 100, 200, 500)
LENGTHS = {30: "30 s", 120: "2 min", 600: "10 min", 3600: "1 h", 14400: "4 h"}


def logarithmic(low: float, high: float, start: float, end: float) -> Scale:
    """Return a function from values between ``low`` and ``high`` to pixels."""
    return lambda value: start + (end - start) * math.log(value / low) / math.log(high / low)


def drawn(totals: Mapping[str, Point], curves: Mapping[str, Sequence[Point]]) -> str:
    """Draw the mean delay by the polls per run (``totals``), and by the run's length (``curves``, by seconds)."""
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-labelledby="t d" '
        'font-family="system-ui, sans-serif" font-size="13">',
        '<title id="t">How late the end of a run is noticed, and for how many polls</title>',
        f'<desc id="d">{escape(_description(totals))}</desc>',
        f'<rect width="{WIDTH}" height="{HEIGHT}" rx="8" fill="#ffffff"/>',
        *_by_polls(totals),
        *_by_length(curves),
        "</svg>",
    ]
    return "\n".join(lines) + "\n"


def _description(totals: Mapping[str, Point]) -> str:
    return "; ".join(
        f"{name}: {polls:.0f} polls a run, {_percent(delay)} late" for name, (polls, delay) in totals.items()
    )


def _by_polls(totals: Mapping[str, Point]) -> Iterator[str]:
    across, up = logarithmic(15, 700, *LEFT), logarithmic(0.01, 0.4, BOTTOM, TOP)
    yield _text(LEFT[0], 30, "All runs: delay against polls", size=15, weight=600)
    yield from _axes(LEFT, across, up, {n: str(n) for n in CALLS}, DELAYS, "polls per run")
    fixed = [(across(polls), up(delay)) for name, (polls, delay) in totals.items() if name not in OURS]
    yield _line(fixed, GREY)
    for name, (polls, delay) in totals.items():
        x, y = across(polls), up(delay)
        if name in OURS:
            yield f'<circle cx="{x:.1f}" cy="{y:.1f}" r="7" fill="{OURS[name]}"/>'
            yield _text(x + 12, y + 4, name.partition(", ")[2], colour=OURS[name], weight=600)
        else:
            yield f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4" fill="{GREY}"/>'
            yield _text(x + 8, y - 6, name.replace("fixed, ", "every "), colour=GREY)


def _by_length(curves: Mapping[str, Sequence[Point]]) -> Iterator[str]:
    across, up = logarithmic(25, 14400, *RIGHT), logarithmic(0.0002, 1.0, BOTTOM, TOP)
    yield _text(RIGHT[0], 30, "Delay by the run's length", size=15, weight=600)
    yield from _axes(RIGHT, across, up, LENGTHS, ALL_DELAYS, "length of the run")
    for name in DRAWN:
        placed = [(across(length), up(delay)) for length, delay in curves[name]]
        yield _line(placed, OURS.get(name, GREY), 3 if name in OURS else 1.2)
        x, y = placed[-1]
        label = name.partition(", ")[2] if name in OURS else name.replace("fixed, ", "every ")
        yield _text(x + 8, y + 4, label, colour=OURS.get(name, GREY), weight=600 if name in OURS else 400)


def _axes(
    sides: tuple[int, int], across: Scale, up: Scale, values: Mapping[int, str], delays: Sequence[float], name: str
) -> Iterator[str]:
    for delay in delays:
        y = up(delay)
        yield f'<path d="M{sides[0]} {y:.1f}H{sides[1]}" stroke="{LIGHT}"/>'
        yield _text(sides[0] - 8, y + 4, _percent(delay), anchor="end")
    for value, label in values.items():
        x = across(value)
        yield f'<path d="M{x:.1f} {BOTTOM}v5" stroke="{GREY}"/>'
        yield _text(x, BOTTOM + 22, label, anchor="middle")
    yield f'<path d="M{sides[0]} {BOTTOM}H{sides[1]}" stroke="{GREY}"/>'
    yield _text(sum(sides) / 2, BOTTOM + 46, name, anchor="middle", colour=GREY)
    yield _text(sides[0] - 8, TOP - 16, "late by", anchor="end", colour=GREY)


def _percent(share: float) -> str:
    return f"{round(100 * share, 1):g} %"


def _line(points: Sequence[Point], colour: str, width: float = 1.5) -> str:
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    return f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="{width}" stroke-linejoin="round"/>'


def _text(
    x: float, y: float, text: str, *, anchor: str = "start", colour: str = INK, size: int = 13, weight: int = 400
) -> str:
    place = f'x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"'
    return f'<text {place} fill="{colour}" font-size="{size}" font-weight="{weight}">{escape(text)}</text>'
