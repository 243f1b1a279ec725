/** Acting, branches and the editor, in English. */

export const act = {
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
    vain: "Nothing came of it: there was nothing to do.",
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
    goToWrong: "Go to the line",
    fine: "This can be run.",
    gone: "The bufferevent is freed: the application can do nothing with it.",
  },
};
