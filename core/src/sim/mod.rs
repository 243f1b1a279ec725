//! The simulation: experiments that run the same everywhere, every time.
//!
//! A [`Scenario`] says everything about one experiment: which libevent it follows, which bufferevents there are and on
//! what, what the application does in its callbacks, and what happens step by step. It is read from JSON
//! ([`Scenario::from_json`]) and written back ([`Scenario::to_json`]).
//!
//! Under it lies a [`SimKernel`]: sockets made of byte queues, with the peer's side in the hands of the script.
//! It never blocks, never reports an edge and never fails unless the script or the peer made it.
//!
//! In which order to read:
//!
//! 1. `scenario` - the types of a scenario; `action` - what is done in it; `data` - the bytes in it; `marks` - its watermarks.
//! 2. `grammar` - every key of both formats, once, in the words of `shape`; `read` - from JSON to a scenario, strictly;
//!    `json` below it knows values and their places, `pointer` finds one by its JSON pointer, `locate` in which line it is,
//!    `error` how a refusal is worded; `check` has the rules that hold for a scenario made otherwise too, `links` those between
//!    bufferevents. `write` is the way back, `schema` the
//!    grammar for editors.
//! 3. `socket` - the rules of one simulated socket; `kernel` - many of them behind the
//!    [`Kernel`](crate::Kernel) trait; `peer` - what the script does at their other ends.
//! 4. `runner` - the application, the peer and the clock around one engine; `set_up` - how it begins; `program` - what the application does;
//!    `acting` - which action of it runs; `telling` - what is said of it, in the lines of a `trace`, with the `names` of
//!    directions; `budget` - how much at most.
//! 5. `experiment` - a scenario run into a recording, with branches (`branch`), as a file (`saved`) and with what `following`
//!    knows of the buffers' memory; `edited` names a branch by what was edited; `compare` - the same
//!    moment in two of them; `lesson` - experiments that teach, with questions that their records answer.
//! 6. `as_c` - a scenario as a C program for the real library.
//!
//! Deliberately absent: real time, threads and randomness. A scenario that needs chance writes it down.

mod acting;
mod action;
mod as_c;
mod branch;
mod budget;
mod check;
mod compare;
mod data;
mod edited;
mod error;
mod experiment;
mod following;
mod grammar;
mod json;
mod kernel;
mod lesson;
mod links;
mod locate;
mod marks;
mod names;
mod peer;
mod pointer;
mod program;
mod read;
mod runner;
mod saved;
mod scenario;
mod schema;
mod set_up;
mod shape;
mod socket;
mod telling;
mod trace;
mod write;

pub use crate::{Connect, FilterKind};
pub use action::{Act, Action, Amount, Condition, Counter, On, Peer, Program, ScriptStep};
pub use as_c::{AsC, Span};
pub use branch::{ActError, Branch, Effect};
pub use budget::{Budget, Limit, Metered, Truncation};
pub use data::Data;
pub use error::{Problem, ScenarioError};
pub use experiment::{Experiment, Place};
pub use kernel::SimKernel;
pub use lesson::{
    Answer, Asked, Change, Failure, Finding, Lesson, LessonError, Misconception, Reached, Repaired, Report,
};
pub use marks::WatermarksSpec;
pub use runner::{Progress, Simulation, trace};
pub use scenario::{
    BuffereventSpec, DirectionSpec, Format, KernelSpec, KindSpec, Limits, Scenario, TimerSpec,
};
pub use schema::schema;
pub use socket::SimSocket;
pub use trace::{TraceEvent, TraceLine};
