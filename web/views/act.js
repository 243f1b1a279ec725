/** Acting: as the peer, the application, the kernel or the clock, at the step that is shown. */
import { branchName } from "../lang/did.js";
import { joiner } from "../lang/sentences.js";
import { GROUPS } from "../state/shown.js";
import { ACTIONS } from "./actions.js";
import { choice } from "./choice.js";
import { button, h, say, set, sized } from "./dom.js";
import { whenSized } from "./laid-out.js";

/** @typedef {import("../types.js").Commands} Commands */
/** @typedef {import("../types.js").Shown} Shown */
/** @typedef {import("../types.js").Text} Text */
/** @typedef {import("./actions.js").Action} Action */
/** @typedef {import("./actions.js").Field} Field */

/** @param {Commands} commands */
export function createAct(commands) {
  // Where it makes room for a question, who chooses as whom to act wants it.
  const groups = choice(GROUPS, (group) => (open(true), commands.group(group)));
  const title = h("h2", { class: "act-title" });
  const hint = h("p", { class: "act-hint" });
  const turn = button("", () => commands.act({ turn: 1 }), { class: "turn" });
  const fork = button("", commands.fork, { class: "fork" });
  const edit = button("", () => commands.editor(true), { class: "edit" });
  const places = GROUPS.map((group) => createGroup(group, commands));
  const branches = createBranches(commands);
  const element = h(
    "section",
    { class: "act" },
    h("div", { class: "act-head" }, title, groups.element),
    ...places.map((place) => place.element),
    hint,
    h("div", { class: "act-now" }, turn, fork, edit),
    branches.element,
  );

  /** @param {Shown} shown */
  function update(shown) {
    element.hidden = shown.frame.source !== "simulation";
    if (element.hidden) return;
    const { act } = shown.text;
    say(title, act.title);
    groups.update(shown.group, act.title, act.groups);
    say(turn, act.turn);
    say(fork, act.fork);
    say(edit, act.edit);
    // Of the others nothing is seen.
    places.forEach((place, index) => place.update(shown, GROUPS[index] === shown.group));
    say(hint, hintWords(shown, places[GROUPS.indexOf(shown.group)].chosen()));
    branches.update(shown);
  }

  /** Shows all of it, or the other way round. @param {boolean} [on] @returns {boolean} whether it is there now */
  function open(on) {
    const is = element.toggleAttribute("data-open", on);
    const lab = element.closest(".lab");
    if (lab) set(lab, "data-acts", is);
    return is;
  }
  /** On a small screen it is a sheet above the controls: what is done shows above it. */
  function toggle() {
    const is = open();
    if (is) commands.toScene();
    return is;
  }
  return { element, update, toggle };
}

/** Whether there is nothing any more that one could do something with: a program must not. @param {import("../types.js").Frame} frame @param {(typeof GROUPS)[number]} group */
const isGone = ({ connection }, group) => connection.freed && group === "app";

/** What came of what was done last, if nothing did, and where the next takes effect. @param {Shown} shown @param {Action} chosen */
function hintWords(shown, chosen) {
  const { player, text: { act }, lang } = shown;
  const where = whereWords(shown, chosen);
  return player.vain ? [act.vain, where].join(joiner(lang)) : where;
}

/** Where what is done takes effect. @param {Shown} shown @param {Action} chosen */
function whereWords({ frame, group, text: { act } }, { restarts = false }) {
  const { position, effect } = frame;
  if (isGone(frame, group)) return act.gone;
  if (restarts) return act.where.start;
  if (!effect) return "";
  const { position: at, pass, atEnd } = effect;
  if (at === position) return atEnd ? act.where.end : act.where.now;
  if (pass === null) return atEnd ? act.where.laterAtEnd(at) : act.where.later(at);
  return atEnd ? act.where.atEnd(pass, at) : act.where.passEnds(pass, at);
}

