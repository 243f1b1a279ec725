/** Where records come from, and what goes wrong with them, in English. */

export const sources = {
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
      progressFile: () => "This file holds what somebody has done of the lessons, and nothing to play. It is imported where the lessons are listed with what was done of them: press the count beside the lesson, then Import.",
      /** @param {string} message */
      link: (message) => `The link cannot be followed: ${message}`,
      /** @param {string} message */
      linkPart: (message) => `The link could be followed only in part. ${message}`,
      gone: () => "What was here came from a file or a server of yours, and this page does not have it any more. Open it again.",
      /** @param {string} message */
      attributes: (message) => `The page around has set what cannot be used. ${message}`,
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
    /** How far a link was followed. @param {string} followed @param {string} wrong @param {string} skipped empty for nothing */
    part: (followed, wrong, skipped) => `Followed: ${followed}. Not followed: ${wrong}.${skipped && ` Left out, since it goes by what is not there: ${skipped}.`}`,
    /** What stands between two fields. */
    list: ", ",
    /** What is wrong with a field. @param {string} field @param {string} why */
    named: (field, why) => `\u201c${field}\u201d: ${why}`,
    /** What stands between two things that are wrong. */
    both: "; ",
    /** What the fields of a link are about. */
    fields: {
      lesson: "the lesson",
      part: "the part of the lesson",
      src: "the recording",
      scenario: "the scenario",
      run: "what was made of it",
      dialect: "the libevent",
      step: "the step",
      connection: "the connection",
      panel: "the panel",
      stop: "where playing stops",
      present: "presenting",
      term: "the word in the glossary",
    },
    /** Why a field of a link cannot be used. */
    field: {
      /** @param {string} fields */
      unknown: (fields) => `there is no such field; there are ${fields}`,
      /** @param {string} value @param {string} field */
      noNumber: (value, field) => `\u201c${value}\u201d is no number of a ${field}`,
      /** @param {string} value */
      noPresent: (value) => `\u201c${value}\u201d means nothing; 1 presents`,
      /** @param {string} value @param {string} names */
      noPanel: (value, names) => `there is no panel \u201c${value}\u201d; there are ${names}`,
      /** @param {string} name @param {string} names empty for none */
      absent: (name, names) => (names ? `there is no \u201c${name}\u201d; there are ${names}` : `there is no \u201c${name}\u201d here, nor any other`),
      /** @param {string} step @param {string} length */
      beyond: (step, length) => `${step} is beyond the end, at ${length}`,
      /** @param {string} term */
      noTerm: (term) => `there is no \u201c${term}\u201d in the glossary`,
      empty: () => "it is empty",
      twice: () => "it is there twice; the first counts",
      /** @param {string} value */
      noPosition: (value) => `\u201c${value}\u201d is no number of steps: it is a whole one from 0 on`,
      commas: () => "a comma has no lesson beside it",
      noPart: () => "only a lesson has parts",
      damaged: () => "it is damaged: a part of the link is missing, perhaps",
      percent: () => "what follows a % in it stands for no letter: a part of the link is missing, perhaps",
      letters: () => "it holds letters that a link does not have",
      cannotUnpack: () => "this browser cannot unpack it",
      tooLong: () => "it is too long",
    },
    useDefault: "Open the first lesson",
    copy: "Copy a report",
    dismiss: "Dismiss",
  },
};
