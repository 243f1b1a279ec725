//! Runs scenarios.

use std::io::{self, BufWriter, Write};
use std::process::ExitCode;

use bufferevent_server::generate::{self, Generate};
use bufferevent_server::scenario::{self, Outcome, Request};
use clap::Parser;

/// Runs scenarios on a simulated kernel and prints the trace of each.
///
/// A scenario that is not valid, or is stopped at a limit, is named on standard error, and the exit status is 2; the
/// others run. When two traces that are compared differ, it is 1, however much of that is read.
#[derive(Debug, Parser)]
#[command(name = "bufferevent-scenario", version)]
struct Program {
    #[command(flatten)]
    request: Request,
    #[command(flatten)]
    generate: Generate,
}

fn main() -> ExitCode {
    let Program { request, generate } = generate::parse(2);
    let mut out = BufWriter::new(io::stdout().lock());
    let ended = match generate.generate {
        Some(what) => generate::print::<Program>(what, &mut out).map(|()| Outcome::Fine),
        None => scenario::run(&request, io::stdin().lock(), out, io::stderr()),
    };
    match ended {
        Ok(Outcome::Fine) => ExitCode::SUCCESS,
        Ok(Outcome::Differs) => ExitCode::from(1),
        Ok(Outcome::Failed) => ExitCode::from(2),
        Err(error) => {
            // A closed standard error must not turn this into a panic.
            let _ = writeln!(io::stderr(), "bufferevent-scenario: cannot write: {error}");
            ExitCode::from(2)
        }
    }
}
