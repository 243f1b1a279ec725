/** What is played, one thing at a time: a lesson, a scenario, a recording or a live server. */
import { LessonProgress } from "./lesson.js";
import { LiveSource, fetchText, findLesson, firstLesson, holds, openRecording, openScenario } from "../engine/source.js";
import { firstBytes } from "../engine/track.js";
import { placeIn } from "./branches.js";

/** @typedef {import("../engine/engine.js").Engine} Engine */
/** @typedef {import("./player.js").Player} Player */
/** @typedef {import("../types.js").LessonInfo} LessonInfo */

/** The attributes that say what is played; of several at once, the last here. */
export const SOURCES = ["lesson", "scenario", "src", "live"];

/**
 * Whom an opener tells what happens.
 * @typedef {object} Told
 * @property {(source: import("../types.js").Source, lesson: LessonInfo | null) => void} opening something else is about to be shown
 * @property {(kind: "truncated" | "damage", message: string) => void} partly not all of it can be shown
 */

/**
 * What is shown calls itself so; empty where it says nothing.
 * @typedef {{title: string, description: string}} About
 */

/** Every `open` throws a `SourceError` where there is nothing to show; what was shown before stays. */
export class Opener {
  /** @type {LessonProgress | null} */
  lesson = null;
  /** @type {LiveSource | null} */
  live = null;
  /** @type {About} */
  about = { title: "", description: "" };
  /** What was asked for last. @type {object | null} */
  #asked = null;
  #engine;
  #player;
  #told;

  /** @param {Engine} engine @param {Player} player @param {Told} told */
  constructor(engine, player, told) {
    this.#engine = engine;
    this.#player = player;
    this.#told = told;
    this.lessons = engine.lessons();
    this.dialects = engine.dialects();
    player.dialects = this.dialects.map(({ name }) => name);
    player.addEventListener("track", () => this.#follow());
  }

  /**
   * Opens what an attribute says, unless something else is asked for before it has come.
   * @param {string | undefined} name one of `SOURCES`; with none, the first lesson to look at
   * @param {string} value
   * @returns {Promise<boolean>} whether it is shown
   */
  async openNamed(name, value) {
    const asked = (this.#asked = {});
    try {
      const text = name === "src" ? await fetchText(value, "recording") : name === "scenario" ? await fetchText(value, "scenario") : "";
      if (this.#asked !== asked) return false;
      if (name === "live") this.connect(value);
      else if (name === "src") this.openRecording(text, text === value ? "" : value);
      else if (name === "scenario") this.#openScenario(text, null, false);
      else this.openLesson(value);
      return true;
    } catch (error) {
      if (this.#asked !== asked) return false;
      throw error;
    }
  }

  /** @param {string} name or number; empty for the first, where its first bytes arrive */
  openLesson(name) {
    const info = name ? findLesson(this.#engine, name) : firstLesson(this.#engine);
    this.#openScenario(info.scenario, info, false);
    if (!name && this.#player.simulation) this.#player.seek(firstBytes(this.#player.simulation));
  }

  /** The lesson's experiment broken, or mended again. */
  toggleBroken() {
    if (!this.lesson) return;
    const { info, broken } = this.lesson;
    this.#openScenario(broken ? info.scenario : info.breakIt, info, !broken);
  }

  /** @param {string} scenario @param {LessonInfo | null} info @param {boolean} broken */
  #openScenario(scenario, info, broken) {
    const simulation = openScenario(this.#engine, scenario);
    const { title, name, description } = JSON.parse(simulation.scenario());
    this.#leave("simulation", info, { title: title || name, description });
    // What was done of a lesson stays done while its broken experiment is looked at.
    if (this.lesson?.info !== info) this.lesson = info && new LessonProgress(info, simulation);
    if (this.lesson) this.lesson.broken = broken;
    this.#player.open(simulation, "simulation", placeIn(simulation));
    const truncated = simulation.truncated();
    if (truncated) this.#told.partly("truncated", truncated);
  }

  /** What a file holds: a scenario, a saved experiment or a recording. @param {string} text @param {string} name of the file */
  openText(text, name) {
    if (holds(text) === "scenario") this.#openScenario(text, null, false);
    else this.openRecording(text, name);
  }

  /** What is wrong with a scenario; nothing where it can be run. @param {string} scenario */
  problemOf(scenario) {
    return this.#engine.scenarioProblem(scenario);
  }

  /** @param {string} text @param {string} name of its file */
  openRecording(text, name) {
    const recording = openRecording(this.#engine, text);
    this.#leave("recording", null, { title: name });
    this.lesson = null;
    this.#player.open(recording, "recording");
    if (recording.damage) this.#told.partly("damage", recording.damage);
  }

  /** @param {string} url */
  connect(url) {
    const source = new LiveSource(this.#engine, url, () => {
      if (this.live === source) this.#player.grew();
    });
    this.#leave("live", null, { title: url });
    this.lesson = null;
    this.live = source;
    this.#player.open(source.live, "live");
  }

  /**
   * Lets go of what is shown.
   * @param {import("../types.js").Source} source of what comes
   * @param {LessonInfo | null} lesson
   * @param {Partial<About>} about
   */
  #leave(source, lesson, { title = "", description = "" }) {
    this.live?.close();
    this.live = null;
    this.about = { title, description };
    this.#told.opening(source, lesson);
  }

  /** The track is another one: so may be the place of the lesson's question. */
  #follow() {
    const { simulation } = this.#player;
    if (simulation && this.lesson?.follow(simulation)) this.#player.pausePoint = this.lesson.ask;
  }

  /** Whether the records come from another build than the sources that this page shows. @param {import("../types.js").Source} source */
  isForeign(source) {
    return source === "recording" || (source === "live" && this.live?.live.hello?.source !== this.#engine.sourceDigest());
  }
}
