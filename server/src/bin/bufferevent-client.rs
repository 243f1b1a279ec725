//! The echo server's client.

#[cfg(not(unix))]
compile_error!(
    "needs Unix; elsewhere there is bufferevent-scenario: cargo install bufferevent-server --bin bufferevent-scenario"
);

use std::io::{self, Write};
use std::process::ExitCode;

use bufferevent_server::client;
use bufferevent_server::generate::{self, Generate};
use bufferevent_server::publish::PublishConfig;
use bufferevent_server::watch::{self, WatchConfig};
use clap::error::ErrorKind;
use clap::{CommandFactory, Parser};

/// The tutorial's client: sends what is typed or piped, prints what the server answers.
///
/// With `--watch` it prints what a server's engine does, step by step, instead.
///
/// It ends when the server closes the connection or, once its input has ended, when the last answer has arrived.
#[derive(Debug, Parser)]
#[command(name = "bufferevent-client", version)]
struct Program {
    /// The server
    #[arg(value_name = "ADDRESS:PORT", default_value = "127.0.0.1:5555")]
    address: String,

    #[command(flatten)]
    watch: Option<WatchConfig>,

    #[command(flatten)]
    generate: Generate,

    #[command(flatten)]
    publish: PublishConfig,
}

fn main() -> ExitCode {
    let program = Program::parse();
    if program.watch.is_none() && program.publish.publish.is_some() {
        let problem = "--publish writes what --watch shows, and there is none";
        Program::command().error(ErrorKind::MissingRequiredArgument, problem).exit();
    }
    let ended = match (program.generate.generate, &program.watch) {
        (Some(what), _) => {
            generate::print::<Program>(what, &mut io::stdout()).map_err(|error| error.to_string())
        }
        (_, Some(config)) => {
            watch::run(config, &program.publish, io::stdout()).map_err(|error| error.to_string())
        }
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
