/** Following a link: once what it names is open, the rest of it, field by field. */
import { LinkError, Reason } from "./link.js";

/** @typedef {import("./link.js").Place} Place */
/** @typedef {import("./link.js").Outcome} Outcome */

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

/** @typedef {(name: string, names: string[]) => void} Known throws where a name is none of those that there are */
/** @type {Known} */
function known(name, names) {
  if (!names.includes(name)) throw new Reason("absent", name, names.join(", "));
}

/** What is played goes by these: without them there is no place to go to. @type {ReadonlySet<string>} */
const PLAYED = new Set(["part", "run"]);

/**
 * Follows what is left of a link, in this order.
 * @param {Place} place
 * @param {import("./state.js").State} state
 * @param {LinkError[]} problems with fields that could not be read: what goes by these is left out as well
 * @returns {Promise<Pick<Outcome, "followed" | "wrong" | "skipped">>}
 */
export async function arrive(place, state, problems) {
  const { player } = state;
  const opener = /** @type {import("./opener.js").Opener} */ (state.opener);
  /** @type {{[field in keyof Place]?: (value: any) => void | Promise<void>}} */
  const ways = {
    part: (name) => openPart(name, opener),
    run: (run) => opener.openRun(run),
    dialect: (dialect) => setDialect(dialect, state),
    stop: (stop) => setStop(stop, player),
    step: (step) => goTo(step, player),
    connection: (number) => choose(number, player),
    panel: (panel) => state.set({ panel }),
    present: () => state.present(),
    term: (term) => lookUp(term, state),
  };
  const unread = new Set(problems.map(({ field }) => field));
  const fields = /** @type {(keyof typeof ways)[]} */ (Object.keys(ways)).filter((field) => place[field] !== undefined || (PLAYED.has(field) && unread.has(field)));
  /** @type {Pick<Outcome, "followed" | "wrong" | "skipped">} */
  const outcome = { followed: [], wrong: [], skipped: [] };
  const behind = (/** @type {number} */ index) => fields.slice(index + 1).filter((field) => place[field] !== undefined);
  for (const [index, field] of fields.entries()) {
    if (place[field] === undefined) return { ...outcome, skipped: behind(index) };
    try {
      await inField(field, () => ways[field]?.(place[field]));
      outcome.followed.push(field);
    } catch (error) {
      outcome.wrong.push(/** @type {LinkError} */ (error));
      if (PLAYED.has(field)) return { ...outcome, skipped: behind(index) };
    }
  }
  return outcome;
}

/** @typedef {import("./player.js").Player} Player */

/** @param {string} dialect @param {import("./state.js").State} state */
function setDialect(dialect, { player, opener }) {
  known(dialect, opener?.dialects.map(({ name }) => name) ?? []);
  player.setDialect(/** @type {import("../types.js").Dialect} */ (dialect));
}

/** @param {string} stop @param {Player} player */
function setStop(stop, player) {
  const wrong = player.setStop(stop);
  if (wrong !== null) throw wrong;
}

/** Where there are not so many steps, nowhere: at the end all questions are passed. @param {number} step @param {Player} player */
function goTo(step, player) {
  if (step > player.length) throw new Reason("beyond", String(step), String(player.length));
  player.seek(step);
}

/** @param {number} connection @param {Player} player */
function choose(connection, player) {
  known(String(connection), player.frame?.picture.connections.map(({ number }) => String(number)) ?? []);
  player.choose(connection);
}

/** @param {string} term @param {import("./state.js").State} state */
function lookUp(term, state) {
  if (!state.opener?.glossary.has(term)) throw new Reason("noTerm", term);
  state.set({ dialog: "glossary", term, sought: "" });
}

/** @param {string} name @param {import("./opener.js").Opener} opener */
function openPart(name, opener) {
  const { lesson } = opener;
  if (!lesson) throw new Reason("noPart");
  const { data, questions } = lesson;
  const own = questions.filter(({ rules }) => rules.scenario).map(({ id }) => id);
  known(name, [...(data.break ? ["break"] : []), ...(data.repair ? ["repair"] : []), ...own]);
  if (own.includes(name)) return opener.openQuestion(name);
  opener.openPart(name === "break" ? { kind: "break" } : { kind: "repair", input: null });
}
