// Pictures of one place beside each other, one over the other, or in turn, with one linked cursor.

const MODES = [["side by side", "Side by side"], ["swipe", "Swipe"], ["flicker", "Flicker"], ["difference", "Difference"]];
const TELL_MILLISECONDS = 150;
const STEPS = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };

function element(parent, tag, properties = {}, attributes = {}) {
  const made = Object.assign(document.createElement(tag), properties);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  return parent.appendChild(made);
}

class ComparePane {
  constructor(model, el) {
    this.model = model;
    this.urls = [];
    this.position = 0.5; // of the swipe, in pictures
    this.turn = 0; // of the flicker
    el.classList.add("u3edu-compare");
    const modes = element(el, "div", { className: "u3edu-compare-modes" }, { role: "group", "aria-label": "Ways to compare" });
    this.buttons = MODES.map(([mode, words]) => {
      const button = element(modes, "button", { type: "button", textContent: words });
      button.addEventListener("click", () => { model.set("mode", mode); model.save_changes(); });
      return button;
    });
    this.stage = element(el, "div", { className: "u3edu-compare-stage", tabIndex: 0 }, { role: "group", "aria-label": "Pictures. The arrow keys move a cursor that is the same in all of them." });
    this.controls = element(el, "div", { className: "u3edu-compare-controls" });
    this.reading = element(el, "div", { className: "u3edu-compare-reading" }, { role: "status" });
    this.stage.addEventListener("pointermove", (event) => this.point(event));
    this.stage.addEventListener("pointerdown", (event) => this.point(event));
    this.stage.addEventListener("keydown", (event) => this.key(event));
    // The notebook takes arrow keys and letters as shortcuts, unless what has the focus says that it may not.
    const keep = (event) => {
      if (event.target.closest?.(".u3edu-comparison")) event.target.setAttribute("data-lm-suppress-shortcuts", "true");
    };
    document.addEventListener("focusin", keep);
    const redraw = () => this.draw();
    const reload = () => { this.load(); this.draw(); };
    const read = () => { this.reading.textContent = model.get("reading"); };
    model.on("change:mode", redraw);
    model.on("change:pictures", reload);
    model.on("change:reading", read);
    this.remove = () => {
      clearInterval(this.timer);
      clearTimeout(this.telling);
      document.removeEventListener("focusin", keep);
      this.urls.forEach(URL.revokeObjectURL);
      model.off("change:mode", redraw);
      model.off("change:pictures", reload);
      model.off("change:reading", read);
    };
    reload();
    read();
  }

  load() {
    this.urls.forEach(URL.revokeObjectURL);
    this.pictures = this.model.get("pictures");
    this.urls = this.pictures.map((picture) => URL.createObjectURL(new Blob([picture.png], { type: "image/png" })));
    this.states = this.pictures.map((_, index) => index).filter((index) => !this.pictures[index].map);
  }

  draw() {
    const mode = this.model.get("mode");
    MODES.forEach(([name], index) => this.buttons[index].setAttribute("aria-pressed", String(name === mode)));
    clearInterval(this.timer);
    this.stage.replaceChildren();
    this.controls.replaceChildren();
    this.stage.dataset.mode = mode;
    // States in the first row, their differences in the second, where one row can't hold them all.
    const maps = this.pictures.length - this.states.length;
    const row = this.pictures.length <= 4 ? this.pictures.length : Math.min(this.states.length, 4);
    const columns = mode === "difference" ? Math.min(maps, 4) : row;
    this.stage.style.setProperty("--u3edu-columns", columns);
    if (mode === "swipe") this.drawSwipe();
    else if (mode === "flicker") this.drawFlicker();
    else this.pictures.forEach((picture, index) => {
      if (mode === "side by side" || picture.map) this.figure([index], picture.title, picture.note);
    });
  }

  // A frame with pictures over each other, a caption and a cross.
  figure(indices, title, note) {
    const figure = element(this.stage, "figure");
    const caption = element(figure, "figcaption");
    element(caption, "span", { className: "u3edu-caption", textContent: title });
    element(caption, "span", { className: "u3edu-note", textContent: " " + note });
    const frame = element(figure, "div", { className: "u3edu-compare-frame" });
    const [rows, columns] = this.model.get("shape"), [high, wide] = this.model.get("spacing");
    frame.style.aspectRatio = `${columns * wide} / ${rows * high}`;
    const images = indices.map((index) => element(frame, "img", { src: this.urls[index], draggable: false, alt: `${this.pictures[index].title}, ${this.pictures[index].note}` }));
    element(frame, "div", { className: "u3edu-compare-cross" });
    return { figure, caption, frame, images };
  }

  title(index) {
    return this.pictures[this.states[index]].title;
  }

