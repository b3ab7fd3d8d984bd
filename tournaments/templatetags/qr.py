"""QR codes, drawn into the page."""

from functools import lru_cache

import segno
from django import template
from django.utils.safestring import SafeString, mark_safe

register = template.Library()


@register.simple_tag
@lru_cache(maxsize=256)  # to draw one takes longer than the rest of a small tournament's page
def qr(text: str) -> SafeString:
    """The QR code of an address, as an inline SVG as large as its container."""
    svg = segno.make(text, error="m", micro=False).svg_inline(
        omitsize=True,
        border=2,
        dark="#000",
        light="#fff",
        svgclass="qr",
        lineclass=None,
        title=text,
    )
    return mark_safe(svg)  # noqa: S308 - segno escapes the title; the rest is a drawing
