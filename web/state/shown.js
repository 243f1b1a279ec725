/**
 * Everything there is to show, as one value. It is built once a change; views read it and write nothing to it.
 */
import { languages } from "../lang/index.js";
import { questionsAt } from "./asking.js";
import { codeOf } from "./code.js";
import { courseOf } from "./course.js";
import { Glossary } from "./glossary.js";
import { memoryOf } from "./memory.js";
import { PLACEHOLDER } from "./placeholder.js";
import { within } from "./stretch.js";

/** The panels on the side, in their order. */
export const PANELS = /** @type {const} */ (["lesson", "code", "log", "state", "why"]);
/** As whom one can act. */
export const GROUPS = /** @type {const} */ (["peer", "app", "kernel", "clock"]);
/** So many connections stand beside the one that is looked at; of more, there is a list. */
export const MOST_OTHERS = 6;
export const THEMES = /** @type {const} */ (["auto", "light", "dark"]);

/** @typedef {import("../types.js").Frame} Frame */
/** @typedef {import("../types.js").Lang} Lang */
/** @typedef {(typeof PANELS)[number]} Panel */
/** @typedef {(typeof GROUPS)[number]} Group */
/** @typedef {(typeof THEMES)[number]} Theme */
/** @typedef {"" | "progress" | "share" | "glossary"} Dialog */

/** Before the engine is there. */
const NO_WORDS = new Glossary();

/**
 * @typedef {object} Shown
 * @property {Frame} frame the moment; an empty one that stands still while there is nothing to play
 * @property {boolean} blank there is nothing to play
 * @property {PlayerShown} player
 * @property {LessonShown | null} lesson
 * @property {{[lesson: string]: import("./progress.js").Kept}} kept what was done of all lessons, as it is kept
 * @property {boolean} lasts whether that is there after the page
 * @property {import("./course.js").CourseLesson[]} course the lessons that one may choose among, in their order
 * @property {LiveShown | null} live
 * @property {import("../types.js").Source} from what the reader looks for, though it may not be there yet
 * @property {import("./opener.js").About} about
 * @property {import("../types.js").DialectInfo[]} dialects the libevents there are, likewise
 * @property {boolean} foreign the records come from another build than the sources that the page shows
 * @property {import("./stretch.js").Stretch} stretch what the timeline shows
 * @property {string} search the connections that are listed are called so
 * @property {Panel} panel
 * @property {Group} group
 * @property {Lang} lang
 * @property {import("../types.js").Text} text the page's words in that language
 * @property {Theme} theme
 * @property {Notice | null} notice
 * @property {boolean} help the list of keys is open
 * @property {Dialog} dialog what is open over the page
 * @property {import("./glossary.js").Entry[]} glossary every word that is told of
 * @property {import("./glossary.js").Tips} tips those of them that may be told of in passing
 * @property {string} term the one that is looked up, by its id
 * @property {string} sought what is typed to find one
 * @property {boolean} presents scene and sentence alone are shown, large
 * @property {boolean} blackout and not even these, for a while
 * @property {boolean} asks there is a place where questions are answered
 * @property {boolean} exports a teacher wants to see what was done
 * @property {boolean} intro what a bufferevent is is said
 * @property {string | null} awaits what is waited for longer than one waits without a word, empty for the engine; none where nothing is
 * @property {number | null} loaded how much of the engine is there, from 0 to 1; none where nobody says how long it is
 * @property {string | null} editing the scenario as the text that is edited; none while it is not
 * @property {number} chosen so many lessons a teacher chose; none where it is the whole course
 * @property {import("./asking.js").Asked | null} why what was asked, with its answer
 * @property {import("./asking.js").Asking[]} questions that can be asked of the moment; none while their panel is not shown
 * @property {import("./code.js").CodeShown | null} code beside the moment; none while its panel is not shown
 * @property {import("./memory.js").MemoryShown[] | null} memory of every buffer; none while it is not shown
 * @property {import("./code.js").Part} codePart of the code, where there is no room for all
 * @property {{position: number, until: "question" | "end"} | null} alike the reader looked from here for the next difference of two libevents: none comes before that
 * @property {number} entered how often somebody wanted to be in a panel by its key
 * @property {string} announcement what is said to those who do not see
 * @property {{of: "scene" | "lesson", times: number}} sight what was to be brought into sight last, and how often that was asked for
 */

/**
 * @typedef {object} PlayerShown
 * @property {import("../types.js").Mode} mode
 * @property {import("../types.js").Unit} unit
 * @property {number} speed 1 is a step in 600 ms; 0 stands for the gaps that there really were
 * @property {string} stop the condition where playing stops; empty for none
 * @property {boolean} comparing
 * @property {boolean} reducedMotion
 * @property {boolean} follows steps are those of the connection that is looked at
 * @property {boolean} vain what was done last led here, and nothing came of it
 * @property {import("../types.js").BranchInfo[]} branches of the simulation
 */

/** @typedef {ReturnType<import("./lesson.js").LessonProgress["shownIn"]>} LessonShown */
/** @typedef {LessonShown["questions"][number]} QuestionShown */

