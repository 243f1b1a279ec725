/**
 * A publication: an index that grows and segments that never change, over plain HTTP. The browser's cache asks whether there
 * is a newer index; a segment it fetches once.
 */
import { mustBeThere, textAt } from "./bytes.js";
import { BACK_OFF, SourceError, openRecording } from "./source.js";
import { telling, tellingOf } from "./telling.js";

/** @typedef {import("./engine.js").Engine} Engine */
/** @typedef {{name: string, after: number, last: number, bytes: number}} Segment */
/** @typedef {{older: string | null, segments: Segment[]}} Chapter */
/** @typedef {Chapter & {publication: string, format: number, schema: number, hello: import("../pkg/bufferevent_wasm.js").Hello | null, every_ms: number, beat: number, ended: boolean}} Index */

/** The version of the index that is understood. */
const FORMAT = 1;
/** Who comes late gets so many bytes of what was before. */
const HISTORY = 16 * 1024 * 1024;
/** So many segments are fetched together. */
const PORTION = 8;
/** Somebody this many segments behind is told. */
const BEHIND = 5;
/** Where nothing is new the index is looked at less and less, down to one time in so many. */
const SLOWEST = 4;
/** A publisher that is there writes its index more often, in milliseconds. */
const SILENCE = 30_000;
/** An ended publication may begin again. */
const ENDED = 30_000;
/** A recording of nothing yet. */
const EMPTY = '{"recording":"bufferevent","schema":1,"engine":""}\n';

