/** A lesson that a reader works through: its questions, its tasks, and the programs that it breaks and lets one repair. */
import { branchOf } from "./branches.js";
import { filled } from "./filled.js";
import { Question } from "./question.js";
import { Repair } from "./repair.js";
import { Tasks } from "./tasks.js";

/** @typedef {import("../types.js").Frame} Frame */
/** @typedef {import("../types.js").Dialect} Dialect */
/** @typedef {import("../types.js").Lang} Lang */
/** @typedef {import("../types.js").LessonData} LessonData */
/** @typedef {import("../types.js").LessonText} LessonText */
/** @typedef {import("../types.js").Simulation} Simulation */
/** @typedef {import("./progress.js").Kept} Kept */
/** @typedef {{script?: object[], dialect?: string, name?: string}} Scenario what of it is looked at here */

/**
 * What of a lesson is played: its experiment, the one that it breaks, the one to repair (as it is, or as the reader changed it, for
 * one of its inputs), or that of a question that has its own.
 * @typedef {{kind: "lesson"} | {kind: "break"} | {kind: "repair", input: number | null} | {kind: "question", id: string}} Part
 */

export class LessonProgress {
  /** @type {Part} */
  part;
  questions;
  tasks;
  /** @type {Repair | null} */
  repair;
  /** The question that is looked at. */
  selected = "";
  /** Where the reader was in the lesson's experiment before another part was opened. */
  left = 0;
  /** A link or a file leads through it: what it begins with is nobody's doing. */
  isLed = false;
  /** Where playing stops, since an answer that the reader wants to see has happened there. @type {Set<number>} */
  #sought = new Set();
  /** How often the reader wanted to go on where a question was open, and where last. @type {{times: number, at: number | null}} */
  #urged = { times: 0, at: null };
  /** Of a concept test: which of its halves is asked. @type {"before" | "after"} */
  half = "before";
  /** @type {Kept["drawn"]} */
  drawn;
  #rules;
  #Simulation;
  #store;
  /** The questions that are asked of what is played: where the reader made something else of the part, those that had their answer before. @type {Question[]} */
  #asked = [];
  /** The way that goes as the part does, or from which the reader left it; none where there is none. @type {number | null} */
  original = null;
  /** The part's scenario. @type {Scenario} */
  #opened = {};
  /** @type {Map<string, LessonText>} */
  #texts = new Map();

  /**
   * @param {import("../engine/engine.js").Engine} engine
   * @param {LessonData} data
   * @param {import("./progress.js").Progress} store
   * @throws where it is no lesson
   */
  constructor(engine, data, store) {
    this.data = data;
    this.#rules = new engine.Lesson(data);
    this.#Simulation = engine.Simulation;
    /** The libevents in which all of it holds. */
    this.dialects = this.#rules.dialects;
    this.#store = store;
    this.questions = (data.predictions ?? []).map((rules) => new Question(rules, Boolean(data.test)));
    this.tasks = new Tasks(data.tasks ?? [], store.of(data.id).tasks, (track, furthest) => this.#rules.tasks(track, furthest));
    this.repair = data.repair ? new Repair(data.repair, (changes, dialect) => this.#rules.repair(changes, dialect)) : null;
    this.#takeUp(store.of(data.id));
    this.drawn = store.of(data.id).drawn ?? (data.test ? halves(this.questions.map(({ id }) => id)) : undefined);
    const first = this.sequence.find(({ isAnswered }) => !isAnswered) ?? this.sequence[0];
    this.selected = first?.id ?? "";
    this.part = data.test ? { kind: "question", id: this.selected } : { kind: "lesson" };
  }

  /** @param {Kept} kept */
  #takeUp({ answers, repaired }) {
    for (const question of this.questions) if (answers[question.id]) question.restore(answers[question.id]);
    if (repaired && this.repair) this.repair.done = true;
  }

  /** The questions that are asked, in their order: of a concept test, those of one half. */
  get sequence() {
    const { questions, drawn, half } = this;
    return drawn ? drawn[half].flatMap((id) => questions.find((question) => question.id === id) ?? []) : questions;
  }

  /** The questions about what is played. */
  get #here() {
    const { part, questions } = this;
    if (part.kind === "lesson") return questions.filter(({ rules }) => !rules.scenario);
    return part.kind === "question" ? questions.filter(({ id }) => id === part.id) : [];
  }

  /** @param {string} id */
  question(id) {
    return this.questions.find((question) => question.id === id);
  }

  /** Looks at a question; of a concept test, in the half that it belongs to. @param {string} id */
  look(id) {
    this.selected = id;
    if (this.drawn) this.half = this.drawn.after.includes(id) ? "after" : "before";
  }

