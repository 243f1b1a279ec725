/** A valve between kernel and buffer: open or closed, with the reason in words. */
import { h, say, set, svg } from "./dom.js";

/** @typedef {import("../types.js").Valve} Valve */
/** @typedef {import("../types.js").Text} Text */

/** In these states bytes can pass. */
const OPEN = new Set(["open", "running"]);
/** Closed, but nothing is in the way: there is nothing to move. */
const AT_REST = new Set(["idle", "absent", "nobody"]);

/**
 * What to say of a valve: an event that has fired and runs waits for nothing, and yet bytes pass.
 * @param {import("../types.js").Frame} frame
 * @param {"read" | "write"} direction
 * @returns {Valve | "running" | "absent" | "nobody"}
 */
export function shownValve({ picture, connection, exists, source }, direction) {
  if (!exists) return source === "simulation" ? "absent" : "nobody";
  const valve = connection.valves[direction];
  const { running } = picture.loop;
  const runs = running?.event === direction && running.connection === connection.number;
  return runs && (valve === "not_waiting" || valve === "idle") ? "running" : valve;
}

/** @param {"read" | "write"} direction */
export function createValve(direction) {
  const to = direction === "read" ? 1 : -1;
  const drawing = svg(
    "svg",
    { viewBox: "-44 -18 88 36", class: "valve-drawing", "aria-hidden": "true" },
    svg("path", { class: "valve-pipe", d: "M-44-7H-16M-44 7H-16M16-7H44M16 7H44" }),
    svg("circle", { class: "valve-body", r: 15 }),
    svg("path", { class: "valve-flow", d: `M${-8 * to} 0H${7 * to}M${2 * to}-5L${7 * to} 0L${2 * to} 5` }),
    svg("path", { class: "valve-cross", d: "M-6-6L6 6M6-6L-6 6" }),
    svg("path", { class: "valve-bar", d: "M0-8V8" }),
  );
  const reason = h("span", { class: "valve-reason" });
  const token = h("span", { class: "token" });
  const element = h("div", { class: `valve ${direction}` }, token, drawing, reason);

  /**
   * @param {Valve | "running" | "absent" | "nobody"} valve
   * @param {string} moved what this step moved through it
   * @param {Text} text
   */
  function update(valve, moved, text) {
    const kind = OPEN.has(valve) ? "open" : AT_REST.has(valve) ? "rest" : "closed";
    set(element, "data-valve", kind);
    set(element, "data-reason", valve);
    say(reason, text.valve[direction][valve]);
    say(token, moved);
    set(token, "data-moved", moved !== "");
  }

  return { element, token, update };
}
