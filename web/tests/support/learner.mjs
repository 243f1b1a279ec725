/** Somebody who does a lesson, from its first to its last click. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** @typedef {import("./lab.mjs").Lab} Lab */
/** @typedef {import("../../types.js").LessonData & {repair?: any, tasks?: any[]}} LessonData */

const SITE = process.env.BUFFEREVENT_SITE ?? fileURLToPath(new URL("../../../target/site", import.meta.url));

/** The lessons of the site, as its index has them. @returns {import("../../types.js").LessonEntry[]} */
export const index = () => JSON.parse(readFileSync(`${SITE}/lessons/index.json`, "utf8"));
/** @param {string} id @returns {LessonData} */
export const lessonOf = (id) => JSON.parse(readFileSync(`${SITE}/lessons/${id}.json`, "utf8"));

/**
 * What the engine answers to each question of a lesson, in the libevent that it opens with.
 * @param {Lab} lab
 * @param {LessonData} data
 * @returns {Promise<{[id: string]: {ask: number, at: number, answer: string | number, wrong: {id: string, value: number}[]}}>}
 */
export const answersOf = (lab, data) =>
  lab.page.evaluate(async (data) => {
    const { Lesson, Simulation } = await import(new URL("pkg/bufferevent_wasm.js", document.baseURI).href);
    const lesson = new Lesson(data);
    const scenarios = [data.scenario, ...(data.predictions ?? []).map(({ scenario }) => scenario)].filter(Boolean);
    return Object.fromEntries(scenarios.flatMap((scenario) => lesson.predictions(new Simulation(JSON.stringify(scenario)))).map((/** @type {any} */ found) => [found.id, found]));
  }, data);

/** Which question is looked at, and how it stands. @param {Lab} lab @returns {Promise<{phase: string, kind: string, number: number}>} */
export async function current(lab) {
  const prediction = lab.element.locator(".prediction");
  const number = await lab.element.locator(".question-list button").evaluateAll((buttons) => buttons.findIndex((button) => button.hasAttribute("aria-current")));
  return { phase: (await prediction.getAttribute("data-phase")) ?? "", kind: (await prediction.getAttribute("data-kind")) ?? "", number };
}

/** What is shown next may be a word that tells of itself to a pointer that rests there, over what is to be pressed. @param {Lab} lab */
const letGo = (lab) => lab.page.mouse.move(2, 2);

/** Answers the question that is looked at. @param {Lab} lab @param {string} kind @param {string | number} answer */
export async function answer(lab, kind, answer) {
  if (kind === "number" || kind === "level") await lab.element.locator(".prediction-number").fill(String(answer));
  else await lab.element.locator(`.prediction-choice[value="${answer}"]`).check();
  await letGo(lab);
  await lab.element.locator("button.check").click();
}

/** Goes to where the question that is looked at is asked. @param {Lab} lab */
export async function goToQuestion(lab) {
  // One with an experiment of its own is opened by it.
  const button = lab.element.locator(".go-there");
  if (await button.isVisible()) await button.click();
}

/** Looks at the first question that is not answered, if there is one. @param {Lab} lab */
export async function lookAtNext(lab) {
  const buttons = lab.element.locator(".question-list button:not([data-phase=right], [data-phase=wrong], [data-phase=told])");
  if ((await buttons.count()) > 0) await buttons.first().click();
  await letGo(lab);
}

/**
 * Where the questions are asked, and answered, that are about what is played and not answered.
 * @template {{ask: number}} Found
 * @param {Lab} lab
 * @param {LessonData} data
 * @param {{[id: string]: Found}} answers
 */
export async function openAsks(lab, data, answers) {
  const phases = await lab.element.locator(".question-list button").evaluateAll((all) => all.map((it) => it.getAttribute("data-phase") ?? ""));
  return (data.predictions ?? []).filter(({ scenario }, index) => !scenario && !["right", "wrong", "told"].includes(phases[index])).map(({ id }) => answers[id]);
}

/** Does a task as its lesson says that it can be done. @param {Lab} lab @param {string} id of the lesson @param {any} task */
export async function doTask(lab, id, task) {
  await lab.open({ lesson: id });
  const from = await lab.page.evaluate(
    async ([from, recording]) => {
      if (!from || from === "end") return null;
      const { Recording } = await import(new URL("pkg/bufferevent_wasm.js", document.baseURI).href);
      const track = new Recording(recording);
      /** @param {any} place @returns {number} */
      const at = (place) => {
        let position = place.after ? at(place.after) : 0;
        for (let nth = place.nth ?? 1; nth > 0; nth--) position = track.next(position, place.at ?? place.before);
        return place.before ? position - 1 : position;
      };
      return at(from);
    },
    [task.from, await lab.element.evaluate((it) => /** @type {any} */ (it).exportRecording())],
  );
  await lab.seek(from ?? 1e9);
  for (const step of task.acted) {
    if ("dialect" in step) await lab.element.locator(`.dialect-field button[data-value="${step.dialect}"]`).click();
    else await lab.element.evaluate((it, step) => /** @type {any} */ (it).act(step), step);
    await lab.seek(1e9);
  }
}

/** Changes one thing of the program to repair, and tries it. @param {Lab} lab @param {any} fields @param {{[field: string]: string | number}} change */
export async function repair(lab, fields, change) {
  const [[id, value]] = Object.entries(change);
  const field = fields.find((/** @type {any} */ one) => one.id === id);
  if (field.options) await lab.element.locator(`.repair [data-field="${id}"] input[value="${value}"]`).check();
  else {
    await lab.element.locator(`.repair input[name="${id}"]`).fill(String(value));
    await lab.element.locator(`.repair input[name="${id}"]`).blur();
  }
  await lab.element.locator(".try-repair").click();
}

/** A change that does not mend it, where the lesson has one to choose. @param {any} rules @returns {{[field: string]: string | number} | undefined} */
export function badRepair({ scenario, fields, solutions }) {
  for (const { id, path, options = [] } of fields) {
    const own = JSON.stringify(path.split("/").slice(1).reduce((/** @type {any} */ it, /** @type {string} */ key) => it?.[key], scenario));
    const bad = options.find((/** @type {any} */ option) => JSON.stringify(option.value) !== own && !solutions.some((/** @type {any} */ solution) => solution[id] === option.id));
    if (bad) return { [id]: bad.id };
  }
  return undefined;
}

/** Nothing that is read has a name where a number should stand. @param {Lab} lab @param {string} where */
export async function noPlaceholders(lab, where) {
  const words = await lab.element.locator(".lesson").evaluate((it) => it.textContent ?? "");
  assert.doesNotMatch(words, /\{[\w-]+\}|undefined|\[object/, where);
}
