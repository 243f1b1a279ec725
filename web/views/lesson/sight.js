/** What of a lesson's panel is in sight. Where the panel does not scroll by itself, the page stays as it is. */
import { onceLaidOut } from "../laid-out.js";

/**
 * Brings a part into sight, from the head of its whole on, or as far below that as the part is.
 * @param {Element} element the whole
 * @param {Element} part
 */
export const reveal = (element, part) => scroll(part, (own, seen) => Math.max(element.getBoundingClientRect().top - seen.top - 12, own.bottom - seen.bottom + 12));

/** Brings a part into sight that is not, by as little as that takes. @param {Element} part */
export const revealNearest = (part) =>
  scroll(part, (own, seen) => {
    if (own.bottom > seen.bottom - 12) return Math.min(own.bottom - seen.bottom + 12, own.top - seen.top - 12);
    return own.top < seen.top + 12 ? own.top - seen.top - 12 : 0;
  });

/** @param {Element} part @param {(own: DOMRect, seen: DOMRect) => number} by how far, in CSS pixels, given where it is, and what is seen of the panel around it */
function scroll(part, by) {
  onceLaidOut(part, () => {
    const panel = part.closest(".panel");
    if (panel && panel.clientHeight > 0) panel.scrollTop += by(part.getBoundingClientRect(), panel.getBoundingClientRect());
  });
}
