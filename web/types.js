/**
 * The types that the page's files share. Those of records and pictures come from Rust, with the wasm package.
 *
 * @typedef {import("./pkg/bufferevent_wasm.js").Picture} Picture
 * @typedef {import("./pkg/bufferevent_wasm.js").ConnectionPicture} ConnectionPicture
 * @typedef {import("./pkg/bufferevent_wasm.js").EventPicture} EventPicture
 * @typedef {import("./pkg/bufferevent_wasm.js").Content} Content
 * @typedef {import("./pkg/bufferevent_wasm.js").ChainPicture} ChainPicture
 * @typedef {import("./pkg/bufferevent_wasm.js").Valve} Valve
 * @typedef {import("./pkg/bufferevent_wasm.js").Callback} Callback
 * @typedef {import("./pkg/bufferevent_wasm.js").EventName} EventName
 * @typedef {import("./pkg/bufferevent_wasm.js").Bucket} Bucket
 * @typedef {import("./pkg/bufferevent_wasm.js").BranchInfo} BranchInfo
 * @typedef {import("./pkg/bufferevent_wasm.js").ScenarioProblem} ScenarioProblem
 * @typedef {import("./pkg/bufferevent_wasm.js").Said} Said what the engine says of something wrong
 * @typedef {import("./pkg/bufferevent_wasm.js").Dialect} Dialect
 * @typedef {import("./pkg/bufferevent_wasm.js").DialectInfo} DialectInfo
 * @typedef {import("./pkg/bufferevent_wasm.js").Rule} Rule
 * @typedef {import("./pkg/bufferevent_wasm.js").Question} Question
 * @typedef {import("./pkg/bufferevent_wasm.js").CallbackKind} CallbackKind
 * @typedef {import("./pkg/bufferevent_wasm.js").Answer} Answer
 * @typedef {import("./pkg/bufferevent_wasm.js").Because} Because
 * @typedef {import("./pkg/bufferevent_wasm.js").Reason} Reason
 * @typedef {import("./pkg/bufferevent_wasm.js").AsC} AsC
 * @typedef {import("./pkg/bufferevent_wasm.js").Span} Span
 * @typedef {import("./pkg/bufferevent_wasm.js").Walk} Walk
 * @typedef {import("./pkg/bufferevent_wasm.js").Choice} Choice
 * @typedef {import("./pkg/bufferevent_wasm.js").Internal} Internal
 * @typedef {import("./pkg/bufferevent_wasm.js").Turn} Turn
 * @typedef {import("./pkg/bufferevent_wasm.js").Branch} Branch
 * @typedef {import("./pkg/bufferevent_wasm.js").Simulation} Simulation
 * @typedef {import("./pkg/bufferevent_wasm.js").Recording} Recording
 * @typedef {import("./pkg/bufferevent_wasm.js").Live} Live
 * @typedef {Simulation | Recording | Live} Track
 * @typedef {import("./pkg/bufferevent_wasm.js").StepRecord} Record
 * @typedef {(typeof import("./engine/roles.js").ROLES)[Record["kind"]]} Role what a kind of step is to whoever watches
 *
 * @typedef {[cause: string, effect: string]} Sentence
 * @typedef {{[K in Record["kind"]]: (step: Extract<Record, {kind: K}>, connection: ConnectionPicture | null) => Sentence}} StepSentences
 * One for each kind of step. Those that take the connection say something else of each state that it may be in.
 *
 * @typedef {keyof typeof import("./lang/index.js").languages} Lang
 * @typedef {typeof import("./lang/en/text.js").text} Text
 *
 * @typedef {object} Sentences
 * @property {StepSentences} steps
 * @property {{[source in Source]: (picture?: Picture | null) => Sentence}} before what is said before the first record
 * @property {(records: number, callbacks: number, crossings: number) => string} digest what is said after playing
 * @property {(passes: number) => [string, string]} leftOut that many passes of a turn are not made
 * @property {string} later the picture does not follow from the step
 * @property {string} joiner what stands between a cause and its effect
 * @property {(name: string) => string} whose what stands before the sentence of a step of this one
 *
 * @typedef {object} LessonEntry A lesson of the site, as its index has it.
 * @property {number} number its place in the course; 0 outside of it
 * @property {string} id
 * @property {boolean} [test] it is a concept test
 * @property {{[lang: string]: string}} titles
 * @property {number} predictions so many
 * @property {number} tasks so many
 * @property {boolean} repair there is a program to repair
 *
 * @typedef {object} GlossaryEntry A word of the glossary.
 * @property {string} id
 * @property {"part" | "term" | "callback" | "mark" | "flag" | "step"} kind
 * @property {string} [code] what C, or a record, calls it
 * @property {number} [value] of a flag
 * @property {number} [lesson] that shows it, by its number
 * @property {{[lang: string]: string}} name
 * @property {{[lang: string]: string[]}} [said] how texts say it, beside its name
 * @property {{[lang: string]: string[]}} [unsaid] where texts have such a word and mean something else
 * @property {{[lang: string]: string}} text
 *
 * @typedef {object} LessonData A lesson with all its files, as docs/lessons.md describes it.
 * @property {string} id
 * @property {number} number
 * @property {boolean} [test]
 * @property {boolean} [chains] it is about memory
 * @property {object} scenario of the experiment
 * @property {Dialect[]} [dialects]
 * @property {PredictionRules[]} [predictions]
 * @property {{id: string, when: string[]}[]} [tasks]
 * @property {{scenario: object}} [break]
 * @property {RepairRules} [repair]
 * @property {{[lang: string]: LessonText}} texts
 *
 * @typedef {object} PredictionRules
 * @property {string} id
 * @property {"choose" | "point" | "number" | "level"} kind
 * @property {{id: string}[]} [choices]
 * @property {string} [vessel] whose level is asked for
 * @property {string} [of] the bufferevent that it is about, in a scenario of several
 * @property {object} [scenario] of its own
 *
 * @typedef {import("./pkg/bufferevent_wasm.js").Asked} FoundPrediction What the records of a simulation answer.
 *
 * @typedef {object} RepairRules
 * @property {object} scenario
 * @property {{id: string, path: string, options?: {id: string, value: unknown}[]}[]} fields
 *
 * @typedef {import("./pkg/bufferevent_wasm.js").Repaired & {problem?: unknown}} RepairResult its problem is what was thrown where nothing could run
 *
 * @typedef {object} PredictionText
 * @property {string} question
 * @property {{[choice: string]: string}} [choices]
 * @property {string} because said with the right answer
 * @property {{[choice: string]: string}} [why_not] why somebody believes it, and what is so instead
 *
 * @typedef {object} LessonText
 * @property {string} title
 * @property {string} [asked] the question that people ask
 * @property {string} [goal]
 * @property {{[prediction: string]: PredictionText}} [predictions]
 * @property {{[task: string]: {text: string, missing: string[]}}} [tasks]
 * @property {string} [break]
 * @property {{text: string, fields: {[field: string]: string}, options?: {[field: string]: {[option: string]: string}}, goals: {[goal: string]: string}, held: string, hint?: string}} [repair]
 * @property {string[]} [remember]
 * @property {string} [dialects] what other libevents do
 *
 * @typedef {object} Language All that is said in one language: a folder of `lang/`.
 * @property {string} name what the choice of languages calls it
 * @property {string} tag how pages name it
 * @property {Text} text
 * @property {Sentences} sentences
 *
 * @typedef {"loading" | "ready" | "playing" | "following" | "failed"} Mode
 * What the player does: it waits for the engine, stands still, plays, follows a live source, or cannot go on.
 *
 * @typedef {"simulation" | "recording" | "live"} Source
 * @typedef {"moment" | "step" | "callback" | "pass"} Unit
 * What playing and stepping goes by. A moment is where something is to be seen; whoever steps sees what lies between, too.
 *
 * @typedef {import("./state/shown.js").Shown} Shown
 * @typedef {import("./state/shown.js").Panel} Panel
 * @typedef {import("./state/commands.js").Commands} Commands
 *
 * @typedef {object} Frame One moment of a track.
 * @property {Source} source
 * @property {Track} track it can be asked, and is never changed
 * @property {number} position how many records were folded
 * @property {number} start the first position there is
 * @property {number} length the last
 * @property {Picture} picture
 * @property {ConnectionPicture} connection the one that is looked at; a blank one while it is not there
 * @property {boolean} exists whether it is there
 * @property {Record | null} record the one that led here
 * @property {"forward" | "quick" | "still"} motion whether what moved may be seen moving: all of it, only levels, nothing
 * @property {import("./state/scale.js").Fulls} fulls how many bytes the whole height of each vessel is
 * @property {(number: number) => import("./state/scale.js").Fulls} fullsOf the same of another connection
 * @property {import("./pkg/bufferevent_wasm.js").EffectInfo | null} effect where what is done here takes effect
 * @property {{rx: number, tx: number} | null} capacities of the kernel's queues, where they are known
 * @property {boolean} acts whether it can be acted on
 * @property {number} leftOut so many passes of a turn that ends here were not made: they would do the same
 * @property {Frame | null} other the same moment as the other libevent has it, where both are compared
 * @property {Dialect | null} against which libevent that is, where they are compared
 * @property {import("./state/aligned.js").Aligned | null} aligned how both lie beside each other, where they are compared
 * @property {Rule[]} parted what both do otherwise by themselves, where they part here
 * @property {unknown} otherProblem why there is none, though they are compared; none where there is one
 * @property {number} revision another one when the track is another one or went another way
 * @property {number} clockStart the engine's clock when what is shown began, in microseconds; where a server was started anew, when that one began
 */
export {};
