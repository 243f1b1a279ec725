/** What is played, one thing at a time: a lesson, a scenario, a recording or a live server. */
import { loadGlossary } from "../engine/glossary.js";
import { findLesson, isElsewhere, loadIndex, loadLesson } from "../engine/lessons.js";
import { textIn } from "../engine/bytes.js";
import { PublishedSource, isIndex } from "../engine/published.js";
import { LiveSource, SourceError, fetchText, holds, isProgress, isSaved, openRecording, openScenario } from "../engine/source.js";
import { telling } from "../engine/telling.js";
import { aboutOf, firstBytes } from "../engine/track.js";
import { DEFAULT } from "./ahead.js";
import { placeIn } from "./branches.js";
import { chosenOf, firstOf } from "./course.js";
import { Glossary } from "./glossary.js";
import { LessonProgress, shapeOf, shaped } from "./lesson.js";
import { Progress } from "./progress.js";
import { Sheets } from "./sheets.js";
import { unlessStopped } from "./waiting.js";

/** @typedef {import("../engine/engine.js").Engine} Engine */
/** @typedef {import("./player.js").Player} Player */
/** @typedef {import("./lesson.js").Part} Part */

/** As soon as one of these holds, a server has something to show. @type {ReadonlySet<string>} */
const ANSWERED = new Set(["connected", "behind", "ended"]);

/**
 * Whom an opener tells what happens.
 * @typedef {object} Told
 * @property {() => boolean} asks whether questions can be answered
 * @property {(source: import("../types.js").Source, isLesson: boolean) => void} opening something else is about to be shown
 * @property {() => void} awaiting how it stands with the server that is asked for changed
 * @property {(kind: "truncated" | "damage", wrong: {message: string, said?: import("../types.js").Said}) => void} partly not all of it can be shown
 */

/**
 * What is shown calls itself so; empty where it says nothing.
 * @typedef {{title: string, description: string}} About
 */

/** Every `open` throws a `SourceError` where there is nothing to show; what was shown before stays. */
export class Opener {
  /** @type {LessonProgress | null} */
  lesson = null;
  /** @type {LiveSource | PublishedSource | null} */
  live = null;
  /** A live server that is asked for: until it answers, what is shown stays. @type {LiveSource | null} */
  awaited = null;
  /** @type {About} */
  about = { title: "", description: "" };
  /** The lessons that one may choose among; none until their index has come. @type {import("../types.js").LessonEntry[]} */
  lessons = [];
  progress = new Progress();
  #sheets = new Sheets();
  /** So many lessons a teacher chose, to be printed together: tests are not. */
  chosen = 0;
  /** What words mean; empty until its file has come. */
  glossary = new Glossary();
  /** What is shown, by the attribute that says so; none of what only this device has. @type {{name: string, value: string} | null} */
  opened = null;
  /** How it is shown again where only this device has it: a file, a server. @type {(() => void | Promise<void>) | null} */
  again = null;
  /** What a simulation began with, whatever libevent ran it. */
  #scenario = "";
  /** What was asked for last: until it is there it can be given up. */
  #asked = new AbortController();
  #engine;
  #player;
  #told;

  /** @param {Engine} engine @param {Player} player @param {Told} told */
  constructor(engine, player, told) {
    this.#engine = engine;
    this.#player = player;
    this.#told = told;
    this.dialects = engine.dialects();
    player.comparison.dialects = this.dialects.map(({ name }) => name);
    player.playback.pauses = () => (told.asks() ? (this.lesson?.pauses ?? []) : []);
    player.addEventListener("track", () => player.simulation && this.lesson?.follow(player.simulation));
  }

  /**
   * Learns which lessons there are.
   * @param {string} chosen by a teacher: names or numbers with commas between them; empty for all
   */
  async meetLessons(chosen) {
    const [all, entries] = await Promise.all([loadIndex(), loadGlossary()]);
    this.glossary = new Glossary(entries, all);
    this.lessons = chosenOf(all, chosen, findLesson);
    const printed = this.lessons === all ? [] : this.lessons.filter(({ test }) => !test);
    this.chosen = printed.length;
    this.#sheets.choose(printed);
  }

