//! The echo server's client.

use std::io::{self, Write};
use std::process::ExitCode;

use bufferevent_server::client;
use clap::Parser;

/// The tutorial's client: sends what is typed or piped, prints what the server answers.
///
/// It ends when the server closes the connection or, once its input has ended, when the last answer has arrived.
#[derive(Debug, Parser)]
#[command(version)]
struct Program {
    /// The server
    #[arg(value_name = "ADDRESS:PORT", default_value = "127.0.0.1:5555")]
    address: String,
}

fn main() -> ExitCode {
    let program = Program::parse();
    match client::run(&program.address, io::stdin(), io::stdout()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // A closed standard error must not turn this into a panic.
            let _ = writeln!(io::stderr(), "bufferevent-client: {error}");
            ExitCode::FAILURE
        }
    }
}
