/**
 * What a page costs, by the browser's own trace: the processor time of the page's main thread, which is the same however
 * busy the machine is with others.
 */

/** What a trace is made of. */
const CATEGORIES = ["devtools.timeline", "v8", "toplevel", "disabled-by-default-devtools.timeline", "blink", "cc"];
/** What runs scripts, in the trace's words. */
const SCRIPT = new Set(["FunctionCall", "EvaluateScript", "v8.run", "FireAnimationFrame", "TimerFire", "EventDispatch", "RunMicrotasks", "V8.GC_MC_BACKGROUND_MARKING", "MajorGC", "MinorGC"]);
/** What lays out. */
const LAYS_OUT = new Set(["UpdateLayoutTree", "Layout"]);
/** Where a frame is handed on to be drawn. */
const COMMIT = "Commit";

/**
 * @typedef {object} Cost of a frame, in milliseconds of the main thread's processor time
 * @property {number} all script, style, layout and paint
 * @property {number} script
 * @property {number} clock what script took by the clock: on a machine that does something else, too, more
 * @property {number} forced how often a script had to wait for a layout, or for styles
 * @property {{[name: string]: number}} own what each kind of work took by itself, by the trace's names
 */

/**
 * @param {import("playwright-core").Page} page
 * @param {() => Promise<unknown>} work
 * @returns {Promise<Cost[]>} of each frame that was drawn meanwhile, and what came before it
 */
export async function traced(page, work) {
  return framesOf(await eventsOf(page, CATEGORIES, work));
}

/**
 * What had to be laid out while a script waited for it, and which did. A frame lays out all that changed by itself, once.
 * @param {import("playwright-core").Page} page
 * @param {() => Promise<unknown>} work
 * @returns {Promise<string[]>}
 */
export async function forced(page, work) {
  const events = await eventsOf(page, [...CATEGORIES, "disabled-by-default-devtools.timeline.stack"], work);
  let scriptEnd = 0;
  return events.flatMap(({ name, ts, dur, args }) => {
    if (SCRIPT.has(name)) scriptEnd = Math.max(scriptEnd, ts + dur);
    if (!LAYS_OUT.has(name) || ts >= scriptEnd) return [];
    const [at] = args.beginData?.stackTrace ?? [];
    return [`${name} for ${at ? `${at.functionName} (${at.url}:${at.lineNumber + 1}:${at.columnNumber + 1})` : "a script"}`];
  });
}

/** What the page's main thread did meanwhile. @param {import("playwright-core").Page} page @param {string[]} categories @param {() => Promise<unknown>} work */
async function eventsOf(page, categories, work) {
  const browser = /** @type {import("playwright-core").Browser} */ (page.context().browser());
  await browser.startTracing(page, { categories });
  await work();
  const { traceEvents } = JSON.parse(String(await browser.stopTracing()));
  return mainThread(traceEvents);
}

/** What the main thread did that drew the most, each with what is in it after it. @param {any[]} events */
function mainThread(events) {
  const named = events.filter(({ ph, name, args }) => ph === "M" && name === "thread_name" && args.name === "CrRendererMain");
  const of = (/** @type {any} */ thread) => events.filter(({ pid, tid, ph }) => pid === thread.pid && tid === thread.tid && ph === "X");
  const commits = (/** @type {any[]} */ all) => all.filter(({ name }) => name === COMMIT).length;
  const most = named.map(of).reduce((best, next) => (commits(next) > commits(best) ? next : best), []);
  return most.sort((one, other) => one.ts - other.ts || other.dur - one.dur);
}

/** @param {any[]} events @returns {Cost[]} */
function framesOf(events) {
  const empty = () => ({ all: 0, script: 0, clock: 0, forced: 0, own: /** @type {{[name: string]: number}} */ ({}) });
  /** @type {Cost[]} */
  const frames = [];
  let cost = empty();
  let [scriptEnd, committed] = [0, false];
  /** What is under way, the innermost last. @type {{name: string, end: number}[]} */
  const within = [];
  const add = (/** @type {string} */ name, /** @type {number} */ ms) => (cost.own[name] = (cost.own[name] ?? 0) + ms);
  for (const { name, ts, dur, tdur = 0 } of events) {
    while (within.length > 0 && within[within.length - 1].end <= ts) within.pop();
    if (within.length === 0) {
      // A task is counted to the frame that it commits.
      if (committed) {
        frames.push(cost);
        [cost, committed] = [empty(), false];
      }
      cost.all += tdur / 1000;
    } else add(within[within.length - 1].name, -tdur / 1000);
    add(name, tdur / 1000);
    within.push({ name, end: ts + dur });
    if (SCRIPT.has(name) && ts >= scriptEnd) {
      cost.script += tdur / 1000;
      cost.clock += dur / 1000;
      scriptEnd = ts + dur;
    } else if (LAYS_OUT.has(name) && ts < scriptEnd) cost.forced++;
    committed ||= name === COMMIT;
  }
  return committed ? [...frames, cost] : frames;
}

/** What took the most of these frames, as words: milliseconds a frame. @param {Cost[]} frames @param {number} count */
export function costliest(frames, count) {
  /** @type {Map<string, number>} */
  const sums = new Map();
  for (const { own } of frames) for (const [name, ms] of Object.entries(own)) sums.set(name, (sums.get(name) ?? 0) + ms);
  const most = [...sums].sort(([, one], [, other]) => other - one).slice(0, count);
  return most.map(([name, ms]) => `${name} ${(ms / frames.length).toFixed(1)}`).join(", ");
}

/** @param {number[]} values @param {number} part from 0 to 1 */
export const quantile = (values, part) => [...values].sort((one, other) => one - other)[Math.min(Math.floor(values.length * part), values.length - 1)] ?? NaN;