  /**
   * Opens what an attribute says, unless something else is asked for before it has come.
   * @param {string | undefined} name one of those that say what is played; with none, the first lesson to look at
   * @param {string} value
   * @returns {Promise<boolean>} whether it is shown
   */
  async openNamed(name, value) {
    const asked = this.stopWaiting();
    try {
      const open = await unlessStopped(this.#ready(name, value, asked.signal), asked.signal);
      if (this.#asked !== asked) return false;
      open();
      this.opened = this.#openedAs(name ?? "lesson", value);
      return true;
    } catch (error) {
      if (this.#asked !== asked) return false;
      throw error;
    }
  }

  /** What is on its way is not wanted any more. @returns {AbortController} of what is asked for instead */
  stopWaiting() {
    this.#asked.abort();
    return (this.#asked = new AbortController());
  }

  /** What a link calls this. @param {string} name @param {string} value @returns {Opener["opened"]} */
  #openedAs(name, value) {
    if (name === "lesson" && this.lesson && !isElsewhere(value)) return { name, value: this.lesson.data.id };
    const isText = value.trimStart().startsWith("{");
    // What is shown stays until the server answers.
    if (name === "live") return this.opened;
    return isText && name !== "scenario" ? null : { name, value };
  }

  /** Fetches what is needed. @param {string | undefined} name @param {string} value @param {AbortSignal} signal it is not wanted any more @returns {Promise<() => void>} what shows it */
  async #ready(name, value, signal) {
    // An attribute holds text alone: somebody set an object as one.
    if (value === String({})) throw new SourceError(name === "src" ? "recording" : /** @type {any} */ (name), telling("the attribute {} was set to an object; set the property, or JSON", name ?? "lesson"));
    if (name === "live") return () => this.connect(value);
    if (name === "src") {
      const text = await fetchText(value, "recording", signal);
      if (text !== value && isIndex(text)) {
        const published = await PublishedSource.open(this.#engine, value, text);
        return () => this.#follow(published);
      }
      return () => this.openRecording(text, text === value ? "" : value);
    }
    if (name === "scenario") {
      const text = await fetchText(value, "scenario", signal);
      return () => this.openScenario(text);
    }
    const all = await loadIndex();
    const data = await loadLesson(all, value || firstOf(this.lessons, all, DEFAULT), signal);
    return () => {
      this.#openLesson(data);
      // Who asks for nothing sees at once what it is about.
      if (!value && this.#player.simulation) this.#player.seek(firstBytes(this.#player.simulation));
    };
  }

  /** @param {import("../types.js").LessonData} data */
  #openLesson(data) {
    let lesson;
    try {
      lesson = new LessonProgress(this.#engine, data, this.progress);
    } catch (error) {
      throw error instanceof SourceError ? error : new SourceError("lesson", error);
    }
    this.#openPart(lesson, lesson.part);
  }

  /** @param {string} scenario */
  openScenario(scenario) {
    this.#show(openScenario(this.#engine, scenario));
  }

  /** @param {import("../types.js").Simulation} simulation of no lesson */
  #show(simulation) {
    this.#leave("simulation", null, aboutOf(simulation));
    this.#play(simulation);
  }

  /** What the reader made of what is open. @param {string} scenario */
  openRun(scenario) {
    this.#goOn(openScenario(this.#engine, scenario));
  }

  /** @param {import("../types.js").Simulation} simulation what the reader made of what is open */
  #goOn(simulation) {
    const own = this.#scenario;
    this.#play(simulation);
    this.#scenario = own;
  }

  /** What the reader made of the simulation that is open: none while it is as it was. @returns {string | null} */
  get run() {
    const { simulation } = this.#player;
    return simulation && shapeOf(simulation) !== this.#scenario ? simulation.scenario() : null;
  }

  /** Another part of the lesson that is open. @param {Part} part */
  openPart(part) {
    if (!this.lesson) return;
    const dialect = this.#player.simulation?.dialect;
    this.#openPart(this.lesson, part, dialect);
  }

  /** @param {LessonProgress} lesson @param {Part} part @param {import("../types.js").Dialect} [dialect] */
  #openPart(lesson, part, dialect) {
    const simulation = openScenario(this.#engine, lesson.scenarioOf(part, dialect));
    try {
      lesson.begin(part, simulation);
    } catch (error) {
      throw new SourceError("lesson", error);
    }
    this.#leave("simulation", lesson, aboutOf(simulation));
    this.#play(simulation);
    const ask = part.kind === "question" ? lesson.question(part.id)?.places?.ask : undefined;
    if (ask !== undefined) this.#player.seek(ask);
  }

  /** The reader looks at a question, which may have an experiment of its own. @param {string} id */
  openQuestion(id) {
    const { lesson } = this;
    const question = lesson?.question(id);
    if (!lesson || !question) return;
    lesson.look(id);
    if (question.rules.scenario) this.openPart({ kind: "question", id });
    else if (lesson.part.kind !== "lesson") this.openPart({ kind: "lesson" });
  }

  /** The lesson that is open as a sheet of paper, with those that a teacher chose together with it; none of a test. @param {import("../types.js").Lang} lang */
  sheets(lang) {
    const { lesson } = this;
    return lesson && !lesson.data.test ? this.#sheets.of(this.#engine, lesson, lang, this.#player.simulation?.dialect) : [];
  }

  /** Every lesson that a teacher chose can be printed. @throws where one has not come */
  get printable() {
    return this.#sheets.ready.catch((error) => {
      throw error instanceof SourceError ? error : new SourceError("lesson", error);
    });
  }

