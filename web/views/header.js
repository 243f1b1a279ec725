/** The line above all: which lesson, which source, which libevent, which language. */
import { LANGS, languages } from "../lang/index.js";
import { THEMES } from "../state/shown.js";
import { choice } from "./choice.js";
import { button, choose, h, say, set, steady, svg } from "./dom.js";
import { createMenu } from "./menu.js";
import { createSave } from "./save.js";

/** @typedef {import("../types.js").Commands} Commands */
/** @typedef {import("../types.js").Dialect} Dialect */
/** @typedef {import("../types.js").Shown} Shown */

const SOURCES = /** @type {const} */ (["simulation", "recording", "live"]);

/** @param {Commands} commands */
export function createHeader(commands) {
  const title = h("span", { class: "wordmark" });
  const lesson = createMenu(commands);
  const source = createSource(commands, () => element.removeAttribute("data-open"));
  const dialect = createDialects(commands);
  const compare = button("", commands.compare, { class: "compare" });
  const menu = button("\u22ef", () => element.toggleAttribute("data-open"), { class: "menu" });
  const settings = createSettings(commands);
  const element = h(
    "header",
    { class: "header" },
    h("div", { class: "brand" }, createLogo(), title),
    lesson.element,
    source.element,
    dialect.element,
    h("div", { class: "extra" }, compare),
    menu,
    settings.element,
  );

  /** @param {Shown} shown */
  function update(shown) {
    const { text } = shown;
    say(title, text.title);
    for (const part of [lesson, source, dialect, settings]) part.update(shown);
    say(compare, text.compare.button);
    set(compare, "aria-pressed", String(shown.player.comparing));
    compare.disabled = shown.blank || shown.frame.source !== "simulation";
    set(menu, "aria-label", text.more);
  }

  return { element, update };
}

const createLogo = () =>
  svg(
    "svg",
    { viewBox: "0 0 32 20", class: "logo", "aria-hidden": "true" },
    svg("rect", { class: "logo-fill", x: 1, y: 5, width: 18, height: 14 }),
    svg("rect", { class: "logo-box", x: 1, y: 5, width: 30, height: 14, rx: 2 }),
    svg("path", { class: "logo-mark", d: "M19 1V20" }),
  );

/** @param {Commands} commands @param {() => void} onChosen */
function createSource(commands, onChosen) {
  const file = h("input", { type: "file", hidden: true, accept: ".jsonl,.json,.ndjson,text/plain", onchange: () => file.files?.[0] && commands.openFile(file.files[0]) });
  const source = choice(SOURCES, (chosen) => {
    // On a small screen the menu covers what was chosen.
    onChosen();
    if (chosen !== "recording") return commands.source(chosen);
    // The same file may be chosen again.
    file.value = "";
    file.click();
  });
  return {
    element: h("div", { class: "source extra" }, source.element, file),
    /** @param {Shown} shown */
    update: ({ from, text }) => source.update(from, text.source, text.sources),
  };
}

/** One button a libevent, made once the engine says which there are. @param {Commands} commands */
function createDialects(commands) {
  const label = h("span", { class: "label" });
  const element = h("div", { class: "field dialect-field" }, label);
  /** @type {ReturnType<typeof choice<Dialect>> | null} */
  let dialect = null;
  /** @param {Shown} shown */
  function update(shown) {
    const { dialects, text } = shown;
    say(label, text.dialect);
    if (dialects.length === 0) return;
    if (!dialect) element.append((dialect = choice(dialects.map(({ name }) => name), commands.dialect)).element);
    dialect.update(dialectOf(shown), text.dialect, Object.fromEntries(dialects.map(({ name }) => [name, name])));
    dialect.buttons.forEach((one, index) => {
      set(one, "title", `libevent ${dialects[index].libevent}`);
      one.disabled = shown.blank || shown.frame.source !== "simulation";
    });
  }
  return { element, update };
}

/** Which libevent it is; none while nobody can know. @param {Shown} shown @returns {Dialect | null} */
function dialectOf({ blank, frame }) {
  if (blank) return null;
  if (frame.source === "simulation") return /** @type {import("../types.js").Simulation} */ (frame.track).dialect;
  return frame.connection.number === 0 ? null : frame.connection.dialect;
}

/** @param {Commands} commands */
function createSettings(commands) {
  const lang = choice(LANGS, commands.lang);
  const theme = h(
    "select",
    { class: "theme-select", onchange: () => commands.theme(/** @type {Shown["theme"]} */ (theme.value)) },
    ...THEMES.map((value) => h("option", { value })),
  );
  const share = button("", () => commands.dialog("share"), { class: "share" });
  const save = createSave(commands);
  const glossary = button("", () => commands.glossary(), { class: "glossary-open" });
  const help = button("?", () => commands.help(true), { class: "help" });
  const names = Object.fromEntries(LANGS.map((code) => [code, languages[code].name]));
  LANGS.forEach((code, index) => (lang.buttons[index].lang = languages[code].tag));
  const update = steady(({ lang, theme, blank, frame, text }) => [lang, theme, blank, frame.source, text], (/** @type {Shown} */ shown) => {
    const { text } = shown;
    lang.update(shown.lang, text.language, names);
    set(theme, "aria-label", text.theme);
    THEMES.forEach((value, index) => say(theme.options[index], text.themes[value]));
    choose(theme, shown.theme);
    say(share, text.share.button);
    share.disabled = shown.blank;
    save.update(shown);
    say(glossary, text.glossary.button);
    set(glossary, "aria-label", `${text.glossary.button} ${text.glossary.title}`);
    set(glossary, "title", text.glossary.title);
    set(help, "aria-label", text.help);
    set(help, "title", text.help);
  });
  return { element: h("div", { class: "settings extra" }, share, save.element, lang.element, theme, glossary, help), update };
}
