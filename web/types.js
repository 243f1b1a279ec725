/**
 * The types that the page's files share. Those of records and pictures come from Rust, with the wasm package.
 *
 * @typedef {import("./pkg/bufferevent_wasm.js").Picture} Picture
 * @typedef {import("./pkg/bufferevent_wasm.js").ConnectionPicture} ConnectionPicture
 * @typedef {import("./pkg/bufferevent_wasm.js").EventPicture} EventPicture
 * @typedef {import("./pkg/bufferevent_wasm.js").Content} Content
 * @typedef {import("./pkg/bufferevent_wasm.js").Valve} Valve
 * @typedef {import("./pkg/bufferevent_wasm.js").Callback} Callback
 * @typedef {import("./pkg/bufferevent_wasm.js").EventName} EventName
 * @typedef {import("./pkg/bufferevent_wasm.js").Bucket} Bucket
 * @typedef {import("./pkg/bufferevent_wasm.js").BranchInfo} BranchInfo
 * @typedef {import("./pkg/bufferevent_wasm.js").LessonInfo} LessonInfo
 * @typedef {import("./pkg/bufferevent_wasm.js").Dialect} Dialect
 * @typedef {import("./pkg/bufferevent_wasm.js").DialectInfo} DialectInfo
 * @typedef {import("./pkg/bufferevent_wasm.js").Simulation} Simulation
 * @typedef {import("./pkg/bufferevent_wasm.js").Recording} Recording
 * @typedef {import("./pkg/bufferevent_wasm.js").Live} Live
 * @typedef {Simulation | Recording | Live} Track
 * @typedef {import("./pkg/bufferevent_wasm.js").Record} Record
 * @typedef {(typeof import("./roles.js").ROLES)[Record["kind"]]} Role what a kind of step is to whoever watches
 *
 * @typedef {[cause: string, effect: string]} Sentence
 * @typedef {{[K in Record["kind"]]: (step: Extract<Record, {kind: K}>, connection: ConnectionPicture | null) => Sentence}} StepSentences
 * One for each kind of step. Those that take the connection say something else of each state that it may be in.
 *
 * @typedef {"en" | "zh"} Lang
 * @typedef {typeof import("./text/en.js").text} Text
 *
 * @typedef {"loading" | "ready" | "playing" | "following" | "failed"} Mode
 * What the player does: it waits for the engine, stands still, plays, follows a live source, or cannot go on.
 *
 * @typedef {"simulation" | "recording" | "live"} Source
 * @typedef {"step" | "callback" | "pass"} Unit
 * @typedef {"lesson" | "code" | "log" | "state"} Panel
 *
 * @typedef {object} Frame What the views draw: everything they need of one moment.
 * @property {Mode} mode
 * @property {Source} source
 * @property {Lang} lang
 * @property {Track} track
 * @property {number} position how many records were folded
 * @property {number} start the first position there is
 * @property {number} length the last
 * @property {Picture} picture
 * @property {ConnectionPicture} connection the one that is looked at; a blank one while it is not there
 * @property {boolean} exists whether it is there
 * @property {Record | null} record the one that led here
 * @property {"forward" | "still"} motion whether what moved may be seen moving
 * @property {{input: import("./player/scale.js").Scale, output: import("./player/scale.js").Scale}} scales
 * @property {{rx: number, tx: number} | null} capacities of the kernel's queues, where they are known
 * @property {boolean} acts whether it can be acted on
 * @property {Frame | null} other the same moment as the other libevent has it, where both are compared
 * @property {Dialect | null} against which libevent that is, where they are compared
 * @property {string} otherProblem why there is none, though they are compared
 * @property {number} clockStart the engine's clock at the first record, in microseconds
 */
export {};
