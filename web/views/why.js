/** Why: a question about the moment, and the chain of steps that it goes back to. */
import { eventName } from "../lang/names.js";
import { sentence } from "../lang/sentences.js";
import { deadlineOf } from "../state/asking.js";
import { button, h, say, set, sized } from "./dom.js";
import { isOpen, valveOf } from "./scene/still.js";

/** @typedef {import("../types.js").Commands} Commands */
/** @typedef {import("../types.js").Question} Question */
/** @typedef {import("../state/asking.js").Asking} Asking */
/** @typedef {import("../types.js").Shown} Shown */
/** @typedef {import("../state/asking.js").Link} Link */

/** @param {Commands} commands */
export function createWhy(commands) {
  const note = h("p", { class: "note" });
  const list = h("ul", { class: "questions" });
  const about = h("h3", { class: "why-question", tabindex: "-1" });
  const asked = h("p", { class: "note" });
  const chain = h("ol", { class: "why-chain" });
  const uncertain = h("p", { class: "note" });
  const veiled = h("p", { class: "note why-veiled" });
  const other = button("", () => commands.why(null));
  const answer = h("section", { class: "why-answer" }, about, asked, chain, uncertain, veiled, other);
  const element = h("div", { class: "why" }, note, list, answer);
  /** The question that the focus was led to. @type {Question | null} */
  let led = null;

  /** @param {Shown} shown */
  function update(shown) {
    const { why, questions, text: t, panel, frame } = shown;
    note.hidden = list.hidden = why !== null;
    answer.hidden = why === null;
    say(note, frame.exists ? t.why.note : t.why.nothing);
    const buttons = sized(list, questions.length, () => h("li", {}, button("", () => {})));
    questions.forEach((question, index) => updateQuestion(buttons[index], question, shown, commands));
    if (!why) return void (led = null);
    say(about, questionText(why.question, shown));
    say(asked, t.why.asked(why.position));
    say(other, t.why.other);
    say(uncertain, why.links.length === 0 ? t.why.unknown : t.why.uncertain);
    uncertain.hidden = (why.links.length > 0 || why.veiled) && !why.answer.uncertain;
    say(veiled, t.why.veiled);
    veiled.hidden = !why.veiled;
    const links = sized(chain, why.links.length, () => createLink(commands));
    why.links.forEach((link, index) => updateLink(links[index], link, shown));
    if (panel === "why" && led !== why.question) about.focus({ preventScroll: true });
    led = why.question;
  }

  return { element, update };
}

/** @param {Element} item @param {Asking} question @param {Shown} shown @param {Commands} commands */
function updateQuestion(item, question, shown, commands) {
  const pressed = /** @type {HTMLButtonElement} */ (item.firstElementChild);
  say(pressed, questionText(question, shown));
  pressed.onclick = () => commands.why(question);
}

/** @param {Commands} commands */
function createLink(commands) {
  const step = button("", () => commands.seek(Number(item.dataset.position)), { class: "why-step" });
  const item = h("li", {}, h("p", { class: "why-reason" }), h("p", { class: "why-record" }, step, h("span", {})), h("p", { class: "why-decided" }));
  return item;
}

/** @param {Element} item @param {Link} link @param {Shown} shown */
function updateLink(item, { because, record, connection }, { text: t, lang, frame }) {
  const [reason, where, decided] = /** @type {HTMLElement[]} */ ([...item.children]);
  const [step, words] = where.children;
  say(reason, t.why.reasons[because.reason]);
  set(item, "data-position", because.position);
  set(item, "data-decided", because.decided);
  set(item, "aria-current", because.position !== null && because.position === frame.position ? "step" : null);
  where.hidden = record === null;
  say(step, t.why.step(because.position ?? 0));
  say(words, record ? sentence(record, connection, lang, frame.picture) : "");
  say(decided, t.why.decided);
  // That nothing happened is no step that could have decided.
  decided.hidden = !because.decided || record === null;
}

/** What a question is called. @param {Asking} question @param {Pick<Shown, "text" | "frame">} shown @returns {string} */
export function questionText(question, { text: { why, scene }, frame }) {
  const { loop } = frame.picture;
  switch (question.kind) {
    case "valve":
      return why.valve[question.direction][isOpen(valveOf(frame, question.direction)) ? "open" : "closed"];
    case "event":
      return why.event(question.direction, isWaiting(frame.connection[question.direction].event));
    case "called":
      return why.called[question.callback];
    case "not_called":
      return why.notCalled[question.callback](question.since);
    case "deferred":
      return why.deferred;
    case "timer":
      return why.timer(eventName(question.event, frame.picture.names), deadlineOf(frame, question.event) !== null);
    case "mark":
      return why.mark[question.mark];
    case "byte":
      return why.byte(question.place, question.offset);
    case "program":
      return why.program(scene.program[frame.source], loop.station === "idle");
    case "loop":
      return loop.pass === 0 ? why.loop.notBegun : loop.station === "idle" ? why.loop.returned : why.loop.runs;
    case "station":
      return why.station[/** @type {keyof typeof why.station} */ (question.station)];
  }
}

/** @param {import("../types.js").EventPicture} event */
const isWaiting = ({ armed, active }) => armed || active !== null;
