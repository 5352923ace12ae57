// The pane of glass over the picture: it takes pointer and keys, shows wet paint, and moves the view.

const HOVER_MILLISECONDS = 100;
const WET_MILLISECONDS = 150; // wet paint lies until the kernel's own pixels are on the screen
const LATE_MILLISECONDS = 2500;
const ARROWS = { ArrowLeft: [0.1, 0], ArrowRight: [-0.1, 0], ArrowUp: [0, 0.1], ArrowDown: [0, -0.1] };

class Glass {
  constructor(model, el) {
    this.model = model;
    this.view = new View(...model.get("view"));
    this.pending = new Map(); // strokes that the kernel has not answered yet, by number
    this.cursor = null;
    this.turned = [0, 0];
    this.build(el);
    this.wet = new WetPaint(this.pane, model.get("shape"), model.get("spacing"));
    this.gestures = new Gestures(this);
    this.gestures.listen(this.pane);
    this.pane.addEventListener("wheel", (event) => this.wheel(event), { passive: false });
    this.pane.addEventListener("keydown", (event) => this.key(event));
    this.pane.addEventListener("keyup", (event) => event.key === " " && this.space(false));
    this.pane.addEventListener("blur", () => this.space(false));
  }

  build(el) {
    el.classList.add("u3edu-glass");
    this.pane = el.appendChild(document.createElement("canvas"));
    this.pane.className = "u3edu-pane";
    this.pane.tabIndex = 0;
    this.pane.setAttribute("role", "application");
    this.notice = el.appendChild(document.createElement("div"));
    this.notice.className = "u3edu-late";
    this.notice.setAttribute("role", "status");
    this.observer = new ResizeObserver(() => this.resize(el));
    this.observer.observe(el);
    const answers = (message) => message.kind === "done" && this.done(message.id);
    const changes = { "change:view": () => this.follow(), "change:tool": () => this.change(), "change:marks": () => this.changed(), "change:description": () => this.describe() };
    this.model.on("msg:custom", answers);
    for (const [name, callback] of Object.entries(changes)) this.model.on(name, callback);
    this.remove = () => {
      this.observer.disconnect();
      this.untidy?.();
      this.model.off("msg:custom", answers);
      for (const [name, callback] of Object.entries(changes)) this.model.off(name, callback);
    };
    this.describe();
  }

  describe() {
    this.pane.setAttribute("aria-label", this.model.get("description"));
  }

  resize(el) {
    if (!this.root && (this.root = el.closest(".u3edu-painter"))) this.untidy = keepTidy(this.root);
    const { width, height } = el.getBoundingClientRect();
    this.pane.width = Math.max(1, Math.round(width * window.devicePixelRatio));
    this.pane.height = Math.max(1, Math.round(height * window.devicePixelRatio));
    this.changed();
  }

  // What gestures ask for.

  tool() {
    return this.model.get("tool");
  }

  size() {
    return [this.pane.clientWidth, this.pane.clientHeight];
  }

  picture(x, y) {
    const [rows, columns] = this.model.get("shape");
    const [u, v] = this.view.toPicture(x, y);
    // A hundredth of a pixel is finer than any mouse.
    return [Math.round(u * columns * 100) / 100, Math.round(v * rows * 100) / 100];
  }

  onPane(point) {
    const [rows, columns] = this.model.get("shape");
    return this.view.toPane(point[0] / columns, point[1] / rows);
  }

  changed() {
    if (this.frame) return;
    this.frame = requestAnimationFrame(() => {
      this.frame = null;
      this.draw();
    });
  }

  moved() {
    this.changed();
    clearTimeout(this.telling);
    this.telling = setTimeout(() => {
      this.model.set("view", [this.view.zoom, this.view.left, this.view.top]);
      this.model.save_changes();
    }, 120);
  }

  finish(stroke) {
    const id = Glass.last++;
    this.pending.set(id, stroke);
    this.send({ kind: "gesture", id, tool: stroke.tool.name, points: stroke.points });
    setTimeout(() => this.late(), LATE_MILLISECONDS);
  }

