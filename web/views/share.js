/** What a reader can take along: copied where a page may copy, and handed over as a file where it may not. */
import { button, h, say, set } from "./dom.js";
import { download } from "./download.js";

/** @typedef {import("../types.js").Commands} Commands */
/** @typedef {import("../types.js").Shown} Shown */
/** @typedef {import("../state/sharing.js").Copy} Copy */

const TAKEN = /** @type {const} */ (["link", "embed", "scenario", "program", "recording"]);

/**
 * @param {Commands} commands
 * @param {() => Copy} picture of the scene
 */
export function createShare(commands, picture) {
  const title = h("h2", {});
  const said = h("p", { class: "share-said", role: "status" });
  const kinds = [...TAKEN, /** @type {const} */ ("picture")];
  const buttons = kinds.map((what) => button("", () => void give(what), { class: `share-${what}`, "data-what": what }));
  const present = button("", () => (element.close(), commands.present(true)), { class: "share-present" });
  const paper = button("", () => (element.close(), print()), { class: "share-print" });
  const close = button("", () => element.close(), { class: "close primary" });
  const element = h("dialog", { class: "share-dialog", onclose: () => commands.dialog("") }, title, h("div", { class: "share-list" }, ...buttons), said, h("div", { class: "row" }, present, paper, close));
  /** @type {Shown["text"]["share"] | null} */
  let words = null;
  let before = false;

  /** @param {typeof kinds[number]} what */
  async function give(what) {
    try {
      const { text, name, type } = what === "picture" ? picture() : await commands.take(what);
      // A recording or a picture is a file to whoever wants it; only pages that came over a safe connection may copy.
      const isFile = what === "recording" || what === "picture" || !navigator.clipboard;
      if (isFile) download(name, text, type);
      else await navigator.clipboard.writeText(text);
      say(said, (isFile ? words?.saved(name) : words?.copied(words.of[what])) ?? "");
    } catch (error) {
      say(said, words?.cannot(error instanceof Error ? error.message : String(error)) ?? "");
    }
  }

  /** @param {Shown} shown */
  function update({ dialog, blank, frame, text }) {
    words = text.share;
    say(title, text.share.title);
    kinds.forEach((what, index) => say(buttons[index], text.share.of[what]));
    say(present, text.present.button);
    say(paper, text.share.print);
    say(close, text.close);
    for (const one of buttons) one.disabled = blank || (frame.source !== "simulation" && ["scenario", "program"].includes(one.dataset.what ?? ""));
    const open = dialog === "share";
    if (open !== before) say(said, "");
    before = open;
    set(element, "data-source", frame.source);
    if (open && !element.open) element.showModal();
    else if (!open && element.open) element.close();
  }

  return { element, update };
}
