/** The questions of a lesson, one looked at at a time: asked before it happens, and told about once it is answered. */
import { button, h, isLost, isNowhere, say, set, sized } from "../dom.js";
import { termed } from "../terms.js";
import { onceLaidOut } from "../laid-out.js";
import { createAnswer } from "./answer.js";
import { reveal } from "./sight.js";

/** @typedef {import("../../types.js").Commands} Commands */
/** @typedef {import("../../types.js").Shown} Shown */
/** @typedef {import("../../types.js").Text} Text */
/** @typedef {import("../../state/shown.js").LessonShown} LessonShown */
/** @typedef {import("../../state/shown.js").QuestionShown} QuestionShown */

/** @param {Commands} commands */
export function createPrediction(commands) {
  const title = h("h3", { tabindex: -1 });
  const list = h("ol", { class: "question-list" });
  const waiting = h("p", { class: "note" });
  const question = h("legend", {});
  const answer = createAnswer(commands);
  const form = h("fieldset", {}, question, answer.element);
  const said = createSaid();
  const row = createButtons(commands);
  /** How the question stood that was drawn last. */
  let stood = "";
  let urged = 0;
  let played = false;
  const element = h("section", { class: "prediction" }, h("div", { class: "question-head" }, title, list), waiting, form, ...said.elements, row.element);
  tellWhetherSeen(element);

  /** @param {LessonShown} lesson @param {Shown} shown */
  function update(lesson, shown) {
    const { text, frame, player } = shown;
    const stops = played && player.mode !== "playing";
    played = player.mode === "playing";
    const held = /** @type {ShadowRoot | Document} */ (element.getRootNode()).activeElement ?? null;
    const { questions, selected, part, test } = lesson;
    const at = questions.findIndex(({ id }) => id === selected);
    const current = questions[at];
    element.hidden = !current || UNASKED.has(part.kind);
    if (!current) return;
    const t = text.lessonPanel;
    say(title, test ? t.testing[test.half](at + 1, questions.length) : t.predict);
    updateList(list, lesson, commands, t);
    set(element, "data-phase", current.phase);
    set(element, "data-kind", current.kind);
    // Of an answer that an earlier day gave, all is shown at once.
    const past = isPast(current, frame);
    const asked = current.phase !== "ahead" && !past && (!current.isLeft || !isUnanswered(current));
    set(element, "data-past", past);
    // Once all is answered, and seen, the tasks need the room.
    set(element, "data-folded", test === null && !questions.some(isUnanswered) && current.seen !== null && frame.position >= current.seen);
    form.hidden = !asked;
    waiting.hidden = asked;
    say(waiting, past ? t.past : current.isLeft ? t.left : current.isHere ? (current.ask === null ? t.absent : t.waiting) : t.elsewhere);
    termed(question, current.text?.question ?? "", shown);
    answer.update(current, text);
    said.update(lesson, current, shown);
    row.update(lesson, current, frame.position, t);
    const stands = `${lesson.id} ${current.id} ${current.phase} ${current.tries}`;
    if (stands !== stood && asked) reveal(element, current.phase === "asked" ? title : row.element);
    stood = stands;
    if (lesson.urged.times > urged && said.urges()) {
      reveal(element, row.element);
      lead({ element, title, form, row: row.element }, true);
    } else if (stops && isAsked(shown) && current.ask === frame.position && isNowhere(element)) {
      // Who plays by the keys of the page answers by them.
      lead({ element, title, form, row: row.element }, false);
    } else if (held && element.contains(held) && isLost(held)) lead({ element, title, form, row: row.element }, false);
    urged = lesson.urged.times;
  }

  return { element, update };
}

/** What is past is asked no more: it was seen. @param {QuestionShown} question @param {import("../../types.js").Frame} frame */
const isPast = ({ isOpen, isHere, ask }, { position }) => isOpen && isHere && ask !== null && position > ask;

/** Whether a question is asked at this moment. @param {QuestionShown} question @param {import("../../types.js").Frame} frame */
export const isAskedAt = ({ isOpen, isHere, ask }, { position }) => isOpen && isHere && ask === position;