/** What one can do as one of them: one thing is chosen, and its form shown. @param {(typeof GROUPS)[number]} group @param {Commands} commands */
function createGroup(group, commands) {
  const actions = ACTIONS[group].map((action) => createAction(action, commands));
  // Another one has another place to take effect at.
  const onchange = () => (show(), commands.group(group));
  const pick = h("select", { class: "act-pick", onchange }, ...actions.map((_, index) => h("option", { value: index })));
  const element = h("div", { class: "actions", "data-group": group, hidden: true }, pick, ...actions.map((action) => action.element));
  const show = () => actions.forEach((action, index) => (action.element.hidden = index !== pick.selectedIndex));
  show();
  return {
    element,
    chosen: () => ACTIONS[group][pick.selectedIndex],
    /** @param {Shown} shown @param {boolean} chosen */
    update({ text, frame }, chosen) {
      element.hidden = !chosen;
      if (!chosen) return;
      set(pick, "aria-label", text.act.what);
      actions.forEach((action, index) => {
        const { words, there = () => true } = ACTIONS[group][index];
        say(pick.options[index], words(text));
        pick.options[index].hidden = pick.options[index].disabled = !there(frame);
        action.update(text, frame.connection, isGone(frame, group));
      });
      // What was chosen may not be there in another libevent.
      if (pick.selectedOptions[0]?.disabled) pick.selectedIndex = 0;
      show();
    },
  };
}

/** @param {Action} action @param {Commands} commands */
function createAction({ words, fields = [], run, now }, commands) {
  const made = fields.map((field) => (field.options ? createPick(field, field.options) : createField(field)));
  const submit = h("button", { type: "submit" });
  const values = () => Object.fromEntries(made.map(({ name, input }) => [name, input.value]));
  /** @type {import("../types.js").ConnectionPicture | null} */
  let connection = null;
  // What somebody types stays until it is done; a choice shows what is so of that.
  let typed = false;
  let refuses = false;
  const fill = () => {
    if (!now || !connection || typed) return;
    for (const [name, value] of Object.entries(now(connection, values()))) for (const field of made) if (field.name === name && field.input.value !== String(value)) field.input.value = String(value);
  };
  const onsubmit = (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    if (refuses) return;
    typed = false;
    run(commands, values());
  };
  const oninput = (/** @type {Event} */ event) => (typed = event.target instanceof HTMLInputElement);
  return {
    element: h("form", { class: "action", onsubmit, oninput, onchange: fill }, ...made.map(({ element }) => element), submit),
    /** @param {Text} text @param {import("../types.js").ConnectionPicture} shown @param {boolean} gone */
    update(text, shown, gone) {
      connection = shown;
      // What is disabled loses the focus, and whoever acts by keys would not know where they are.
      refuses = gone;
      set(submit, "aria-disabled", gone ? "true" : null);
      say(submit, words(text));
      made.forEach((field) => field.update(text));
      fill();
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
  const element = h("ul", { class: "branches" });
  let seen = "";
  let current = -1;
  const bring = () => {
    if (current >= 0) bringIntoView(element, element.children[current]);
  };
  // On a small screen it has a place only where one acts.
  whenSized(element, bring);
  /** @param {Shown} shown */
  function update({ player: { branches }, text }) {
    set(element, "aria-label", text.act.branches);
    element.hidden = branches.length < 2;
    sized(element, branches.length, (index) => createBranch(index, commands)).forEach((place, index) => {
      const [go, remove] = /** @type {HTMLElement[]} */ ([...place.children]);
      const name = branchName(branches[index], text);
      say(go, name);
      set(go, "title", name);
      set(go, "aria-pressed", String(branches[index].current));
      remove.hidden = branches[index].parent === null;
      set(remove, "aria-label", text.act.remove(name));
      set(remove, "title", text.act.remove(name));
    });
    current = branches.findIndex((branch) => branch.current);
    const now = `${current}/${branches.length}`;
    if (now !== seen) bring();
    seen = now;
  }
  return { element, update };
}

/** Of many, what scrolls shows this one; the page stays. @param {Element} list @param {Element} item */
function bringIntoView(list, item) {
  const [outer, own] = [list, item].map((it) => it.getBoundingClientRect());
  if (own.top < outer.top || own.bottom > outer.bottom) list.scrollTop += own.top - outer.top;
  if (own.left < outer.left || own.right > outer.right) list.scrollLeft += own.left - outer.left;
}

/** @param {number} index @param {Commands} commands */
const createBranch = (index, commands) =>
  h("li", {}, button("", () => commands.branch(index), { class: "branch" }), button("\u2715", () => commands.deleteBranch(index), { class: "branch-delete" }));
