/** What of a lesson's panel is in sight. Where the panel does not scroll by itself, the page stays as it is. */

/**
 * Brings a part into sight, from the head of its whole on, or as far below that as the part is.
 * @param {Element} element the whole
 * @param {Element} part
 */
export function reveal(element, part) {
  const panel = element.closest(".panel");
  if (!panel || panel.clientHeight === 0) return;
  const [all, seen, own] = [element, panel, part].map((one) => one.getBoundingClientRect());
  panel.scrollTop += Math.max(all.top - seen.top - 12, own.bottom - seen.bottom + 12);
}

/** Brings a part into sight that is not, by as little as that takes. @param {Element} part */
export function revealNearest(part) {
  const panel = part.closest(".panel");
  if (!panel || panel.clientHeight === 0) return;
  const [seen, own] = [panel, part].map((one) => one.getBoundingClientRect());
  if (own.bottom > seen.bottom - 12) panel.scrollTop += Math.min(own.bottom - seen.bottom + 12, own.top - seen.top - 12);
  else if (own.top < seen.top + 12) panel.scrollTop += own.top - seen.top - 12;
}
