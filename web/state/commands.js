/** What views and keys can ask for: the only way from them back into the state. */
import { readable } from "../engine/readable.js";
import { atSameStep } from "../engine/track.js";
import { placeIn } from "./branches.js";
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
 * @property {(on: boolean) => void} present
 * @property {(kind: "experiment" | "recording") => void} save
 * @property {(what: import("./sharing.js").Taken, lessons?: string[]) => Promise<import("./sharing.js").Copy>} take
 */

/** @param {import("./state.js").State} state @param {Host} host */
export const commandsOf = (state, host) => ({
  ...playing(state),
  ...acting(state.player),
  ...answering(state),
  ...learning(state),
  ...opening(state),
  ...looking(state),
  ...host,
});

/** Whether a question is open where the reader wants to go on: it is shown, and waits. @param {import("./state.js").State} state */
function urged(state) {
  if (!state.shown.asks || !state.opener?.lesson?.urge(state.player.position)) return false;
  state.set({ panel: "lesson" });
  return true;
}

/** @param {import("./state.js").State} state */
const playing = (state) => {
  const { player } = state;
  return {
    // Whoever presents has said the question, and plays on.
    toggle: () => (player.mode === "playing" ? player.pause() : player.track && (state.shown.presents || !urged(state)) && player.play()),
    /** @param {number} position */
    seek: (position) => player.seek(position),
    /** @param {1 | -1} direction @param {Unit} [unit] */
    step: (direction, unit) => (direction === -1 || !urged(state)) && player.step(direction, unit),
    /** From moment to moment, as whoever presents goes: an open question is shown, and passed. @param {1 | -1} direction */
    stepMoment: (direction) => player.stepMoment(direction),
    /** @param {"start" | "end"} end */
    jump: (end) => player.seek(end === "start" ? player.start : player.length),
    /** @param {1 | -1} direction @param {string} condition */
    find: (direction, condition) => (direction === -1 || !urged(state)) && player.find(direction, condition),
    /** Back to the end of a live track. */
    follow: () => player.follow(),
    /** @param {Unit} unit */
    unit: (unit) => player.set({ unit }),
    /** @param {number} speed */
    speed: (speed) => player.set({ speed }),
    /** @param {1 | -1} direction */
    faster: (direction) => player.set({ speed: faster(player.playback.speed, direction) }),
    /** @param {string} condition empty for none @returns {unknown} what is wrong with it; none where it is set */
    stopAt: (condition) => player.setStop(condition),
    stopHere: () => player.track && player.setStop(`kind:${player.track.record(player.position)?.kind ?? "created"}`),
    nextStop: () => urged(state) || player.find(1, player.playback.stop || "callback"),
    /** Goes to where both libevents part next; where they do not, or a question comes first, stays and says so. */
    nextDifference() {
      const { comparison: { run }, simulation, position } = player;
      const found = run && simulation?.nextDifference(position, run);
      const isAsked = urged(state);
      if (typeof found === "number" && !isAsked) player.goOnTo(found);
      const stays = isAsked ? "question" : typeof found !== "number" ? "end" : player.position < found ? "question" : null;
      state.set({ alike: stays && { position: player.position, until: stays } });
    },
  };
};

/** Plays what somebody wants to see who may be reading somewhere else. @param {import("./state.js").State} state */
function watch(state) {
  state.lookAt("scene");
  state.player.play();
}

/** What is done to no bufferevent. */
const TO_NOBODY = ["turn", "advance_ms"];

/** A step of the script, about the bufferevent that is looked at where there are several. @param {import("./player.js").Player} player @param {{[key: string]: unknown}} step */
function aimed({ frame }, step) {
  // Before it is made it has no name of its own.
  const name = frame?.connection.name ?? frame?.picture.names?.bufferevents[frame.connection.number];
  return name === undefined || TO_NOBODY.some((key) => key in step) ? step : { ...step, of: name };
}

