/** What playing would show, looked at without playing: nothing of it is kept. */
import { sumOf, targetOf, toldOf } from "../engine/track.js";
import { frameOf } from "./frame.js";

/** @typedef {import("./shown.js").Shown} Shown */

/**
 * The first moments of what is shown, each as the player looks at it.
 * @param {Shown} shown
 * @param {number} count
 * @returns {Generator<Shown>}
 */
export function* firstMoments(shown, count) {
  const { track, connection: { number, dialect }, start, ...rest } = shown.frame;
  for (let [from, left] = [start, count]; left > 0; left--) {
    const at = targetOf(track, from, 1, "moment", null);
    if (at === from) return;
    toldOf(track, at);
    sumOf(track, number, from, at);
    const picture = track.picture(at);
    yield { ...shown, frame: frameOf(track, at, { picture, number, dialect }, { ...rest, motion: "forward" }) };
    from = at;
  }
}
