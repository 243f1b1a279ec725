/** The script that is played, run as the other libevent, and the same moment in it. */
import { frameOf } from "./frame.js";

/** @typedef {import("../types.js").Frame} Frame */
/** @typedef {import("../types.js").Simulation} Simulation */

export class Comparison {
  on = false;
  /** Why there is none, though it is on. */
  problem = "";
  /** @type {Simulation | null} */
  run = null;
  #position = 0;

  /**
   * Runs the script anew: it is another one, or was acted on.
   * @param {Simulation | null} simulation
   */
  renew(simulation) {
    this.run?.free();
    this.run = null;
    this.problem = "";
    if (!this.on || !simulation) return;
    try {
      this.run = simulation.inDialect(simulation.dialect === "1.4" ? "2.1" : "1.4");
    } catch (error) {
      this.problem = error instanceof Error ? error.message : String(error);
    }
  }

  /**
   * The other run at the moment of this frame.
   * @param {Frame} frame
   * @returns {Frame | null}
   */
  frame(frame) {
    if (!this.run) return null;
    const position = /** @type {Simulation} */ (frame.track).counterpart(frame.position, this.run);
    const motion = frame.motion === "forward" && position === this.#position + 1 ? "forward" : "still";
    this.#position = position;
    const shown = { picture: this.run.picture(position), number: frame.connection.number, dialect: this.run.dialect };
    return frameOf(this.run, position, shown, { ...frame, motion, acts: false });
  }
}