  /** The lesson that is open begins anew: nothing of it was done. */
  startOver() {
    if (!this.lesson) return;
    this.progress.forget(this.lesson.data.id);
    this.#openLesson(this.lesson.data);
  }

  /** What was kept is another: the lesson that is open takes it up. */
  takeUp() {
    if (this.lesson) this.#openLesson(this.lesson.data);
  }

  /** @param {import("../types.js").Simulation} simulation */
  #play(simulation) {
    this.#scenario = shapeOf(simulation);
    this.#player.open(simulation, "simulation", placeIn(simulation));
    const truncated = simulation.truncated();
    if (truncated) this.#told.partly("truncated", { message: truncated, said: simulation.truncatedSaid() });
  }

  /** @param {File} file which costs nothing to keep, whatever is in it @param {() => Promise<void>} [again] one and the same each time: by it the address knows it */
  async openFile(file, again = () => this.openFile(file, again)) {
    const text = await textIn(file).catch((error) => Promise.reject(new SourceError("recording", error)));
    await this.openText(text, file.name);
    if (!this.opened) this.again = again;
  }

  /** What a file holds: a scenario, a saved experiment or a recording. What was saved of a lesson of the site goes on in it. @param {string} text @param {string} name of the file */
  async openText(text, name) {
    if (isProgress(text)) throw new SourceError("progressFile", "");
    const asked = this.stopWaiting();
    if (holds(text) === "recording") return this.openRecording(text, name);
    const simulation = openScenario(this.#engine, text);
    const began = isSaved(text) ? JSON.parse(text).branches[0].scenario : null;
    const lesson = began && (await this.#begunWith(began));
    if (this.#asked !== asked) return simulation.free();
    if (lesson) {
      this.#openLesson(lesson);
      this.#goOnLed(simulation);
    } else {
      this.#show(simulation);
      if (began) this.#scenario = shaped(began);
    }
    // Nobody else has the file, and a link holds what was in it.
    this.opened = lesson ? { name: "lesson", value: lesson.id } : { name: "scenario", value: began ? JSON.stringify(began) : simulation.scenario() };
  }

  /** What a file begins with is nobody's doing. @param {import("../types.js").Simulation} simulation */
  #goOnLed(simulation) {
    const { lesson } = this;
    if (lesson) lesson.isLed = true;
    this.#goOn(simulation);
    if (lesson) lesson.isLed = false;
  }

  /** The lesson of the site whose experiment this is, whatever libevent runs it. @param {import("./lesson.js").Scenario} scenario */
  async #begunWith(scenario) {
    const all = await loadIndex();
    const entry = all.find(({ id }) => id === scenario.name);
    const lesson = entry ? await loadLesson(all, entry.id).catch(() => null) : null;
    if (!lesson) return null;
    const began = openScenario(this.#engine, JSON.stringify(lesson.scenario));
    const same = shapeOf(began) === shaped(scenario);
    began.free();
    return same ? lesson : null;
  }

  /** What is wrong with a scenario; nothing where it can be run. @param {string} scenario */
  problemOf(scenario) {
    return this.#engine.scenarioProblem(scenario);
  }

  /** @param {string} text @param {string} name of its file */
  openRecording(text, name) {
    const recording = openRecording(this.#engine, text);
    this.#leave("recording", null, { title: name });
    this.#player.open(recording, "recording");
    if (recording.damage) this.#told.partly("damage", { message: recording.damage, said: recording.damageSaid });
  }

  /** Asks for a live server, and shows it once it answers; at once where there is nothing else to see. @param {string} url @param {() => void} [again] as of a file */
  connect(url, again = () => this.connect(url, again)) {
    const source = new LiveSource(this.#engine, url, () => this.#heard(source, again));
    this.stopAsking();
    this.awaited = source;
    if (this.#player.track) this.#told.awaiting();
    else this.#enter(source, again);
  }

  /** Something changed at a live server. @param {LiveSource} source @param {() => void} again */
  #heard(source, again) {
    if (this.live === source) this.#player.grew();
    else if (this.awaited !== source) return;
    else if (ANSWERED.has(source.live.state)) this.#enter(source, again);
    else this.#told.awaiting();
  }

  /** @param {LiveSource} source @param {() => void} again */
  #enter(source, again) {
    this.awaited = null;
    this.#leave("live", null, { title: source.url });
    this.live = source;
    this.again = again;
    this.#player.open(source.live, "live");
  }

  /** A live server that is asked for has not answered yet. */
  get waits() {
    const source = this.awaited ?? this.live;
    return source !== null && !ANSWERED.has(source.live.state);
  }

  /** The server that was asked for is not wanted any more. */
  stopAsking() {
    this.awaited?.close();
    this.awaited?.live.free();
    this.awaited = null;
  }

  /** Nobody looks: connections end, and what came of them stays. */
  pause() {
    for (const source of [this.live, this.awaited]) source?.pause();
  }

  /** Somebody looks again. */
  resume() {
    for (const source of [this.live, this.awaited]) source?.resume();
  }

  /** @param {PublishedSource} published */
  #follow(published) {
    this.#leave("live", null, { title: published.url });
    this.live = published;
    this.#player.open(published.track, "live");
    published.follow(() => this.live === published && this.#player.grew());
  }

  /**
   * Lets go of what is shown.
   * @param {import("../types.js").Source} source of what comes
   * @param {LessonProgress | null} lesson
   * @param {Partial<About>} about
   */
  #leave(source, lesson, { title = "", description = "" }) {
    this.stopAsking();
    this.live?.close();
    this.live = null;
    if (lesson === null || lesson.data !== this.lesson?.data) this.opened = null;
    this.again = null;
    this.lesson = lesson;
    this.about = { title, description };
    this.#told.opening(source, lesson !== null);
  }

  /** Whether the records come from another build than the sources that this page shows. @param {import("../types.js").Source} source */
  isForeign(source) {
    return source === "recording" || (source === "live" && this.live?.live.hello?.source !== this.#engine.sourceDigest());
  }
}
