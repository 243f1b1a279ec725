/** What runs inside what, outermost first. */
import { ROLES } from "../../engine/roles.js";
import { callbackArguments, callbackName, eventName } from "../../lang/names.js";

/** The parts of a step's role in which libevent did something for somebody, rather than the peer, the kernel or time. */
const OUTSIDE = new Set(["outside", "peer_to_kernel", "kernel_to_peer"]);

/**
 * Between two passes the program itself runs: what it calls is called from `main()`, or from where it keeps its loop.
 * @param {import("../../types.js").Frame} frame
 * @returns {{name: string, user: boolean}[]} user: it is the application's code; none at all where the application stands still
 */
export function stackOf({ picture, record }) {
  const { loop } = picture;
  const inner = record?.function ?? "";
  if (loop.station === "idle") {
    const calls = record && inner && inner !== "event_base_loop" && !OUTSIDE.has(ROLES[record.kind]);
    return calls ? [{ name: "main()", user: true }, { name: inner, user: false }] : [];
  }
  const frames = [{ name: "event_base_loop", user: false }];
  if (loop.running) frames.push({ name: eventName(loop.running.event, picture.names), user: false });
  for (const { callback } of loop.entered ? [...loop.outer, loop.entered] : []) {
    frames.push({ name: `${callbackName(callback, picture.names)}${callbackArguments(callback)}`, user: true });
  }
  if (inner && inner !== "event_base_loop") frames.push({ name: inner, user: false });
  return frames;
}
