/** The page's address says what is shown, and leads back to it. */
import { fromFragment, isLink, toFragment } from "./link.js";

/** @typedef {import("./link.js").Place} Place */

/** After a change the address waits so long for the next: browsers refuse too many, and a reader steps fast. */
const WAIT_MS = 250;
/** Another of these is another entry of the history; the rest is where one is in it. */
const ENTRIES = /** @type {const} */ (["lesson", "part", "src", "scenario", "run", "dialect"]);

export class Address {
  #state;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  /** What the address said when it was last looked at. */
  #written = "";
  /** Where the address is that of a place in the page around: what it would have said since then. @type {string | null} */
  #beside = null;
  /** @type {string | null} */
  #entry = null;
  /** Links that are being followed: the address is theirs. */
  #following = 0;

  /** @param {import("./state.js").State} state */
  constructor(state) {
    this.#state = state;
    addEventListener("hashchange", () => void this.follow());
  }

  /** What the address says of what is to be shown; nothing where it is a place in the page around. */
  get fragment() {
    const fragment = location.hash.slice(1);
    return isLink(fragment) ? fragment : "";
  }

  /** Whether it is a place in the page around. */
  get #isElsewhere() {
    return location.hash.length > 1 && !this.fragment;
  }

  /** Shows what the address says. @returns {Promise<boolean>} whether it is shown */
  async follow() {
    const { fragment } = this;
    if (this.#isElsewhere) [this.#beside, this.#written] = [this.#written, fragment];
    if (fragment === this.#written) return true;
    this.#following++;
    try {
      this.#written = fragment;
      const { place, problem } = await fromFragment(fragment);
      this.#entry = entryOf(place);
      const shown = await this.#state.follow(place);
      return problem ? this.#state.cannotFollow(problem) : shown;
    } catch (error) {
      return this.#state.cannotFollow(error);
    } finally {
      this.#following--;
    }
  }

  /** Something else is shown. */
  changed() {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      void this.#write();
    }, WAIT_MS);
  }

  async #write() {
    // While it plays, only the place where it rests is worth an address, and looking for one takes its time.
    if (this.#following > 0 || this.#state.shown.player.mode === "playing") return;
    const { place, shown } = this.#state;
    // Where there is something that no link holds, an address that names something else would lie.
    if (!place && shown.blank) return;
    // Somebody changed it, and that has not been followed yet.
    const changed = () => this.fragment !== this.#written;
    if (changed()) return;
    const fragment = place ? await toFragment(place) : "";
    if (fragment === this.#written || this.#following > 0 || changed()) return;
    // Such an address stays until the reader goes elsewhere in what is shown.
    if (this.#isElsewhere && fragment === (this.#beside ??= fragment)) return;
    const entry = entryOf(place ?? {});
    const another = this.#entry !== null && entry !== this.#entry;
    this.#entry = entry;
    try {
      history[another ? "pushState" : "replaceState"](null, "", fragment ? `#${fragment}` : location.pathname + location.search);
    } catch {
      // A page without an address of its own, or too many changes: it stays as it was.
    }
    // As the browser writes it.
    this.#written = this.fragment;
  }
}

/** @param {Place} place */
const entryOf = (place) => JSON.stringify(ENTRIES.map((field) => place[field] ?? ""));
