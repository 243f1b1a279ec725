/** What a reader can take along: copied where a page may copy, and handed over as a file where it may not. */
import { wrongIn } from "../lang/problem.js";
import { copied } from "./copied.js";
import { button, h, say, set } from "./dom.js";
import { download } from "./download.js";
import { createPictures } from "./picture/pictures.js";

/** @typedef {import("../types.js").Commands} Commands */
/** @typedef {import("../types.js").Shown} Shown */

const KINDS = /** @type {const} */ (["link", "embed", "scenario", "program", "perfetto"]);

/** @param {Commands} commands @param {Element} scene of which there are pictures */
export function createShare(commands, scene) {
  const title = h("h2", {});
  const said = h("p", { class: "share-said", role: "status" });
  const buttons = KINDS.map((what) => button("", () => void give(what), { class: `share-${what}`, "data-what": what }));
  const pictures = createPictures(commands, scene, (make) => void handOver(() => draw(make)));
  const present = button("", () => (element.close(), commands.present(true)), { class: "share-present" });
  const paper = button("", () => (element.close(), void commands.print()), { class: "share-print" });
  const close = button("", () => element.close(), { class: "close primary" });
  const element = h("dialog", { class: "share-dialog", onclose: () => commands.dialog("") }, title, h("div", { class: "share-list" }, ...buttons), pictures.element, said, h("div", { class: "row" }, present, paper, close));
  /** @type {Shown["text"] | null} */
  let words = null;
  let before = false;
  const handOver = oneAtATime(said, (wrong) => (words ? words.share.cannot(wrongIn(wrong, words)) : ""));

  /** @param {typeof KINDS[number]} what */
  const give = (what) =>
    handOver(async () => {
      const { content, name, type } = await commands.take(what);
      if (typeof content !== "string" || !(await copied(content))) {
        download(name, content, type);
        return words?.share.saved(name);
      }
      return [words?.share.copied(words.share.of[what]), what === "embed" ? words?.share.elsewhere : ""].join(" ");
    });

  /** @param {import("./picture/pictures.js").Make} make */
  async function draw(make) {
    const { content, name, type } = await make((done, of) => say(said, words?.share.pictures.making(done, of) ?? ""));
    download(name, content, type);
    return words?.share.saved(name);
  }

  /** @param {Shown} shown */
  function update(shown) {
    const { dialog, blank, frame, text } = shown;
    pictures.update(shown);
    words = text;
    say(title, text.share.title);
    KINDS.forEach((what, index) => say(buttons[index], text.share.of[what]));
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

/**
 * What came of it is said.
 * @param {Element} said
 * @param {(wrong: unknown) => string} cannot
 */
function oneAtATime(said, cannot) {
  let busy = false;
  /** @param {() => Promise<string | undefined>} make */
  return async (make) => {
    if (busy) return;
    busy = true;
    try {
      say(said, (await make()) ?? "");
    } catch (error) {
      say(said, cannot(error));
    } finally {
      busy = false;
    }
  };
}
