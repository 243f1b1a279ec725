//! The tutorial's echo server and client on real sockets, run by the `bufferevent` engine, and a program that runs
//! scenarios. The three programs are thin: all of it is here, so that tests and other programs can use it.
//!
//! What joins the engine to real sockets is the crate `bufferevent-mio`. In which order to read:
//!
//! 1. [`echo`] - the server: accepting, answering, ending.
//! 2. [`mirror`] - what the server does as records over a WebSocket, and the page that shows them.
//! 3. [`client`] - a terminal, a pipe or a file on one side, the server on the other; [`watch`] - a mirror's records as
//!    lines.
//! 4. [`publish`] - what a mirror sends, as files for any number of readers.
//! 5. [`scenario`] - scenarios in, traces out; no sockets.
//!
//! [`Printer`] keeps a slow or closed output from holding up a loop, and [`escaped`] bytes of strangers from acting on a terminal;
//! `choices` are options of a few values; [`process`] is what concerns the whole process:
//! signals and limits, [`browser`] opens the page, [`generate`] prints manual pages and completions.
//!
//! Not on Windows: [`echo`], [`mirror`], [`client`] and [`process`]; what they are built on needs Unix.
//!
//! Deliberately absent: threads that share the engine. A loop has one thread, and who wants to watch it hands in an
//! [`Observer`](bufferevent::Observer).

pub mod browser;
mod choices;
#[cfg(unix)]
pub mod client;
#[cfg(unix)]
pub mod echo;
mod escape;
pub mod generate;
#[cfg(unix)]
pub mod mirror;
mod printer;
#[cfg(unix)]
pub mod process;
pub mod publish;
pub mod scenario;
pub mod watch;

pub use escape::escaped;
pub use printer::Printer;
