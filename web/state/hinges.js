/** The hinges of a lesson: the moments in which its questions are answered, for paper, which shows them all at once. */
import { openScenario } from "../engine/source.js";
import { Outlook } from "./outlook.js";

/** @typedef {import("../types.js").Frame} Frame */
/** @typedef {{id: string, frame: Frame, answer: string | number, free: () => void}} Hinge */

/**
 * Runs a lesson apart from what is played.
 * @param {import("../engine/engine.js").Engine} engine
 * @param {import("./lesson.js").LessonProgress} lesson
 * @param {import("../types.js").Dialect} [dialect]
 * @returns {Hinge[]} in the order of its questions; those that do not come in this libevent are left out
 */
export function hingesOf(engine, lesson, dialect) {
  return lesson.questions.flatMap(({ id, rules }) => {
    const simulation = openScenario(engine, lesson.scenarioOf(rules.scenario ? { kind: "question", id } : { kind: "lesson" }, dialect));
    const found = lesson.found(simulation).find((one) => one.id === id);
    if (!found) {
      simulation.free();
      return [];
    }
    const outlook = new Outlook();
    outlook.begin(simulation, simulation);
    const look = () => outlook.look(simulation, found.at, { source: "simulation", motion: "still", acts: false, revision: 0 }, false);
    const about = look().picture.connections.find(({ name }) => name === rules.of);
    if (rules.of && about) outlook.choose(simulation, about.number);
    return [{ id, frame: look(), answer: found.answer, free: () => simulation.free() }];
  });
}
