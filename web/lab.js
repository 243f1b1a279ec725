/**
 * `<bufferevent-lab>`: a bufferevent, one step at a time.
 *
 * In which order to read: `engine/` is what is played, `state/` what is known of it and how that changes, `views/` what
 * is drawn of it, `lang/` what is said. The state gives one value, `Shown`, and each view draws from it; commands lead back.
 *
 * Deliberately absent: any knowledge of how a bufferevent behaves. That is the engine's, compiled to WebAssembly.
 */
import { loadRest } from "./engine/engine.js";
import { idle } from "./engine/idle.js";
import { chooseLang, languages } from "./lang/index.js";
import { wrongIn } from "./lang/problem.js";
import { Address } from "./state/address.js";
import { SOURCES, fetchAhead } from "./state/ahead.js";
import { Attributes, LOOK, PLACE } from "./state/attributes.js";
import { Calls } from "./state/calls.js";
import { commandsOf } from "./state/commands.js";
import { pictureOf } from "./state/frame.js";
import { actOf, attributeOf, positionOf, stepOf } from "./state/given.js";
import { LinkError, Reason } from "./state/link.js";
import { copyOf } from "./state/sharing.js";
import { THEMES, titleOf } from "./state/shown.js";
import { State } from "./state/state.js";
import { h, set } from "./views/dom.js";
import { download } from "./views/download.js";
import { askedOf, clickPresented, handleKey, pointedAt } from "./views/keys.js";
import { createPlayerView } from "./views/player-view.js";
import { reflect, upgrade } from "./views/properties.js";
import { loadStyles } from "./views/styles.js";

/** @typedef {import("./types.js").Unit} Unit */
/** @typedef {import("./types.js").Shown} Shown */

/** Where no page is, on a server, the element can be imported and is never made. */
const Base = globalThis.HTMLElement ?? /** @type {typeof HTMLElement} */ (class {});

/** An engine that is there sooner is seen without an empty scene before it. */
const EMPTY_AFTER_MS = 400;

/** Attributes that are there or not. */
const FLAGS = ["autoplay", "compare", "export", "linked", "present"];

export class BuffereventLab extends Base {
  static observedAttributes = [...SOURCES, "run", "lessons", "export", "step", "position", "compare", "controls", "present", "theme", "lang"];

