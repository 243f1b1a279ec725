/** The page's address says what is shown, and leads back to it. */
import { fromFragment, isLink, leastOf, toFragment } from "./link.js";
import { windowTitleOf } from "./shown.js";

/** @typedef {import("./link.js").Place} Place */

/** After a change the address waits so long for the next: browsers refuse too many, and a reader steps fast. */
const WAIT_MS = 250;
/** Another of these is another entry of the history; the rest is where one is in it. */
const ENTRIES = /** @type {const} */ (["lesson", "part", "src", "scenario", "run", "dialect"]);

/** How what no link holds is shown again, by what its entry of the history says of it. */
class Ways {
  /** @type {Map<string, () => void | Promise<void>>} */
  #ways = new Map();

  /** @param {() => void | Promise<void>} way @returns {string} what its entry says: no other's, and none that the page had before it was loaded anew */
  keep(way) {
    const known = [...this.#ways].find(([, one]) => one === way)?.[0];
    const key = known ?? `${performance.timeOrigin}-${this.#ways.size}`;
    this.#ways.set(key, way);
    return key;
  }

  /** @param {string} key */
  get(key) {
    return this.#ways.get(key);
  }
}

export class Address {
  #state;
  #ways = new Ways();
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  /** What the address said when it was last looked at. */
  #written = "";
  /** Where the address is that of a place in the page around: what it would have said since then. @type {Promise<string> | null} */
  #beside = null;
  /** And its entry of the history, of what no link holds. @type {string | null} */
  #kept = null;
  /** @type {string | null} */
  #entry = null;
  /** It was listened to before: meanwhile it may have become another. */
  #listened = false;
  /** Links that are being followed: the address is theirs. */
  #following = 0;
  /** How often it was to say what is shown: of two at once the later does. */
  #turns = 0;

  /** @param {import("./state.js").State} state */
  constructor(state) {
    this.#state = state;
  }

  /** Follows it wherever it goes from now on. What it says by then is looked at by who begins, and here where that was before. @param {AbortSignal} signal ends it */
  listen(signal) {
    // Between two entries without a fragment only the second of these tells.
    for (const type of ["hashchange", "popstate"]) addEventListener(type, () => void this.follow(), { signal });
    if (this.#listened) void this.follow();
    this.#listened = true;
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

  /** What the entry of the history says of what no link holds. @returns {string | null} */
  get kept() {
    return history.state?.bufferevent ?? null;
  }

  /** Shows what the address says. @returns {Promise<boolean>} whether it is shown */
  async follow() {
    const { fragment, kept } = this;
    if (this.#isElsewhere) {
      // Both kinds of event tell of it.
      if (this.#written) this.#beside = Promise.resolve(this.#written);
      [this.#written, this.#kept] = ["", null];
      return true;
    }
    if (fragment === this.#written && kept === this.#kept) return true;
    this.#following++;
    try {
      [this.#written, this.#kept] = [fragment, kept];
      if (kept !== null) return await this.#again(kept);
      const { place, problems } = await fromFragment(fragment);
      this.#entry = entryOf(place);
      return await this.#state.follow(place, problems);
    } catch (error) {
      return this.#state.cannotFollow(error);
    } finally {
      this.#following--;
    }
  }

  /** What no link holds is shown again; where nobody has it any more, what is shown stays. @param {string} kept @returns {Promise<boolean>} whether there is something to see */
  async #again(kept) {
    const way = this.#ways.get(kept);
    this.#entry = way ? entryOf({}, kept) : null;
    if (!way) return this.#state.gone();
    await this.#state.open(way);
    return true;
  }

  /** Something else is shown. */
  changed() {
    if (this.#isElsewhere) this.#beside ??= this.#state.place && toFragment(this.#state.place);
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      void this.#write();
    }, WAIT_MS);
  }

  async #write() {
    // While it plays, only the place where it rests is worth an address, and looking for one takes its time.
    if (this.#following > 0 || this.#state.shown.player.mode === "playing") return;
    const { shown } = this.#state;
    await this.#enter();
    // Not before: the entry that was left goes on to be called as it was.
    if (!shown.blank && this.#following === 0) document.title = windowTitleOf(shown);
  }

  /** Says what is shown, in the entry that there is or in another. */
  async #enter() {
    const { place, shown } = this.#state;
    // Where there is something that no link holds, an address that names something else would lie.
    if (!place && shown.blank) return;
    // It leads to a server that has not answered yet: what is shown until then is another entry's.
    if (this.#kept !== null && this.#state.opener?.awaited) return;
    // Somebody changed it, and that has not been followed yet.
    const changed = () => this.fragment !== this.#written;
    if (changed()) return;
    const turn = ++this.#turns;
    const fragment = place ? await toFragment(place) : "";
    if (turn !== this.#turns) return;
    const way = place ? null : this.#state.opener?.again;
    const kept = way ? this.#ways.keep(way) : null;
    if ((fragment === this.#written && kept === this.#kept) || this.#following > 0 || changed()) return;
    // An address beside it stays until the reader goes elsewhere in what is shown.
    if (this.#isElsewhere && fragment === (await this.#beside ?? "")) return;
    const entry = entryOf(place ?? {}, kept);
    const another = this.#entry !== null && entry !== this.#entry;
    this.#entry = entry;
    try {
      history[another ? "pushState" : "replaceState"](kept && { bufferevent: kept }, "", fragment ? `#${fragment}` : location.pathname + location.search);
    } catch {
      // A page without an address of its own, or too many changes: it stays as it was.
    }
    // As the browser writes it.
    [this.#written, this.#kept] = [this.fragment, kept];
  }
}

/** The same of what is shown as of a link to it. @param {Place} place @param {string | null} kept */
const entryOf = (place, kept = null) => JSON.stringify([kept, ...ENTRIES.map((field) => leastOf(place[field] ?? ""))]);
