/**
 * `<bufferevent-lab>`: a bufferevent, one step at a time.
 *
 * In which order to read: this file holds one player together; `player/` is what it does, `view/` what it shows,
 * `sentences/` and `lessons/` what it says. Views are functions of a frame; nothing is stored twice.
 *
 * Deliberately absent: any knowledge of how a bufferevent behaves. That is the engine's, compiled to WebAssembly.
 */
import { EngineError, loadEngine } from "./player/engine.js";
import { handleKey, keysOf } from "./player/keys.js";
import { Opener, SOURCES } from "./player/opener.js";
import { placeholder } from "./player/placeholder.js";
import { Player } from "./player/player.js";
import { isPanic, report } from "./player/report.js";
import { SourceError } from "./player/source.js";
import { digest, momentSentence } from "./sentences/index.js";
import { chooseLang, words } from "./text/index.js";
import { say, set } from "./view/dom.js";
import { download } from "./view/download.js";
import { createPlayerView } from "./view/player-view.js";
import { loadStyles } from "./view/styles.js";

/** @typedef {import("./types.js").Panel} Panel */
/** @typedef {import("./types.js").Lang} Lang */
/** @typedef {import("./types.js").Unit} Unit */
/** @typedef {import("./types.js").Frame} Frame */

const PANELS = /** @type {const} */ (["lesson", "code", "log", "state"]);

/**
 * What the views ask for.
 * @typedef {ReturnType<BuffereventLab["commands"]>} Commands
 */

export class BuffereventLab extends HTMLElement {
  static observedAttributes = [...SOURCES, "step", "compare", "controls", "theme", "lang"];

  #player = new Player();
  /** There once the engine is. @type {Opener | null} */
  #opener = null;
  #version = "";
  /** @type {Panel} */
  #panel = "lesson";
  /** The reader looks for a live server, though none is connected yet. */
  #wantsLive = false;
  #started = false;
  /** It plays on when it is on the screen again. */
  #rested = false;
  /** @type {Frame | null} */
  #frame = null;
  #view;
  #onScreen = new IntersectionObserver(([entry]) => this.#rest(!entry.isIntersecting));
  #motion = matchMedia("(prefers-reduced-motion: reduce)");

  constructor() {
    super();
    this.#view = createPlayerView(this.#player, () => this.#text, this.commands());
    const root = this.attachShadow({ mode: "open" });
    const keys = keysOf(this.#player, {
      fork: () => this.fork(),
      compare: () => this.#toggleCompare(),
      panel: (index) => ((this.#panel = PANELS[index]), this.#draw()),
      help: () => this.#view.help.toggle(),
    });
    root.addEventListener("keydown", (event) => handleKey(/** @type {KeyboardEvent} */ (event), keys));
    this.#listen();
  }

  get #lang() {
    return chooseLang(this.getAttribute("lang"));
  }

  get #text() {
    return words[this.#lang];
  }

