/** What a person must be told, with the ways out of it; and the list of keys. */
import { problemWords } from "../lang/problem.js";
import { copied } from "./copied.js";
import { button, h, say } from "./dom.js";
import { download } from "./download.js";

/** @typedef {import("../types.js").Commands} Commands */
/** @typedef {import("../types.js").Shown} Shown */

/** Its file is called so. */
const REPORT = "bufferevent-report.json";

/** @param {Commands} commands */
export function createNotice(commands) {
  const words = h("p", {});
  let report = "";
  const said = h("span", { class: "note", role: "status" });
  /** @type {Shown["text"] | null} */
  let last = null;
  async function give() {
    const isCopied = await copied(report);
    if (!isCopied) download(REPORT, report, "application/json");
    if (last) say(said, isCopied ? last.share.copied(last.problem.copy) : last.share.saved(REPORT));
  }
  const useDefault = button("", commands.useDefault);
  const copy = button("", () => void give());
  const dismiss = button("", commands.dismiss);
  const element = h("div", { class: "notice", role: "alert", hidden: true }, words, h("div", { class: "row" }, useDefault, copy, dismiss, said));

  /** @param {Shown} shown */
  function update({ notice, text }) {
    last = text;
    if ((notice?.report ?? "") !== report) say(said, "");
    if (notice) say(words, problemWords(notice, text));
    element.hidden = notice === null;
    report = notice?.report ?? "";
    useDefault.hidden = !notice?.canDefault;
    copy.hidden = report === "";
    dismiss.hidden = notice?.stays ?? false;
    say(useDefault, text.problem.useDefault);
    say(copy, text.problem.copy);
    say(dismiss, text.problem.dismiss);
  }

  return { element, update };
}

/** @param {Commands} commands */
export function createHelp(commands) {
  const title = h("h2", { tabindex: -1 });
  const list = h("dl", { class: "keys" });
  const close = button("", () => element.close());
  const element = h("dialog", { class: "help-dialog", onclose: () => commands.help(false) }, title, list, close);
  let drawn = "";

  /** @param {Shown} shown */
  function update({ help, lang, text }) {
    say(title, text.keys.title);
    say(close, text.close);
    if (drawn !== lang) list.replaceChildren(...text.keys.list.flatMap(([key, does]) => [h("dt", {}, key), h("dd", {}, does)]));
    drawn = lang;
    if (help && !element.open) {
      element.showModal();
      // It is read from its beginning, which its only button is not. Not by `autofocus`: in a frame of another origin browsers complain of it.
      title.focus();
    } else if (!help && element.open) element.close();
  }

  return { element, update };
}
