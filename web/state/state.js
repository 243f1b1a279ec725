/**
 * The state of one lab: what is played, and what the reader has set. There is one way to change it, its commands, and one
 * value to read, `shown`, which is another one after each change.
 */
import { EngineError } from "../engine/engine.js";
import { textIn } from "../engine/bytes.js";
import { SourceError } from "../engine/source.js";
import { languages } from "../lang/index.js";
import { problemWords } from "../lang/problem.js";
import { digest, joiner, momentSentence } from "../lang/sentences.js";
import { DEFAULT } from "./ahead.js";
import { arrive, inField } from "./arriving.js";
import { ask } from "./asking.js";
import { Outcome } from "./link.js";
import { Opener } from "./opener.js";
import { Player } from "./player.js";
import { readProgress } from "./progress.js";
import { isPanic, messageOf, report } from "./report.js";
import { shownOf } from "./shown.js";
import { showing } from "./stretch.js";
import { Waiting } from "./waiting.js";

/** @typedef {import("./shown.js").Settings} Settings */
/** @typedef {import("./shown.js").Shown} Shown */
/** @typedef {import("./shown.js").Notice} Notice */
/** @typedef {import("./link.js").LinkError} LinkError */

/**
 * Whom a state tells what happens.
 * @typedef {object} Listener
 * @property {(shown: Shown) => void} show there is something else to show
 * @property {(shown: Shown) => void} showNotice only what a person must be told can be shown
 * @property {(on: boolean) => void} [present] a link wants it presented
 * @property {(type: string, detail?: object) => void} tell something happened that the page around may want to know
 */

/** How much of the engine is there is told so often. */
const LOADING_EVERY_MS = 100;

export class State {
  player = new Player();
  /** There once the engine is. @type {Opener | null} */
  opener = null;
  #version = "";
  /** How much of the engine is there. */
  #arrived = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #later;
  /** Nothing is shown before all of it is done. */
  #together = false;
  /** What was not shown, and whether it moves. @type {boolean | null} */
  #held = null;
  /** What takes long is told of; it is not kept until then for what is to be seen together. */
  waiting = new Waiting((awaits) => {
    this.#together &&= awaits === null;
    this.set({ awaits });
  });
  /** What is to be done once a live server has answered. @type {(() => void) | null} */
  #awaits = null;
  /** @type {Settings} */
  #settings;
  /** @type {Shown} */
  shown;
  #listener;

