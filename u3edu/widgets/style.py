"""The widgets' style sheet; colours of text and lines follow the notebook's theme."""

import ipywidgets

_CSS = """
.u3edu-caption { font-size: 13px; font-weight: 600; color: var(--jp-ui-font-color1, #222); line-height: 1.4; }
.u3edu-note { font-weight: 400; color: var(--jp-ui-font-color2, #555); }
.u3edu-pictures { gap: 16px; flex-wrap: wrap; align-items: flex-start; }
.u3edu-pictures > .widget-vbox { flex: 1 1 240px; min-width: 240px; max-width: 512px; overflow: visible; }
.u3edu-pictures canvas, .u3edu-pictures img { display: block; background: #000; border-radius: 4px; }
.u3edu-paint-canvas { cursor: crosshair; outline-offset: 2px; }
.u3edu-controls { gap: 4px 18px; flex-wrap: wrap; align-items: center; }
.u3edu-controls > * { overflow: visible; }
.u3edu-controls .widget-toggle-button i { margin-left: 6px; }
.u3edu-element.jupyter-button { border: 2px solid transparent; border-radius: 14px; padding: 0 10px;
  line-height: 24px; height: 28px; box-shadow: 0 0 0 1px var(--jp-border-color1, #bbb); }
.u3edu-element.jupyter-button.u3edu-chosen { box-shadow: 0 0 0 3px var(--jp-ui-font-color1, #111); }
.u3edu-status { font-size: 13px; line-height: 1.5; color: var(--jp-ui-font-color1, #222); min-height: 40px; }
.u3edu-table { border-collapse: collapse; font-size: 13px; color: var(--jp-ui-font-color1, #222); }
.u3edu-table th, .u3edu-table td { padding: 3px 12px; text-align: right;
  border-bottom: 1px solid var(--jp-border-color2, #ddd); }
.u3edu-table th:first-child { text-align: left; }
"""


def style_sheet() -> ipywidgets.HTML:
    """An invisible widget that brings the style sheet to the page."""
    return ipywidgets.HTML(f"<style>{_CSS}</style>", layout=ipywidgets.Layout(display="none"))


def caption(text: str, note: str = "") -> ipywidgets.HTML:
    """A line above a picture; `note` stands behind it in lighter letters."""
    words = f'{text} <span class="u3edu-note">{note}</span>'
    return ipywidgets.HTML(f'<span class="u3edu-caption">{words}</span>')
