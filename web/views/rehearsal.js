/**
 * What playing runs, run before somebody plays, where nobody sees it: a browser compiles code when it is first run, and the first
 * step would have all of that in its frame.
 */
import { idle } from "../engine/idle.js";
import { firstMoments } from "../state/rehearsal.js";
import { createClock } from "./scene/clock.js";

/** @typedef {import("../types.js").Shown} Shown */

/** Among so many moments there is one of most kinds. */
const MOMENTS = 24;
/** What is drawn of a movement: so far apart, in milliseconds, and so often at most. */
const [EVERY, MOST] = [90, 12];

/** All players of a page run the same code. */
let done = false;

/** Whether nobody does anything. @param {Shown} shown */
const rests = ({ blank, player }) => !blank && player.mode === "ready";
/** Whether what is rehearsed is played still: what is not any more cannot be asked. @param {Shown} one @param {Shown} other */
const sameTrack = ({ frame: one }, { frame: other }) => one.track === other.track && one.revision === other.revision && one.fullsOf === other.fullsOf;

/**
 * @param {ReturnType<typeof import("./scene/scene.js").createScene>} scene
 * @param {() => Shown} look what is shown
 */
export async function rehearse(scene, look) {
  const shown = look();
  if (done || !rests(shown)) return;
  done = true;
  const goesOn = () => rests(look()) && sameTrack(look(), shown);
  const clock = createClock();
  await idle();
  const twin = scene.twin(clock);
  await idle();
  if (!goesOn()) return;
  twin.update({ ...shown, frame: { ...shown.frame, motion: "still" } });
  // A little at a time: somebody may want to do something just then.
  for (const moment of firstMoments(shown, MOMENTS)) {
    await idle();
    if (!goesOn()) return;
    twin.update(moment);
    for (let frame = 0; clock.waited && frame < MOST; frame++) clock.go(EVERY);
  }
}
