/** What a reader can take along of what is shown: as a link, as code for another page, and as files. */
import { PAGE, SCRIPT } from "../engine/assets.js";
import { telling } from "../engine/telling.js";
import { toFragment } from "./link.js";

/** @typedef {import("./link.js").Place} Place */
/** @typedef {"link" | "embed" | "class" | "scenario" | "program" | "perfetto"} Taken */

/** @typedef {{content: string | Uint8Array<ArrayBuffer>, name: string, type: string}} Copy text, or bytes that are none, and what its file is called */

/**
 * @typedef {object} Here
 * @property {Place | null} place
 * @property {string[]} [lessons] that a teacher chose; none for all
 * @property {string} page the address that the link is one of; empty for that of the lab's own page
 * @property {string} title what is shown is called
 */

/**
 * @param {Taken} what
 * @param {import("./player.js").Player} player
 * @param {Here} here
 * @returns {Promise<Copy>}
 * @throws where there is nothing of this kind, with the reason
 */
export async function copyOf(what, player, { place, lessons = [], page, title }) {
  switch (what) {
    case "link":
      return { content: `${linkable(page || PAGE)}#${await toFragment(placed(place))}`, name: "link.txt", type: "text/plain" };
    case "embed":
      return { content: await embed(placed(place), page || PAGE, title), name: "embed.html", type: "text/html" };
    case "class": {
      const chosen = lessons.length > 0 ? `lessons=${lessons.map(encodeURIComponent).join(",")}&` : "";
      return { content: `${linkable(page || PAGE).replace(/\?.*/, "")}?${chosen}export`, name: "link.txt", type: "text/plain" };
    }
    case "scenario":
      return { content: `${JSON.stringify(JSON.parse(simulated(player).scenario()), null, 2)}\n`, name: "scenario.json", type: "application/json" };
    case "program":
      return { content: simulated(player).asC().text, name: "scenario.c", type: "text/x-c" };
    case "perfetto": {
      const trace = /** @type {Uint8Array<ArrayBuffer> | undefined} */ (player.track?.exportPerfetto(title));
      return { content: trace ?? "", name: "bufferevent.perfetto-trace", type: "application/octet-stream" };
    }
  }
}

/** @param {string} page */
function linkable(page) {
  if (!page) throw telling("no page opens what a link says: the element here has no attribute linked");
  return page;
}

/** @param {Place | null} place */
function placed(place) {
  if (!place) throw telling("nobody else can see what only this device or a running server has; save it as a recording");
  return place;
}

/** @param {import("./player.js").Player} player */
function simulated({ simulation }) {
  if (!simulation) throw telling("this is no simulation");
  return simulation;
}

/**
 * A figure of this moment: without what `controls` leaves out it is as high as one. Where a browser may not have the script, which is
 * of another origin then, a link stands in its place.
 * @param {Place} place @param {string} page that opens a link, if one does @param {string} title
 */
async function embed(place, page, title) {
  const { lesson, src, scenario, run, step } = place;
  const attributes = Object.entries({ lesson, src, scenario, run, step, controls: "minimal" })
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => ` ${name}="${quoted(String(value))}"`);
  const link = page ? `<a href="${quoted(`${page}#${await toFragment(place)}`)}">${quoted(title)}</a>` : "";
  return `<script type="module" src="${quoted(SCRIPT)}"></script>\n<bufferevent-lab${attributes.join("")}>${link}</bufferevent-lab>\n`;
}

/** @param {string} text */
const quoted = (text) => text.replaceAll("&", "&amp;").replaceAll('"', "&quot;").replaceAll("<", "&lt;");