/** Whether a text is the index of a publication. @param {string} text */
export const isIndex = (text) => /^\ufeff?\s*\{\s*"publication"\s*:/.test(text);

/** Its segments are of another version than this engine reads. */
class OtherSchema extends SourceError {
  /** @param {Error} cause */
  constructor(cause) {
    super("recording", cause);
  }
}

export class PublishedSource {
  /** @type {import("../types.js").Live["state"] | "behind" | "ended"} */
  state = "connecting";
  /** What is wrong, as words or as it was thrown; empty where nothing is. @type {unknown} */
  problem = "";
  lost = 0;
  lostMore = false;
  #schema;
  /** What the segments hold; the player's, once it is shown. @type {import("../types.js").Recording} */
  track;
  #changed = () => {};
  /** The index as it was read last. */
  #text = "";
  /** @type {Index} */
  #index;
  /** The last segment that is in the track. */
  #last = "";
  /** Records of segments that were not there any more. */
  #missing = 0;
  /** When the index was another one last. */
  #news = Date.now();
  /** Looks without anything new, and those that failed. */
  #idle = 0;
  #failures = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  #closed = false;
  /** Nobody looks. */
  #paused = false;
  /** A look is under way. */
  #looking = false;

  /** @param {Engine} engine @param {string} url of the index @param {string} text of the index */
  constructor(engine, url, text) {
    this.url = url;
    this.#schema = engine.schema();
    this.#index = indexOf(text, this.#schema);
    this.track = openRecording(engine, EMPTY);
  }

  /**
   * Fetches the latest of a publication, and some of what was before; `follow` goes on from there.
   * @param {Engine} engine @param {string} url of the index @param {string} text of the index
   */
  static async open(engine, url, text) {
    try {
      const source = new PublishedSource(engine, new URL(url, document.baseURI).href, text);
      await source.#take(text);
      return source;
    } catch (error) {
      throw error instanceof SourceError ? error : new SourceError("recording", error);
    }
  }

  /** What a live server's has, too. */
  get live() {
    return this;
  }

  get hello() {
    return this.#index.hello;
  }

  /** Looks for what is new from now on. @param {() => void} changed */
  follow(changed) {
    this.#changed = changed;
    this.#wait();
  }

  /** Nobody looks: nothing more is fetched, and what came stays. */
  pause() {
    clearTimeout(this.#timer);
    this.#set("closed");
    this.#paused = true;
  }

  /** Looks again, at once, after a `pause`. */
  resume() {
    if (!this.#paused) return;
    this.#paused = false;
    this.#set("connecting");
    if (!this.#looking) void this.#look();
  }

  /** Ends it. The track itself is the player's, which lets it go. */
  close() {
    this.#closed = true;
    clearTimeout(this.#timer);
  }

  #wait() {
    if (this.#closed || this.#paused) return;
    const often = Math.min(1.3 ** this.#idle, SLOWEST) * this.#index.every_ms;
    const failed = BACK_OFF[Math.min(this.#failures, BACK_OFF.length) - 1];
    const wait = failed ?? (this.#index.ended ? ENDED : often);
    // A thousand readers do not come at once.
    this.#timer = setTimeout(() => this.#look(), wait * (0.9 + Math.random() * 0.2));
  }

  async #look() {
    this.#looking = true;
    await this.#seek();
    this.#looking = false;
    this.#wait();
  }

  /** Fetches what is new, and says how it stands. */
  async #seek() {
    try {
      const text = await fetched(this.url, "no-cache");
      if (text === null) throw telling("{} is not there", this.url);
      if (text === this.#text) this.#idle++;
      else await this.#take(text);
      this.#failures = 0;
    } catch (error) {
      this.#failures++;
      return this.#set(error instanceof OtherSchema ? "other_schema" : "lost", error);
    }
    const silent = Date.now() - this.#news > SILENCE;
    if (this.#index.ended) this.#set("ended");
    else if (silent) this.#set("lost", telling("nothing new comes"));
    else this.#set("connected");
  }

  /** @param {PublishedSource["state"]} state @param {unknown} [problem] */
  #set(state, problem = "") {
    if (this.#paused) return;
    const before = this.state;
    [this.state, this.problem] = [state, problem];
    if (before !== state && !this.#closed) this.#changed();
  }

  /** Brings the track to where an index is. @param {string} text */
  async #take(text) {
    const index = indexOf(text, this.#schema);
    const news = await this.#newIn(index);
    if (news.length > BEHIND && this.#last) this.#set("behind");
    for (let from = 0; from < news.length; from += PORTION) {
      const portion = news.slice(from, from + PORTION);
      const texts = await Promise.all(portion.map(({ name }) => fetched(new URL(name, this.url).href, "force-cache")));
      if (this.#closed) return;
      texts.forEach((segment, at) => {
        // One that was removed meanwhile is a gap.
        if (segment === null) this.#missing += portion[at].last - portion[at].after;
        else this.track.append(segment);
      });
      this.#last = portion[portion.length - 1].name;
      this.lost = this.track.picture(this.track.length).lost + this.#missing;
      this.#changed();
    }
    [this.#text, this.#index, this.#news, this.#idle] = [text, index, Date.now(), news.length > 0 ? 0 : this.#idle + 1];
    this.#set(index.ended ? "ended" : "connected");
  }

  /** The segments that the track does not have, the oldest first. @param {Chapter} index @returns {Promise<Segment[]>} */
  async #newIn({ segments, older }) {
    let list = segments;
    const known = () => list.findIndex(({ name }) => name === this.#last);
    while (older && known() < 0 && sizeOf(list) < HISTORY) {
      const text = await fetched(new URL(older, this.url).href, "force-cache");
      if (text === null) break;
      /** @type {Chapter} */
      const chapter = JSON.parse(text);
      list = [...chapter.segments, ...list];
      older = chapter.older;
    }
    const after = known() + 1;
    if (after > 0) return list.slice(after);
    let first = list.length;
    for (let bytes = 0; first > 0 && bytes + list[first - 1].bytes <= HISTORY; first--) bytes += list[first - 1].bytes;
    return list.slice(Math.min(first, list.length - 1));
  }
}

/** @param {Segment[]} segments */
const sizeOf = (segments) => segments.reduce((sum, { bytes }) => sum + bytes, 0);

/** @param {string} text @param {number} schema that is understood @returns {Index} */
function indexOf(text, schema) {
  /** @type {Index} */
  const index = JSON.parse(text);
  if (index.publication !== "bufferevent" || index.format !== FORMAT || !Array.isArray(index.segments)) throw new SourceError("recording", telling("the index of a publication has format {}, this page reads format {}", index.format, FORMAT));
  if (index.schema !== schema) throw new OtherSchema(telling("the recordings of this publication have schema {}, this page reads schema {}", index.schema, schema));
  return index;
}

/** Nothing is at an address any more. */
class Gone extends Error {}

/** The text at an address; none where nothing is. @param {string} url @param {RequestCache} cache @returns {Promise<string | null>} */
async function fetched(url, cache) {
  /** @param {Response} answer */
  const check = (answer) => {
    if (answer.status === 404 || answer.status === 410) throw new Gone();
    mustBeThere(answer);
  };
  return textAt(url, { cache, check }).catch((error) => {
    if (error instanceof Gone) return null;
    throw tellingOf(url, error);
  });
}
