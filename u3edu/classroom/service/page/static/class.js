// The class page: asks for the figures every few seconds and writes them into the tables.

const EVERY_MS = 3000;
const page = document.body.dataset;
let shown = "";

function cell(row, text, name) {
  const made = document.createElement("td");
  made.textContent = text;
  if (name) made.className = name;
  row.append(made);
  return made;
}

function head(row, text) {
  const made = document.createElement("th");
  made.scope = "row";
  made.textContent = text;
  row.append(made);
}

function bar(into, share) {
  const frame = document.createElement("span");
  const filled = document.createElement("span");
  frame.className = "bar";
  frame.setAttribute("aria-hidden", "true");
  filled.style.width = `${100 * share}%`;
  frame.append(filled);
  into.prepend(frame);
}

function mark(score, number) {
  const made = document.createElement("span");
  const [name, sign, words] =
    score === null ? ["empty", "·", "no answer"]
    : score === 1 ? ["full", "✓", "right"]
    : score > 0 ? ["part", "½", `${score.toFixed(2)} points`]
    : ["none", "✗", "wrong"];
  made.className = `cell ${name}`;
  made.textContent = sign;
  made.title = `Question ${number}: ${words}`;
  return made;
}

function signed(value) {
  const text = value.toFixed(2);
  return text === "-0.00" ? "0.00" : text.replace("-", "−");
}

function moment(text) {
  return new Date(text).toLocaleString([], { dateStyle: "short", timeStyle: "medium" });
}

function progress(one) {
  const row = document.createElement("tr");
  head(row, one.who);
  bar(cell(row, `${one.answered} of ${one.cells.length}`, "moment"), one.answered / one.cells.length);
  cell(row, one.right, "number");
  cell(row, one.points.toFixed(2), "number");
  cell(row, one.late || "", "number");
  cell(row, moment(one.last), "moment");
  const cells = cell(row, "", "cells");
  one.cells.forEach((score, index) => cells.append(mark(score, index + 1)));
  return row;
}

function item(one) {
  const row = document.createElement("tr");
  const unknown = "–";
  head(row, one.number);
  cell(row, one.question, "question");
  cell(row, one.kind.replaceAll("_", " "));
  cell(row, one.answers, "number");
  const right = cell(row, one.difficulty === null ? unknown : `${Math.round(100 * one.difficulty)} %`, "moment");
  if (one.difficulty !== null) bar(right, one.difficulty);
  cell(row, one.point_biserial === null ? unknown : signed(one.point_biserial), "number");
  cell(row, one.median_seconds === null ? unknown : `${one.median_seconds.toFixed(1)} s`, "number");
  return row;
}

function show(figures) {
  const by = (name) => document.getElementById(name);
  const answered = figures.trainees.reduce((sum, one) => sum + one.answered, 0);
  const right = figures.trainees.reduce((sum, one) => sum + one.right, 0);
  by("trainees").textContent = figures.trainees.length;
  by("finished").textContent = figures.trainees.filter((one) => one.answered === figures.items.length).length;
  by("answers").textContent = figures.answers;
  by("right").textContent = answered ? `${Math.round((100 * right) / answered)} %` : "–";
  by("progress").replaceChildren(...figures.trainees.map(progress));
  by("items").replaceChildren(...figures.items.map(item));
}

// Said once when it begins, for those who hear the page.
function say(problem) {
  const away = document.getElementById("away");
  if (away.textContent !== problem) away.textContent = problem;
}

async function update() {
  try {
    const reply = await fetch(page.figures, { headers: { "X-XSRFToken": page.xsrf } });
    if (!reply.ok) throw new Error((await reply.json()).message);
    const text = await reply.text();
    if (text !== shown) show(JSON.parse(text));
    shown = text;
    say("");
    document.getElementById("live").textContent = `Live; last asked at ${new Date().toLocaleTimeString()}.`;
  } catch (error) {
    say(`The classroom does not answer (${error.message}); the figures below are older. Asking again.`);
  }
  setTimeout(update, EVERY_MS);
}

update();
