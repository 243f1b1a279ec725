/** The panels and the sheets beside the scene, in English. */
import { rules } from "./rules.js";

export const panels = {
  code: {
    partList: "Part of the code",
    parts: { program: "Your program", path: "The path", engine: "The engine" },
    noProgram: {
      simulation: "",
      recording: "A recording has records and no program: whoever made it ran code that is not in it.",
      live: "The program is the server's own: its records come here, its code does not.",
    },
    /** @param {string} problem */
    toRead: (problem) => `To be read: no real kernel can play this. ${problem}.`,
    /** @param {string} problem */
    refused: (problem) => `No C program can play this: ${problem}. These are the scenario\u2019s own lines.`,
    none: "No line stands for this step.",
    within: "within",
    /** @param {string} file */
    missing: (file) => `The source ${file} is not served with this page.`,
    libevent: "libevent:",
    /** @param {string} name */
    search: (name) => `${name} in libevent's source`,
    others: "These lines may differ from the ones that ran: the records come from another build.",
    caption: "Source",
  },
  log: {
    label: "Steps",
  },
  state: {
    connection: "Connection",
    nobody: "No connection is there at this step.",
    loop: "Event loop",
    counters: "So far",
    name: "Name",
    value: "Value",
    reading: "Reading",
    writing: "Writing",
    yes: "yes",
    no: "no",
    none: "none",
    unknown: "?",
    rows: {
      number: "number",
      dialect: "libevent",
      handle: "handle",
      buffer: "buffer length",
      enabled: "enabled",
      low: "low watermark",
      high: "high watermark",
      timeout: "timeout",
      armed: "pending",
      active: "active for",
      timer: "timer",
      ended: "ended by",
      valve: "bytes can pass",
      pressure: "pressure callback (1.4)",
      suspended: "suspended (2.x)",
      deferred: "deferred call queued",
      callbacks: "callbacks set",
      what: "last event",
      kernel: "kernel queue",
      backlog: "waits outside",
      freed: "freed",
      dropped: "dropped",
      time: "time",
      pass: "pass",
      station: "station",
      running: "running event",
      entered: "running callback",
      callbacksInPass: "callbacks in this pass",
      lost: "records lost",
      bytes: "bytes moved",
      calls: "calls that moved bytes",
      calledBack: "callbacks",
      stopped: "stopped at the high mark",
    },
  },
  compare: {
    button: "Compare",
    note: "One script, two libraries, the same moment. You act on the one that the header names.",
    next: "Next difference",
    alike: { question: "A question of the lesson comes before the next difference.", end: "From here on both go on alike." },
    first: "they part here first",
    parted: "They part here, since they differ in this:",
    rules,
    against: "Compare with",
    /** @param {string} dialect */
    title: (dialect) => `libevent ${dialect}`,
    /** @param {string} dialect @param {string} problem */
    cannot: (dialect, problem) => `libevent ${dialect} cannot run this script: ${problem}`,
  },
  present: {
    button: "Present",
    leave: "Leave the presentation",
    question: "What do you expect?",
  },
  share: {
    button: "Share",
    title: "Take it along",
    print: "Print",
    of: { link: "Copy a link", embed: "Copy code for a page of yours", scenario: "Copy the scenario", program: "Copy it as a C program", perfetto: "Save a trace for Perfetto" },
    pictures: {
      title: "A picture of the scene",
      look: "Colours",
      looks: { page: "as on the page", light: "light", dark: "dark", print: "for print" },
      steps: "Steps in the film",
      of: { svg: "SVG", png: "PNG", film: "Film" },
      /** @param {number} done @param {number} of */
      making: (done, of) => `Filming step ${done} of ${of}\u2026`,
    },
    /** @param {string} what */
    copied: (what) => `${what}: done.`,
    elsewhere: "On another server's page it is a link, unless this one sends \u201caccess-control-allow-origin: *\u201d with its files: bufferevent-server does with --allow-embed.",
    /** @param {string} name */
    saved: (name) => `Saved as ${name}.`,
    /** @param {string} message */
    cannot: (message) => `This cannot be taken along: ${message}`,
  },
  glossary: {
    button: "A\u2013Z",
    title: "Glossary",
    open: "In the glossary",
    ofLesson: "Words of this lesson",
    search: "A word, a callback, a flag, a step",
    kinds: { part: "What there is", term: "Words", callback: "Callbacks", mark: "Watermarks", flag: "Flags", step: "Steps, as the log and the records name them" },
    /** @param {number} number @param {string} title */
    shownIn: (number, title) => `Lesson ${number}: ${title}`,
    /** @param {number} all */
    all: (all) => `${all} entries`,
    /** @param {number} found @param {number} all */
    found: (found, all) => `${found} of ${all}`,
    nothing: "Nothing is called so here.",
    absent: "The glossary is not beside this page.",
  },
};
