// Keeps a quiz card's controls usable by keyboard; the card is on the page only after its parts are made.

function render({ el }) {
  let untidy = () => {};
  let frame = requestAnimationFrame(function look() {
    const card = el.closest(".u3edu-quiz");
    if (card) untidy = keepTidy(card);
    else frame = requestAnimationFrame(look);
  });
  return () => {
    cancelAnimationFrame(frame);
    untidy();
  };
}

export default { render };
