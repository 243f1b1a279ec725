/** A file that is dragged over the lab is opened where it is dropped, as with the button for it. Without that button, nothing is. */
import { h, say, set } from "./dom.js";

/** @typedef {import("../types.js").Commands} Commands */
/** @typedef {import("../types.js").Shown} Shown */

/** @param {Commands} commands @param {HTMLElement} lab the whole view */
export function createDrop(commands, lab) {
  const words = h("p", {});
  const element = h("div", { class: "drop", hidden: true }, words);
  lab.append(element);
  let takes = false;
  const isFile = (/** @type {DragEvent} */ { dataTransfer }) => takes && dataTransfer?.types.includes("Files") === true;
  const show = (/** @type {boolean} */ over) => set(element, "hidden", !over);

  for (const type of /** @type {const} */ (["dragenter", "dragover"])) {
    lab.addEventListener(type, (event) => {
      if (!isFile(event)) return;
      // Otherwise the browser leaves the page for it.
      event.preventDefault();
      if (event.dataTransfer) event.dataTransfer.dropEffect = "copy";
      show(true);
    });
  }
  lab.addEventListener("dragleave", ({ relatedTarget }) => lab.contains(/** @type {Node | null} */ (relatedTarget)) || show(false));
  lab.addEventListener("drop", (event) => {
    show(false);
    if (!isFile(event)) return;
    event.preventDefault();
    const file = event.dataTransfer?.files[0];
    if (file) commands.openFile(file);
  });

  /** @param {Shown} shown */
  function update({ asks, presents, dialects, text }) {
    // Before there is an engine nothing can be opened.
    takes = asks && !presents && dialects.length > 0;
    say(words, text.drop);
  }

  return { element, update };
}
