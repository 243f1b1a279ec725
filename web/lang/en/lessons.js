/** The lessons' texts in English. */

/** @type {{[id: string]: import("../../types.js").LessonText}} */
export const lessons = {
  anatomy: {
    title: "Anatomy",
    goal: "One byte in, one byte back. Follow it from the peer through the kernel into input, through your callback into output, and home again.",
    question: "One byte has just arrived in input. What comes next?",
    choices: {
      loop: "The loop asks the kernel whether there is more",
      callback: "readcb is called, in this very pass",
      echo: "The byte goes back to the peer by itself",
    },
    because: "libevent reads first and calls you last: readcb runs at the end of the same internal callback.",
    tasks: {
      arrive: "See the byte arrive in input",
      called: "See readcb called",
      leave: "See the echo leave for the kernel",
      own: "Act as the peer: send bytes of your own, then run the loop",
    },
    breakIt: "The same without a read callback: the byte arrives, and nobody is told.",
  },
  "low-watermark": {
    title: "Low watermark",
    goal: "A header has 16 bytes. With a low mark of 16 the read callback is held back until all of them are there, however the network cuts them.",
    question: "15 bytes wait in input, 6 more in rx. The low mark is 16. What does the next read lead to?",
    choices: {
      exactly: "readcb is called with exactly 16 bytes",
      all: "readcb is called with all 21 bytes",
      never: "readcb is not called: 21 is not 16",
    },
    because: "The low mark only holds the callback back. It does not cut: input holds whatever the read brought.",
    tasks: {
      held: "See readcb held back below the mark",
      called: "See readcb called once the header is complete",
      left: "Find the bytes that stay behind with no callback",
      lower: "Set the low mark to less than 16 and run the loop",
    },
    breakIt: "Low 16 above high 12: reading stops before the callback may run. Nothing ever moves again.",
  },
  "high-watermark": {
    title: "The tank fills",
    goal: "A high mark of 64 bytes on input. The peer sends more than your code takes: see reading stop, the kernel fill up, the peer block, and all of it start again.",
    question: "32 bytes wait in input, and the kernel holds plenty. The next read fills input to 64, the high mark. And then?",
    choices: {
      on: "Reading goes on, input grows beyond 64",
      stops: "Reading stops until input is below 64",
      dropped: "What does not fit is thrown away",
    },
    because: "libevent no longer asks for bytes. They wait in the kernel; when that is full, the peer waits too. Nothing is lost.",
    tasks: {
      stopped: "See reading stop at the high mark",
      blocked: "See the kernel full and the peer blocked",
      resumed: "See your code take bytes, and reading resume",
      marks: "Drag the high mark to another value and see what follows",
      modern: "Switch to libevent 2.1: a suspend bit in place of the pressure callback",
    },
    breakIt: "A callback that never takes anything: it is called once, reading stops, and nothing can start it again.",
  },
};
