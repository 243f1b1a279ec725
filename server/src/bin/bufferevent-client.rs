//! The echo server's client.

#[cfg(not(unix))]
compile_error!(
    "needs Unix; elsewhere there is bufferevent-scenario: cargo install bufferevent-server --bin bufferevent-scenario"
);

use std::future;
use std::io::{self, Write};
use std::process::ExitCode;

use bufferevent_server::client;
use bufferevent_server::generate::{self, Generate};
use bufferevent_server::process::first_signal;
use bufferevent_server::publish::{LAST_SEGMENT, PublishConfig};
use bufferevent_server::watch::{self, WatchConfig};
use clap::error::ErrorKind;
use clap::{CommandFactory, Parser};

/// Said where it takes longer.
const LATE: &str = "bufferevent-client: the end of what is published was not written in time";

/// The tutorial's client: sends what is typed or piped, prints what the server answers.
///
/// With `--watch` it prints what a server's engine does, step by step, instead.
///
/// It ends when the server closes the connection or, once its input has ended, when the last answer has arrived. With
/// `--publish`, SIGINT, SIGTERM and SIGHUP end it when what came last is written; a second signal does so at once.
#[derive(Debug, Parser)]
#[command(
    name = "bufferevent-client",
    version,
    override_usage = "bufferevent-client [OPTIONS] [ADDRESS:PORT]\n       \
                      bufferevent-client [OPTIONS] --watch <ws://ADDRESS:PORT/ws>"
)]
struct Program {
    /// The server
    #[arg(value_name = "ADDRESS:PORT", default_value = "127.0.0.1:5555", value_parser = client::address)]
    address: String,

    #[command(flatten)]
    watch: Option<WatchConfig>,

    #[command(flatten)]
    generate: Generate,

    #[command(flatten)]
    publish: PublishConfig,
}

fn main() -> ExitCode {
    let program: Program = generate::parse(1);
    if program.watch.is_none() && program.publish.publish.is_some() {
        let problem = "--publish writes what --watch shows, and there is none";
        Program::command().error(ErrorKind::MissingRequiredArgument, problem).exit();
    }
    let ended = match (program.generate.generate, &program.watch) {
        (Some(what), _) => {
            generate::print::<Program>(what, &mut io::stdout()).map_err(|error| error.to_string())
        }
        (_, Some(config)) => watch(config, &program.publish).map_err(|error| error.to_string()),
        (None, None) => {
            client::run(&program.address, io::stdin(), io::stdout()).map_err(|error| error.to_string())
        }
    };
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // A closed standard error must not turn this into a panic.
            let _ = writeln!(io::stderr(), "bufferevent-client: {error}");
            ExitCode::FAILURE
        }
    }
}

fn watch(config: &WatchConfig, publish: &PublishConfig) -> io::Result<()> {
    if publish.publish.is_none() {
        // There is nothing to be written at the end: a signal ends it at once.
        return watch::run(config, publish, io::stdout(), future::pending());
    }
    let stop = first_signal(LAST_SEGMENT, LATE)
        .map_err(|error| io::Error::new(error.kind(), format!("cannot listen for signals: {error}")))?;
    watch::run(config, publish, io::stdout(), stop)
}