  drawSwipe() {
    // The first may be an original; the line's other side never is.
    const { frame, images, caption } = this.figure(this.states, "", this.pictures[this.states.length - 1].note);
    const line = element(frame, "div", { className: "u3edu-compare-line" });
    const most = this.states.length - 1;
    const label = element(this.controls, "label", { textContent: "Swipe " });
    const slider = element(label, "input", { type: "range", min: 0, max: most, step: 0.01, value: Math.min(this.position, most) });
    const show = () => {
      this.position = Number(slider.value);
      const left = Math.min(Math.floor(this.position), Math.max(most - 1, 0)), share = this.position - left;
      images.forEach((image, index) => {
        image.style.visibility = index === left || index === left + 1 ? "visible" : "hidden";
        // The earlier picture gives way from the left: the line is where the later one ends.
        image.style.clipPath = index === left + 1 ? `inset(0 ${100 - share * 100}% 0 0)` : "none";
      });
      line.style.left = `${share * 100}%`;
      const words = `${this.title(Math.min(left + 1, most))} left of the line, ${this.title(left)} right of it`;
      caption.firstChild.textContent = words;
      slider.setAttribute("aria-valuetext", `${Math.round(share * 100)} %: ${words}`);
    };
    slider.addEventListener("input", show);
    frame.addEventListener("pointerdown", (event) => { event.preventDefault(); frame.setPointerCapture(event.pointerId); this.drag(event, frame, slider); });
    frame.addEventListener("pointermove", (event) => event.buttons && this.drag(event, frame, slider));
    show();
  }

  drag(event, frame, slider) {
    const { left, width } = frame.getBoundingClientRect();
    const before = Math.min(Math.floor(this.position), Math.max(this.states.length - 2, 0));
    slider.value = before + Math.min(Math.max((event.clientX - left) / width, 0), 0.999);
    slider.dispatchEvent(new Event("input"));
  }

  drawFlicker() {
    const { images, caption } = this.figure(this.states, "", "");
    const show = () => {
      this.turn %= images.length;
      images.forEach((image, index) => { image.style.visibility = index === this.turn ? "visible" : "hidden"; });
      caption.firstChild.textContent = this.title(this.turn);
      caption.lastChild.textContent = this.pictures[this.states[this.turn]].note;
    };
    const next = (by) => { this.turn += by + images.length; show(); };
    const play = element(this.controls, "button", { type: "button", textContent: "Play" }, { "aria-pressed": "false" });
    const back = element(this.controls, "button", { type: "button", textContent: "Previous" });
    const forth = element(this.controls, "button", { type: "button", textContent: "Next" });
    const label = element(this.controls, "label", { textContent: "Seconds for each " });
    // Not faster than 2.5 a second: three flashes a second can harm (WCAG 2.3.1).
    const pace = element(label, "input", { type: "range", min: 0.4, max: 3, step: 0.1, value: 0.8 });
    const run = (on) => {
      clearInterval(this.timer);
      play.setAttribute("aria-pressed", String(on));
      play.textContent = on ? "Pause" : "Play";
      pace.setAttribute("aria-valuetext", `${pace.value} seconds`);
      if (on) this.timer = setInterval(() => next(1), pace.value * 1000);
    };
    play.addEventListener("click", () => run(play.textContent === "Play"));
    back.addEventListener("click", () => { run(false); next(-1); });
    forth.addEventListener("click", () => { run(false); next(1); });
    pace.addEventListener("input", () => run(play.textContent === "Pause"));
    run(false);
    show();
  }

  point(event) {
    const frame = event.target.closest(".u3edu-compare-frame");
    if (!frame) return;
    const { left, top, width, height } = frame.getBoundingClientRect(), [rows, columns] = this.model.get("shape");
    this.place(Math.floor((event.clientY - top) / height * rows), Math.floor((event.clientX - left) / width * columns));
  }

  key(event) {
    const step = STEPS[event.key];
    if (!step || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    const [rows, columns] = this.model.get("shape"), by = event.shiftKey ? 10 : 1;
    const [row, column] = this.cursor ?? [rows >> 1, columns >> 1];
    this.place(row + by * step[0], column + by * step[1]);
  }

  place(row, column) {
    const [rows, columns] = this.model.get("shape");
    this.cursor = [Math.min(Math.max(row, 0), rows - 1), Math.min(Math.max(column, 0), columns - 1)];
    this.stage.style.setProperty("--u3edu-row", `${(this.cursor[0] + 0.5) / rows * 100}%`);
    this.stage.style.setProperty("--u3edu-column", `${(this.cursor[1] + 0.5) / columns * 100}%`);
    this.stage.classList.add("u3edu-pointing");
    // The kernel knows the values; it is asked when the cursor rests a moment.
    clearTimeout(this.telling);
    this.telling = setTimeout(() => { this.model.set("cursor", this.cursor); this.model.save_changes(); }, TELL_MILLISECONDS);
  }
}

export default {
  render({ model, el }) {
    const pane = new ComparePane(model, el);
    return () => pane.remove();
  },
};
