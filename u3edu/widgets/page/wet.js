// Draws what no pixel holds yet: strokes on their way to the kernel, outlines, the ruler, the brush's ring.

const WET = 0.65;

class WetPaint {
  // shape is [rows, columns] of the picture, spacing the mm between them.
  constructor(pane, shape, spacing) {
    this.pane = pane;
    this.shape = shape;
    this.spacing = spacing;
    this.context = pane.getContext("2d");
  }

  // strokes: [{tool, points: [[x, y], ...] in pixels of the picture, open}]; cursor: {tool, point} or null.
  draw(view, strokes, cursor) {
    const { context, pane } = this;
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.clearRect(0, 0, pane.width, pane.height);
    const place = ([x, y]) => {
      const [u, v] = view.toPane(x / this.shape[1], y / this.shape[0]);
      return [u * pane.width, v * pane.height];
    };
    const scale = (view.zoom * pane.width) / this.shape[1];
    for (const stroke of strokes) this.stroke(stroke, stroke.points.map(place), scale);
    if (cursor) this.cursor(place(cursor.point), Math.max((cursor.tool.width * scale) / 2, 2));
  }

  stroke({ tool, points, open }, places, scale) {
    if (tool.gesture === "polygon" || tool.gesture === "lasso") this.region(tool, places, open ?? false);
    else if (tool.gesture === "ring") this.ring(tool, places, scale);
    else if (tool.gesture === "measure") this.ruler(points, places);
    else if (tool.gesture === "tap") this.handle(places[0]);
    else this.swept(tool, places, tool.width * scale);
  }

  // A round brush along a line; one path, so that crossing it does not paint twice as strongly.
  swept(tool, places, width) {
    const { context } = this;
    context.save();
    context.globalAlpha = WET;
    context.lineCap = context.lineJoin = "round";
    context.strokeStyle = context.fillStyle = tool.colour;
    context.lineWidth = width;
    context.beginPath();
    if (places.length === 1) {
      context.arc(...places[0], width / 2, 0, 2 * Math.PI);
      context.fill();
    } else {
      this.path(places);
      context.stroke();
    }
    context.restore();
  }

  region(tool, places, open) {
    const { context } = this;
    context.save();
    context.beginPath();
    this.path(places);
    if (!open) context.closePath();
    if (tool.colour) {
      context.globalAlpha = 0.4;
      context.fillStyle = tool.colour;
      context.fill();
      context.globalAlpha = 1;
    }
    this.outline();
    if (open) for (const place of places) this.handle(place);
    context.restore();
  }

  // From corner to corner of the ellipse's frame; the wall lies inside.
  ring(tool, places, scale) {
    const { context } = this;
    const [start, end = start] = places;
    const centre = [(start[0] + end[0]) / 2, (start[1] + end[1]) / 2];
    const wall = tool.width * scale;
    const radii = [0, 1].map((axis) => Math.max(Math.abs(end[axis] - start[axis]) / 2 - wall / 2, 0));
    context.save();
    context.globalAlpha = WET;
    context.strokeStyle = tool.colour;
    context.lineWidth = wall;
    context.beginPath();
    context.ellipse(...centre, ...radii, 0, 0, 2 * Math.PI);
    context.stroke();
    context.restore();
  }

  ruler(points, places) {
    const { context } = this;
    const [start, end = start] = [points[0], points[points.length - 1]];
    const millimetres = Math.hypot((end[1] - start[1]) * this.spacing[0], (end[0] - start[0]) * this.spacing[1]);
    context.beginPath();
    this.path([places[0], places[places.length - 1]]);
    this.outline();
    for (const place of [places[0], places[places.length - 1]]) this.handle(place);
    this.words(`${millimetres.toFixed(1)} mm`, places[places.length - 1]);
  }

  cursor(place, radius) {
    this.context.beginPath();
    this.context.arc(...place, radius, 0, 2 * Math.PI);
    this.outline();
  }

  path(places) {
    places.forEach((place, index) => (index ? this.context.lineTo(...place) : this.context.moveTo(...place)));
  }

  // White on black shows on every background.
  outline() {
    const thin = window.devicePixelRatio;
    for (const [colour, width] of [["#000", 3 * thin], ["#fff", 1.2 * thin]]) {
      this.context.strokeStyle = colour;
      this.context.lineWidth = width;
      this.context.stroke();
    }
  }

  handle([x, y]) {
    const side = 3 * window.devicePixelRatio;
    this.context.beginPath();
    this.context.rect(x - side, y - side, 2 * side, 2 * side);
    this.context.fillStyle = "#fff";
    this.context.fill();
    this.outline();
  }

  words(text, [x, y]) {
    const { context } = this;
    const size = 13 * window.devicePixelRatio;
    context.font = `600 ${size}px sans-serif`;
    const width = context.measureText(text).width;
    const left = clamp(x + size, 2, this.pane.width - width - 2);
    const base = clamp(y - size / 2, size, this.pane.height - 2);
    context.lineWidth = size / 4;
    context.strokeStyle = "#000";
    context.strokeText(text, left, base);
    context.fillStyle = "#fff";
    context.fillText(text, left, base);
  }
}
