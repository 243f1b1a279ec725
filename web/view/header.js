/** The line above all: which lesson, which source, which libevent, which language. */
import { texts } from "../lessons/index.js";
import { choice } from "./controls.js";
import { button, h, say, set, svg } from "./dom.js";

/** @typedef {import("../types.js").Frame} Frame */
/** @typedef {import("../types.js").LessonInfo} LessonInfo */
/** @typedef {import("../types.js").Source} Source */
/** @typedef {import("../types.js").Lang} Lang */
/** @typedef {import("../types.js").Text} Text */
/** @typedef {import("../types.js").Dialect} Dialect */

/**
 * @param {() => Text} text
 * @param {{lesson: (id: string) => void, source: (source: Source) => void, dialect: (dialect: Dialect) => void, dialects: () => import("../types.js").DialectInfo[],
 *   compare: () => void, lang: (lang: Lang) => void, theme: (theme: string) => void, help: () => void, save: () => void}} commands
 */
export function createHeader(text, commands) {
  const logo = svg(
    "svg",
    { viewBox: "0 0 32 20", class: "logo", "aria-hidden": "true" },
    svg("rect", { class: "logo-fill", x: 1, y: 5, width: 18, height: 14 }),
    svg("rect", { class: "logo-box", x: 1, y: 5, width: 30, height: 14, rx: 2 }),
    svg("path", { class: "logo-mark", d: "M19 1V20" }),
  );
  const title = h("span", { class: "wordmark" });
  const lesson = h("select", { class: "lesson-select", onchange: () => lesson.value && commands.lesson(lesson.value) });
  const source = choice(/** @type {const} */ (["simulation", "recording", "live"]), (chosen) => {
    // On a small screen the menu covers what was chosen.
    element.removeAttribute("data-open");
    commands.source(chosen);
  });
  /** Made once the engine says which there are. @type {ReturnType<typeof createDialects> | null} */
  let dialect = null;
  const dialectLabel = h("span", { class: "label" });
  const dialectField = h("div", { class: "field dialect-field" }, dialectLabel);
  const compare = button("", commands.compare, { class: "compare" });
  const lang = choice(/** @type {const} */ (["en", "zh"]), commands.lang);
  const theme = h("select", { class: "theme-select", onchange: () => commands.theme(theme.value) }, ...["auto", "light", "dark"].map((value) => h("option", { value })));
  const save = button("", commands.save, { class: "save" });
  const help = button("?", commands.help, { class: "help" });
  const menu = button("\u22ef", () => element.toggleAttribute("data-open"), { class: "menu" });
  const element = h(
    "header",
    { class: "header" },
    h("div", { class: "brand" }, logo, title),
    lesson,
    h("div", { class: "extra" }, source.element),
    dialectField,
    h("div", { class: "extra" }, compare),
    menu,
    h("div", { class: "settings extra" }, save, lang.element, theme, help),
  );

  /**
   * @param {Frame | null} frame
   * @param {string} about what the scenario is called that is shown; empty where it has no name
   * @param {LessonInfo[]} lessons
   * @param {string} current the lesson that is shown; empty for none
   * @param {Lang} language
   * @param {string} scheme
   * @param {Source} from
   * @param {boolean} comparing
   */
  function update(frame, about, lessons, current, language, scheme, from, comparing) {
    const t = text();
    say(title, t.title);
    set(lesson, "aria-label", t.lesson);
    const options = lessons.map(({ id, number }) => [id, t.lessonOption(number, texts[language][id]?.title ?? id)]);
    if (!current) options.unshift(["", frame?.source === "simulation" ? about || t.untitled.simulation : t.chooseLesson]);
    while (lesson.options.length > options.length) lesson.options[lesson.options.length - 1].remove();
    options.forEach(([value, words], index) => {
      const option = lesson.options[index] ?? lesson.appendChild(h("option", {}));
      set(option, "value", value);
      say(option, words);
    });
    lesson.value = current;
    source.update(from, t.source, t.sources);
    const dialects = commands.dialects();
    if (!dialect && dialects.length > 0) dialectField.append((dialect = createDialects(dialects, commands.dialect)).element);
    dialect?.update(frame, t);
    say(compare, t.compare.button);
    set(compare, "aria-pressed", String(comparing));
    compare.disabled = frame?.source !== "simulation";
    say(dialectLabel, t.dialect);
    lang.update(language, t.language, { en: "EN", zh: "\u4e2d\u6587" });
    lang.buttons[1].lang = "zh-Hans";
    lang.buttons[0].lang = "en";
    set(theme, "aria-label", t.theme);
    [...theme.options].forEach((option) => say(option, t.themes[/** @type {"auto"} */ (option.value)]));
    theme.value = scheme;
    say(save, t.save);
    save.disabled = !frame;
    set(help, "aria-label", t.help);
    set(help, "title", t.help);
    set(menu, "aria-label", t.more);
  }

  return { element, update };
}

/**
 * One button a libevent.
 * @param {import("../types.js").DialectInfo[]} dialects
 * @param {(dialect: Dialect) => void} choose
 */
function createDialects(dialects, choose) {
  const names = Object.fromEntries(dialects.map(({ name }) => [name, name]));
  const { element, buttons, update } = choice(dialects.map(({ name }) => name), choose);
  buttons.forEach((one, index) => set(one, "title", `libevent ${dialects[index].libevent}`));
  return {
    element,
    /** @param {Frame | null} frame @param {Text} t */
    update(frame, t) {
      update(dialectOf(frame), t.dialect, names);
      buttons.forEach((one) => (one.disabled = frame?.source !== "simulation"));
    },
  };
}

/** Which libevent it is; none while nobody can know. @param {Frame | null} frame @returns {Dialect | null} */
function dialectOf(frame) {
  if (!frame) return null;
  if (frame.source === "simulation") return /** @type {import("../types.js").Simulation} */ (frame.track).dialect;
  return frame.connection.number === 0 ? null : frame.connection.dialect;
}
