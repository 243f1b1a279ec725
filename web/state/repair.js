/** A program that fails, of which the reader changes one thing. The runs decide whether it holds then. */
/** @typedef {import("../types.js").RepairRules} RepairRules */
/** @typedef {import("../types.js").RepairResult} RepairResult */
/** @typedef {{[field: string]: string | number}} Changes */

export class Repair {
  /** At most one. @type {Changes} */
  changes = {};
  /** What came of the last try, until something is changed. @type {RepairResult | null} */
  result = null;
  /** It held once. */
  done = false;
  tries = 0;
  #rules;
  #run;

  /** @param {RepairRules} rules @param {(changes: Changes, dialect?: import("../types.js").Dialect) => RepairResult} run */
  constructor(rules, run) {
    this.#rules = rules;
    this.#run = run;
  }

  /** One thing is another; what was changed before is as it was. @param {string} field @param {string | number | null} value none for as it was */
  change(field, value) {
    const own = this.#rules.fields.find(({ id }) => id === field);
    this.changes = value === null || (own && value === originalOf(this.#rules, own)) ? {} : { [field]: value };
    this.result = null;
  }

  /** @param {import("../types.js").Dialect} [dialect] that of the program, unless said */
  try(dialect) {
    this.tries++;
    try {
      this.result = this.#run(this.changes, dialect);
    } catch (error) {
      // Not every number makes a program.
      this.result = { holds: false, failed: [], scenarios: [], problem: error };
    }
    if (this.result.holds) this.done = true;
  }

  get shown() {
    const { changes, result, done, tries } = this;
    const fields = this.#rules.fields.map((field) => {
      const original = originalOf(this.#rules, field);
      return { id: field.id, value: changes[field.id] ?? original, original, options: field.options?.map(({ id }) => id) ?? null };
    });
    return { fields, changed: Object.keys(changes).length > 0, holds: result?.holds ?? null, failed: result?.failed ?? [], problem: result?.problem ?? null, done, tries };
  }
}

/**
 * What a field is in the program as it is: a number, the id of an option, or none where it is none of them.
 * @param {RepairRules} rules
 * @param {RepairRules["fields"][number]} field
 */
function originalOf({ scenario }, { path, options }) {
  const value = path.split("/").slice(1).reduce((it, key) => /** @type {any} */ (it)?.[key.replaceAll("~1", "/").replaceAll("~0", "~")], /** @type {unknown} */ (scenario));
  if (!options) return typeof value === "number" ? value : 0;
  return options.find((option) => JSON.stringify(option.value) === JSON.stringify(value))?.id ?? null;
}
