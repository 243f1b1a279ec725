/** A fault of the engine, and what somebody who reports it should send along. */

/** What an error says. @param {unknown} error */
export const messageOf = (error) => (error instanceof Error ? error.message : String(error));

/** Whether an error's message says that the engine panicked. @param {string} message */
export const isPanic = (message) => message.startsWith("the engine panicked");

/**
 * @param {string} message
 * @param {string} version
 * @param {import("./player.js").Player} player
 */
export function report(message, version, player) {
  return JSON.stringify({ message, version, position: player.position, scenario: scenarioOf(player) }, null, 2);
}

/** After a panic the simulation itself may be gone. @param {import("./player.js").Player} player */
function scenarioOf(player) {
  try {
    return player.simulation ? JSON.parse(player.simulation.scenario()) : null;
  } catch {
    return null;
  }
}
