// Mends what the notebook's own controls leave out for the keyboard and for screen readers.

// Every slider's handle is named, every toggle says whether it is pressed, and a key that a control of
// the painter uses (an arrow on a slider, a letter in a box) is no shortcut of the notebook around it.
function tidy(root) {
  for (const slider of root.querySelectorAll(".widget-slider, .widget-inline-hbox")) {
    const name = slider.querySelector("label, .widget-label")?.textContent;
    for (const part of slider.querySelectorAll(".noUi-handle, .widget-readout")) set(part, "aria-label", name);
  }
  for (const readout of root.querySelectorAll(".widget-readout[contenteditable='true']")) set(readout, "role", "textbox");
  for (const toggle of root.querySelectorAll(".jupyter-button.widget-toggle-button, .widget-toggle-buttons button")) {
    set(toggle, "aria-pressed", String(toggle.classList.contains("mod-active")));
  }
  for (const choice of root.querySelectorAll(".u3edu-element")) {
    set(choice, "aria-pressed", String(choice.classList.contains("u3edu-chosen")));
  }
  // A list that comes into view, or has another step chosen, shows that one.
  for (const list of root.querySelectorAll("select[size]:not([multiple])")) {
    const shown = `${list.selectedIndex} of ${list.length}`;
    const chosen = list.selectedOptions[0];
    if (!chosen || !list.offsetParent || list.dataset.shown === shown) continue;
    list.dataset.shown = shown;
    const [from, to] = [chosen.offsetTop - list.offsetTop, chosen.offsetTop - list.offsetTop + chosen.offsetHeight];
    if (from < list.scrollTop || to > list.scrollTop + list.clientHeight) list.scrollTop = to - list.clientHeight;
  }
  // An icon's glyph is no part of a button's name.
  for (const icon of root.querySelectorAll("button i.fa")) set(icon, "aria-hidden", "true");
  for (const choices of root.querySelectorAll(".widget-radio-box")) {
    set(choices, "role", "radiogroup");
    set(choices, "aria-label", choices.closest("[title]")?.title ?? choices.querySelector("[title]")?.title);
  }
  for (const canvas of root.querySelectorAll(".u3edu-quiz-place canvas")) {
    set(canvas, "role", "application");
    set(canvas, "aria-label", "Place of the change: arrow keys move the cross, Tab leads on");
  }
  // Other canvases are drawn on from the kernel alone; keyboard and pointer go to the pane over them.
  for (const canvas of root.querySelectorAll("canvas:not(.u3edu-pane, .u3edu-quiz-place canvas)")) {
    set(canvas, "tabindex", "-1");
    set(canvas, "aria-hidden", "true");
  }
}

function set(element, name, value) {
  if (value && element.getAttribute(name) !== value) element.setAttribute(name, value);
}

function keepTidy(root) {
  let waiting = false;
  const soon = () => {
    if (!waiting) requestAnimationFrame(() => ((waiting = false), tidy(root)));
    waiting = true;
  };
  const observer = new MutationObserver(soon);
  observer.observe(root, { childList: true, subtree: true, attributes: true, attributeFilter: ["class", "tabindex"] });
  // The notebook looks for this on what has the focus, before it looks further out.
  const keep = (event) => event.target.setAttribute("data-lm-suppress-shortcuts", "true");
  root.addEventListener("focusin", keep);
  tidy(root);
  return () => {
    observer.disconnect();
    root.removeEventListener("focusin", keep);
  };
}
