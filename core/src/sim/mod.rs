//! The simulation: experiments that run the same everywhere, every time.
//!
//! A [`Scenario`] says everything about one experiment with one bufferevent: which libevent it follows, how large
//! the kernel's queues are, what the application does in its callbacks, and what happens step by step. It is
//! read from JSON ([`Scenario::from_json`]) and written back ([`Scenario::to_json`]).
//!
//! Under it lies a [`SimKernel`]: sockets made of byte queues, with the peer's side in the hands of the script.
//! It never blocks, never reports an edge and never fails unless the script or the peer made it.
//!
//! In which order to read:
//!
//! 1. `scenario` - the types of a scenario; `data` - the bytes in it.
//! 2. `read` - from JSON to a scenario, strictly; `json` below it knows values and their places, `error` how a
//!    refusal is worded; `check` has the rules that hold for a scenario made otherwise too. `write` is the way back, with the `names` of directions.
//! 3. `socket` - the rules of one simulated socket; `kernel` - many of them behind the
//!    [`Kernel`](crate::Kernel) trait.
//! 4. `runner` - the application, the peer and the clock around one engine; `program` - what the application does;
//!    `trace` - what comes of it; `budget` - how much at most.
//! 5. `experiment` - a scenario run into a recording, with branches; `compare` - the same moment in two of them;
//!    `lessons` - the scenarios that teach.
//!
//! Deliberately absent: real time, threads and randomness. A scenario that needs chance writes it down.

mod budget;
mod check;
mod compare;
mod data;
mod error;
mod experiment;
mod json;
mod kernel;
mod lessons;
mod names;
mod program;
mod read;
mod runner;
mod scenario;
mod socket;
mod trace;
mod write;

pub use budget::{Budget, Limit, Metered, Truncation};
pub use data::Data;
pub use error::{Problem, ScenarioError};
pub use experiment::{ActError, Branch, Experiment, Place};
pub use kernel::SimKernel;
pub use lessons::{Lesson, lessons};
pub use runner::{Progress, Simulation, trace};
pub use scenario::{
    Action, Amount, App, BuffereventSpec, DirectionSpec, FORMAT, KernelSpec, Program, Scenario, ScriptStep,
    WatermarksSpec,
};
pub use socket::SimSocket;
pub use trace::TraceLine;
