/** What views and keys can ask for: the only way from them back into the state. */
import { faster } from "./clock.js";
import { moved, zoomed } from "./stretch.js";

/** @typedef {import("../types.js").Dialect} Dialect */
/** @typedef {import("../types.js").Unit} Unit */
/** @typedef {import("./shown.js").Panel} Panel */
/** @typedef {import("./shown.js").Group} Group */
/** @typedef {import("./shown.js").Theme} Theme */
/** @typedef {ReturnType<typeof commandsOf>} Commands */

/**
 * What an element keeps itself, because a page may set it too, and what only it can do.
 * @typedef {object} Host
 * @property {(lang: import("../types.js").Lang) => void} lang
 * @property {(theme: Theme) => void} theme
 * @property {() => void} compare
 * @property {() => void} fork
 * @property {() => void} save
 */

/** @param {import("./state.js").State} state @param {Host} host */
export const commandsOf = (state, host) => ({
  ...playing(state.player),
  ...acting(state.player),
  ...learning(state),
  ...opening(state),
  ...looking(state),
  ...host,
});

/** @param {import("./player.js").Player} player */
const playing = (player) => ({
  toggle: () => player.track && player.toggle(),
  /** @param {number} position */
  seek: (position) => player.seek(position),
  /** @param {1 | -1} direction @param {Unit} [unit] */
  step: (direction, unit) => player.step(direction, unit),
  /** @param {"start" | "end"} end */
  jump: (end) => player.seek(end === "start" ? player.start : player.length),
  /** @param {1 | -1} direction @param {string} condition */
  find: (direction, condition) => player.find(direction, condition),
  /** Back to the end of a live track. */
  follow: () => player.follow(),
  /** @param {Unit} unit */
  unit: (unit) => player.set({ unit }),
  /** @param {number} speed */
  speed: (speed) => player.set({ speed }),
  /** @param {1 | -1} direction */
  faster: (direction) => player.set({ speed: faster(player.speed, direction) }),
  /** @param {string} condition empty for none @returns {boolean} whether it is one */
  stopAt: (condition) => player.setStop(condition),
  stopHere: () => player.track && player.setStop(`kind:${player.track.record(player.position)?.kind ?? "created"}`),
  nextStop: () => player.find(1, player.stop || "callback"),
});

/** @param {import("./player.js").Player} player */
const acting = (player) => ({
  /** @param {object} step a step of a scenario's script */
  act: (step) => player.act(step),
  /** Sets one watermark. @param {"read" | "write"} direction @param {"low" | "high"} mark @param {number} bytes */
  mark(direction, mark, bytes) {
    if (!player.frame) return;
    const { low, high } = player.frame.connection[direction];
    player.act({ set_watermark: { [direction]: { low, high, [mark]: bytes } } });
  },
  /** Sets the capacities of the simulated kernel's queues. @param {number} rx @param {number} tx */
  kernel: (rx, tx) => player.change((simulation) => simulation.setKernel(rx, tx), 0),
  /** @param {number} id */
  branch: (id) => player.switchTo(id),
  /** @param {Dialect} dialect */
  dialect: (dialect) => player.setDialect(dialect),
  /** @param {Dialect} dialect */
  compareWith: (dialect) => player.compareWith(dialect),
  nextDifference: () => player.findDifference(),
  /** @param {number} number */
  connection: (number) => player.choose(number),
  /** Steps only where something happens to the connection that is looked at. @param {boolean} follows */
  followOne: (follows) => player.followOne(follows),
});

/** @param {import("./state.js").State} state */
const learning = (state) => ({
  /** @param {string} choice */
  predict(choice) {
    state.opener?.lesson?.predict(choice);
    state.player.pausePoint = null;
    state.refresh();
  },
  goToQuestion: () => state.player.seek(state.opener?.lesson?.ask ?? 0),
  seeIt() {
    state.player.pausePoint = null;
    state.player.play();
  },
  toggleBroken: () => state.opener?.toggleBroken(),
});

/** @param {import("./state.js").State} state */
const opening = (state) => ({
  /** @param {string} id */
  lesson: (id) => state.opener?.openLesson(id),
  useDefault() {
    state.set({ notice: null });
    state.opener?.openLesson("");
  },
  /** The reader looks for something else to play. @param {"simulation" | "live"} source */
  source(source) {
    if (source === "simulation" && state.player.source !== "simulation") state.opener?.openLesson("");
    else state.set({ wantsLive: source === "live" });
  },
  /** @param {string} url */
  connect: (url) => state.open((opener) => opener.connect(url)),
  /** @param {File} file */
  openFile: (file) => void file.text().then((text) => state.open((opener) => opener.openRecording(text, file.name))),
});

/** @param {import("./state.js").State} state */
const looking = (state) => ({
  /** @param {Panel} panel */
  panel: (panel) => state.set({ panel }),
  /** @param {import("./code.js").Part} part of the code */
  part: (part) => state.set({ part }),
  /** @param {Group} group */
  group: (group) => state.set({ group }),
  /** The list of keys. @param {boolean} [help] */
  help: (help = !state.shown.help) => state.set({ help }),
  /** Asks why; without a question, shows those that there are. @param {import("./asking.js").Asking | null} question */
  why: (question) => state.ask(question),
  /** Lists the connections that are called so. @param {string} search */
  search: (search) => state.set({ search }),
  dismiss: () => state.set({ notice: null }),
  /** The timeline shows so many times less, around a position. @param {number} times @param {number} [around] the cursor, unless said */
  zoom(times, around = state.shown.frame.position) {
    const { frame, stretch } = state.shown;
    state.set({ stretch: zoomed(stretch, { from: frame.start, to: frame.length }, times, around) });
  },
  /** The timeline shows what comes so many steps later. @param {number} steps */
  pan(steps) {
    const { frame, stretch } = state.shown;
    state.set({ stretch: moved(stretch, { from: frame.start, to: frame.length }, steps) });
  },
});