/** @param {import("./player.js").Player} player */
const acting = (player) => ({
  /** @param {{[key: string]: unknown}} step a step of a scenario's script */
  act: (step) => player.act(aimed(player, step)),
  /** Sets one watermark. @param {"read" | "write"} direction @param {"low" | "high"} mark @param {number} bytes */
  mark(direction, mark, bytes) {
    if (!player.frame) return;
    const { low, high } = player.frame.connection[direction];
    player.act(aimed(player, { set_watermark: { [direction]: { low, high, [mark]: bytes } } }));
  },
  /** Sets the capacities of the simulated kernel's queues. @param {number} rx @param {number} tx */
  kernel: (rx, tx) => player.change((simulation) => simulation.setKernel(rx, tx), 0),
  /** @param {number} id */
  branch: (id) => player.change((simulation) => (simulation.switchTo(id), placeIn(simulation)), 0),
  /** @param {number} id */
  deleteBranch: (id) => player.change((simulation) => (simulation.deleteBranch(id), placeIn(simulation)), 0),
  /** @param {Dialect} dialect */
  dialect: (dialect) => player.setDialect(dialect),
  /** @param {Dialect} dialect */
  compareWith: (dialect) => player.compareWith(dialect),
  /** @param {number} number */
  connection: (number) => player.choose(number),
  /** Looks at this one of many, and goes on only where something happens to it. @param {number} number */
  only: (number) => player.choose(number, true),
  /** Steps only where something happens to the connection that is looked at. @param {boolean} follows */
  followOne: (follows) => player.followOne(follows),
});

/** Changes something of the lesson that is shown, if there is one. @param {import("./state.js").State} state @param {(lesson: import("./lesson.js").LessonProgress) => void} how */
function changeLesson(state, how) {
  const lesson = state.opener?.lesson;
  if (!lesson) return;
  how(lesson);
  state.refresh();
}

/** @param {import("./state.js").State} state */
const answering = (state) => {
  const selected = () => state.opener?.lesson?.question(state.opener.lesson.selected);
  return {
    /** What the reader is about to answer. @param {import("./question.js").Choice | null} choice */
    draft: (choice) => changeLesson(state, () => selected()?.isAnswered === false && Object.assign(selected() ?? {}, { draft: choice })),
    /** Answers with that. */
    predict: () => changeLesson(state, (lesson) => lesson.predict()),
    giveUp: () => changeLesson(state, (lesson) => lesson.giveUp()),
    /** Goes to where the question that is looked at is asked: on the way that it is about. */
    goToQuestion() {
      const [lesson, question] = [state.opener?.lesson, selected()];
      if (!lesson || !question) return;
      const { original: way } = lesson;
      if (!lesson.asks(question)) {
        if (way === null) state.open((opener) => opener.openPart(lesson.part));
        else state.player.change((simulation) => (simulation.switchTo(way), placeIn(simulation)), 0);
      }
      state.player.seek(question.places?.ask ?? 0);
    },
    /** Leads to the question that is open here, or to what was said of the answer that has just been seen. */
    toQuestion: () => void (urged(state) || state.lookAt("lesson")),
    /** Leads to the drawing, where the answer is pointed at or dragged. */
    toScene: () => state.lookAt("scene"),
    /** Plays to where the answer has happened, and stops there. */
    seeIt() {
      const [lesson, question] = [state.opener?.lesson, selected()];
      if (!lesson || !question?.places) return;
      if (state.player.position >= question.places.at) state.player.seek(question.places.ask);
      lesson.seek(question, state.player.position);
      watch(state);
    },
    /** Looks at a question. @param {string} id */
    question(id) {
      if (state.opener?.lesson?.part.kind === "lesson") state.opener.lesson.left = state.player.position;
      state.open((opener) => opener.openQuestion(id));
      state.refresh();
    },
  };
};

/** @param {import("./state.js").State} state */
const learning = (state) => ({
  /** Plays another part of the lesson; back in its experiment, the reader is where that was left. @param {import("./lesson.js").Part} part */
  part(part) {
    const { player, opener } = state;
    if (opener?.lesson?.part.kind === "lesson") opener.lesson.left = player.position;
    state.open((opener) => opener.openPart(part));
    if (part.kind === "lesson") player.seek(opener?.lesson?.left ?? player.start);
  },
  /** Plays another part of the lesson from its start. @param {import("./lesson.js").Part} part */
  run(part) {
    this.part(part);
    watch(state);
  },
  /** The other half of a concept test. @param {"before" | "after"} half */
  half(half) {
    changeLesson(state, (lesson) => (lesson.half = half));
    const { sequence = [] } = state.opener?.lesson ?? {};
    const next = sequence.find(({ isAnswered }) => !isAnswered) ?? sequence[0];
    if (next) state.open((opener) => opener.openQuestion(next.id));
  },
  /** Changes one thing of the program to repair. @param {string} field @param {string | number | null} value none for as it was */
  repair: (field, value) => changeLesson(state, ({ repair }) => repair?.change(field, value)),
  /** Runs the program as it was changed; where it holds, that is seen. The first input is the program's own. */
  tryRepair() {
    changeLesson(state, (lesson) => lesson.tryRepair(state.player.simulation?.dialect));
    if (state.opener?.lesson?.repair?.result?.holds) this.run({ kind: "repair", input: 0 });
  },
  /** Each lesson that is printed, with the moments in which its questions are answered. Who asks frees these. @returns {import("./sheets.js").Sheet[]} */
  sheets: () => state.opener?.sheets(state.shown.lang) ?? [],
  print: () => state.print(),
  startOver: () => state.open((opener) => opener.startOver()),
  clearProgress() {
    state.opener?.progress.clear();
    state.open((opener) => opener.takeUp());
  },
  /** Adds what a file says to what is kept. @param {File} file */
  importProgress: (file) => void state.importProgress(file),
});

