/** Brings into sight what somebody asked for who reads somewhere else: on a small screen the scene and what tells of it are far apart. */
import { onceLaidOut } from "./laid-out.js";

/** @typedef {import("../types.js").Shown} Shown */

/**
 * @param {Element} told stands above the scene, and comes with it
 * @param {Element} scene
 * @param {HTMLElement} deck covers the lower edge
 * @param {Element} lab the whole view
 */
export function createSight(told, scene, deck, lab) {
  let sought = 0;

  /** @param {Shown} shown */
  function update({ sight: { of, times } }) {
    if (times <= sought) return;
    sought = times;
    const answered = /** @type {Element} */ (lab.querySelector(".prediction"));
    const [first, last] = of === "scene" ? [told, scene] : [answered, answered];
    onceLaidOut(lab, () => {
      const [{ top }, { bottom }] = [first, last].map((one) => one.getBoundingClientRect());
      if (top < 0 || bottom > innerHeight - deck.offsetHeight) first.scrollIntoView({ block: "start" });
    });
  }

  return { update };
}
