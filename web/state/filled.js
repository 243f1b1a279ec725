/**
 * Texts with numbers in place of their names: `{mark}` is what the fact `mark` says.
 * @template T
 * @param {T} value strings at any depth
 * @param {{[name: string]: number}} facts
 * @returns {T}
 */
export function filled(value, facts) {
  /** @param {any} it @returns {any} */
  const fill = (it) => {
    if (typeof it === "string") return it.replace(/\{([\w-]+)\}/g, (whole, name) => (Object.hasOwn(facts, name) ? String(facts[name]) : whole));
    if (Array.isArray(it)) return it.map(fill);
    return it !== null && typeof it === "object" ? Object.fromEntries(Object.entries(it).map(([key, inner]) => [key, fill(inner)])) : it;
  };
  return fill(value);
}