/** In these parts of a lesson no question is asked. */
const UNASKED = new Set(["break", "repair"]);

/** Whether the question that is looked at waits for its answer. @param {Shown} shown */
export function isAsked({ lesson, frame }) {
  const current = lesson?.questions.find(({ id }) => id === lesson.selected);
  return current !== undefined && lesson !== null && !UNASKED.has(lesson.part.kind) && current.isOpen && !isPast(current, frame);
}

/** What is said of how the question stands. */
function createSaid() {
  const urge = h("p", { class: "note urge", role: "status" });
  const verdict = h("p", { class: "verdict", role: "status" });
  const between = h("p", { class: "note between", role: "status" });
  const noMore = h("p", { class: "note no-more" });

  /** @param {LessonShown} lesson @param {QuestionShown} current @param {Shown} shown */
  function update({ questions, urged, seeks, tasks, test, part }, current, shown) {
    const { frame: { position }, text: { lessonPanel: t } } = shown;
    termed(verdict, verdictOf(current, t, isElsewhere(current, questions, shown.frame.connection.dialect)), shown);
    say(urge, t.urge);
    urge.hidden = !current.isOpen || urged.at !== current.ask || urged.at !== position;
    say(between, t.between);
    between.hidden = !seeks || !current.isAnswered || current.seen === null || position >= current.seen || !questions.some(({ isHere, isOpen }) => isHere && isOpen);
    // The tasks are about the lesson's own experiment.
    say(noMore, part.kind === "lesson" ? t.noMore : t.noMoreHere);
    noMore.hidden = test !== null || tasks.length === 0 || questions.some(isUnanswered);
  }

  return { elements: [urge, verdict, between, noMore], update, urges: () => !urge.hidden };
}

/** Where panels do not scroll by themselves it may be anywhere on the page; what is behind the controls is not in sight. @param {Element} element */
function tellWhetherSeen(element) {
  const tell = (/** @type {boolean} */ seen) => {
    const lab = element.closest(".lab");
    if (lab) set(lab, "data-sees-question", seen);
  };
  new IntersectionObserver((entries) => tell(entries[entries.length - 1].isIntersecting), { rootMargin: "0px 0px -160px" }).observe(element);
}

/**
 * Leads the keys to what comes next: the answer, or the first button that goes on.
 * @param {{element: HTMLElement, title: HTMLElement, form: HTMLElement, row: HTMLElement}} parts
 * @param {boolean} wanted somebody looks for it
 */
function lead({ element, title, form, row }, wanted) {
  const field = form.hidden ? null : (form.querySelector("input:checked:enabled") ?? form.querySelector("input:enabled:not([hidden] *)"));
  // A field where one types would bring up the keys of a screen that is touched, over what is asked.
  const typed = field?.matches("[type=text]") && matchMedia("(pointer: coarse)").matches;
  const next = /** @type {HTMLElement} */ ((typed ? null : (field ?? row.querySelector(":scope > button:enabled:not([hidden])"))) ?? title);
  // What takes the focus has to be laid out; and what loses it may command something, which a view does not while it is drawn.
  onceLaidOut(title, () => () => {
    // Who has just been led to the scene stays there.
    next.focus({ preventScroll: wanted || !element.closest("[data-sees-question]") });
    const panel = element.closest(".panel");
    if (wanted && panel && panel.scrollHeight <= panel.clientHeight + 1) element.scrollIntoView({ block: "nearest" });
  });
}

/** @param {QuestionShown} question */
const isUnanswered = ({ isAnswered }) => !isAnswered;

/** One button a question, which says how it stands. @param {Element} list @param {LessonShown} lesson @param {Commands} commands @param {Text["lessonPanel"]} t */
function updateList(list, { questions, selected }, commands, t) {
  const items = sized(list, questions.length, () => h("li", {}, button("", () => {})));
  questions.forEach(({ id, phase }, index) => {
    const pressed = /** @type {HTMLButtonElement} */ (items[index].firstElementChild);
    const sign = { ahead: "", asked: "", again: "", right: "\u2713", wrong: "\u2717", told: "\u2192" }[phase];
    say(pressed, sign || String(index + 1));
    set(pressed, "aria-label", t.questionSpoken(index + 1, questions.length, t.phases[phase]));
    set(pressed, "aria-current", id === selected ? "true" : null);
    set(pressed, "data-phase", phase);
    pressed.onclick = () => commands.question(id);
  });
}