  connectedCallback() {
    this.#onScreen.observe(this);
    this.#player.reducedMotion = this.#motion.matches;
    this.#motion.onchange = () => (this.#player.reducedMotion = this.#motion.matches);
    if (!this.#started) void this.#start();
  }

  disconnectedCallback() {
    this.#onScreen.disconnect();
    this.#player.pause();
    // Moving an element takes it away and brings it back.
    queueMicrotask(() => this.isConnected || this.#opener?.live?.close());
  }

  /** @param {string} name */
  attributeChangedCallback(name) {
    if (!this.#opener) return;
    if (SOURCES.includes(name)) void this.#open(name);
    else if (name === "step" && this.hasAttribute("step")) this.#player.seek(Number(this.getAttribute("step")));
    else if (name === "compare") this.#player.comparing = this.hasAttribute("compare");
    else this.#draw();
  }

  async #start() {
    this.#started = true;
    set(this, "data-state", "loading");
    /** @type {ShadowRoot} */ (this.shadowRoot).adoptedStyleSheets = await loadStyles();
    this.shadowRoot?.append(this.#view.element);
    this.#draw();
    try {
      const engine = await loadEngine();
      this.#version = engine.version();
      this.#opener = new Opener(engine, this.#player, this.#told());
    } catch (error) {
      const policy = error instanceof EngineError && error.reason === "policy";
      const message = error instanceof Error ? error.message : String(error);
      this.#fail(policy ? this.#text.problem.policy : this.#text.problem.engine(message), { canDismiss: false });
      return;
    }
    this.#player.comparing = this.hasAttribute("compare");
    await this.#open();
  }

  /** What the opener tells. @returns {import("./player/opener.js").Told} */
  #told() {
    return {
      opening: (source, lesson) => {
        this.#view.notice.hide();
        this.#wantsLive = false;
        this.removeAttribute("data-live");
        if (lesson) this.#panel = "lesson";
        else if (source === "live" && this.#panel === "lesson") this.#panel = "log";
      },
      live: (state) => {
        const before = this.getAttribute("data-live");
        set(this, "data-live", state);
        if (before !== state) this.#tell("livestate", { state });
      },
      partly: (kind, message) => this.#complain(this.#text.problem[kind](message), {}),
    };
  }

  /** Opens what the attributes say: what was set last, or with several at once the last in `SOURCES`. @param {string} [changed] */
  async #open(changed = "") {
    const name = this.getAttribute(changed) ? changed : SOURCES.findLast((source) => this.getAttribute(source));
    try {
      if (!(await this.#opener?.openNamed(name, (name && this.getAttribute(name)) ?? ""))) return;
      if (this.hasAttribute("step")) this.#player.seek(Number(this.getAttribute("step")));
      this.#tell("ready");
      if (this.hasAttribute("autoplay") && !this.#motion.matches) this.#player.play();
    } catch (error) {
      this.#cannotOpen(error);
    }
  }

  /** @param {unknown} error */
  #cannotOpen(error) {
    const { problem } = this.#text;
    const message = error instanceof Error ? error.message : String(error);
    const kind = error instanceof SourceError ? error.kind : "engine";
    const say = { scenario: problem.scenario, recording: problem.recording, lesson: problem.lesson, live: this.#text.live.refused, engine: problem.engine }[kind];
    if (this.#player.track) this.#complain(say(message), {});
    else this.#fail(say(message), { canDefault: true });
  }

  #listen() {
    const player = this.#player;
    player.addEventListener("change", () => this.#drawSafely());
    player.addEventListener("track", () => {
      this.#view.timeline.forget();
      this.#view.log.forget();
    });
    player.addEventListener("fork", () => this.fork());
    for (const type of ["step", "callback", "crossing"]) {
      player.addEventListener(type, (event) => this.#tell(type, /** @type {CustomEvent} */ (event).detail));
    }
    player.addEventListener("problem", (event) => {
      const { kind, message } = /** @type {CustomEvent} */ (event).detail;
      const { problem } = this.#text;
      if (isPanic(message)) this.#complain(problem.panic(message, player.position), { report: report(message, this.#version, player) });
      else this.#complain(kind === "condition" ? problem.condition(message) : problem.action(message), {});
    });
  }

  /** What the views ask for. */
  commands() {
    const player = this.#player;
    return {
      /** @param {string} id */
      lesson: (id) => this.#opener?.openLesson(id),
      /** @param {import("./types.js").Source} source */
      source: (source) => this.#chooseSource(source),
      /** @param {import("./types.js").Dialect} dialect */
      dialect: (dialect) => player.setDialect(dialect),
      /** The libevents there are; none before the engine is. @returns {import("./types.js").DialectInfo[]} */
      dialects: () => this.#opener?.dialects ?? [],
      compare: () => this.#toggleCompare(),
      /** @param {Lang} lang */
      lang: (lang) => (this.lang = lang),
      /** @param {string} theme */
      theme: (theme) => set(this, "theme", theme === "auto" ? null : theme),
      help: () => this.#view.help.toggle(),
      save: () => download("bufferevent.jsonl", this.exportRecording()),
      /** @param {string} choice */
      predict: (choice) => (this.#opener?.lesson?.predict(choice), this.#unpause(), this.#draw()),
      goToQuestion: () => player.seek(this.#opener?.lesson?.ask ?? 0),
      seeIt: () => (this.#unpause(), player.play()),
      toggleBroken: () => this.#opener?.toggleBroken(),
      /** @param {"read" | "write"} direction @param {"low" | "high"} mark @param {number} bytes */
      mark: (direction, mark, bytes) => {
        const { low, high } = /** @type {Frame} */ (this.#frame).connection[direction];
        player.act({ set_watermark: { [direction]: { low, high, [mark]: bytes } } });
      },
      /** @param {Frame} frame */
      isOther: (frame) => this.#opener?.isOther(frame) ?? true,
      /** @param {string} url */
      connect: (url) => this.#try((opener) => opener.connect(url)),
      /** @param {"start" | "end"} end */
      jump: (end) => player.seek(end === "start" ? player.start : player.length),
      useDefault: () => this.#opener?.openLesson(""),
      /** @param {Panel} panel */
      choosePanel: (panel) => ((this.#panel = panel), this.#draw()),
      /** @param {File} file */
      openFile: (file) => void file.text().then((text) => this.#try((opener) => opener.openRecording(text, file.name))),
    };
  }

  /** @param {import("./types.js").Source} source */
  #chooseSource(source) {
    if (source === "recording") this.#view.chooseFile();
    else if (source === "live") {
      this.#wantsLive = true;
      this.#draw();
      this.#view.live.url.focus();
    } else if (this.#player.source !== "simulation" || this.#wantsLive) {
      if (this.#player.source !== "simulation") return this.#opener?.openLesson("");
      this.#wantsLive = false;
      this.#draw();
    }
  }

  #toggleCompare() {
    if (this.#player.simulation) this.toggleAttribute("compare");
  }

  #unpause() {
    this.#player.pausePoint = null;
  }

  /** @param {(opener: Opener) => void} open */
  #try(open) {
    if (!this.#opener) return;
    try {
      open(this.#opener);
      this.#tell("ready");
    } catch (error) {
      this.#cannotOpen(error);
    }
  }

  /** Draws; when the engine has failed, what was drawn last stays. */
  #drawSafely() {
    try {
      this.#draw();
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      this.#complain(this.#text.problem.panic(message, this.#player.position), { report: report(message, this.#version, this.#player) });
    }
  }

  /** Draws everything from one frame. */
  #draw() {
    if (!this.shadowRoot?.firstChild) return;
    const player = this.#player;
    const view = this.#view;
    const [t, lang] = [this.#text, this.#lang];
    const wasPlaying = this.#frame?.mode === "playing";
    const stepped = this.#frame?.position !== player.position;
    const frame = player.frame(lang) ?? placeholder(player.mode, lang);
    const own = player.track ? frame : null;
    this.#frame = own;

    set(this, "data-state", frame.mode);
    set(this, "data-step", frame.position);
    set(view.element, "aria-label", t.title);
    set(view.element, "lang", lang === "zh" ? "zh-Hans" : "en");
    view.loading.hidden = frame.mode !== "loading";
    set(view.loading, "aria-label", t.loading);
    set(view.element, "data-blank", own === null);
    const lesson = this.#opener?.lesson ?? null;
    const live = this.#opener?.live ?? null;
    const about = this.#opener?.about ?? { title: "", description: "" };
    if (own) lesson?.see(own);
    const from = this.#wantsLive ? "live" : frame.source;
    view.header.update(own, about.title, this.#opener?.lessons ?? [], lesson?.info.id ?? "", lang, this.getAttribute("theme") ?? "auto", from, player.comparing);
    view.scene.update(frame);
    view.compare.update(own);
    view.told.update(frame);
    view.panels.update(this.#panel);
    view.live.update(own, from, live?.live ?? null, live?.url ?? "");
    if (!own) return;
    view.controls.update(own);
    view.timeline.update(own);
    view.act.update(own, from);
    view.peek.element.hidden = this.#panel === "code";
    if (this.#panel !== "code") void view.peek.update(own);
    if (this.#panel === "lesson") view.lesson.update(own, lesson, about);
    if (this.#panel === "code") void view.code.update(own);
    if (this.#panel === "log") view.log.update(own);
    if (this.#panel === "state") view.state.update(own);
    if (frame.mode === "ready" && wasPlaying) say(view.announce, digest(lang, player.played.steps, player.played.callbacks, player.played.crossings));
    else if (frame.mode === "ready" && stepped) say(view.announce, momentSentence(frame));
  }

  /** @param {string} message @param {{canDefault?: boolean, report?: string, canDismiss?: boolean}} ways */
  #complain(message, ways) {
    this.#view.notice.show(message, ways);
    this.#tell("error", { message });
  }

  /** @param {string} message @param {{canDefault?: boolean, canDismiss?: boolean}} ways */
  #fail(message, ways) {
    this.#player.fail();
    this.#complain(message, ways);
  }

  /** @param {string} type @param {object} [detail] */
  #tell(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }

  /** A figure off the screen rests; one that the reader paused stays paused. @param {boolean} away */
  #rest(away) {
    if (away && this.#player.mode === "playing") {
      this.#rested = true;
      this.#player.pause();
    } else if (!away && this.#rested) {
      this.#rested = false;
      this.#player.play();
    }
  }

  /** Steps forward (1) or back (-1). @param {1 | -1} [direction] @param {Unit} [unit] */
  step(direction = 1, unit) {
    this.#player.step(direction, unit);
  }

  /** Goes to a position: the number of steps before it. @param {number} position */
  seek(position) {
    this.#player.seek(position);
  }

  play() {
    this.#player.play();
  }

  pause() {
    this.#player.pause();
  }

  /** Begins another branch of a simulation here; what came after is kept as the one it was. */
  fork() {
    this.#player.change((simulation) => simulation.act(this.#player.position, '{"turn":0}'), 0);
  }

  /** What is shown, as the text of a file. @returns {string} */
  exportRecording() {
    return this.#player.track?.exportRecording() ?? "";
  }

  /** How many steps come before what is shown. */
  get position() {
    return this.#player.position;
  }

  /** How many steps there are. */
  get length() {
    return this.#player.length;
  }

  /** What is shown, as the engine gives it. */
  get picture() {
    return this.#player.track?.picture(this.#player.position) ?? null;
  }
}

/** Attributes that are there or not. */
const FLAGS = ["autoplay", "compare"];

// `step` has no property of its name: that is the method. The position is `position`.
for (const name of [...SOURCES, ...FLAGS, "controls", "theme"]) {
  Object.defineProperty(BuffereventLab.prototype, name, {
    configurable: true,
    get() {
      return FLAGS.includes(name) ? this.hasAttribute(name) : this.getAttribute(name);
    },
    set(value) {
      set(this, name, FLAGS.includes(name) ? Boolean(value) : value);
    },
  });
}

customElements.define("bufferevent-lab", BuffereventLab);
