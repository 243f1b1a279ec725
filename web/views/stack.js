/** What runs inside what, outermost first. */
import { callbackArguments, callbackName, eventName } from "../lang/names.js";

/**
 * @param {import("../types.js").Frame} frame
 * @returns {{name: string, user: boolean}[]} user: it is the application's code
 */
export function stackOf({ picture, record }) {
  const loop = picture.loop;
  const frames = [{ name: "event_base_loop", user: false }];
  if (loop.running) frames.push({ name: eventName(loop.running.event), user: false });
  for (const { callback } of loop.entered ? [...loop.outer, loop.entered] : []) {
    frames.push({ name: `${callbackName(callback)}${callbackArguments(callback)}`, user: true });
  }
  const inner = record?.function ?? "";
  if (inner && loop.station !== "idle" && inner !== "event_base_loop") frames.push({ name: inner, user: false });
  return frames;
}
