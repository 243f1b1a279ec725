/** What the page around an element has set that cannot be used. Of a source what is wrong is told as it is opened. */
import { LinkError, Reason } from "./link.js";
import { THEMES } from "./shown.js";

const CONTROLS = ["full", "minimal", "none"];

/** They say how a source looks, and those where one is in it; a link says that itself. */
export const LOOK = ["controls", "theme", "lessons"];
export const PLACE = ["step", "position"];

/** How each is looked at; throws what is wrong. @type {{[name: string]: (value: string, player: import("./player.js").Player) => void}} */
const LOOKS = {
  controls: (value) => oneOf(value, CONTROLS),
  theme: (value) => oneOf(value, THEMES),
  lessons(value) {
    if (value.trim() !== "" && value.split(",").some((name) => name.trim() === "")) throw new Reason("commas");
  },
  step: isPosition,
  position: isPosition,
};

/** @param {string} value @param {readonly string[]} all */
function oneOf(value, all) {
  // Where nothing is written, nothing is said.
  if (value !== "" && !all.includes(value)) throw new Reason("absent", value, all.join(", "));
}

/** @param {string} value @param {import("./player.js").Player} player */
function isPosition(value, { length, source }) {
  if (value.trim() === "" || !Number.isInteger(Number(value)) || Number(value) < 0) throw new Reason("noPosition", value);
  // What is live goes on.
  if (source !== "live" && Number(value) > length) throw new Reason("beyond", value, String(length));
}

/** Each thing is told once. */
export class Attributes {
  /** What was wrong when it was looked at last. @type {Map<string, string>} */
  #told = new Map();
  /** What is wrong elsewhere, to be told with all of them. @type {LinkError[]} */
  #more = [];

  /** @param {LinkError} wrong */
  meet(wrong) {
    this.#more.push(wrong);
  }

  /**
   * @param {Element} element @param {import("./player.js").Player} player
   * @param {string[]} names of those that are looked at
   * @returns {LinkError[]} what is wrong, and was not told yet
   */
  wrong(element, player, names) {
    const own = names.filter((name) => name in LOOKS).flatMap((name) => {
      const value = element.getAttribute(name);
      const problem = value === null ? null : problemOf(name, value, player);
      const isTold = this.#told.get(name) === value;
      if (problem === null) this.#told.delete(name);
      else this.#told.set(name, /** @type {string} */ (value));
      return problem === null || isTold ? [] : [problem];
    });
    return [...this.#more.splice(0), ...own];
  }
}

/** @param {string} name @param {string} value @param {import("./player.js").Player} player */
function problemOf(name, value, player) {
  try {
    LOOKS[name](value, player);
    return null;
  } catch (error) {
    return new LinkError(name, error);
  }
}
