/** Pictures of the scene to take away: as it stands, or a span of steps that moves. */
import { telling } from "../../engine/telling.js";
import { momentSentence } from "../../lang/sentences.js";
import { button, h, say } from "../dom.js";

/** @typedef {import("../../types.js").Shown} Shown */
/** @typedef {(typeof KINDS)[number]} Kind */
/** @typedef {{content: BlobPart, name: string, type: string}} Made a file */
/** @typedef {(tell: (done: number, of: number) => void) => Promise<Made>} Make makes it, and tells how far it is */

const LOOKS = /** @type {const} */ (["page", "light", "dark", "print"]);
/** @typedef {(typeof LOOKS)[number]} Look */
const KINDS = /** @type {const} */ (["svg", "png", "film"]);
const [USUAL, MOST] = [12, 60];

/**
 * @param {import("../../types.js").Commands} commands
 * @param {Element} scene
 * @param {(make: Make) => void} give hands over what is made
 */
export function createPictures(commands, scene, give) {
  const title = h("legend", {});
  const looks = LOOKS.map((look) => h("option", { value: look }));
  const look = h("select", { class: "picture-look" }, ...looks);
  const steps = h("input", { class: "picture-steps", type: "number", min: 2, max: MOST, value: USUAL, required: true });
  const buttons = KINDS.map((kind) => button("", () => (kind === "film" && !steps.reportValidity() ? undefined : give((tell) => make(kind, tell))), { class: `share-${kind}` }));
  const [lookWords, stepsWords] = [h("span", { class: "label" }), h("span", { class: "label" })];
  const element = h("fieldset", { class: "pictures" }, title, h("label", { class: "field" }, lookWords, look), h("label", { class: "field" }, stepsWords, steps), h("div", { class: "row" }, ...buttons));
  /** @type {Shown | null} */
  let last = null;

  /** @param {Kind} kind @param {(done: number, of: number) => void} tell @returns {Promise<Made>} */
  async function make(kind, tell) {
    if (!last) throw telling("there is nothing to show");
    const chosen = /** @type {Look} */ (look.value);
    // What makes them comes when somebody wants one.
    const [{ drawingOf }, { filmOf }, { rasterOf }] = await Promise.all([import("./drawing.js"), import("./film.js"), import("./raster.js")]);
    if (kind === "film") return { content: /** @type {BlobPart} */ (await filmOf(scene, commands.span(Number(steps.value)), chosen, tell)), name: "bufferevent-film.png", type: "image/apng" };
    const drawing = drawingOf(scene, momentSentence(last.frame, last.lang), chosen);
    if (kind === "svg") return { content: drawing.svg, name: "bufferevent.svg", type: "image/svg+xml" };
    return { content: await rasterOf(drawing), name: "bufferevent.png", type: "image/png" };
  }

  /** @param {Shown} shown */
  function update(shown) {
    last = shown;
    const t = shown.text.share.pictures;
    say(title, t.title);
    say(lookWords, t.look);
    say(stepsWords, t.steps);
    LOOKS.forEach((name, index) => say(looks[index], t.looks[name]));
    KINDS.forEach((kind, index) => say(buttons[index], t.of[kind]));
    for (const one of buttons) one.disabled = shown.blank;
  }

  return { element, update };
}