/** @param {import("./state.js").State} state */
const opening = (state) => ({
  /** @param {string} id */
  lesson: (id) => state.openNamed("lesson", id),
  useDefault() {
    state.set({ notice: null });
    void state.openNamed(undefined, "");
  },
  /** The reader looks for something else to play. @param {"simulation" | "live"} source */
  source(source) {
    if (source === "simulation" && state.player.source !== "simulation") void state.openNamed(undefined, "");
    else if (source === "simulation") this.stay();
    else state.set({ wantsLive: true });
  },
  /** What is shown stays: no live server is wanted. */
  stay() {
    state.opener?.stopAsking();
    state.opener?.stopWaiting();
    state.set({ wantsLive: false });
  },
  /** @param {string} url */
  connect(url) {
    // What was said of another address is none of this one's.
    state.set({ notice: null });
    void state.open((opener) => opener.connect(url));
  },
  /** @param {File} file */
  openFile: (file) => void state.open((opener) => opener.openFile(file)),
  /** What is wrong with a scenario; nothing where it can be run. @param {string} scenario */
  problemOf: (scenario) => state.opener?.problemOf(scenario),
  /** Shows the scenario as text, or shows it no more. @param {boolean} on */
  editor: (on) => state.set({ editing: on && state.player.simulation ? readable(state.player.simulation.scenario()) : null }),
  /** Runs an edited scenario as a branch. @param {string} scenario */
  edit(scenario) {
    state.set({ editing: null });
    const { position } = state.player;
    state.player.change((simulation) => atSameStep(simulation, position, () => simulation.edit(scenario)), 0);
  },
});

/** @param {import("./state.js").State} state */
const looking = (state) => ({
  /** @param {Panel} panel @param {boolean} [entered] the keys are to be in it, where they are nowhere */
  panel: (panel, entered = false) => state.set({ panel, entered: state.shown.entered + Number(entered) }),
  /** @param {import("./code.js").Part} codePart */
  codePart: (codePart) => state.set({ codePart }),
  /** @param {Group} group */
  group: (group) => state.set({ group }),
  /** The list of keys. @param {boolean} [help] */
  help: (help = !state.shown.help) => state.set({ help }),
  /** Asks why; without a question, shows those that there are. @param {import("./asking.js").Asking | null} question */
  why: (question) => state.ask(question),
  /** Nothing is shown to those who are presented to, until it is again. @param {boolean} [on] */
  blackout: (on = !state.shown.blackout) => state.set({ blackout: on }),
  /** What is open over the page. @param {import("./shown.js").Dialog} dialog */
  dialog: (dialog) => dialog !== state.shown.dialog && state.set({ dialog }),
  /** Opens the glossary, at a word. @param {string} [term] its id */
  glossary: (term = "") => state.set({ dialog: "glossary", term, sought: "" }),
  /** Lists the words that are meant by this. @param {string} sought */
  seekTerm: (sought) => state.set({ sought, term: "" }),
  /** Lists the connections that are called so. @param {string} search */
  search: (search) => state.set({ search }),
  dismiss: () => state.set({ notice: null }),
  /** What is shown of so many steps from here on, whoever looks. @param {number} steps @returns {import("./shown.js").Shown[]} */
  span: (steps) => state.player.span(steps).map((frame) => ({ ...state.shown, frame })),
  closeIntro: () => state.set({ intro: false }),
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
