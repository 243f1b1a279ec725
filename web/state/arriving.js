/** Following a link: once what it names is open, the rest of it, field by field. */
import { LinkError, Reason } from "./link.js";

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

/** @typedef {(field: string, name: string, names: string[]) => void} Known throws where a name is none of those that there are */
/** @type {Known} */
function known(field, name, names) {
  if (!names.includes(name)) throw new LinkError(field, new Reason("absent", name, names.join(", ")));
}

/**
 * @param {Place} place
 * @param {import("./state.js").State} state
 * @throws {LinkError} that names the first field that cannot be used. What is played goes by part and run: without these there is no
 *   place to go to; the rest is shown.
 */
export async function arrive({ part, run, dialect, stop, step, connection, panel, present, term }, state) {
  const { player } = state;
  const opener = /** @type {import("./opener.js").Opener} */ (state.opener);
  if (part !== undefined) await inField("part", () => openPart(part, opener));
  if (run !== undefined) await inField("run", () => opener.openRun(run));
  /** @type {LinkError[]} */
  const problems = [];
  const use = (/** @type {() => void} */ act) => {
    try {
      act();
    } catch (error) {
      problems.push(/** @type {LinkError} */ (error));
    }
  };
  if (dialect !== undefined) use(() => setDialect(dialect, state));
  if (stop !== undefined) use(() => setStop(stop, player));
  if (step !== undefined) use(() => goTo(step, player));
  if (connection !== undefined) {
    use(() => {
      known("connection", String(connection), player.frame?.picture.connections.map(({ number }) => String(number)) ?? []);
      player.choose(connection);
    });
  }
  if (panel !== undefined) state.set({ panel: /** @type {Panel} */ (panel) });
  if (present !== undefined) state.present();
  if (term !== undefined) {
    use(() => {
      if (!opener.glossary.has(term)) throw new LinkError("term", new Reason("noTerm", term));
      state.set({ dialog: "glossary", term, sought: "" });
    });
  }
  if (problems.length > 0) throw problems[0];
}

/** @typedef {import("./player.js").Player} Player */

/** @param {string} dialect @param {import("./state.js").State} state */
function setDialect(dialect, { player, opener }) {
  known("dialect", dialect, opener?.dialects.map(({ name }) => name) ?? []);
  player.setDialect(/** @type {import("../types.js").Dialect} */ (dialect));
}

/** @param {string} stop @param {Player} player */
function setStop(stop, player) {
  const wrong = player.setStop(stop);
  if (wrong) throw new LinkError("stop", wrong);
}

/** Where there are not so many steps, nowhere: at the end all questions are passed. @param {number} step @param {Player} player */
function goTo(step, player) {
  if (step > player.length) throw new LinkError("step", new Reason("beyond", String(step), String(player.length)));
  player.seek(step);
}

/** @param {string} name @param {import("./opener.js").Opener} opener */
function openPart(name, opener) {
  const { lesson } = opener;
  if (!lesson) throw new Reason("noPart");
  const { data, questions } = lesson;
  const own = questions.filter(({ rules }) => rules.scenario).map(({ id }) => id);
  known("part", name, [...(data.break ? ["break"] : []), ...(data.repair ? ["repair"] : []), ...own]);
  if (own.includes(name)) return opener.openQuestion(name);
  opener.openPart(name === "break" ? { kind: "break" } : { kind: "repair", input: null });
}
