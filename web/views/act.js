/** Acting: as the peer, the application, the kernel or the clock, at the step that is shown. */
import { GROUPS } from "../state/shown.js";
import { ACTIONS } from "./actions.js";
import { choice } from "./choice.js";
import { button, h, say, set, sized } from "./dom.js";

/** @typedef {import("../types.js").Commands} Commands */
/** @typedef {import("../types.js").Shown} Shown */
/** @typedef {import("../types.js").Text} Text */
/** @typedef {import("./actions.js").Action} Action */
/** @typedef {import("./actions.js").Field} Field */

/** @param {Commands} commands */
export function createAct(commands) {
  const groups = choice(GROUPS, commands.group);
  const title = h("h2", { class: "act-title" });
  const hint = h("p", { class: "act-hint" });
  const fork = button("", commands.fork, { class: "fork" });
  const turn = button("", () => commands.act({ turn: 1 }), { class: "turn" });
  const places = GROUPS.map((group) => createGroup(group, commands));
  const branches = createBranches(commands);
  const element = h(
    "section",
    { class: "act" },
    h("div", { class: "act-head" }, title, groups.element, hint, h("div", { class: "act-now" }, turn, fork)),
    ...places.map((place) => place.element),
    branches.element,
  );

  /** @param {Shown} shown */
  function update(shown) {
    element.hidden = shown.from !== "simulation";
    if (element.hidden) return;
    const { act } = shown.text;
    const { connection, position, length } = shown.frame;
    say(title, act.title);
    groups.update(shown.group, act.title, act.groups);
    say(hint, connection.freed ? act.gone : position < length ? act.forks : act.end);
    say(fork, act.fork);
    say(turn, act.turn);
    places.forEach((place) => place.update(shown));
    branches.update(shown);
  }

  return { element, update };
}

/** What one can do as one of them. @param {(typeof GROUPS)[number]} group @param {Commands} commands */
function createGroup(group, commands) {
  const actions = ACTIONS[group].map((action) => createAction(action, commands));
  const element = h("div", { class: "actions", "data-group": group, hidden: true }, ...actions.map((action) => action.element));
  return {
    element,
    /** @param {Shown} shown */
    update(shown) {
      element.hidden = shown.group !== group;
      actions.forEach((action) => action.update(shown.text));
    },
  };
}

/** @param {Action} action @param {Commands} commands */
function createAction({ words, fields = [], run }, commands) {
  const made = fields.map((field) => (field.options ? createPick(field, field.options) : createField(field)));
  const submit = h("button", { type: "submit" });
  const values = () => Object.fromEntries(made.map(({ name, input }) => [name, input.value]));
  const onsubmit = (/** @type {SubmitEvent} */ event) => (event.preventDefault(), run(commands, values()));
  return {
    element: h("form", { class: "action", onsubmit }, ...made.map(({ element }) => element), submit),
    /** @param {Text} text */
    update(text) {
      say(submit, words(text));
      made.forEach((field) => field.update(text));
    },
  };
}

/** @param {Field} field */
function createField({ name, label, initial = "", type = "number" }) {
  const isNumber = type === "number";
  const input = h("input", { name, type, value: initial, class: isNumber ? "small" : "", min: isNumber ? 0 : null, spellcheck: "false", autocomplete: "off" });
  const caption = h("span", { class: "label" });
  const element = h("label", { class: "field" }, caption, input);
  return { name, input, element, update: (/** @type {Text} */ text) => say(caption, label(text)) };
}

/** @param {Field} field @param {NonNullable<Field["options"]>} options */
function createPick({ name, label }, options) {
  const input = h("select", { name }, ...options.map(([value]) => h("option", { value })));
  const caption = h("span", { class: "label" });
  const element = h("label", { class: "field" }, caption, input);
  /** @param {Text} text */
  function update(text) {
    say(caption, label(text));
    options.forEach(([, words], index) => say(input.options[index], words(text)));
  }
  return { name, input, element, update };
}

/** @param {Commands} commands */
function createBranches(commands) {
  const element = h("div", { class: "branches", role: "group" });
  /** @param {Shown} shown */
  function update({ player: { branches }, text: { act } }) {
    set(element, "aria-label", act.branches);
    element.hidden = branches.length < 2;
    sized(element, branches.length, (index) => button("", () => commands.branch(index), { class: "branch" })).forEach((place, index) => {
      const { id, label, at, current } = branches[index];
      say(place, act.branch(id));
      set(place, "aria-pressed", String(current));
      set(place, "title", label ? act.branched(label, at) : null);
    });
  }
  return { element, update };
}
