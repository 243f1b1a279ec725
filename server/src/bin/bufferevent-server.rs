//! The echo server.

use std::io::{self, Write};
use std::process::ExitCode;
use std::time::Duration;

use bufferevent::NoObserver;
use bufferevent_server::Printer;
use bufferevent_server::echo::{Config, EchoServer, Output};
use bufferevent_server::process::{raise_descriptor_limit, stop_on_signals};
use clap::{CommandFactory, Parser};

/// How long to wait at the end for a standard output that is slow.
const LAST_LINES: Duration = Duration::from_millis(200);

/// The tutorial's echo server: answers each message with a prefix and the message.
///
/// SIGINT and SIGTERM stop it when what waits has been sent, for a second at most; a second signal stops it at once.
#[derive(Debug, Parser)]
#[command(version)]
struct Program {
    #[command(flatten)]
    config: Config,
}

fn main() -> ExitCode {
    let config = Program::parse().config;
    if let Err(conflict) = config.check() {
        Program::command().error(clap::error::ErrorKind::ValueValidation, conflict).exit();
    }
    match serve(config) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // A closed standard error must not turn this into a panic.
            let _ = writeln!(io::stderr(), "bufferevent-server: {error}");
            ExitCode::FAILURE
        }
    }
}

fn serve(config: Config) -> io::Result<()> {
    raise_descriptor_limit(u64::from(config.max_connections) + 32);
    let listen = config.listen.clone();
    let output = Output::new(Printer::new(io::stdout())?, Printer::new(io::stderr())?);
    let server = EchoServer::bind(config, NoObserver, output)
        .map_err(|error| io::Error::new(error.kind(), format!("cannot listen on {listen}: {error}")))?;
    stop_on_signals(&server.stopper())?;
    server.run()?.finish(LAST_LINES);
    Ok(())
}
