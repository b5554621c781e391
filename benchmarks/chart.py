"""A bar chart as SVG, readable on light and dark pages."""

from collections.abc import Sequence
from html import escape
from typing import NamedTuple

WIDTH, LABELS, BAR, GAP, TOP = 760, 260, 20, 10, 44
STYLE = """\
text { font: 13px system-ui, sans-serif; fill: #1f2328 }
.title { font-weight: 600; font-size: 14px }
.ours { fill: #0969da } .floor { fill: #6e7781 } .other { fill: #afb8c1 }
.value { paint-order: stroke; stroke: #ffffff; stroke-width: 4px }
line { stroke: #6e7781; stroke-dasharray: 3 3 }
@media (prefers-color-scheme: dark) {
  text { fill: #e6edf3 } .ours { fill: #4493f8 } .floor { fill: #8b949e } .other { fill: #484f58 }
  .value { stroke: #0d1117 }
}
"""


class Bar(NamedTuple):
    """``kind`` is the class of its colour: ours, floor or other."""

    label: str
    value: float
    kind: str


def chart(title: str, bars: Sequence[Bar]) -> str:
    """Return horizontal bars, the shortest first, with a line at 1."""
    bars = sorted(bars, key=lambda bar: bar.value)
    longest = max(bar.value for bar in bars)
    scale = (WIDTH - LABELS - 60) / longest
    height = TOP + len(bars) * (BAR + GAP)
    one = LABELS + scale
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}"'
        f' role="img" aria-label="{escape(title)}">',
        f"<style>\n{STYLE}</style>",
        f'<text class="title" x="12" y="22">{escape(title)}</text>',
        f'<line x1="{one:.1f}" x2="{one:.1f}" y1="{TOP - 8}" y2="{height - GAP + 4}"/>',
    ]
    for number, bar in enumerate(bars):
        y = TOP + number * (BAR + GAP)
        width = max(bar.value * scale, 1)
        lines += [
            f'<text x="{LABELS - 8}" y="{y + 15}" text-anchor="end">{escape(bar.label)}</text>',
            f'<rect class="{bar.kind}" x="{LABELS}" y="{y}" width="{width:.1f}" height="{BAR}" rx="2"/>',
            f'<text class="value" x="{LABELS + width + 6:.1f}" y="{y + 15}">{bar.value:.2f}</text>',
        ]
    return "\n".join([*lines, "</svg>", ""])
