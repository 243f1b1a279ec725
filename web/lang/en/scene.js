/** What stands on the scene, in English. */
import { bytes } from "./units.js";

export const scene = {
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
    /** The first that has room. */
    ownHeights: ["\u2195 scales differ: see each vessel", "\u2195 scales differ"],
    /** Of one row of bytes, and of several; the first that has room. */
    nextOut: { row: ["next out, then to the right", "next out"], rows: ["next out; read row by row upwards", "next out, then upwards", "next out"] },
    tripwire: "pressure callback waits",
    unknown: { simulation: "a pair or a filter has no kernel", recording: "not in the recording", live: "the server cannot see it" },
    program: { simulation: "main()", recording: "main()", live: "the server" },
    /** The first that has room. */
    standsIn: { before: ["before the loop begins", "not begun"], idle: ["between two passes", "outside"], loop: ["waits in the loop", "in the loop"] },
    /** @param {string} called */
    callsNow: (called) => `calls ${called}`,
    /** @param {number} calls */
    runs: (calls) => `runs, call ${calls}`,
    /** @param {number} calls @param {string} called */
    runsCalling: (calls, called) => `call ${calls}: ${called}`,
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
      connecting: "connecting: not decided yet",
      idle: "nothing to read",
      high_mark: "stopped: high mark",
      disabled: "closed: disabled",
      eof: "closed: end of file",
      error: "closed: error",
      timeout: "closed: timeout",
      not_waiting: "closed: not waiting",
      other_side: "waits: other side",
      freed: "freed",
    },
    write: {
      absent: "not made yet",
      nobody: "no connection",
      open: "open",
      running: "open, writing",
      connecting: "connecting: not decided yet",
      idle: "at rest: no output",
      high_mark: "stopped",
      disabled: "closed: disabled",
      eof: "closed: end of file",
      error: "closed: error",
      timeout: "closed: timeout",
      not_waiting: "closed: not waiting",
      other_side: "waits: other side",
      freed: "freed",
    },
  },
};
