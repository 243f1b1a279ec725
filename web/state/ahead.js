/** What an element will need before its first step, as far as its attributes and the page's address tell before there is an engine. */
import { loadEngine, loadRest } from "../engine/engine.js";
import { loadGlossary } from "../engine/glossary.js";
import { expectLesson } from "../engine/lessons.js";
import { readAhead } from "./kept.js";

/** The attributes that say what is played; of several at once, the last here. */
export const SOURCES = ["lesson", "scenario", "src", "live"];
/** The lesson to look at for somebody who chose nothing. */
export const DEFAULT = "anatomy";

/**
 * Fetches all of it at once; what became of it is asked where it is needed.
 * @param {Element} element
 * @param {(part: number) => void} [told] how much of the engine is there
 * @returns what comes of the engine: what shows a first step, and the rest where that may not be enough
 */
export function fetchAhead(element, told) {
  const engine = loadEngine(told);
  const whole = asks(element) ? loadRest() : null;
  for (const coming of [engine, whole]) coming?.catch(() => {});
  const lesson = expected(element);
  void expectLesson(lesson, lesson === DEFAULT);
  void loadGlossary();
  // It takes a while: after all that is asked for now.
  queueMicrotask(readAhead);
  return { engine, whole };
}

/** Something is asked for that may need all of the engine: what one sees who asks for nothing is made for a part of it. @param {Element} element */
const asks = (element) => [...SOURCES, "run", "lessons", "compare"].some((name) => element.hasAttribute(name)) || (element.hasAttribute("linked") && (location.hash + location.search).length > 1);

/** The lesson that will be opened; empty where it is something else. @param {Element} element */
function expected(element) {
  const [link, query] = element.hasAttribute("linked") ? [location.hash.slice(1), location.search].map((text) => new URLSearchParams(text)) : [];
  if (link?.size) return link.get("lesson") ?? "";
  const name = SOURCES.findLast((source) => element.getAttribute(source));
  if (name) return name === "lesson" ? (element.getAttribute(name) ?? "") : "";
  return (query?.get("lessons") ?? element.getAttribute("lessons") ?? "").split(",")[0].trim() || DEFAULT;
}
