/**
 * What a page costs, by the browser's own trace: the processor time of the page's main thread, which is the same however
 * busy the machine is with others.
 */

/** What runs scripts, in the trace's words. */
const SCRIPT = new Set(["FunctionCall", "EvaluateScript", "v8.run", "FireAnimationFrame", "TimerFire", "EventDispatch", "RunMicrotasks", "V8.GC_MC_BACKGROUND_MARKING", "MajorGC", "MinorGC"]);
/** Where a frame is handed on to be drawn. */
const COMMIT = "Commit";

/**
 * @typedef {object} Cost of a frame, in milliseconds of the main thread's processor time
 * @property {number} all script, style, layout and paint
 * @property {number} script
 * @property {{[name: string]: number}} own what each kind of work took by itself, by the trace's names
 */

/**
 * @param {import("playwright-core").Page} page
 * @param {() => Promise<unknown>} work
 * @returns {Promise<Cost[]>} of each frame that was drawn meanwhile, and what came before it
 */
export async function traced(page, work) {
  const browser = /** @type {import("playwright-core").Browser} */ (page.context().browser());
  await browser.startTracing(page, { categories: ["devtools.timeline", "v8", "toplevel", "disabled-by-default-devtools.timeline", "blink", "cc"] });
  await work();
  const { traceEvents } = JSON.parse(String(await browser.stopTracing()));
  return framesOf(mainThread(traceEvents));
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
  const empty = () => ({ all: 0, script: 0, own: /** @type {{[name: string]: number}} */ ({}) });
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
      scriptEnd = ts + dur;
    }
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
