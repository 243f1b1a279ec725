/** One prediction of a lesson, and how the reader stands to it. */

/** @typedef {import("../types.js").PredictionRules} PredictionRules */
/** @typedef {import("../types.js").FoundPrediction} FoundPrediction */

/** @typedef {string | number} Choice an id, or a number */
/**
 * The question is still ahead, is asked, may be answered again after a wrong number, or was answered.
 * @typedef {"ahead" | "asked" | "again" | "right" | "wrong" | "told"} Phase `told`: it was shown to a reader who asked for that
 */

/**
 * What is kept of an answer.
 * @typedef {object} Answered
 * @property {Choice | null} first what was chosen first; none where the reader gave up at once
 * @property {Choice | null} choice what was chosen last
 * @property {Choice} answer what the records answer
 * @property {boolean} right
 * @property {number} tries
 * @property {string} dialect in which it was answered
 */

/**
 * Whether the answer was shown to a reader who asked for that: a number may be tried until it is right, and a choice is one.
 * @param {Pick<Answered, "choice" | "right">} answered
 * @param {boolean} once a test takes the first answer, whatever it is
 */
export const wasTold = ({ choice, right }, once) => !right && (choice === null || (!once && typeof choice === "number"));

export class Question {
  /** @type {Phase} */
  phase = "ahead";
  /** What the reader is about to answer. @type {Choice | null} */
  draft = null;
  /** @type {Choice | null} */
  choice = null;
  /** @type {Choice | null} */
  first = null;
  tries = 0;
  /** What the records answer, and in which libevent. @type {Choice | null} */
  answer = null;
  dialect = "";
  /** The numbers of those who believe something else. @type {{id: string, value: number}[]} */
  wrong = [];
  /** Where it is asked and where the answer has happened, in what is played; none where it does not come. @type {{ask: number, at: number} | null} */
  places = null;

  /** @param {PredictionRules} rules @param {boolean} [once] the first answer is taken, as it is: what is measured is not taught meanwhile */
  constructor(rules, once = false) {
    this.rules = rules;
    this.once = once;
  }

  get id() {
    return this.rules.id;
  }

  get isAnswered() {
    return this.phase === "right" || this.phase === "wrong" || this.phase === "told";
  }

  /** Whether it waits for an answer. */
  get isOpen() {
    return this.phase === "asked" || this.phase === "again";
  }

  /** Whether what comes after must not be seen yet. */
  get isVeiled() {
    return this.places !== null && !this.isAnswered;
  }

  /** Whether a wrong answer can be followed by another. */
  get #isNumber() {
    return this.rules.kind === "number" || this.rules.kind === "level";
  }

  /**
   * It comes at other places, and may be answered otherwise, in another libevent. One that was answered stays so.
   * @param {FoundPrediction | undefined} found
   * @param {string} dialect
   */
  find(found, dialect) {
    this.places = found ? { ask: found.ask, at: found.at } : null;
    if (this.isAnswered) return;
    this.dialect = dialect;
    this.answer = found?.answer ?? null;
    this.wrong = found?.wrong ?? [];
  }

  /** What is shown has come to a position. @param {number} position @returns {boolean} whether it is asked now */
  see(position) {
    if (this.phase !== "ahead" || this.places === null || position < this.places.ask) return false;
    this.phase = "asked";
    return true;
  }

  /** It comes where an answer has happened that the reader wants to see first, unless it had its own by then. @param {number} from @param {number} to */
  putOff(from, to) {
    const { phase, places } = this;
    if (phase === "ahead" && places !== null && from < places.ask && places.ask < to && to < places.at) this.places = { ...places, ask: to };
  }

  /** @param {Choice} choice */
  predict(choice) {
    if (this.isAnswered) return;
    this.choice = choice;
    this.first ??= choice;
    this.tries++;
    this.phase = choice === this.answer ? "right" : this.#isNumber && !this.once ? "again" : "wrong";
  }

  /** The answer is told to a reader who does not find it. */
  giveUp() {
    if (!this.isAnswered) this.phase = "told";
  }

  /** @returns {Answered | null} */
  get kept() {
    const { first, choice, answer, tries, dialect } = this;
    return this.isAnswered && answer !== null ? { first, choice, answer, right: this.phase === "right", tries, dialect } : null;
  }

  /** Takes up an answer of an earlier day. @param {Answered} kept */
  restore({ right, ...answered }) {
    Object.assign(this, answered);
    this.phase = right ? "right" : wasTold({ right, ...answered }, this.once) ? "told" : "wrong";
  }

  /** Whose explanation fits what was chosen. */
  get misconception() {
    if (this.choice === null || this.choice === this.answer) return null;
    return this.#isNumber ? (this.wrong.find(({ value }) => value === this.choice)?.id ?? null) : String(this.choice);
  }

  get shown() {
    const { id, phase, isOpen, isAnswered, draft, choice, answer, dialect, places, misconception, tries } = this;
    const { kind, choices = [], vessel = null } = this.rules;
    const far = typeof choice === "number" && typeof answer === "number" ? Math.sign(choice - answer) : 0;
    // An answer is not for anybody to read before it is given.
    const told = isAnswered ? answer : null;
    return { id, kind, choices: choices.map((one) => one.id), vessel, phase, isOpen, isAnswered, draft, choice, answer: told, dialect, ask: places?.ask ?? null, seen: isAnswered ? (places?.at ?? null) : null, tries, misconception, far };
  }
}