  /** @param {Pick<Settings, "lang" | "theme"> & Partial<Settings>} settings @param {Listener} listener */
  constructor(settings, listener) {
    this.#settings = { exports: false, presents: false, asks: true, ...settings, blackout: false, panel: "lesson", codePart: "program", group: "peer", notice: null, help: false, dialog: "", term: "", sought: "", editing: null, intro: false, loaded: null, why: null, alike: null, awaits: null, announcement: "", sight: { of: "scene", times: 0 }, entered: 0, wantsLive: false, stretch: null, search: "" };
    this.#listener = listener;
    this.shown = shownOf(this.player, null, this.#settings, false);
    this.player.addEventListener("change", () => this.#played());
    this.player.addEventListener("problem", (event) => this.#problem(/** @type {CustomEvent} */ (event).detail));
    for (const type of ["step", "callback", "crossing"]) {
      this.player.addEventListener(type, (event) => listener.tell(type, /** @type {CustomEvent} */ (event).detail));
    }
  }

  /** So much of the engine is there. @param {number} part from 0 to 1 */
  arrives(part) {
    this.#arrived = part;
    // Each change draws everything: of an engine that is there at once, nothing is told.
    this.#later ??= setTimeout(() => {
      this.#later = undefined;
      if (!this.opener) this.set({ loaded: this.#arrived });
    }, LOADING_EVERY_MS);
  }

  /** The engine is there. @param {import("../engine/engine.js").Engine} engine */
  meet(engine) {
    this.#version = engine.version();
    this.opener = new Opener(engine, this.player, {
      asks: () => this.#settings.asks,
      opening: (source, isLesson) => this.#opening(source, isLesson),
      awaiting: () => this.refresh(),
      partly: (kind, wrong) => this.#complain({ kind, wrong }),
    });
  }

  /**
   * Does several things of which only what comes of them is shown.
   * @template Result
   * @param {() => Promise<Result>} work
   */
  async together(work) {
    this.#together = true;
    try {
      return await work();
    } finally {
      this.#together = false;
      if (this.#held !== null) this.#show(this.#held);
      this.#held = null;
    }
  }

  /** The reader sets something. @param {Partial<Settings>} settings */
  set(settings) {
    this.#settings = { ...this.#settings, ...settings };
    this.#show(false);
  }

  /** The reader asks why; without a question, goes back to those that there are. @param {import("./asking.js").Asking | null} question */
  ask(question) {
    const { frame, blank, lesson } = this.shown;
    const why = question && !blank && frame.exists ? ask(frame, question, lesson?.veiled ?? false) : null;
    this.set({ why, panel: "why" });
  }

  /** Brings something into the reader's sight. @param {Settings["sight"]["of"]} of */
  lookAt(of) {
    this.set({ sight: { of, times: this.#settings.sight.times + 1 }, ...(of === "lesson" && { panel: of }) });
  }

  /** Leads the reader somewhere, who has done nothing of what is seen then. @template Result @param {() => Result | Promise<Result>} work */
  async lead(work) {
    const lesson = this.opener?.lesson;
    if (lesson) lesson.isLed = true;
    try {
      return await work();
    } finally {
      if (lesson) lesson.isLed = false;
    }
  }

  /** Something of a lesson changed. */
  refresh() {
    this.#show(false);
  }

  /** There is another moment to show. */
  #played() {
    const { player, opener } = this;
    if (player.frame) opener?.lesson?.see(player.frame);
    this.#settings = { ...this.#settings, announcement: this.#announcement(), stretch: showing(this.#settings.stretch, player.position) };
    this.#show(true);
  }

  /** What is said of a change: where playing came to rest, or which step is shown. */
  #announcement() {
    const { player, shown } = this;
    const { lang, announcement } = this.#settings;
    if (player.mode !== "ready" || !player.frame) return announcement;
    const { steps, callbacks, crossings } = player.playback.played;
    const vain = player.playback.isVain(player.frame) ? [languages[lang].text.act.vain] : [];
    if (shown.player.mode === "playing") return [digest(lang, steps, callbacks, crossings), ...vain, momentSentence(player.frame, lang)].join(joiner(lang));
    if (shown.frame.position !== player.position) return momentSentence(player.frame, lang);
    return shown.frame.revision === player.frame.revision ? announcement : (vain[0] ?? announcement);
  }

  /** @param {boolean} moves */
  #show(moves) {
    if (this.#together) return void (this.#held ||= moves);
    const before = this.shown;
    try {
      this.shown = shownOf(this.player, this.opener, this.#settings, moves);
      this.#listener.show(this.shown);
    } catch (error) {
      // The engine cannot be asked any more. What was drawn last stays, with a word on it.
      this.#cannotShow(error);
    }
    const state = this.shown.live?.state;
    if (state !== undefined && state !== before.live?.state) this.#listener.tell("livestate", { state });
    if (this.#awaits && !this.opener?.waits) this.opened(this.#awaits);
  }

  /** What was asked for is there, and can be played; a live server as soon as it answers. @param {() => void} [then] */
  opened(then = () => {}) {
    this.#awaits = this.opener?.waits ? then : null;
    if (this.#awaits) return;
    this.#listener.tell("ready");
    then();
  }

  /** Something else is about to be played. @param {import("../types.js").Source} source @param {boolean} isLesson */
  #opening(source, isLesson) {
    const { panel } = this.#settings;
    // What is no lesson leaves the panel of one empty.
    const another = isLesson ? "lesson" : source !== "simulation" && panel === "lesson" ? "log" : panel;
    this.#settings = { ...this.#settings, notice: null, intro: false, why: null, wantsLive: false, stretch: null, search: "", panel: another };
  }

  /** Learns which lessons there are. @param {string} chosen names or numbers with commas between them; empty for all @returns {Promise<boolean>} whether all are there */
  async meetLessons(chosen) {
    try {
      await this.opener?.meetLessons(chosen);
      return true;
    } catch (error) {
      this.#cannotOpen(error);
      return false;
    }
  }

  /**
   * Opens what an attribute says.
   * @param {string | undefined} name
   * @param {string} value
   * @param {string} [run] JSON: what was made of it; empty for nothing
   * @returns {Promise<boolean>} whether it is shown
   */
  async openNamed(name, value, run = "") {
    try {
      const opened = await this.#openSource(name, value);
      if (opened && run) await this.lead(() => this.opener?.openRun(run));
      // Nobody said what to show: somebody looks around.
      if (opened && !name) this.set({ intro: true });
      return opened;
    } catch (error) {
      this.#cannotOpen(error);
      return false;
    }
  }

  /** @param {string | undefined} name @param {string} value @returns {Promise<boolean>} whether it is shown */
  async #openSource(name, value) {
    const { opener } = this;
    if (!opener) return false;
    // What is given itself is there, and a live server says by itself how it stands.
    const called = /^\s*[{[]/.test(value) || name === "live" ? "" : value || DEFAULT;
    return called ? this.waiting.until(called, opener.openNamed(name, value)) : opener.openNamed(name, value);
  }

  /** Opens something; a problem is told. @param {(opener: Opener) => void | Promise<void>} open */
  async open(open) {
    if (!this.opener) return;
    try {
      await open(this.opener);
      this.opened();
    } catch (error) {
      this.#cannotOpen(error);
    }
  }

  /** Prints once all that is printed together is there. */
  async print() {
    try {
      await this.opener?.printable;
      globalThis.print();
    } catch (error) {
      this.#cannotOpen(error);
    }
  }

  /** Where the reader is, for a link; none where nobody else can get there. @returns {import("./link.js").Place | null} */
  get place() {
    const { opener, player, shown } = this;
    if (!opener?.opened || !player.frame) return null;
    const { frame, position, start, simulation, playback: { stop } } = player;
    const { part = null, data = null } = opener.lesson ?? {};
    const repaired = part?.kind === "repair" && part.input !== null;
    // Where there are several ways, all of them go along. Another libevent is one, and has a field of its own.
    const branched = simulation && !repaired && simulation.branches().some(({ label }) => label !== "" && !("dialect" in JSON.parse(label)));
    const run = branched ? simulation.save() : repaired && simulation ? simulation.scenario() : opener.run;
    const own = part && opener.lesson ? JSON.parse(opener.lesson.scenarioOf(part)).dialect : JSON.parse(simulation?.scenario() ?? "{}").dialect;
    return {
      [opener.opened.name]: opener.opened.value,
      part: !part || part.kind === "lesson" ? undefined : part.kind === "question" ? part.id : part.kind,
      run: run ?? undefined,
      dialect: data && !run && simulation && simulation.dialect !== own ? simulation.dialect : undefined,
      step: position > start ? position : undefined,
      connection: frame.picture.connections.length > 1 ? frame.connection.number : undefined,
      panel: shown.panel === "lesson" ? undefined : shown.panel,
      present: shown.presents ? 1 : undefined,
      term: shown.dialog === "glossary" ? shown.term : undefined,
      stop,
    };
  }

  /** A link wants it presented. */
  present() {
    this.#listener.present?.(true);
  }

  /**
   * Shows what a link holds, as far as it can be shown, and tells what cannot.
   * @param {import("./link.js").Place} place
   * @param {LinkError[]} [problems] with other fields
   * @returns {Promise<boolean>} whether there is something to see
   */
  async follow(place, problems = []) {
    const { opener } = this;
    if (!opener) return false;
    const name = /** @type {const} */ (["lesson", "src", "scenario"]).find((one) => place[one] !== undefined);
    // What is named there and cannot be read is not another thing instead.
    if (!name && problems.some(({ field }) => ["lesson", "src", "scenario"].includes(field))) return this.cannotFollow(new Outcome([], problems));
    try {
      if (!(await inField(name ?? "lesson", () => this.#openSource(name, (name && place[name]) ?? "")))) return false;
    } catch (error) {
      return this.cannotFollow(new Outcome([], [/** @type {LinkError} */ (error), ...problems]));
    }
    const { followed, wrong, skipped } = await this.lead(() => arrive(place, this, problems));
    const all = [...problems, ...wrong];
    return all.length === 0 || this.cannotFollow(new Outcome([...(name ? [name] : []), ...followed], all, skipped));
  }

  /** A link that cannot be followed to its end. @param {unknown} wrong */
  cannotFollow(wrong) {
    if (!this.player.track) this.player.fail();
    const inPart = wrong instanceof Outcome && wrong.followed.length > 0;
    this.#complain({ kind: inPart ? "linkPart" : "link", wrong, canDefault: true });
    return this.player.track !== null;
  }

  /** The page around set what cannot be used. @param {LinkError[]} wrong */
  cannotUse(wrong) {
    this.#complain({ kind: "attributes", wrong: new Outcome([], wrong) });
  }

  /** What was shown came from this device, and is not to be had any more. @returns {boolean} whether there is something to see */
  gone() {
    this.#complain({ kind: "gone", wrong: null });
    return this.player.track !== null;
  }

  /** Adds what a file says to what is kept of the lessons. @param {File} file */
  async importProgress(file) {
    try {
      this.opener?.progress.add(readProgress(await textIn(file)));
      this.open((opener) => opener.takeUp());
    } catch (error) {
      this.#complain({ kind: "progress", wrong: error });
    }
  }

  /** @param {unknown} error */
  #cannotOpen(error) {
    const kind = error instanceof SourceError ? error.kind : "engine";
    if (!this.player.track) this.player.fail();
    this.#complain({ kind, wrong: error, canDefault: !this.player.track });
  }

  /** There is no engine. @param {unknown} error */
  fail(error) {
    const policy = error instanceof EngineError && error.reason === "policy";
    this.player.fail();
    this.#complain({ kind: policy ? "policy" : "engine", wrong: error, stays: true });
  }

  /** @param {{kind: "action" | "condition" | "panic", wrong: unknown}} problem */
  #problem({ kind, wrong }) {
    const panicked = kind === "panic" || isPanic(messageOf(wrong));
    this.#complain(panicked ? panic(wrong, this.#version, this.player) : { kind, wrong });
  }

  /** @param {unknown} wrong */
  #cannotShow(wrong) {
    const notice = { ...panic(wrong, this.#version, this.player), position: this.player.position };
    this.#settings = { ...this.#settings, notice };
    this.shown = { ...this.shown, notice };
    this.#listener.showNotice(this.shown);
    this.#tellError(notice);
  }

  /** @param {Omit<Notice, "position">} told */
  #complain(told) {
    const notice = { ...told, position: this.player.position };
    this.set({ notice });
    this.#tellError(notice);
  }

  /** @param {Notice} notice */
  #tellError(notice) {
    this.#listener.tell("error", { message: problemWords(notice, languages[this.#settings.lang].text) });
  }
}

/** @param {unknown} wrong @param {string} version @param {Player} player @returns {Omit<Notice, "position">} */
const panic = (wrong, version, player) => ({ kind: "panic", wrong, report: report(messageOf(wrong), version, player) });
