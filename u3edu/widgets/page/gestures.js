// Mouse, pen and touch on the pane, turned into whole gestures; only those leave the page.

// Gestures that press, drag and release; a polygon is made of taps, and the hand and the window act at once.
const DRAGGED = ["freehand", "lasso", "line", "ring", "measure"];
const NEAR = 8; // CSS pixels within which a tap means the same corner

class Gestures {
  // owner: {tool(), view, picture(x, y), size(), changed(), moved(), finish(stroke), hover(point), leave(), drag(x, y)}
  constructor(owner) {
    this.owner = owner;
    this.pointers = new Map();
    this.stroke = null; // the stroke or polygon in hand
    this.grip = null; // what a drag moves without a stroke: "hand", "window" or "pinch"
    this.spaceHeld = false;
  }

  listen(pane) {
    this.pane = pane;
    const events = { pointerdown: "down", pointermove: "move", pointerup: "up", pointercancel: "lost", pointerleave: "leave" };
    for (const [event, name] of Object.entries(events)) pane.addEventListener(event, (message) => this[name](message));
    pane.addEventListener("dblclick", () => this.end());
    pane.addEventListener("contextmenu", (event) => event.preventDefault());
  }

  // Forget the stroke in hand.
  cancel() {
    this.stroke = null;
    this.grip = null;
    this.owner.changed();
  }

  // Enter, a double click or a tap on the first corner: the polygon is complete.
  end() {
    if (this.stroke?.tool.gesture !== "polygon") return;
    const stroke = this.stroke;
    this.stroke = null;
    if (stroke.points.length > 2) this.owner.finish({ ...stroke, open: false });
    this.owner.changed();
  }

  // Backspace: one corner less.
  back() {
    if (this.stroke?.tool.gesture !== "polygon") return;
    this.stroke.points.pop();
    if (!this.stroke.points.length) this.stroke = null;
    this.owner.changed();
  }

  down(event) {
    event.preventDefault();
    this.pane.focus({ preventScroll: true });
    this.pane.setPointerCapture(event.pointerId);
    const place = this.place(event);
    this.pointers.set(event.pointerId, place);
    const tool = this.owner.tool();
    if (this.pointers.size > 1) {
      // A second finger gives the stroke up and moves the picture instead.
      this.stroke = null;
      this.grip = "pinch";
    } else if (event.button === 1 || this.spaceHeld || tool.gesture === "hand") this.grip = "hand";
    else if (event.button !== 0) return;
    else if (tool.gesture === "window") this.grip = "window";
    else if (tool.gesture === "polygon") this.corner(tool, place);
    else if (tool.gesture === "tap") this.owner.finish({ tool, points: [this.owner.picture(...place)] });
    else if (DRAGGED.includes(tool.gesture)) this.stroke = { tool, points: [this.owner.picture(...place)] };
    this.owner.changed();
  }

  corner(tool, place) {
    const point = this.owner.picture(...place);
    if (!this.stroke) this.stroke = { tool, points: [point], open: true };
    else if (this.near(this.stroke.points[0], place) && this.stroke.points.length > 2) this.end();
    else if (!this.near(this.stroke.points[this.stroke.points.length - 1], place)) this.stroke.points.push(point);
  }

  near(point, place) {
    const [width, height] = this.owner.size();
    const [x, y] = this.owner.onPane(point);
    return Math.hypot((x - place[0]) * width, (y - place[1]) * height) < NEAR;
  }

  move(event) {
    const place = this.place(event);
    const before = this.pointers.get(event.pointerId);
    if (before) this.pointers.set(event.pointerId, place);
    if (before && this.grip) return this.drag(before, place);
    const tool = this.owner.tool();
    if (!this.stroke || !before || tool.gesture === "polygon") {
      this.owner.hover(this.owner.picture(...place));
      return this.owner.changed();
    }
    for (const each of event.getCoalescedEvents?.() ?? [event]) this.extend(this.place(each));
    if (!event.getCoalescedEvents?.().length) this.extend(place);
    this.owner.changed();
  }

  extend([x, y]) {
    if (!this.stroke) return;
    const { tool, points } = this.stroke;
    const isInside = x >= 0 && y >= 0 && x <= 1 && y <= 1;
    // Paint ends at the border; what is measured or outlined follows along it.
    if (!isInside && tool.gesture === "freehand") return this.release();
    const point = this.owner.picture(clamp(x, 0, 1), clamp(y, 0, 1));
    if (tool.gesture === "freehand" || tool.gesture === "lasso") points.push(point);
    else points.splice(1, 1, point);
  }

  up(event) {
    this.pointers.delete(event.pointerId);
    if (this.grip) {
      if (this.grip === "window") this.owner.drag(0, 0, true);
      // The finger that stays after a pinch does not begin to paint.
      if (!this.pointers.size) this.grip = null;
      return;
    }
    this.release();
    // The ring and the read-out go on from where the stroke ended; a finger has left.
    const [x, y] = this.place(event);
    const isInside = x >= 0 && y >= 0 && x <= 1 && y <= 1;
    if (isInside && event.pointerType !== "touch") this.owner.hover(this.owner.picture(x, y));
  }

  // The browser takes the pointer away (a system gesture, a pen out of reach): nothing is painted.
  lost(event) {
    this.pointers.delete(event.pointerId);
    this.cancel();
  }

  leave() {
    if (!this.pointers.size) this.owner.leave();
  }

  release() {
    const stroke = this.stroke;
    if (!stroke || stroke.tool.gesture === "polygon") return;
    this.stroke = null;
    this.owner.finish(stroke);
    this.owner.changed();
  }

  drag(before, place) {
    const { view } = this.owner;
    const moved = [place[0] - before[0], place[1] - before[1]];
    if (this.grip === "window") return this.owner.drag(...moved, false);
    if (this.grip === "hand") view.pan(...moved);
    else if (this.pointers.size > 1) {
      const others = [...this.pointers.values()].filter((other) => other !== place);
      const [x, y] = others[0];
      const was = Math.hypot(before[0] - x, before[1] - y);
      const is = Math.hypot(place[0] - x, place[1] - y);
      view.pan(moved[0] / 2, moved[1] / 2);
      if (was > 0.01) view.zoomAround(is / was, (place[0] + x) / 2, (place[1] + y) / 2);
    }
    this.owner.moved();
  }

  // Fractions of the pane.
  place(event) {
    const frame = this.pane.getBoundingClientRect();
    return [(event.clientX - frame.left) / frame.width, (event.clientY - frame.top) / frame.height];
  }
}