  hover(point) {
    this.cursor = point;
    if (this.root) {
      const [rows, columns] = this.model.get("shape");
      const [x, y] = this.view.toPane(point[0] / columns, point[1] / rows);
      this.root.style.setProperty("--u3edu-cursor-x", `${x * 100}%`);
      this.root.style.setProperty("--u3edu-cursor-y", `${y * 100}%`);
      this.root.classList.add("u3edu-hovering");
    }
    if (this.hovering) return;
    this.hovering = setTimeout(() => {
      this.hovering = null;
      if (this.cursor) this.send({ kind: "hover", point: this.cursor });
    }, HOVER_MILLISECONDS);
  }

  leave() {
    this.cursor = null;
    this.root?.classList.remove("u3edu-hovering");
    this.send({ kind: "leave" });
    this.changed();
  }

  // Window by dragging: the next step is sent when the kernel has drawn the last one.
  drag(x, y) {
    this.turned = [this.turned[0] + x, this.turned[1] + y];
    const isWaiting = [...this.pending.values()].includes("window");
    if (isWaiting || (!this.turned[0] && !this.turned[1])) return;
    const id = Glass.last++;
    this.pending.set(id, "window");
    this.send({ kind: "window", id, drag: this.turned });
    this.turned = [0, 0];
  }

  // What the kernel answers.

  done(id) {
    const answered = this.pending.get(id);
    if (answered === "window") {
      this.pending.delete(id);
      this.drag(0, 0);
    } else if (answered) {
      setTimeout(() => {
        this.pending.delete(id);
        this.late();
        this.changed();
      }, WET_MILLISECONDS);
    }
  }

  late() {
    const isWaiting = [...this.pending.values()].some((stroke) => stroke !== "window");
    this.notice.textContent = isWaiting ? "Waiting for the kernel …" : "";
  }

  follow() {
    this.view.set(...this.model.get("view"));
    this.changed();
  }

  // Another tool gives up the polygon in hand; another width or colour does not.
  change() {
    if (this.gestures.stroke?.tool.name !== this.tool().name) this.gestures.cancel();
    this.changed();
  }

  draw() {
    if (this.root) this.view.style(this.root);
    const tool = this.tool();
    this.pane.dataset.gesture = this.gestures.spaceHeld ? "hand" : tool.gesture;
    const strokes = [...this.pending.values()].filter((stroke) => stroke !== "window");
    for (const { gesture, points } of this.model.get("marks")) strokes.push({ tool: { gesture }, points });
    if (this.gestures.stroke) strokes.push(this.gestures.stroke);
    const hasRing = this.cursor && !this.gestures.stroke && tool.ring;
    this.wet.draw(this.view, strokes, hasRing ? { tool, point: this.cursor } : null);
  }

  // Keys and wheel.

  // Without the focus the wheel scrolls the page, as everywhere on it.
  wheel(event) {
    if (!event.ctrlKey && document.activeElement !== this.pane) return;
    event.preventDefault();
    this.view.zoomAround(2 ** (-event.deltaY / 400), ...this.gestures.place(event));
    this.moved();
  }

  space(isHeld) {
    this.gestures.spaceHeld = isHeld;
    this.changed();
  }

  key(event) {
    if (this.handles(event)) {
      event.preventDefault();
      event.stopPropagation();
    }
  }

  handles(event) {
    const { key, ctrlKey, metaKey, shiftKey } = event;
    if (ctrlKey || metaKey) {
      if (!"zy".includes(key.toLowerCase())) return false;
      this.send({ kind: "key", key: key.toLowerCase() === "y" || shiftKey ? "redo" : "undo" });
    } else if (key === " ") this.space(true);
    else if (key === "Enter") this.gestures.end();
    else if (key === "Escape") this.gestures.cancel();
    else if (key === "Backspace") this.gestures.back();
    else if (ARROWS[key]) this.step(() => this.view.pan(...ARROWS[key]));
    else if (key === "+" || key === "=") this.step(() => this.view.zoomAround(1.25, 0.5, 0.5));
    else if (key === "-") this.step(() => this.view.zoomAround(0.8, 0.5, 0.5));
    else if (key === "0") this.step(() => this.view.set(1, 0, 0));
    else if (key === "[" || key === "]") this.send({ kind: "key", key });
    else return false;
    return true;
  }

  step(change) {
    change();
    this.moved();
  }

  send(content) {
    this.model.send(content);
  }
}

Glass.last = 1;

function render({ model, el }) {
  const glass = new Glass(model, el);
  return glass.remove;
}

export default { render };
