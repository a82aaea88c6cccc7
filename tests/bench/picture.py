"""Stacked bars of nanoseconds a packet, as SVG."""

from stages import NAMES

WIDTH, LEFT, RIGHT, BAR, GAP, LINE = 960, 130, 90, 30, 12, 20
COLOURS = dict(zip(NAMES, ("#4e79a7", "#a0cbe8", "#76b7b2", "#59a14f", "#8c6d31", "#edc948", "#f28e2b", "#e15759", "#b07aa1", "#9c755f", "#bab0ac")))


class Drawing:
    def __init__(self):
        self.parts, self.y = [], 16

    def text(self, x, y, words, more=""):
        self.parts.append('<text x="%.1f" y="%.1f" %s>%s</text>' % (x, y, more, words))

    def box(self, x, y, size, colour):
        self.parts.append('<rect x="%.1f" y="%.1f" width="%.1f" height="%.1f" fill="%s"/>' % (x, y, *size, colour))

    def svg(self):
        head = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" width="%d" font-family="sans-serif" font-size="13">' % (WIDTH, self.y, WIDTH)
        return "\n".join([head, '<rect width="100%" height="100%" fill="#ffffff"/>', *self.parts, "</svg>"]) + "\n"


def legend(d):
    x = LEFT
    for name in NAMES:
        d.box(x, d.y, (12, 12), COLOURS[name])
        d.text(x + 16, d.y + 11, name)
        x += 30 + 7 * len(name)
    d.y += LINE + 14


def bar(d, name, pieces, scale):
    """`pieces`: [(colour, ns)]."""
    x = LEFT
    d.text(LEFT - 8, d.y + 20, name, 'text-anchor="end"')
    for colour, ns in pieces:
        d.box(x, d.y, (ns * scale, BAR), colour)
        if ns * scale > 30:
            d.text(x + ns * scale / 2, d.y + 20, "%.0f" % ns, 'text-anchor="middle" fill="#ffffff" stroke="#333333" stroke-width="2.5" paint-order="stroke"')
        x += ns * scale
    d.text(x + 6, d.y + 20, "%.0f ns" % sum(ns for _, ns in pieces), 'font-weight="bold"')
    d.y += BAR + GAP


def target(d, top, ns, scale):
    x = LEFT + ns * scale
    d.parts.append('<line x1="%.1f" y1="%.1f" x2="%.1f" y2="%.1f" stroke="#000000" stroke-dasharray="5 3" stroke-width="1.5"/>' % (x, top - 6, x, d.y))
    d.text(x + 4, top - 8, "target: %.0f ns" % ns, 'font-size="11"')


def panel(d, title, rows, target_ns):
    """`rows`: [(name, [(colour, ns)])]; a scale for each panel."""
    scale = (WIDTH - LEFT - RIGHT) / max(target_ns, *(sum(ns for _, ns in pieces) for _, pieces in rows))
    d.text(16, d.y + 14, title, 'font-weight="bold" font-size="15"')
    d.y += LINE + 24
    top = d.y
    for name, pieces in rows:
        bar(d, name, pieces, scale)
    target(d, top, target_ns, scale)
    d.y += 16


def draw(path, panels):
    """`panels`: [(title, libpcap's ns, [(which, {stage: ns})], target's ns)]."""
    d = Drawing()
    d.text(16, d.y + 10, "dialtone analyze --json: processor time a packet, by stage", 'font-size="17" font-weight="bold"')
    d.y += 30
    legend(d)
    for title, empty, bars, target_ns in panels:
        rows = [("libpcap alone", [("#d0d0d0", empty)])] + [(which, [(COLOURS[name], ns[name]) for name in NAMES if ns[name]]) for which, ns in bars]
        panel(d, title, rows, target_ns)
    with open(path, "w", encoding="utf-8") as file:
        file.write(d.svg())
