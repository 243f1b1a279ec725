/** The glossary: every word, callback, mark, flag and kind of step, each with the lesson that shows it. */
import { KINDS, foundIn } from "../state/glossary.js";
import { button, h, say, set } from "./dom.js";

/** @typedef {import("../types.js").Commands} Commands */
/** @typedef {import("../types.js").Shown} Shown */
/** @typedef {import("../state/glossary.js").Entry} Entry */
/** @typedef {Shown["text"]["glossary"]} Words */

/** @param {Commands} commands */
export function createGlossary(commands) {
  const title = h("h2", {});
  const field = h("input", { type: "search", class: "sought", name: "sought", autocomplete: "off", spellcheck: "false", oninput: () => commands.seekTerm(field.value) });
  const count = h("p", { class: "note found", role: "status" });
  const none = h("p", { class: "note" });
  const list = h("div", { class: "entries", tabindex: "0" });
  const close = button("", () => element.close(), { class: "close primary" });
  const head = h("div", { class: "glossary-head" }, title, close, field, count);
  const element = h("dialog", { class: "glossary-dialog", onclose: () => commands.dialog("") }, head, none, list);
  /** @type {unknown[]} */
  let drawn = [];
  let stood = "";

  /** @param {Shown} shown */
  function update(shown) {
    const { dialog, glossary, term, sought, lang, text: { glossary: t, close: shut } } = shown;
    const open = dialog === "glossary";
    if (!open) {
      stood = "";
      return void (element.open && element.close());
    }
    for (const [one, words] of /** @type {[HTMLElement, string][]} */ ([[title, t.title], [close, shut]])) say(one, words);
    for (const name of ["aria-label", "placeholder"]) set(field, name, t.search);
    if (field.value !== sought) field.value = sought;
    const entries = foundIn(glossary, sought);
    say(count, sought ? t.found(entries.length, glossary.length) : t.all(glossary.length));
    say(none, glossary.length === 0 ? t.absent : t.nothing);
    none.hidden = entries.length > 0;
    set(list, "aria-label", t.title);
    const now = [glossary, sought, lang];
    if (now.some((one, index) => one !== drawn[index])) list.replaceChildren(...KINDS.map((kind) => createGroup(kind, entries.filter((entry) => entry.kind === kind), t, commands)).filter((group) => group !== null));
    drawn = now;
    if (!element.open) element.showModal();
    if (stood !== term || !stood) stand(list, term, field);
    stood = term || "nowhere";
  }

  return { element, update };
}

/** @param {(typeof KINDS)[number]} kind @param {Entry[]} entries @param {Words} t @param {Commands} commands */
function createGroup(kind, entries, t, commands) {
  if (entries.length === 0) return null;
  return h("section", { "data-kind": kind }, h("h3", {}, t.kinds[kind]), h("ul", {}, ...entries.map((entry) => createEntry(entry, t, commands))));
}

/** @param {Entry} entry @param {Words} t @param {Commands} commands */
function createEntry({ id, name, text, code, value, lesson }, t, commands) {
  const open = () => {
    commands.dialog("");
    if (lesson) void commands.lesson(lesson.id);
  };
  return h(
    "li",
    { class: "entry", "data-entry": id },
    h("p", { class: "entry-name" }, button(name, () => commands.glossary(id), { class: "quiet entry-link" }), code !== "" && h("code", {}, code), value !== "" && h("code", { class: "entry-value" }, value)),
    h("p", { class: "entry-text" }, text),
    lesson && button(t.shownIn(lesson.number, lesson.title), open, { class: "quiet entry-lesson" }),
  );
}

/** Brings the entry that is looked up into sight; without one, one can type at once. @param {HTMLElement} list @param {string} term @param {HTMLElement} field */
function stand(list, term, field) {
  for (const entry of list.querySelectorAll("[data-entry]")) set(entry, "aria-current", entry.getAttribute("data-entry") === term ? "true" : null);
  const entry = /** @type {HTMLElement | null} */ (list.querySelector("[aria-current]"));
  if (entry) list.scrollTop += entry.getBoundingClientRect().top - list.getBoundingClientRect().top - 12;
  // What loses the focus may command something, which a view does not while it is drawn.
  queueMicrotask(() => /** @type {HTMLElement | null} */ (entry?.querySelector(".entry-link") ?? field)?.focus({ preventScroll: true }));
}