/**
 * Whether one has to be told of which libevent an answer is: another one is shown now, or was where another question was answered.
 * @param {QuestionShown} question @param {QuestionShown[]} questions @param {string} dialect that is shown
 */
const isElsewhere = (question, questions, dialect) => [dialect, ...questions.filter(({ isAnswered }) => isAnswered).map((one) => one.dialect)].some((one) => one !== question.dialect);

/** @param {QuestionShown} question @param {Text["lessonPanel"]} t @param {boolean} mixed its libevent has to be said */
function verdictOf({ phase, text, choice, answer, misconception, far, dialect, kind }, t, mixed) {
  const because = text?.because ?? "";
  const whyNot = misconception === null ? "" : (text?.why_not?.[misconception] ?? "");
  const sentences = () => {
    if (phase === "right") return [t.right, because];
    if (phase === "again") return [whyNot || (far < 0 ? t.more : t.less), t.again];
    if (phase !== "wrong" && phase !== "told") return [];
    const told = kind === "number" || kind === "level" ? String(answer) : wordsOf(String(answer), text, t);
    return [phase === "told" ? t.told(told) : t.wrong(told), whyNot, because];
  };
  const words = sentences().filter(Boolean);
  return words.length > 0 && mixed ? [...words, t.inDialect(dialect)].join(" ") : words.join(" ");
}

/**
 * A choice in words: the lesson's own, or what the page calls that place of the scene.
 * @param {string} choice
 * @param {QuestionShown["text"]} text
 * @param {Text["lessonPanel"]} t
 */
export const wordsOf = (choice, text, t) => text?.choices?.[choice] ?? /** @type {{[place: string]: string}} */ (t.places)[choice] ?? choice;

/** @param {Commands} commands */
function createButtons(commands) {
  const goThere = button("", () => (opens ? commands.question(opens) : commands.goToQuestion()), { class: "go-there" });
  const check = button("", commands.predict, { class: "check primary" });
  const back = button("", () => commands.part({ kind: "lesson" }), { class: "leave-question primary" });
  const giveUp = button("", commands.giveUp, { class: "give-up quiet" });
  const seeIt = button("", commands.seeIt, { class: "see-it" });
  const next = button("", () => following && commands.question(following), { class: "next-question primary" });
  /** The question whose own experiment is to be opened first. @type {string | null} */
  let opens = null;
  /** The question to look at next. @type {string | null} */
  let following = null;
  const element = h("div", { class: "row" }, check, goThere, seeIt, next, back, giveUp);

  /** @param {LessonShown} lesson @param {QuestionShown} current @param {number} position @param {Text["lessonPanel"]} t */
  function update({ questions, part, test }, { id, isOpen: open, isAnswered: answered, isHere, isLeft, ask, draft }, position, t) {
    const past = ask !== null && position > ask;
    const others = questions.some((one) => one.id !== id && one.isHere && one.isOpen);
    following = questions.find((one) => one.id !== id && isUnanswered(one))?.id ?? null;
    for (const [one, words, there] of /** @type {[HTMLElement, string, boolean][]} */ ([
      [goThere, isHere || isLeft ? t.goThere : t.openIt, !answered && (!isHere || (ask !== null && position !== ask))],
      [check, t.check, open && isHere && !past],
      [giveUp, t.giveUp, open && isHere],
      // What one would see may answer another question that is open.
      [seeIt, t.seeIt, answered && isHere && ask !== null && !others],
      [next, t.nextQuestion, answered && following !== null],
      // What follows the last question is where the lesson is.
      [back, t.mend, answered && following === null && part.kind === "question" && test === null],
    ])) {
      say(one, words);
      one.hidden = !there;
    }
    opens = isHere || isLeft ? null : id;
    check.disabled = draft === null;
  }

  return { element, update };
}
