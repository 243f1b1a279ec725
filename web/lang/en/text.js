/** The page's own words, in English. */
import { act } from "./act.js";
import { lesson } from "./lesson.js";
import { panels } from "./panels.js";
import { path } from "./path.js";
import { player } from "./player.js";
import { scene } from "./scene.js";
import { sources } from "./sources.js";
import { why } from "./why.js";
import { bytes, time } from "./units.js";

export const text = {
  ...scene,
  ...player,
  ...act,
  ...lesson,
  ...panels,
  ...sources,
  /** What the engine says of something wrong, which it says in English itself. @param {string} words */
  engine: (words) => words,
  why,
  path,
  time,
  bytes,
  title: "bufferevent lab",
  /** What a window is called. @param {string} shown @param {number | null} step none where it changes by itself */
  windowTitle: (shown, step) => `${shown}${step === null ? "" : `, step ${step}`} \u2013 bufferevent lab`,
  /** @param {string} lesson @param {"break" | "repair" | "question"} part of it */
  partTitle: (lesson, part) => `${lesson} (${{ break: "broken", repair: "to repair", question: "a question" }[part]})`,
  lesson: "Lesson",
  /** @param {number} number @param {string} title @param {number} done @param {number} of */
  lessonOption: (number, title, done, of) => `${number > 0 ? `${number}  ` : ""}${title}${done > 0 ? ` \u2013 ${done} of ${of} done` : ""}`,
  untitled: { simulation: "Your own scenario", recording: "A recording", live: "A live server" },
  chooseLesson: "Choose a lesson",
  source: "Source",
  sources: { simulation: "Simulation", recording: "File", live: "Live" },
  dialect: "libevent",
  language: "Language",
  theme: "Theme",
  themes: { auto: "Auto", light: "Light", dark: "Dark" },
  help: "Help",
  skip: "Skip to Play",
  more: "More",
  close: "Close",
  save: "Save",
  intro: {
    what: "A bufferevent stands between a socket and your code with a buffer for each direction: it reads into input when bytes arrive, and sends output when the socket takes some.",
    saves: "It saves you the loops around short reads and writes: you are called when there is enough to work with, and what comes too fast waits.",
  },
  saves: { experiment: "Scenario, with its branches", recording: "Recording of the steps" },
  loading: "Loading the engine",
  /** @param {string} name */
  awaits: (name) => `Waiting for ${name}`,
  stopWaiting: "Stop waiting",
  drop: "Drop it here to open it",

  /** @param {number} position @param {number} length */
  step: (position, length) => `Step ${position} of ${length}`,
  /** @param {string} called @param {number} open */
  connection: (called, open) => `${called} \u00b7 ${open} open`,
  panels: { lesson: "Lesson", why: "Why?", code: "Code", log: "Log", state: "State" },
  panelList: "Panels",
};