  /**
   * The scenario of a part, in this libevent where the lesson is about that, too.
   * @param {Part} part
   * @param {Dialect} [dialect]
   * @returns {string} JSON
   */
  scenarioOf(part, dialect) {
    if (part.kind === "repair" && part.input !== null && this.repair?.result) return this.repair.result.scenarios[part.input];
    const { data, dialects } = this;
    const own = part.kind === "question" ? this.question(part.id)?.rules.scenario : part.kind === "lesson" ? data.scenario : data[part.kind]?.scenario;
    const scenario = own ?? data.scenario;
    return JSON.stringify(dialect && dialects.includes(dialect) ? { ...scenario, dialect } : scenario);
  }

  /**
   * A part is about to be played.
   * @param {Part} part
   * @param {Simulation} simulation of its scenario
   */
  begin(part, simulation) {
    this.part = part;
    this.#sought.clear();
    this.#opened = JSON.parse(simulation.scenario());
    this.follow(simulation);
    const next = this.#here.filter(({ isVeiled }) => isVeiled).sort((one, other) => (one.places?.ask ?? 0) - (other.places?.ask ?? 0))[0];
    if (next) this.selected = next.id;
  }

  /** Finds the questions in what is played, which may be the same as another libevent, or have gone another way. @param {Simulation} track */
  follow(track) {
    const { id, shared } = originOf(track, this.#opened);
    this.original = id;
    const here = this.#here;
    const found = here.length > 0 && shared > 0 ? this.#foundBefore(track) : [];
    this.#asked = here.filter((question) => {
      const places = found.find(({ id }) => id === question.id);
      const asks = shared === Infinity || (places !== undefined && places.at <= shared);
      if (asks) question.find(places, track.dialect);
      return asks;
    });
  }

  /** Where the questions come in the part, as this libevent runs it: the rules look for them nowhere else. @param {Simulation} track */
  #foundBefore(track) {
    if (shapeOf(track) === shaped(this.#opened)) return this.found(track);
    const before = new this.#Simulation(JSON.stringify({ ...this.#opened, dialect: track.dialect }));
    try {
      return this.found(before);
    } finally {
      before.free();
    }
  }

  /** Whether a question is asked of what is played. @param {Question} question */
  asks(question) {
    return this.#asked.includes(question);
  }

  /** Where the questions come in a run, and what it answers. @param {Simulation} track */
  found(track) {
    return this.#rules.predictions(track);
  }

  /** Where playing stops: where a question is asked that is not answered, and where the answer to one has happened. */
  get pauses() {
    const asks = this.#asked.filter(({ isVeiled }) => isVeiled).map(({ places }) => /** @type {{ask: number}} */ (places).ask);
    return [...asks, ...this.#sought];
  }

  /**
   * The reader wants to see the answer to this question: playing goes on to where it has happened. A question on the way comes there,
   * unless what is seen until then would answer it.
   * @param {Question} question
   * @param {number} position
   */
  seek(question, position) {
    const at = question.places?.at ?? 0;
    this.#sought.add(at);
    for (const other of this.#asked) if (other !== question) other.putOff(position, at);
  }

  /**
   * Who plays or steps on where a question is open is led to that: what comes next would answer it.
   * @param {number} position
   * @returns {boolean} whether there is one
   */
  urge(position) {
    const open = this.#asked.filter(({ isOpen, places }) => isOpen && places?.ask === position);
    if (open.length === 0) return false;
    if (!open.some(({ id }) => id === this.selected)) this.selected = open[0].id;
    this.#urged = { times: this.#urged.times + 1, at: position };
    return true;
  }

  /** Takes what is shown into account. @param {Frame} frame */
  see(frame) {
    const { position } = frame;
    if (position !== this.#urged.at) this.#urged = { ...this.#urged, at: null };
    this.#ask(position);
    if (this.part.kind !== "lesson") return;
    if (this.isLed) this.tasks.lead(frame, () => new this.#Simulation(this.scenarioOf(this.part, /** @type {Simulation} */ (frame.track).dialect)));
    else if (this.tasks.see(frame)) this.#keep();
  }

  /**
   * Asks what is to be asked by now. A question that is open stays before the reader's eyes, and so does one whose answer is being
   * seen: what it explains is read then.
   * @param {number} position
   */
  #ask(position) {
    const stays = this.#sought.size > 0 || this.#asked.some(({ id, isOpen }) => id === this.selected && isOpen);
    for (const at of this.#sought) if (position >= at) this.#sought.delete(at);
    const asked = this.#asked.filter((question) => question.see(position));
    if (!stays && asked.length > 0 && !asked.some(({ id }) => id === this.selected)) this.selected = asked[0].id;
  }

  /** Answers the question that is looked at. */
  predict() {
    const question = this.question(this.selected);
    if (!question || question.draft === null) return;
    question.predict(question.draft);
    this.#keep();
  }

  giveUp() {
    this.question(this.selected)?.giveUp();
    this.#keep();
  }

  /** @param {Dialect} [dialect] that is shown */
  tryRepair(dialect) {
    this.repair?.try(dialect && this.dialects.includes(dialect) ? dialect : undefined);
    this.#keep();
  }

  /** What was done here is added to what another tab has done of the lesson meanwhile. */
  #keep() {
    const others = this.#store.of(this.data.id);
    /** @type {Kept["answers"]} */
    const answers = {};
    for (const { id, kept } of this.questions) {
      const answer = kept ?? others.answers[id];
      if (answer) answers[id] = answer;
    }
    const done = this.tasks.done;
    const tasks = this.tasks.list.map(({ id }) => id).filter((id) => done.includes(id) || others.tasks.includes(id));
    this.#store.keep(this.data.id, { answers, tasks, repaired: this.repair?.done === true || others.repaired, ...(this.drawn && { drawn: this.drawn }) });
  }

  /**
   * All of it as a value, in one language and for the libevent that is shown.
   * @param {Lang} lang
   * @param {Dialect | null} dialect
   */
  shownIn(lang, dialect) {
    const { part, selected, data, half } = this;
    const here = this.#here;
    const text = this.#textIn(lang, dialect);
    const questions = this.sequence.map((question) => ({
      ...question.shown,
      isHere: this.asks(question),
      /** It is about what the reader made something else of. */
      isLeft: here.includes(question) && !this.asks(question),
      text: this.#textIn(lang, question.dialect || dialect).predictions?.[question.id] ?? null,
    }));
    return {
      id: data.id,
      number: data.number,
      text,
      part,
      dialects: this.dialects,
      questions,
      selected,
      urged: this.#urged,
      /** Where the reader waits for an answer to happen, another question comes first. */
      seeks: this.#sought.size > 0,
      tasks: this.tasks.list.map((task) => ({ ...task })),
      /** Something must not be seen yet: what comes after, and what would tell. */
      veiled: here.some(({ isVeiled }) => isVeiled),
      /** It is about memory. */
      chains: data.chains === true,
      breaks: data.break !== undefined,
      repair: this.repair?.shown ?? null,
      test: data.test ? { half, right: questions.filter(({ phase }) => phase === "right").length, halves: { before: this.drawn?.before.length ?? 0, after: this.drawn?.after.length ?? 0 } } : null,
    };
  }

  /** The lesson's words with the numbers that the run gives. @param {Lang} lang @param {string | null} dialect @returns {LessonText} */
  #textIn(lang, dialect) {
    const own = this.dialects.find((one) => one === dialect) ?? this.dialects[0];
    const key = `${lang} ${own}`;
    const before = this.#texts.get(key);
    if (before) return before;
    const text = filled(this.data.texts[lang] ?? this.data.texts.en, this.#rules.facts(own));
    this.#texts.set(key, text);
    return text;
  }
}

/** What a simulation runs, whatever libevent it is. @param {Simulation} track */
export const shapeOf = (track) => shaped(JSON.parse(track.scenario()));

/** @param {Scenario} scenario @param {number} [steps] of its script; all of them, unless said */
export const shaped = ({ script, ...rest }, steps) => JSON.stringify({ ...rest, script: script?.slice(0, steps), dialect: null });

/**
 * The nearest way before the one that is looked at that goes as this does, and perhaps on from its end; and how many steps both
 * share: all where they are the same.
 * @param {Simulation} track
 * @param {Scenario} own
 * @returns {{id: number | null, shared: number}}
 */
function originOf(track, own) {
  const shape = shaped(own);
  const way = branchOf(track)?.id ?? null;
  // What it would be saved as is asked only where the reader made something else of it: a page opens without that part of the engine.
  if (shaped(JSON.parse(track.scenario()), own.script?.length) === shape) return { id: way, shared: Infinity };
  /** @type {{current: number, branches: {parent?: number, at: number, scenario: Scenario}[]}} */
  const { current, branches } = JSON.parse(track.save());
  let shared = Infinity;
  for (let id = /** @type {number | undefined} */ (current); id !== undefined; id = branches[id].parent) {
    if (shaped(branches[id].scenario, own.script?.length) === shape) return { id, shared };
    shared = Math.min(shared, branches[id].at);
  }
  return { id: null, shared: 0 };
}

/** Some at random, and the others. @param {string[]} ids */
function halves(ids) {
  const drawn = ids.map((id) => ({ id, at: Math.random() })).sort((one, other) => one.at - other.at).map(({ id }) => id);
  const middle = Math.ceil(drawn.length / 2);
  return { before: drawn.slice(0, middle), after: drawn.slice(middle) };
}