  #state = new State(this.#settings, {
    show: (shown) => this.#draw(shown),
    showNotice: (shown) => this.#view.notice.update(shown),
    present: (on) => this.#present(on),
    tell: (type, detail) => void this.dispatchEvent(new CustomEvent(type, { detail })),
  });
  #commands = commandsOf(this.#state, {
    lang: (lang) => set(this, "lang", lang),
    theme: (theme) => set(this, "theme", theme === "auto" ? null : theme),
    compare: () => this.#player.simulation && void this.toggleAttribute("compare"),
    fork: () => this.#player.simulation && this.fork(),
    present: (on) => this.#present(on),
    save: (kind) => (kind === "experiment" ? download("bufferevent.json", this.exportExperiment()) : download("bufferevent.jsonl", this.exportRecording())),
    take: (what, lessons) => copyOf(what, this.#player, { place: this.#state.place, lessons, page: this.#address ? location.href.replace(/#.*/, "") : "", title: titleOf(this.#state.shown) }),
  });
  #view = createPlayerView(this.#commands);
  /** What stands in the element. */
  #slot = h("slot");
  #calls = new Calls();
  #started = false;
  /** Its styles are there: it may be drawn. */
  #styled = false;
  /** The page's own address says what is shown. @type {Address | null} */
  #address = null;
  #attributes = new Attributes();
  /** It plays on when it is on the screen again. */
  #rested = false;
  #onScreen = new IntersectionObserver((entries) => this.#rest(!entries[entries.length - 1].isIntersecting));
  #motion = matchMedia("(prefers-reduced-motion: reduce)");
  /** Ends what listens outside of the element: whatever does longer than the element is in a page keeps it for ever. */
  #connected = new AbortController();
  /** Of the one that a page is about, the keys are those of the page, as long as nothing in it has the focus. */
  #pageKeys = (/** @type {KeyboardEvent} */ event) => {
    if (this.hasAttribute("linked") && (event.target === document.body || event.target === document.documentElement)) handleKey(event, this.#commands, this.#state.shown);
  };

  constructor() {
    super();
    const root = this.attachShadow({ mode: "open" });
    // What stands in the element is seen until there is something to play.
    root.append(this.#slot);
    root.addEventListener("click", (event) => {
      if (this.#state.shown.presents) return clickPresented(event, this.#commands);
      const [place, question] = [pointedAt(event), askedOf(event)];
      if (place) this.#commands.draft(place);
      else if (question) this.#commands.why(question);
    });
    root.addEventListener("keydown", (event) => handleKey(/** @type {KeyboardEvent} */ (event), this.#commands, this.#state.shown));
    // Whoever leaves the whole screen has presented.
    this.addEventListener("fullscreenchange", () => this.matches(":fullscreen") || this.#present(false));
  }

  get #player() {
    return this.#state.player;
  }

  /** What is set by attributes. @returns {Pick<import("./state/state.js").Settings, "lang" | "theme" | "exports" | "presents" | "asks">} */
  get #settings() {
    const theme = this.getAttribute("theme");
    return { lang: chooseLang(this.getAttribute("lang")), theme: THEMES.find((it) => it === theme) ?? "auto", exports: this.hasAttribute("export"), presents: this.hasAttribute("present"), asks: !["minimal", "none"].includes(this.getAttribute("controls") ?? "") };
  }

  connectedCallback() {
    upgrade(this, PROPERTIES);
    this.#onScreen.observe(this);
    this.#listen();
    if (!this.#started) void this.#start();
    this.#state.opener?.resume();
  }

  /** What is outside of the element is listened to while it is in a page. */
  #listen() {
    this.#connected.abort();
    this.#connected = new AbortController();
    const { signal } = this.#connected;
    document.addEventListener("keydown", this.#pageKeys, { signal });
    this.#player.reducedMotion = this.#motion.matches;
    this.#motion.addEventListener("change", () => (this.#player.reducedMotion = this.#motion.matches), { signal });
    this.#view.listen(signal);
    this.#address?.listen(signal);
  }

  disconnectedCallback() {
    this.#onScreen.disconnect();
    this.#connected.abort();
    this.#player.pause();
    // Moving an element takes it away and brings it back.
    queueMicrotask(() => this.isConnected || this.#state.opener?.pause());
  }

  /** A sheet belongs to one document. */
  adoptedCallback() {
    if (this.#styled) void this.#style().catch((error) => this.#unstyled(error));
  }

  /** @param {string} name */
  attributeChangedCallback(name) {
    if (!this.#state.opener) return;
    if (SOURCES.includes(name)) void this.#open(name);
    else if (name === "run") void this.#open();
    else if (name === "lessons") void this.#meetLessons().then((met) => (met ? this.#open() : undefined));
    else if (name === "step" || name === "position") this.#seekTo(name), this.#lookAt([name]);
    else if (name === "compare") this.#player.comparing = this.hasAttribute("compare");
    else {
      this.#state.set(this.#settings);
      this.#lookAt([name]);
    }
  }

  /** What was set and cannot be used is told; what comes nearest to it is done. @param {string[]} names */
  #lookAt(names) {
    if (!this.#player.track) return;
    const wrong = this.#attributes.wrong(this, this.#player, names);
    if (wrong.length > 0) this.#state.cannotUse(wrong);
  }

  async #start() {
    this.#started = true;
    set(this, "data-state", "loading");
    const opening = this.#calls.begin();
    const { engine, whole } = fetchAhead(this, (part) => this.#state.arrives(part));
    try {
      await this.#style();
    } catch (error) {
      return this.#unstyled(error);
    }
    this.#styled = true;
    // An empty scene costs as much as a full one: it is drawn where there is nothing else to see for a while.
    const comes = await Promise.race([engine.then(Boolean, () => false), new Promise((resolve) => setTimeout(resolve, EMPTY_AFTER_MS, false))]);
    if (!comes) this.#state.set(this.#settings);
    try {
      this.#state.meet(await this.#state.waiting.until("", engine));
      await whole;
    } catch (error) {
      this.#started = false;
      return this.#state.fail(error);
    }
    const began = await this.#state.together(() => this.#begin());
    // What of the engine cannot be had now is asked for when it is needed. What goes wrong in a rehearsal would when it plays: that is told.
    void idle().then(loadRest).then(() => this.#view.rehearse(() => this.#state.shown), () => {});
    this.#calls.end(opening, began !== null);
    if (began) this.#opened(began === "attributes");
  }

  async #style() {
    const sheet = await loadStyles(this.ownerDocument);
    /** @type {ShadowRoot} */ (this.shadowRoot).adoptedStyleSheets = [sheet];
  }

  /** Shows what the attributes or the page's address say. @returns {Promise<"attributes" | "address" | null>} which of them; none where there is nothing to show */
  async #begin() {
    this.#state.set(this.#settings);
    if (this.hasAttribute("linked")) this.#link();
    if (!(await this.#meetLessons())) return null;
    this.#player.comparing = this.hasAttribute("compare");
    if (this.#address?.fragment) return (await this.#address.follow()) ? "address" : null;
    const shown = await this.#show();
    // Loaded anew at a file: nobody has it but who opened it.
    if (shown && this.#address?.kept) this.#state.gone();
    return shown ? "attributes" : null;
  }

  /** Without its sheets the view cannot be used: there are words, below what stands in the element. @param {unknown} error */
  #unstyled(error) {
    const root = /** @type {ShadowRoot} */ (this.shadowRoot);
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(":host { display: block; } p { margin: 24px; font: 16px/1.5 system-ui, sans-serif; overflow-wrap: anywhere; }");
    root.adoptedStyleSheets = [sheet];
    const { text } = languages[this.#settings.lang];
    const words = text.problem.of.files(wrongIn(error, text));
    root.replaceChildren(this.#slot, h("p", { role: "alert" }, words));
    set(this, "data-state", "failed");
    // Put into a page again, it tries again.
    this.#started = false;
    this.dispatchEvent(new CustomEvent("error", { detail: { message: words } }));
  }

  /** The page's address says what is shown, and which lessons a teacher chose. */
  #link() {
    this.#address = new Address(this.#state);
    if (this.isConnected) this.#address.listen(this.#connected.signal);
    const asked = new URLSearchParams(location.search);
    if (asked.get("lessons")?.trim() === "") this.#attributes.meet(new LinkError("?lessons", new Reason("empty")));
    for (const name of ["lessons", "export"]) if (asked.has(name)) set(this, name, asked.get(name) ?? "");
  }

  /** Learns which lessons there are to choose among. */
  async #meetLessons() {
    const met = await this.#state.meetLessons(this.getAttribute("lessons") ?? "");
    this.#state.set(this.#settings);
    return met;
  }

  /** Opens what the attributes say: what was set last, or with several at once the last in `SOURCES`. @param {string} [changed] */
  async #open(changed = "") {
    const opening = this.#calls.begin();
    const shown = await this.#show(changed);
    this.#calls.end(opening, shown);
    if (shown) this.#opened(true);
  }

  /** @param {string} [changed] @returns {Promise<boolean>} whether it is shown */
  async #show(changed = "") {
    const name = this.getAttribute(changed) ? changed : SOURCES.findLast((source) => this.getAttribute(source));
    if (!(await this.#state.openNamed(name, (name && this.getAttribute(name)) ?? "", this.getAttribute("run") ?? ""))) return false;
    // It was taken away before there was anything to show.
    if (!this.isConnected) this.#state.opener?.pause();
    this.#seekTo("step");
    this.#seekTo("position");
    return true;
  }

  /** What was to be opened is shown. @param {boolean} plays where it is to play by itself: a link says how far one is */
  #opened(plays) {
    // Where something worse is told already, it stays.
    if (!this.#state.shown.notice) this.#lookAt(plays ? [...LOOK, ...PLACE] : LOOK);
    this.#state.opened(() => plays && this.hasAttribute("autoplay") && !this.#motion.matches && this.#player.play());
  }

  /** Goes to the position that an attribute says. @param {"step" | "position"} name */
  #seekTo(name) {
    const value = this.getAttribute(name);
    if (value === null) return;
    if (value.trim() !== "" && Number.isFinite(Number(value))) this.#player.seek(Number(value));
  }

  /** Puts the view into the page, as late as may be: a frame before there is something in it would be laid out for nothing. */
  #put() {
    const { element } = this.#view;
    if (!element.parentNode) this.shadowRoot?.replaceChildren(this.#slot, element);
  }

  /** @param {Shown} shown */
  #draw(shown) {
    if (!this.#styled) return;
    set(this, "data-state", shown.player.mode);
    set(this, "data-step", shown.frame.position);
    set(this, "data-live", shown.live?.state ?? null);
    const empty = shown.blank || (shown.frame.length === 0 && this.#state.opener?.waits === true);
    this.#slot.hidden = !empty;
    // What stands in the element is better than an empty scene, and stays where nothing comes.
    if (empty && shown.player.mode === "loading" && shown.awaits === null && this.innerHTML.trim()) return;
    this.#put();
    this.#view.update(shown);
    this.#address?.changed();
  }

  /** Shows scene and sentence alone: on the whole screen where it may, else in the place that it has. @param {boolean} on */
  #present(on) {
    if (on === this.hasAttribute("present")) return;
    this.toggleAttribute("present", on);
    if (!on) this.#commands.blackout(false);
    // A browser grants that to somebody who has just pressed something, and complains otherwise.
    if (on && navigator.userActivation?.isActive !== false) this.requestFullscreen?.().catch(() => {});
    else if (this.matches(":fullscreen")) void document.exitFullscreen();
    if (on) this.#put();
    this.#view.element.focus({ preventScroll: true });
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

  /** Steps forward (1) or back (-1). @param {1 | -1} [direction] @param {Unit} [unit] @throws where it is no direction, or no unit */
  advance(direction = 1, unit) {
    const by = stepOf(direction, unit);
    this.#calls.do(() => this.#player.step(by.direction, by.unit));
  }

  /** Goes to a position: the number of steps before it. @param {number} position @throws where it is none */
  seek(position) {
    const to = positionOf(position);
    this.#calls.do(() => this.#player.seek(to));
  }

  play() {
    this.#calls.do(() => this.#player.play());
  }

  pause() {
    this.#calls.do(() => this.#player.pause());
  }

  /** Begins another branch of a simulation here; what came after is kept as the one it was. @throws where nothing is simulated */
  fork() {
    this.#act({ turn: 0 });
  }

  /** Does something to a simulation here, and shows its first effect. @param {{[key: string]: unknown}} step a step of a scenario's script @throws where it is none, cannot be done here, or nothing is simulated */
  act(step) {
    this.#act(actOf(step));
  }

  /** @param {{[key: string]: unknown}} step */
  #act(step) {
    this.#calls.do(() => {
      if (!this.#player.simulation) throw new Error("nothing is simulated here: a recording and a live server can only be looked at");
      this.#player.act(step, true);
    });
  }

  /** What is shown, as the text of a file. @returns {string} */
  exportRecording() {
    return this.#player.track?.exportRecording() ?? "";
  }

  /** Scenario, branches and position of a simulation, as the text of a file: what `scenario` takes. Empty where there is none. @returns {string} */
  exportExperiment() {
    this.#player.simulation?.remember(this.#player.position);
    return this.#player.simulation?.save() ?? "";
  }

  /** How many steps come before what is shown. @returns {any} what is set is more than this number */
  get position() {
    return this.#player.position;
  }

  /** Goes there, at once or as soon as there is something to show. */
  set position(position) {
    // Also where it is the same again: the reader has gone elsewhere.
    const value = attributeOf("position", position);
    if (value === null) this.removeAttribute("position");
    else this.setAttribute("position", value);
  }

  /** How many steps there are. */
  get length() {
    return this.#player.length;
  }

  /** What is shown, as the engine gives it: without what was dropped with a bufferevent that is freed. */
  get picture() {
    const { track, position } = this.#player;
    return track && pictureOf(track, position);
  }
}

/** What an attribute is as a property: what frameworks set where an element has one of that name. */
const REFLECTED = [...SOURCES, ...FLAGS, "run", "lessons", "step", "controls", "theme"];
const PROPERTIES = [...REFLECTED, "position", "lang"];

reflect(BuffereventLab.prototype, REFLECTED, FLAGS);

// Of two copies on a page the first is the element.
if (globalThis.customElements?.get("bufferevent-lab")) console.info("bufferevent-lab is there already; this copy of it is not used");
else globalThis.customElements?.define("bufferevent-lab", BuffereventLab);
