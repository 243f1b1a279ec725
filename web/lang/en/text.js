/** The page's own words, in English. */
import { path } from "./path.js";
import { rules } from "./rules.js";
import { why } from "./why.js";

/** @param {number} us */
const time = (us) => {
  const late = us < 0 ? "\u2212" : "";
  const value = Math.abs(us);
  return value >= 1_000_000 ? `${late}${(value / 1_000_000).toFixed(2)} s` : `${late}${(value / 1000).toFixed(value % 1000 === 0 ? 0 : 1)} ms`;
};
/** @param {number} n */
const bytes = (n) => `${n} ${n === 1 ? "byte" : "bytes"}`;

export const text = {
  why,
  path,
  time,
  bytes,
  title: "bufferevent lab",
  lesson: "Lesson",
  /** @param {number} number @param {string} title @param {number} done @param {number} of */
  lessonOption: (number, title, done, of) => `${number > 0 ? `${number}  ` : ""}${title}${done > 0 ? `  (${done}/${of})` : ""}`,
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

  scene: {
    zones: ["PEER", "KERNEL", "BUFFEREVENT", "YOUR CODE"],
    loop: "EVENT LOOP",
    /** @param {number} pass */
    pass: (pass) => (pass === 0 ? "not begun" : `pass ${pass}`),
    stations: { poll: "Poll", timers: "Timers", active: "Active", callbacks: "Callbacks" },
    event: { none: "not pending", waits: "waits", pending: "pending", active: "active", running: "running" },
    /** @param {string} state @param {string} left */
    timed: (state, left) => `${state}, ${left} left`,
    /** @param {string} state @param {string} since */
    overdue: (state, since) => `${state}, ${since} overdue`,
    stack: "Stack",
    stackEmpty: "none of your code runs",
    vessels: { backlog: "to send", rx: "rx", input: "input", output: "output", tx: "tx", got: "has" },
    /** @param {number} bytes */
    fullHeight: (bytes) => `full height = ${bytes} B`,
    nextOut: "next out",
    tripwire: "pressure callback waits",
    unknown: { simulation: "a pair has no kernel", recording: "not in the recording", live: "the server cannot see it" },
    program: { simulation: "main()", recording: "main()", live: "the server" },
    /** The first that has room. */
    standsIn: { idle: ["between two passes", "outside"], loop: ["waits in the loop", "in the loop"] },
    /** @param {string} called */
    callsNow: (called) => `calls ${called}`,
    /** @param {number} calls */
    runs: (calls) => `runs, call ${calls}`,
    waits: "waits for another",
    /** @param {{number: number, name?: string}} connection */
    other: ({ number, name }) => name ?? `#${number}`,
    /** @param {any} connection */
    otherSpoken: ({ number, name, input, output }) => `Look at ${name ?? `connection ${number}`}: input ${input.len}, output ${output.len} bytes`,
    /** @param {number} count */
    moreOthers: (count) => `and ${count} more`,
    peerReset: "reset",
    peerBlocked: "blocked",
    peerEnded: "sends no more",
    peerSees: { end: "sees the end", reset: "sees a reset" },
    /** @param {number} calls */
    calls: (calls) => (calls === 0 ? "not called" : calls === 1 ? "1 call" : `${calls} calls`),
    notSet: "not set",
    /** @param {any} connection @param {string} sentence */
    spoken: (connection, sentence) =>
      `${connection.name ?? `Connection ${connection.number}`}: input ${connection.input.len}, output ${connection.output.len} bytes. ${sentence}`,
  },
  chains: {
    title: { chains: "Memory: the chains of each buffer", block: "Memory: the one block of each buffer" },
    legend: "Hatched: drained. Filled: bytes. Empty: room. Widths are not to scale.",
    none: "no memory",
    nobody: "At this step no buffer holds memory.",
    /** @param {number} bytes */
    room: (bytes) => `${bytes} free`,
    /** @param {number} number @param {number} size */
    size: (number, size) => `no. ${number}, ${size} B`,
    /** @param {number} number @param {number} size @param {string} from */
    moved: (number, size, from) => `no. ${number}, ${size} B: handed over by ${from}`,
    /** @param {number} bytes */
    copied: (bytes) => `${bytes} B copied`,
    /** @param {number} count */
    more: (count) => `and ${count} more`,
    /** @param {number} number @param {number} size @param {number} misalign @param {number} len */
    spoken: (number, size, misalign, len) => `Number ${number} of ${size} bytes: ${misalign} drained, ${len} in it, ${size - misalign - len} free`,
  },
  mark: {
    lo: "lo",
    hi: "hi",
    none: "none",
    low: "Low watermark",
    high: "High watermark",
    /** The first that has room. */
    notEnforced: ["not enforced", "ignored"],
    /** @param {string} mark @param {number} value @param {boolean} draft */
    spoken: (mark, value, draft) => `${mark} ${value === 0 ? "none" : bytes(value)}${draft ? ", Enter sets it" : ""}`,
  },
  valve: {
    read: {
      absent: "not made yet",
      nobody: "no connection",
      open: "open",
      running: "open, reading",
      idle: "nothing to read",
      high_mark: "stopped: high mark",
      disabled: "closed: disabled",
      eof: "closed: end of file",
      error: "closed: error",
      timeout: "closed: timeout",
      not_waiting: "closed: not waiting",
      freed: "freed",
    },
    write: {
      absent: "not made yet",
      nobody: "no connection",
      open: "open",
      running: "open, writing",
      idle: "at rest: no output",
      high_mark: "stopped",
      disabled: "closed: disabled",
      eof: "closed: end of file",
      error: "closed: error",
      timeout: "closed: timeout",
      not_waiting: "closed: not waiting",
      freed: "freed",
    },
  },

  /** @param {number} position @param {number} length */
  step: (position, length) => `Step ${position} of ${length}`,
  /** @param {string} called @param {number} open */
  connection: (called, open) => `${called} \u00b7 ${open} open`,
  panels: { lesson: "Lesson", why: "Why?", code: "Code", log: "Log", state: "State" },
  panelList: "Panels",

  controls: {
    label: "Player",
    start: "To the start",
    back: "Step back",
    play: "Play",
    pause: "Pause",
    forward: "Step forward",
    end: "To the end",
    unit: "Unit",
    /** A step by hand of such a unit; of the others it is a step. */
    by: { back: { callback: "To the callback before", pass: "To the pass before" }, forward: { callback: "To the next callback", pass: "To the next pass" } },
    unitNotes: { moment: "Play goes from moment to moment. By hand every step is seen.", step: "Play takes every step, and so does whoever steps by hand.", callback: "Play and steps by hand go from callback to callback.", pass: "Play and steps by hand go from pass to pass." },
    units: { moment: "Moment", step: "Step", callback: "Callback", pass: "Pass" },
    speed: "Speed",
    realGaps: "real gaps",
    stop: "Stop when",
    stops: { none: "never", callback: "a callback", crossing: "a crossing", own: "expression\u2026" },
    expression: "Stop expression",
    position: "Position",
    live: "Return to live",
    /** @param {number} steps */
    behind: (steps) => `${steps} ${steps === 1 ? "step" : "steps"} behind`,
    lanes: { input: "in", output: "out", events: "ev" },
    nearer: "The timeline nearer",
    farther: "The timeline farther",
    waits: "A question waits",
    told: "What was seen",
    veiled: "not to be seen before you have answered",
    /** @param {number} from @param {number} to @param {boolean} dense */
    stretch: (from, to, dense) => `steps ${from} to ${to}${dense ? ", each column many steps: its height is how many" : ""}`,
    legend: { input: "read", output: "write", firing: "callback", ink: "watermark crossed", pass: "pass begins", error: "end, error" },
    /** @param {number} lost */
    gap: (lost) => `${lost} records lost`,
  },

  act: {
    title: "Act",
    what: "What is done",
    /** Where what is done takes effect. */
    where: {
      now: "Happens at once, as a new branch.",
      /** @param {number} step */
      later: (step) => `Happens at step ${step}, as a new branch.`,
      /** @param {number} pass @param {number} step */
      passEnds: (pass, step) => `Happens when pass ${pass} ends, at step ${step}, as a new branch.`,
      end: "Happens at once: this is the end.",
      /** @param {number} pass @param {number} step */
      atEnd: (pass, step) => `Happens when pass ${pass} ends, at step ${step}: the end.`,
      /** @param {number} step */
      laterAtEnd: (step) => `Happens at step ${step}: the end.`,
      start: "Runs the script again from its start, as a new branch.",
    },
    groups: { peer: "Peer", app: "Application", kernel: "Kernel", clock: "Clock" },
    send: "Send",
    bytesToSend: "Text to send",
    receive: "Receive",
    amount: "Bytes",
    shutdown: "Shut down",
    reset: "Reset",
    read: "Read",
    readAll: "Read all",
    pullup: "Pull up",
    write: "Write",
    textToWrite: "Text to write",
    enable: "Enable",
    disable: "Disable",
    directions: { read: "reading", write: "writing" },
    marks: "Set marks",
    low: "Low",
    high: "High",
    ofDirection: "Direction",
    timeouts: "Set timeouts",
    readMs: "Read, ms",
    writeMs: "Write, ms",
    free: "Free",
    capacities: "Set queues",
    rx: "rx",
    tx: "tx",
    fail: "Fail",
    call: "Call",
    error: "Error",
    times: "Times",
    advance: "Let time pass",
    ms: "Milliseconds",
    turn: "Run the loop",
    passes: "Passes",
    fork: "Fork here",
    branches: "Branches",
    original: "Original",
    /** @param {string} what @param {number} at */
    branched: (what, at) => (at === 0 ? what : `${what} at step ${at}`),
    /** @param {string} name */
    remove: (name) => `Delete \u201c${name}\u201d`,
    /** What was done, in a few words. */
    did: {
      /** @param {string} text */
      peer_send: (text) => `peer sends ${text}`,
      /** @param {number} bytes */
      peer_recv: (bytes) => `peer takes ${bytes}`,
      peer_shutdown: () => "peer shuts down",
      peer_reset: () => "peer resets",
      /** @param {number | "all"} bytes */
      read: (bytes) => `read ${bytes}`,
      /** @param {number} bytes */
      pullup: (bytes) => `pull up ${bytes}`,
      /** @param {string} text */
      write: (text) => `write ${text}`,
      /** @param {string} which */
      enable: (which) => `${which} enabled`,
      /** @param {string} which */
      disable: (which) => `${which} disabled`,
      /** @param {"read" | "write"} direction @param {"low" | "high"} mark @param {number} from @param {number} to */
      mark: (direction, mark, from, to) => `${direction === "write" ? "write " : ""}${mark} ${from} to ${to}`,
      sameMarks: "marks as they were",
      /** @param {number} read @param {number} write */
      set_timeouts: (read, write) => `timeouts ${read}, ${write} ms`,
      free: () => "freed",
      /** @param {string} op @param {string} errno */
      inject: (op, errno) => `${op} fails, ${errno}`,
      /** @param {number} ms */
      advance_ms: (ms) => `${ms} ms pass`,
      /** @param {number} passes */
      turn: (passes) => (passes === 0 ? "fork" : passes === 1 ? "the loop runs" : `the loop runs ${passes} times`),
      /** @param {string} name */
      dialect: (name) => `libevent ${name}`,
      /** @param {number} rx @param {number} tx */
      kernel: (rx, tx) => `queues ${rx}, ${tx}`,
      /** @param {string} part of the scenario, empty for several */
      scenario: (part) => (part ? `${part} edited` : "edited"),
      /** @param {string} key @param {string} from @param {string} to */
      edited: (key, from, to) => `${key} ${from} to ${to}`,
    },
    edit: "Edit",
    editor: "The scenario as text",
    editorNote: "Set-up, your code and the script, with everything that was done. It runs as a new branch.",
    editorLeft: "You left this text before. It has not been run.",
    editorAfresh: "Take the scenario as it is",
    run: "Run it",
    /** @param {number} line @param {string} message */
    wrongAt: (line, message) => `Line ${line}: ${message}`,
    fine: "This can be run.",
    gone: "The bufferevent is freed: the application can do nothing with it.",
  },

  lessonPanel: {
    predict: "Predict",
    /** @param {number} index @param {number} count @param {string} phase */
    questionSpoken: (index, count, phase) => `Question ${index} of ${count}, ${phase}`,
    phases: { ahead: "still ahead", asked: "asked", again: "to be tried again", right: "right", wrong: "not right", told: "shown" },
    testing: {
      /** @param {number} index @param {number} count */
      before: (index, count) => `Before the course: question ${index} of ${count}`,
      /** @param {number} index @param {number} count */
      after: (index, count) => `After the course: question ${index} of ${count}`,
    },
    check: "Check",
    right: "Right.",
    /** @param {string} answer */
    wrong: (answer) => `Not quite. What happens: ${answer}.`,
    /** @param {string} answer */
    told: (answer) => `What happens: ${answer}.`,
    more: "It is more than that.",
    less: "It is less than that.",
    again: "Try another number.",
    /** @param {string} dialect */
    inDialect: (dialect) => `(So it is in libevent ${dialect}.)`,
    waiting: "The question comes at the turning point. Play, or step on.",
    absent: "In this libevent the question does not come.",
    urge: "Answer first, or let the answer be shown.",
    past: "You have gone past this question. Go back to it, or let the answer be shown.",
    between: "Another question comes first: what follows would answer it.",
    noMore: "No more questions. Now the tasks.",
    noMoreHere: "No more questions. The tasks are about the lesson's own experiment.",
    left: "What you did made another run of it. The question is asked on the original one.",
    elsewhere: "This question has an experiment of its own.",
    openIt: "Open it",
    goThere: "Go to the question",
    giveUp: "Show the answer",
    seeIt: "See it happen",
    nextQuestion: "Next question",
    yourAnswer: "Your answer",
    /** @param {string} vessel */
    levelOf: (vessel) => `Level of ${vessel}`,
    levelUnset: "not answered",
    drag: "Drag the level in the drawing, or type it here.",
    point: "Click it in the drawing, or choose it here.",
    toScene: "To the drawing \u2191",
    places: {
      "valve:read": "the read valve",
      "valve:write": "the write valve",
      "callback:read": "the read callback",
      "callback:write": "the write callback",
      "callback:event": "the event callback",
      "vessel:input": "input",
      "vessel:output": "output",
      "vessel:rx": "the kernel's receive queue",
      "vessel:tx": "the kernel's send queue",
      "vessel:backlog": "what the peer has still to send",
      "vessel:peer": "what the peer has",
    },
    tasks: "Tasks",
    done: "done",
    open: "open",
    later: "They come once the questions are answered.",
    /** @param {string} what */
    missing: (what) => `Still missing: ${what}`,
    breakIt: "Break it",
    breakButton: "Run the broken one",
    repairIt: "Repair it",
    runIt: "Run it as it is",
    tryIt: "Try it",
    asIs: "as it is",
    holds: "It holds.",
    fails: "It does not hold yet.",
    /** @param {string} problem */
    cannotRun: (problem) => `This is no program that can run: ${problem}`,
    repaired: "You repaired it.",
    /** @param {string} goal @param {number} input */
    failure: (goal, input) => (input === 0 ? `Missed: ${goal}` : `Missed with other input, no. ${input}: ${goal}`),
    look: "Look at that run",
    hint: "A hint",
    parts: {
      break: "This is the broken experiment.",
      repair: "This is the program to repair, as it is.",
      question: "This is the experiment of one question.",
      /** @param {number} input */
      changed: (input) => (input === 0 ? "This is the program as you changed it." : `This is the program as you changed it, with other input, no. ${input}.`),
    },
    mend: "Back to the lesson",
    otherDialects: "Other libevents",
    remember: "Remember this",
    /** @param {string} title */
    next: (title) => `Next: ${title}`,
    /** @param {string} title */
    previous: (title) => `Before: ${title}`,
    startOver: "Start this lesson over",
    /** @param {number} done @param {number} of */
    handing: (done, of) => `That was the last lesson. You have done ${done} of ${of}. Your teacher may want to see it: hand in the file.`,
    handIn: "Export what I did",
    /** @param {number} right @param {number} answered @param {number} count */
    score: (right, answered, count) => `${right} right of ${answered} answered; there are ${count}.`,
    toAfter: "On to the questions for after the course",
    toBefore: "Back to the questions for before the course",
    noLesson: "This is no lesson. Choose one above, or play what is there: every step is told.",
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
  present: {
    button: "Present",
    leave: "Leave the presentation",
    question: "What do you expect?",
  },
  share: {
    button: "Share",
    title: "Take it along",
    print: "Print",
    of: { link: "Copy a link", embed: "Copy code for a page of yours", scenario: "Copy the scenario", program: "Copy it as a C program", recording: "Save a recording", perfetto: "Save a trace for Perfetto" },
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
    elsewhere: "On another server's page it is a link, unless this one sends \u201caccess-control-allow-origin: *\u201d with its files.",
    /** @param {string} name */
    saved: (name) => `Saved as ${name}.`,
    /** @param {string} message */
    cannot: (message) => `This cannot be taken along: ${message}`,
  },
  groups: { tests: "Beside the course", reading: "Reading", writing: "Writing", ends: "Ends, time, connections", whole: "The whole" },
  progress: {
    title: "What you have done",
    /** @param {number} done @param {number} of */
    button: (done, of) => `${done}/${of}`,
    /** @param {number} done @param {number} of */
    spoken: (done, of) => `${done}/${of} lessons done`,
    note: "It is kept on this device and nowhere else. Nothing is sent.",
    name: "Your name, in the file only",
    columns: ["Class", "No.", "Lesson", "Done"],
    /** @param {string} lesson */
    choose: (lesson) => `${lesson}: into the link for a class`,
    teach: "Copy a link for a class",
    teachNote: "To the lessons that are ticked, or to all. At the end it asks for what was done.",
    /** @param {string} link */
    taught: (link) => `Copied: ${link}`,
    json: "Export as JSON",
    csv: "Export as CSV",
    /** @param {number} lessons */
    print: (lessons) => `Print these ${lessons} lessons, a sheet each`,
    import: "Import\u2026",
    clear: "Clear all",
    clearSure: "Clear all: press again",
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
  code: {
    partList: "Part of the code",
    parts: { program: "Your program", path: "The path", engine: "The engine" },
    noProgram: {
      simulation: "",
      recording: "A recording has records and no program: whoever made it ran code that is not in it.",
      live: "The program is the server's own: its records come here, its code does not.",
    },
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
  live: {
    connect: "Connect",
    address: "Address of the server",
    /** @param {string} url */
    connecting: (url) => `Connecting to ${url}`,
    connected: "Connected",
    /** @param {number} lost @param {boolean} [more] */
    lossy: (lost, more) => `Connected, ${more ? "at least " : ""}${lost} records lost`,
    /** @param {string} problem */
    schema: (problem) => `Other schema: ${problem}`,
    /** @param {string} problem */
    refused: (problem) => `Refused: ${problem}`,
    lost: "Connection lost. You are viewing a recording; trying again.",
    behind: "Catching up",
    ended: "What was published has ended. You are viewing a recording.",
    start: "Connect to a running bufferevent-server: every connection that it has appears here.",
    leave: "Stay here",
    none: "No connection yet. Start a client, and it appears here.",
    title: "Connections",
    busiest: "the busiest first",
    search: "Name or number",
    /** @param {string} name */
    follow: (name) => `Only ${name}`,
    follows: "Steps and playing pass over what happens to others",
    /** @param {number} found @param {number} all */
    found: (found, all) => `${found} of ${all}`,
    /** @param {number} input @param {number} output */
    lengths: (input, output) => `in ${input} \u00b7 out ${output}`,
  },
  problem: {
    /** By the kind of problem. */
    of: {
      policy: () => "The engine is WebAssembly, and this site's content policy lacks \u2018wasm-unsafe-eval\u2019 in script-src. With it, the page works.",
      /** @param {string} message */
      engine: (message) => `The engine could not be loaded: ${message}`,
      /** @param {string} message */
      files: (message) => `A file of this element could not be loaded: ${message}`,
      /** @param {string} message */
      scenario: (message) => `The scenario cannot be used: ${message}`,
      /** @param {string} message */
      recording: (message) => `The recording cannot be read: ${message}`,
      /** @param {string} message */
      lesson: (message) => `The lesson cannot be opened: ${message}`,
      /** @param {string} message */
      progress: (message) => `What was done cannot be read from this file: ${message}`,
      /** @param {string} message */
      link: (message) => `The link cannot be followed: ${message}`,
      /** @param {string} message */
      action: (message) => `This cannot be done: ${message}`,
      /** @param {string} message */
      condition: (message) => `The stop condition cannot be used: ${message}`,
      /** @param {string} message */
      damage: (message) => `Part of the recording could not be read: ${message}`,
      /** @param {string} message @param {number} position */
      panic: (message, position) => `The engine failed at step ${position}: ${message}. The records so far stay.`,
      /** @param {string} message */
      truncated: (message) => `The run was cut short: ${message}`,
      /** @param {string} message */
      live: (message) => `Refused: ${message}`,
    },
    useDefault: "Open the first lesson",
    copy: "Copy a report",
    dismiss: "Dismiss",
  },
  keys: {
    title: "Keys of the player",
    list: [
      ["Space, k", "play, pause"],
      ["\u2190 \u2192", "a step back, a step on"],
      ["Shift + \u2190 \u2192", "callback by callback"],
      ["Page Up, Page Down", "pass by pass"],
      ["Home, End", "the start, the end"],
      ["[ ]", "the watermark crossing before, after"],
      ["b", "stop here when it comes again"],
      ["n", "the next stop"],
      ["z x", "the timeline nearer, farther"],
      ["f", "fork here"],
      ["c", "compare two libevents"],
      ["l", "back to live"],
      ["+ \u2212", "faster, slower"],
      ["w", "ask why, of what has the focus"],
      ["p", "present; a remote leads on, Esc leaves"],
      [". b", "while presenting: nothing, and all again"],
      ["g", "the glossary, at what has the focus"],
      ["\u2191 \u2193", "on the scene: along what can be asked"],
      ["1 2 3 4 5", "Lesson, Code, Log, State, Why?"],
      ["?", "this list"],
    ],
  },
};
