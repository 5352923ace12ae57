"""The words and pictures of a quiz card, as HTML that screen readers can read."""

import base64
import html

from u3edu.quiz.mark import Mark
from u3edu.quiz.marking import RATINGS
from u3edu.quiz.score import Score

_CSS = """
.u3edu-quiz { max-width: 1120px; overflow: visible; }
.u3edu-quiz .u3edu-quiz-head { display: flex; gap: 8px 16px; align-items: baseline; flex-wrap: wrap; }
.u3edu-quiz h3 { margin: 0; font-size: 16px; font-weight: 600; color: var(--jp-ui-font-color1, #222); }
.u3edu-quiz p { margin: 4px 0; font-size: 14px; line-height: 1.5; color: var(--jp-ui-font-color1, #222); }
.u3edu-quiz figure { margin: 0; }
.u3edu-quiz img, .u3edu-quiz canvas { display: block; background: #000; border-radius: 4px; width: 100%;
  max-width: 512px; height: auto; }
.u3edu-quiz-caption { border-left: 4px solid var(--jp-border-color1, #999); padding-left: 10px; }
.u3edu-quiz .widget-radio-box label { font-size: 14px; line-height: 1.6; height: auto; }
.u3edu-quiz .widget-radio-box { max-width: none; }
.u3edu-quiz button:focus-visible, .u3edu-quiz input:focus-visible {
  outline: 3px solid var(--jp-brand-color1, #1976d2); outline-offset: 1px; }
.u3edu-quiz-said { font-size: 13px; line-height: 1.5; color: var(--jp-ui-font-color1, #222); }
.u3edu-quiz-place canvas { cursor: crosshair; }
.u3edu-quiz-right, .u3edu-quiz-wrong { border-left: 4px solid #009e73; padding: 4px 12px; font-size: 14px;
  line-height: 1.5; color: var(--jp-ui-font-color1, #222); }
.u3edu-quiz-wrong { border-left-color: #d55e00; }
.u3edu-quiz ul { margin: 4px 0 4px 18px; padding: 0; list-style: none; }
.u3edu-quiz-time { height: 6px; max-width: 512px; border-radius: 3px;
  background: var(--jp-border-color2, #ddd); }
.u3edu-quiz-time > div { height: 6px; background: #0072b2; border-radius: 3px; width: 0;
  animation: u3edu-quiz-time linear 1; }
@keyframes u3edu-quiz-time { from { width: var(--u3edu-quiz-share); } to { width: 0; } }
"""
STYLE = f"<style>{_CSS}</style>"

RATING_WORDS = {rating: f"{rating}: {words}" for rating, words in RATINGS.items()}


def picture_html(png: bytes, alt: str) -> str:
    """A picture with words for those who can't see it; they must not tell the answer."""
    source = f"data:image/png;base64,{base64.b64encode(png).decode()}"
    return f'<figure><img alt="{html.escape(alt)}" src="{source}"></figure>'


def introduction_html(title: str, introduction: str) -> str:
    """What stands before the first question."""
    return f"<h3>{html.escape(title)}</h3><p>{html.escape(introduction)}</p>"


def head_html(title: str, number: int, count: int) -> str:
    """Title and progress."""
    where = f'<span class="u3edu-note">question {number} of {count}</span>'
    return f'<div class="u3edu-quiz-head"><h3>{html.escape(title)}</h3>{where}</div>'


def question_html(question: str, caption: str | None = None) -> str:
    """The question, and the caption that is to be rated."""
    words = f"<p><b>{html.escape(question)}</b></p>"
    return words + (f'<p class="u3edu-quiz-caption">{html.escape(caption)}</p>' if caption else "")


def time_html(seconds_left: float, seconds: float) -> str:
    """A bar that runs out with the time; the page moves it by itself."""
    share = f"{100 * seconds_left / seconds:.1f}%"
    words = f"{seconds:g} seconds for this question, {seconds_left:.0f} left when it was shown"
    moving = f"--u3edu-quiz-share: {share}; animation-duration: {seconds_left:.1f}s"
    return f'<div class="u3edu-quiz-time" role="img" aria-label="{words}"><div style="{moving}"></div></div>'


def mark_html(mark: Mark) -> str:
    """A mark with its reason, spoken by screen readers when it appears."""
    verdict = "Right." if mark.right else "Not right." if mark.score == 0 else "Partly right."
    if mark.parts:
        found = "".join(
            f"<li>{'✓' if part.right else '✗'} <b>{part.name}</b>: {html.escape(part.words)}</li>"
            for part in mark.parts
        )
        reason = mark.reason.removeprefix(" ".join(part.words for part in mark.parts)).strip()
        words = f"<ul>{found}</ul>{html.escape(reason)}"
    else:
        words = html.escape(mark.reason)
    kind = "right" if mark.right else "wrong"
    return f'<div class="u3edu-quiz-{kind}" role="status" aria-live="polite"><b>{verdict}</b> {words}</div>'


def said_html(text: str, *, problem: bool = False) -> str:
    """A line of plain words, spoken when it changes."""
    lead = "<b>That did not work.</b> " if problem else ""
    return f'<div class="u3edu-quiz-said" role="status" aria-live="polite">{lead}{html.escape(text)}</div>'


def end_html(title: str, score: Score) -> str:
    """What stands when all is answered."""
    return (
        f'<h3>{html.escape(title)}</h3><p role="status">{html.escape(str(score))}. Your answers are kept.</p>'
    )
