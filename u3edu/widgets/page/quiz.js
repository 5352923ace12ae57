// Keeps a quiz card's controls usable by keyboard, and sends a choice together with its submission; the
// card is on the page only after its parts are made.

// A control's second change waits in the page until the kernel has taken the first; a button's press does
// not. So the press of Submit brings along what is chosen at that moment.
function submitTogether(card, model) {
  const pressed = (event) => {
    const button = event.target.closest("button");
    if (!button || button.disabled || button.textContent.trim() !== "Submit") return;
    event.stopImmediatePropagation();
    const choices = [...card.querySelectorAll(".widget-radio-box input[type='radio']")];
    const chosen = choices.findIndex((choice) => choice.checked);
    model.send({ press: "submit", chosen: chosen < 0 ? null : chosen });
  };
  card.addEventListener("click", pressed, true);
  return () => card.removeEventListener("click", pressed, true);
}

function render({ model, el }) {
  let untidy = () => {};
  let apart = () => {};
  let frame = requestAnimationFrame(function look() {
    const card = el.closest(".u3edu-quiz");
    if (card) [untidy, apart] = [keepTidy(card), submitTogether(card, model)];
    else frame = requestAnimationFrame(look);
  });
  return () => {
    cancelAnimationFrame(frame);
    untidy();
    apart();
  };
}

export default { render };
