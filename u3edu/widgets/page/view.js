// Which part of the picture both panes show: zoom x1 to x8, and the corner at the top left.

const LARGEST_ZOOM = 8;

const clamp = (value, low, high) => Math.min(Math.max(value, low), high);

// In steps that the slider has too: it sends back what it can show.
const step = (zoom) => Math.round(clamp(zoom, 1, LARGEST_ZOOM) * 1000) / 1000;

class View {
  constructor(zoom = 1, left = 0, top = 0) {
    this.set(zoom, left, top);
  }

  // left and top are fractions of the picture, 0 to 1; the panes never show beyond its border.
  set(zoom, left, top) {
    this.zoom = step(zoom);
    const room = 1 - 1 / this.zoom;
    this.left = clamp(left, 0, room);
    this.top = clamp(top, 0, room);
  }

  // The point under (x, y), fractions of the pane, stays where it is.
  zoomAround(factor, x, y) {
    const [u, v] = this.toPicture(x, y);
    const zoom = step(this.zoom * factor);
    this.set(zoom, u - x / zoom, v - y / zoom);
  }

  // Push the picture by fractions of the pane.
  pan(x, y) {
    this.set(this.zoom, this.left - x / this.zoom, this.top - y / this.zoom);
  }

  toPicture(x, y) {
    return [this.left + x / this.zoom, this.top + y / this.zoom];
  }

  toPane(u, v) {
    return [(u - this.left) * this.zoom, (v - this.top) * this.zoom];
  }

  // The style sheet moves both canvases by these.
  style(root) {
    root.style.setProperty("--u3edu-zoom", this.zoom);
    root.style.setProperty("--u3edu-left", `${-this.left * this.zoom * 100}%`);
    root.style.setProperty("--u3edu-top", `${-this.top * this.zoom * 100}%`);
  }
}
