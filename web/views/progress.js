/** What was done of the lessons: looked at, taken to another place as a file, brought from there, and cleared. */
import { wrongIn } from "../lang/problem.js";
import { progressCsv, progressJson } from "../state/progress.js";
import { copied } from "./copied.js";
import { button, h, say, set, sized } from "./dom.js";
import { download } from "./download.js";

/** @typedef {import("../types.js").Commands} Commands */
/** @typedef {import("../types.js").Shown} Shown */

/** @param {Commands} commands */
export function createProgress(commands) {
  const title = h("h2", {});
  const note = h("p", { class: "note" });
  const table = createTable(commands);
  const label = h("span", { class: "label" });
  const name = h("input", { type: "text", name: "reader", autocomplete: "name", maxlength: 80 });
  const json = button("", () => download("bufferevent-progress.json", progressJson(kept, name.value.trim()), "application/json"), { class: "export-json" });
  const csv = button("", () => download("bufferevent-progress.csv", progressCsv(kept, name.value.trim()), "text/csv"), { class: "export-csv" });
  const print = button("", () => commands.print(), { class: "print" });
  const bring = button("", () => chooseFile(".json,application/json", commands.importProgress), { class: "import" });
  const teach = createTeach(commands, () => table.chosen());
  const clear = createClear(commands);
  const close = button("", () => element.close(), { class: "close primary" });
  const rows = [h("div", { class: "row" }, h("label", { class: "field" }, label, name), json, csv), teach.element, h("div", { class: "row" }, print, bring, clear.element, close)];
  const element = h("dialog", { class: "progress-dialog", onclose: () => commands.dialog("") }, title, note, table.element, ...rows);
  /** @type {Shown["kept"]} */
  let kept = {};

  /** @param {Shown} shown */
  function update(shown) {
    const { dialog, text: { progress: t, close: shut } } = shown;
    kept = shown.kept;
    for (const [one, words] of /** @type {[HTMLElement, string][]} */ ([[title, t.title], [note, shown.lasts ? t.note : t.fleeting], [label, t.name], [json, t.json], [csv, t.csv], [bring, t.import], [close, shut]])) say(one, words);
    say(print, t.print(shown.chosen));
    print.hidden = shown.chosen === 0;
    if (dialog === "progress") table.update(shown);
    teach.update(shown);
    clear.update(shown);
    if (dialog === "progress" && !element.open) element.showModal();
    else if (dialog !== "progress" && element.open) element.close();
  }

  return { element, update };
}

/** @param {string} accept @param {(file: File) => void} take */
function chooseFile(accept, take) {
  const input = h("input", { type: "file", accept, onchange: () => input.files?.[0] && take(input.files[0]) });
  input.click();
}

/** What is cleared is gone: it takes two presses. @param {Commands} commands */
function createClear(commands) {
  let sure = false;
  const element = button("", () => {
    if (sure) commands.clearProgress();
    sure = !sure;
    if (last) update(last);
  }, { class: "clear" });
  /** @type {Shown | null} */
  let last = null;

  /** @param {Shown} shown */
  function update(shown) {
    last = shown;
    if (shown.dialog !== "progress") sure = false;
    const { clear, clearSure } = shown.text.progress;
    say(element, sure ? clearSure : clear);
    element.disabled = Object.keys(shown.kept).length === 0;
  }

  return { element, update };
}

/** The link that a teacher gives. @param {Commands} commands @param {() => string[]} chosen lessons; none for all */
function createTeach(commands, chosen) {
  const note = h("span", { class: "note" });
  const said = h("p", { class: "taught", role: "status" });
  const copy = button("", () => void give(), { class: "teach" });
  const element = h("div", { class: "teaching" }, h("div", { class: "row" }, copy, note), said);
  /** @type {Shown["text"] | null} */
  let words = null;

  async function give() {
    try {
      const content = String((await commands.take("class", chosen())).content);
      say(said, (await copied(content)) ? (words?.progress.taught(content) ?? "") : content);
    } catch (error) {
      say(said, words ? words.share.cannot(wrongIn(error, words)) : "");
    }
  }

  /** @param {Shown} shown */
  function update({ dialog, text }) {
    words = text;
    say(copy, text.progress.teach);
    say(note, text.progress.teachNote);
    if (dialog !== "progress") say(said, "");
  }

  return { element, update };
}

/** A row a lesson, which opens it; a tick takes it into a teacher's link. @param {Commands} commands */
function createTable(commands) {
  const head = h("tr", {}, ...[0, 1, 2, 3].map(() => h("th", { scope: "col" })));
  const body = h("tbody", {});
  const element = h("div", { class: "progress-table" }, h("table", {}, h("thead", {}, head), body));
  const open = (/** @type {string} */ id) => {
    commands.dialog("");
    void commands.lesson(id);
  };
  const createRow = () => h("tr", {}, h("td", {}, h("input", { type: "checkbox" })), h("th", { scope: "row" }), h("td", {}, button("", () => {}, { class: "quiet" })), h("td", {}));
  const boxes = () => /** @type {NodeListOf<HTMLInputElement>} */ (body.querySelectorAll("input"));

  /** @param {Shown} shown */
  function update({ course, text: { progress: t } }) {
    t.columns.forEach((words, index) => say(head.children[index], words));
    sized(body, course.length, createRow).forEach((row, index) => {
      const { id, number, title, done, of } = course[index];
      const box = boxes()[index];
      if (box.value !== id) [box.value, box.checked] = [id, false];
      set(box, "aria-label", t.choose(title));
      const pressed = /** @type {HTMLButtonElement} */ (row.children[2].firstElementChild);
      say(row.children[1], number > 0 ? String(number) : "\u2013");
      say(pressed, title);
      pressed.onclick = () => open(id);
      say(row.children[3], `${done} / ${of}`);
      set(row, "data-done", of > 0 && done >= of);
    });
  }

  return { element, update, chosen: () => [...boxes()].filter(({ checked }) => checked).map(({ value }) => value) };
}