/**
 * @typedef {object} LiveShown
 * @property {import("../engine/published.js").PublishedSource["state"]} state
 * @property {string} url
 * @property {unknown} problem what is wrong, in words or as it was thrown
 * @property {number} lost so many records never came
 * @property {boolean} lostMore and perhaps more
 */

/**
 * What a person must be told, with the ways out of it.
 * @typedef {object} Notice
 * @property {keyof import("../types.js").Text["problem"]["of"]} kind
 * @property {unknown} wrong what was thrown, or is told
 * @property {number} position where it happened
 * @property {string} [report] what somebody who reports it should send along
 * @property {boolean} [canDefault] the first lesson can be opened instead
 * @property {boolean} [stays] it cannot be dismissed
 */

/**
 * What the reader has set, apart from what is played.
 * @typedef {Pick<Shown, "search" | "panel" | "codePart" | "group" | "lang" | "theme" | "notice" | "help" | "dialog" | "term" | "sought" | "presents" | "blackout" | "asks" | "exports" | "editing" | "intro" | "loaded" | "why" | "announcement" | "alike" | "awaits" | "sight" | "entered"> & {wantsLive: boolean, stretch: import("./stretch.js").Stretch | null}} Settings
 */

/**
 * @param {import("./player.js").Player} player
 * @param {import("./opener.js").Opener | null} opener none before the engine is there
 * @param {Settings} settings
 * @param {boolean} moves whether this is a change of the player, and not of something around it
 * @returns {Shown}
 */
export function shownOf(player, opener, { wantsLive, stretch, ...settings }, moves) {
  const frame = player.frame ?? PLACEHOLDER;
  const lesson = opener?.lesson?.shownIn(settings.lang, player.simulation?.dialect ?? null) ?? null;
  // Where nobody can answer there is nothing to hide.
  if (lesson && !settings.asks) lesson.veiled = false;
  const glossary = opener?.glossary ?? NO_WORDS;
  const remembers = player.frame?.source === "simulation" && (settings.panel === "state" || lesson?.chains);
  return {
    ...settings,
    frame: moves ? frame : still(frame),
    blank: player.frame === null,
    stretch: within(stretch, { from: frame.start, to: frame.length }),
    player: playerShown(player),
    lesson,
    glossary: glossary.listed(settings.lang),
    tips: glossary.tips(settings.lang, lesson),
    kept: opener?.progress.all ?? {},
    lasts: opener?.progress.lasts ?? true,
    chosen: opener?.chosen ?? 0,
    course: opener ? courseOf(opener.lessons, settings.lang, opener.progress.all) : [],
    live: liveShown(opener?.awaited ?? opener?.live ?? null),
    from: wantsLive || opener?.awaited ? "live" : frame.source,
    about: opener?.about ?? { title: "", description: "" },
    dialects: opener?.dialects ?? [],
    questions: settings.panel === "why" && frame.exists && !settings.why ? questionsAt(frame) : [],
    code: settings.panel === "code" && player.frame ? codeOf(player.frame) : null,
    memory: remembers ? memoryOf(frame) : null,
    foreign: opener?.isForeign(frame.source) ?? false,
    text: languages[settings.lang].text,
  };
}

/** What is shown is called so. @param {Pick<Shown, "lesson" | "about" | "text" | "frame">} shown */
export const titleOf = ({ lesson, about, text, frame }) => lesson?.text.title ?? (about.title || text.untitled[frame.source]);

/**
 * What a window is called that shows this: in a list of windows, of bookmarks or of places that one was at, it is told from others.
 * @param {Pick<Shown, "lesson" | "about" | "text" | "frame" | "player">} shown
 */
export function windowTitleOf({ player, ...shown }) {
  const { lesson, text, frame } = shown;
  const { kind } = lesson?.part ?? { kind: "lesson" };
  const title = kind === "lesson" ? titleOf(shown) : text.partTitle(titleOf(shown), kind);
  return text.windowTitle(title, player.mode === "following" ? null : frame.position);
}

/** What moved was seen moving already. @param {Frame} frame @returns {Frame} */
const still = (frame) => ({ ...frame, motion: "still", other: frame.other && still(frame.other) });

/** @param {import("./player.js").Player} player @returns {PlayerShown} */
function playerShown({ mode, frame, playback, comparing, reducedMotion, follows, simulation }) {
  const { unit, speed, stop } = playback;
  return { mode, unit, speed, stop, comparing, reducedMotion, follows, vain: playback.isVain(frame), branches: simulation?.branches() ?? [] };
}

/** @param {import("./opener.js").Opener["live"]} source @returns {LiveShown | null} */
function liveShown(source) {
  if (!source) return null;
  const { state, problem, lost, lostMore } = source.live;
  // The engine's has its parts beside it; what comes of a publication was thrown.
  const said = "problemSaid" in source.live && source.live.problemSaid;
  return { state, url: source.url, problem: said ? { message: problem, said } : (problem ?? ""), lost, lostMore };
}
