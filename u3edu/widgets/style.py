"""The widgets' style sheet; colours of text and lines follow the notebook's theme."""

import ipywidgets

_CSS = """
.u3edu-caption { font-size: 13px; font-weight: 600; color: var(--jp-ui-font-color1, #222); line-height: 1.4; }
.u3edu-note { font-size: 13px; font-weight: 400; color: var(--jp-ui-font-color1, #444); opacity: 0.85; }
.u3edu-pictures { gap: 16px; flex-wrap: wrap; align-items: flex-start; overflow: visible; }
.u3edu-pictures > .widget-vbox { flex: 1 1 240px; min-width: 240px; max-width: 600px; overflow: visible; }
.u3edu-pictures canvas, .u3edu-pictures img { display: block; background: #000; }
.u3edu-stage { position: relative; overflow: clip; border-radius: 4px; background: #000; }
.u3edu-stage > canvas { transform-origin: 0 0; image-rendering: pixelated;
  transform: translate(var(--u3edu-left, 0%), var(--u3edu-top, 0%)) scale(var(--u3edu-zoom, 1)); }
.u3edu-glass { position: absolute; inset: 0; margin: 0; overflow: visible; }
.u3edu-stage .u3edu-pane { position: absolute; inset: 0; width: 100%; height: 100%; cursor: crosshair;
  background: transparent; touch-action: none; outline-offset: -3px; border-radius: 4px; }
.u3edu-pane:focus-visible { outline: 3px solid #ffb000; }
.u3edu-pane[data-gesture="hand"] { cursor: grab; }
.u3edu-pane[data-gesture="window"] { cursor: ns-resize; }
.u3edu-pane[data-gesture="tap"] { cursor: pointer; }
.u3edu-late { position: absolute; left: 8px; bottom: 8px; font-size: 13px; color: #fff; background: #000c;
  padding: 2px 8px; border-radius: 4px; pointer-events: none; }
.u3edu-late:empty { display: none; }
.u3edu-twin { position: absolute; width: 13px; height: 13px; margin: -7px 0 0 -7px; pointer-events: none;
  left: var(--u3edu-cursor-x, 50%); top: var(--u3edu-cursor-y, 50%); display: none;
  border: 2px solid #fff; border-radius: 50%; box-shadow: 0 0 0 1px #000, inset 0 0 0 1px #000; }
.u3edu-hovering .u3edu-twin { display: block; }
.u3edu-controls { gap: 4px 18px; flex-wrap: wrap; align-items: center; overflow: visible; }
.u3edu-controls > * { overflow: visible; }
.u3edu-painter .widget-toggle-button i { margin-left: 6px; }
.u3edu-tools .widget-toggle-button { padding: 0 7px; margin: 2px 1px; }
.u3edu-tools .widget-toggle-button.mod-active, .u3edu-panel .widget-toggle-button.mod-active {
  color: var(--jp-layout-color1, #fff);
  background: var(--jp-ui-font-color1, #222); }
.u3edu-tabs .widget-toggle-button { padding: 0 10px; }
.u3edu-painter .widget-dropdown > select, .u3edu-comparison .widget-dropdown > select {
  background-image: linear-gradient(45deg, transparent 50%, var(--jp-ui-font-color1, #222) 50%),
    linear-gradient(-45deg, transparent 50%, var(--jp-ui-font-color1, #222) 50%);
  background-size: 6px 6px; background-repeat: no-repeat;
  background-position: right 12px center, right 6px center; }
.u3edu-painter button:focus-visible, .u3edu-painter input:focus-visible, .u3edu-painter select:focus-visible,
.u3edu-painter .noUi-handle:focus-visible {
  outline: 3px solid var(--jp-brand-color1, #1976d2); outline-offset: 1px; }
.u3edu-tabs .widget-toggle-button { background: transparent; border-bottom: 3px solid transparent;
  color: var(--jp-ui-font-color1, #222); }
.u3edu-tabs .widget-toggle-button.mod-active { border-bottom-color: var(--jp-brand-color1, #1976d2);
  font-weight: 600; }
.u3edu-tab-row { border-bottom: 1px solid var(--jp-border-color2, #ddd); margin-top: 6px; }
.u3edu-panel .widget-toggle-button { width: auto; }
.u3edu-panel { padding: 6px 0; min-height: 116px; }
.u3edu-element.jupyter-button { border: 2px solid transparent; border-radius: 14px; padding: 0 10px;
  line-height: 24px; height: 28px; box-shadow: 0 0 0 1px var(--jp-border-color1, #bbb); }
.u3edu-element.jupyter-button.u3edu-chosen { box-shadow: 0 0 0 3px var(--jp-ui-font-color1, #111); }
.u3edu-status { font-size: 13px; line-height: 1.5; color: var(--jp-ui-font-color1, #222); min-height: 40px; }
.u3edu-readout { font-size: 13px; line-height: 1.5; color: var(--jp-ui-font-color1, #222);
  font-variant-numeric: tabular-nums; min-height: 20px; white-space: nowrap; overflow: hidden; }
.u3edu-mask { font-size: 13px; line-height: 1.5; color: var(--jp-ui-font-color1, #222); }
.u3edu-limited { font-weight: 600; border-left: 4px solid #d55e00; padding-left: 8px; }
.u3edu-table { border-collapse: collapse; font-size: 13px; color: var(--jp-ui-font-color1, #222); }
.u3edu-table th, .u3edu-table td { padding: 3px 12px; text-align: right;
  border-bottom: 1px solid var(--jp-border-color2, #ddd); }
.u3edu-table th:first-child, .u3edu-table td:first-child { text-align: left; white-space: nowrap; }
"""


def style_sheet() -> ipywidgets.HTML:
    """An invisible widget that brings the style sheet to the page."""
    return ipywidgets.HTML(f"<style>{_CSS}</style>", layout=ipywidgets.Layout(display="none"))


def caption(text: str, note: str = "") -> ipywidgets.HTML:
    """A line above a picture; `note` stands behind it in lighter letters."""
    words = f'{text} <span class="u3edu-note">{note}</span>'
    return ipywidgets.HTML(f'<span class="u3edu-caption">{words}</span>')
