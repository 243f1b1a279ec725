/** Following a link: once what it names is open, the rest of it, field by field. */
import { LinkError } from "./link.js";

/** @typedef {import("./link.js").Place} Place */
/** @typedef {import("./shown.js").Panel} Panel */

/**
 * Does something, and says which field is to blame where it fails.
 * @template T
 * @param {string} field
 * @param {() => T | Promise<T>} act
 */
export async function inField(field, act) {
  try {
    return await act();
  } catch (error) {
    throw error instanceof LinkError ? error : new LinkError(field, error);
  }
}

/** @param {Place} place @param {import("./state.js").State} state */
export async function arrive({ part, run, dialect, stop, step, connection, panel, present, term }, state) {
  const { player } = state;
  const opener = /** @type {import("./opener.js").Opener} */ (state.opener);
  const known = (/** @type {string} */ field, /** @type {string} */ name, /** @type {string[]} */ names) => {
    if (!names.includes(name)) throw new LinkError(field, `there is no \u201c${name}\u201d; there are ${names.join(", ")}`);
  };
  if (part !== undefined) await inField("part", () => openPart(part, opener, known));
  if (run !== undefined) await inField("run", () => opener.openRun(run));
  if (dialect !== undefined) {
    known("dialect", dialect, opener.dialects.map(({ name }) => name));
    player.setDialect(/** @type {import("../types.js").Dialect} */ (dialect));
  }
  const wrong = stop === undefined ? "" : player.setStop(stop);
  if (wrong) throw new LinkError("stop", wrong);
  if (step !== undefined) {
    if (step > player.length) throw new LinkError("step", `${step} is beyond the end, at ${player.length}`);
    player.seek(step);
  }
  if (connection !== undefined) {
    known("connection", String(connection), player.frame?.picture.connections.map(({ number }) => String(number)) ?? []);
    player.choose(connection);
  }
  if (panel !== undefined) state.set({ panel: /** @type {Panel} */ (panel) });
  if (present !== undefined) state.present();
  if (term !== undefined && !opener.glossary.has(term)) throw new LinkError("term", `there is no \u201c${term}\u201d in the glossary`);
  if (term !== undefined) state.set({ dialog: "glossary", term, sought: "" });
}

/** @param {string} name @param {import("./opener.js").Opener} opener @param {(field: string, name: string, names: string[]) => void} known */
function openPart(name, opener, known) {
  const { lesson } = opener;
  if (!lesson) throw new Error("only a lesson has parts");
  const { data, questions } = lesson;
  const own = questions.filter(({ rules }) => rules.scenario).map(({ id }) => id);
  known("part", name, [...(data.break ? ["break"] : []), ...(data.repair ? ["repair"] : []), ...own]);
  if (own.includes(name)) return opener.openQuestion(name);
  opener.openPart(name === "break" ? { kind: "break" } : { kind: "repair", input: null });
}
