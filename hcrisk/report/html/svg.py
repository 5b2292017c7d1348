"""From a chart as it was drawn to one that follows the page: its colours, its font, its names."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET

SVG = "{http://www.w3.org/2000/svg}"
LINK = "{http://www.w3.org/1999/xlink}href"
# The colours of `hcrisk.plot`, and the variable of the style sheet that stands for each.
COLOURS = {
    "#0072b2": "blue",
    "#e69f00": "orange",
    "#009e73": "green",
    "#cc79a7": "pink",
    "#d55e00": "red",
    "#56b4e9": "sky",
    "#000000": "ink",
    "#767676": "guide",
    "#555555": "muted",
    "#444444": "muted",
    "#e2e2e2": "grid",
    "#ffffff": "page",
    "#cccccc": "grid",
}
# Letters need more contrast than bars.
AS_TEXT = {"guide": "muted"}
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}\b")
_REFERENCE = re.compile(r"url\(#([^)]+)\)")
_MOVED = re.compile(r"translate\([-\d.]+(?=[ ,])")
_FAMILY = re.compile(r"font-family: [^;]*;? ?")
_FONT = re.compile(r"(?<![-\w])font: ?(?:(?:bold|italic|\d{3}) )*([\d.]+)px [^;]*")


def themed(svg: str, name: str, title: str, about: str) -> str:
    """Return a chart for the inside of a page.

    Colours become variables of the style sheet, names of parts are told apart from those of other
    charts, and a title and a description say what it shows to those who do not see it.

    Parameters
    ----------
    svg
        As `hcrisk.plot._svg.drawn_svg` returns it.
    name
        Unique on the page.
    title, about
        What it is, and what it shows, with figures.

    Returns
    -------
    str

    Examples
    --------
    >>> svg = '<svg xmlns="http://www.w3.org/2000/svg"><path style="stroke: #0072b2"/></svg>'
    >>> print(themed(svg, "a", "Costs", "One line."))
    <svg role="img" aria-labelledby="a-title a-about"><title id="a-title">Costs</title><desc \
id="a-about">One line.</desc><path style="stroke: var(--blue)" /></svg>
    """
    root = ET.fromstring(svg)
    for parent in list(root.iter()):
        for child in list(parent):
            # A style sheet inside would hold for the whole page.
            if child.tag in (f"{SVG}metadata", f"{SVG}style"):
                parent.remove(child)
    for element in root.iter():
        _align(element)
        _change(element, name)
    for key in ("width", "height", "version"):
        root.attrib.pop(key, None)
    root.set("role", "img")
    root.set("aria-labelledby", f"{name}-title {name}-about")
    for place, (tag, text) in enumerate((("title", title), ("desc", about))):
        part = ET.Element(tag, {"id": f"{name}-{'title' if tag == 'title' else 'about'}"})
        part.text = text
        root.insert(place, part)
    return ET.tostring(root, encoding="unicode").replace("\n", "")


def _align(element: ET.Element) -> None:
    """Anchor the lines of a text where `hcrisk.plot._svg` says, and take that name away."""
    side, at, place = element.attrib.get("id", "").partition("@")
    if not at:
        return
    del element.attrib["id"]
    for line in element.iter(f"{SVG}text"):
        if "x" in line.attrib:
            line.set("x", place)
        else:
            line.set("transform", _MOVED.sub(f"translate({place}", line.get("transform", "")))
        line.set("style", f"{line.attrib.get('style', '')}; text-anchor: {side}")


def _change(element: ET.Element, name: str) -> None:
    """Rename, recolour and relink one element."""
    element.tag = element.tag.removeprefix(SVG)
    is_text = element.tag == "text"
    if LINK in element.attrib:
        element.set("href", f"#{name}-{element.attrib.pop(LINK).removeprefix('#')}")
    for key, value in list(element.attrib.items()):
        if key == "id":
            element.set(key, f"{name}-{value}")
        elif key != "href":
            value = _REFERENCE.sub(rf"url(#{name}-\1)", value)
            element.set(key, _COLOUR.sub(lambda found: _variable(found[0], is_text), value))
    if is_text and "style" in element.attrib:
        element.set("style", _in_page_font(element.attrib["style"]))
    # Presentation attributes cannot hold variables; styles can.
    for key in ("fill", "stroke"):
        value = element.attrib.get(key, "")
        if "var(" in value:
            del element.attrib[key]
            style = element.attrib.get("style", "")
            element.set("style", f"{style}; {key}: {value}".removeprefix("; "))


def _variable(colour: str, is_text: bool) -> str:
    known = COLOURS.get(colour.lower())
    if known is None:
        return colour
    known = AS_TEXT.get(known, known) if is_text else known
    # Red and blue letters are darker than red and blue bars.
    return f"var(--{known}-text)" if is_text and known in ("blue", "red") else f"var(--{known})"


def _in_page_font(style: str) -> str:
    """Return the style of a text with the size and weight kept, and the font left to the page."""
    style = _FAMILY.sub("", style)
    found = _FONT.search(style)
    if found is None:
        return style
    bold = "; font-weight: 700" if re.search(r"\b(?:bold|700)\b", found[0]) else ""
    return style.replace(found[0], f"font-size: {found[1]}px{bold}")
