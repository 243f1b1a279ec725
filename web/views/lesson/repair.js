/** The experiment broken, and a program to repair: one thing of it is changed until the goals hold, whatever comes in. */
import { wrongIn } from "../../lang/problem.js";
import { button, h, prose, say, set, sized } from "../dom.js";
import { termed } from "../terms.js";
import { revealNearest } from "./sight.js";

/** @typedef {import("../../types.js").Commands} Commands */
/** @typedef {import("../../types.js").Shown} Shown */
/** @typedef {import("../../types.js").Text} Text */
/** @typedef {import("../../state/shown.js").LessonShown} LessonShown */
/** @typedef {NonNullable<LessonShown["repair"]>} RepairShown */

/** @param {Commands} commands */
export function createBreaking(commands) {
  const title = h("h3", {});
  const words = h("p", {});
  const run = button("", () => commands.run({ kind: "break" }));
  const element = h("section", { class: "break" }, title, words, run);

  /** @param {LessonShown} lesson @param {Shown} shown */
  function update({ part, text, breaks, veiled }, shown) {
    const { text: { lessonPanel: t } } = shown;
    const broken = part.kind === "break";
    element.hidden = !breaks || !(broken || (part.kind === "lesson" && !veiled));
    say(title, t.breakIt);
    termed(words, text.break ?? "", shown);
    say(run, t.breakButton);
    // What says which experiment this is leads back from it.
    run.hidden = broken;
  }

  return { element, update };
}

/** @param {Commands} commands */
export function createRepair(commands) {
  const title = h("h3", {});
  const words = h("p", {});
  const fields = h("div", { class: "repair-fields" });
  const result = createResult(commands);
  const run = button("", () => commands.run({ kind: "repair", input: null }), { class: "run-broken" });
  let tried = 0;
  const attempt = button("", () => commands.tryRepair(), { class: "try-repair primary" });
  const element = h("section", { class: "repair" }, title, words, fields, h("div", { class: "row" }, attempt, run), result.element);

  /** @param {LessonShown} lesson @param {Shown} shown */
  function update({ part, text, repair, veiled }, shown) {
    const { text: { lessonPanel: t } } = shown;
    element.hidden = !repair || !text.repair || !(part.kind === "repair" || (part.kind === "lesson" && !veiled));
    if (!repair || !text.repair) return;
    set(element, "data-done", repair.done);
    say(title, t.repairIt);
    termed(words, text.repair.text, shown);
    updateFields(fields, repair, text.repair, commands, t);
    say(attempt, t.tryIt);
    attempt.disabled = !repair.changed;
    say(run, t.runIt);
    run.hidden = part.kind === "repair" && part.input === null;
    result.update(repair, text.repair, shown.text, part.kind === "repair" && part.input === 0);
    // Its words may be below what the panel shows.
    if (repair.tries > tried && repair.holds !== null) revealNearest(result.element);
    tried = repair.tries;
  }

  return { element, update };
}

/**
 * @param {Element} list
 * @param {RepairShown} repair
 * @param {NonNullable<import("../../types.js").LessonText["repair"]>} text
 * @param {Commands} commands
 * @param {Text["lessonPanel"]} t
 */
function updateFields(list, { fields }, text, commands, t) {
  // Another lesson has other fields.
  const key = fields.map(({ id, original, options }) => [id, original, options].join()).join(";");
  if (list.getAttribute("data-fields") !== key) list.replaceChildren(...fields.map(({ id, original, options }) => (options ? createOptions(id, original === null ? ["", ...options] : options, commands) : createNumber(id, commands))));
  set(list, "data-fields", key);
  fields.forEach(({ id, value, options }, index) => {
    const field = list.children[index];
    prose(/** @type {Element} */ (field.firstElementChild), text.fields[id] ?? id);
    const inputs = /** @type {HTMLInputElement[]} */ ([...field.querySelectorAll("input")]);
    if (!options) {
      // What somebody types stays as it is typed.
      if (!inputs[0].matches(":focus") && (Number(inputs[0].value) !== value || inputs[0].value === "")) inputs[0].value = String(value);
      return;
    }
    for (const input of inputs) {
      input.checked = input.value === (value ?? "");
      prose(/** @type {Element} */ (input.nextElementSibling), input.value === "" ? t.asIs : (text.options?.[id]?.[input.value] ?? input.value));
    }
  });
}

/** @param {string} id @param {Commands} commands */
function createNumber(id, commands) {
  const change = () => commands.repair(id, input.value === "" ? null : Math.max(0, Math.round(Number(input.value))));
  // Once nobody types in it, it shows what counts.
  const input = h("input", { type: "number", min: 0, step: 1, class: "small", name: id, oninput: change, onblur: () => input.value === "" && change() });
  return h("label", { class: "field" }, h("span", { class: "label" }), input);
}

let groups = 0;

/** @param {string} id @param {string[]} options of them, the empty one leaves it as it is @param {Commands} commands */
function createOptions(id, options, commands) {
  const name = `repair-${++groups}`;
  const radio = (/** @type {string} */ value) => h("label", {}, h("input", { type: "radio", name, value, onchange: () => commands.repair(id, value || null) }), h("span", {}));
  return h("fieldset", { class: "choices", "data-field": id }, h("legend", { class: "label" }), ...options.map(radio));
}

/** What came of a try: the goals that do not hold, and the runs that show it. @param {Commands} commands */
function createResult(commands) {
  const verdict = h("p", { class: "verdict", role: "status" });
  const failed = h("ul", { class: "failed" });
  const look = button("", () => commands.run({ kind: "repair", input: 0 }), { class: "look" });
  const hint = h("details", {}, h("summary", {}), h("p", {}));
  const element = h("div", { class: "repair-result" }, verdict, look, failed, hint);

  /** @param {RepairShown} repair @param {NonNullable<import("../../types.js").LessonText["repair"]>} text @param {Text} words @param {boolean} isShown the run of the first input is */
  function update({ holds, failed: failures, problem, tries, done }, text, words, isShown) {
    const { lessonPanel: t } = words;
    const fails = problem === null ? t.fails : t.cannotRun(wrongIn(problem, words));
    prose(verdict, holds === null ? (done ? t.repaired : "") : holds ? `${t.holds} ${text.held}` : fails);
    set(verdict, "data-holds", holds === null ? null : String(holds));
    // The first input is the program's own.
    look.hidden = !holds || isShown;
    say(look, t.look);
    const items = sized(failed, failures.length, () => h("li", {}, h("span", {}), button("", () => {})));
    failures.forEach(({ input, goal }, index) => {
      const [words, look] = items[index].children;
      prose(words, t.failure(text.goals[goal] ?? goal, input));
      say(look, t.look);
      /** @type {HTMLButtonElement} */ (look).onclick = () => commands.run({ kind: "repair", input });
    });
    hint.hidden = !text.hint || tries === 0 || done;
    say(hint.children[0], t.hint);
    prose(hint.children[1], text.hint ?? "");
  }

  return { element, update };
}
