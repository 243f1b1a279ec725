/** Lessons and what was done of them, in English. */

export const lesson = {
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
  groups: { tests: "Beside the course", reading: "Reading", writing: "Writing", ends: "Ends, time, connections", whole: "The whole" },
  progress: {
    title: "What you have done",
    /** @param {number} done @param {number} of */
    button: (done, of) => `${done}/${of}`,
    /** @param {number} done @param {number} of */
    spoken: (done, of) => `${done}/${of} lessons done`,
    note: "It is kept on this device and nowhere else. Nothing is sent.",
    fleeting: "This browser keeps nothing for this page: it lasts until the page is closed. Take it along as a file.",
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
};
