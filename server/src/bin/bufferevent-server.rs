//! The echo server.

use std::io::{self, Write};
use std::process::ExitCode;
use std::time::Duration;

use bufferevent::NoObserver;
use bufferevent_server::Printer;
use bufferevent_server::echo::{Config, EchoServer, LoopObserver, Output};
use bufferevent_server::mirror::{Mirror, MirrorConfig};
use bufferevent_server::process::{raise_descriptor_limit, stop_on_signals};
use clap::{CommandFactory, Parser};

/// It gives memory back to the operating system once a crowd has left; the C library's keeps what lies between.
#[cfg(not(target_env = "msvc"))]
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

/// How long to wait at the end for a standard output that is slow.
const LAST_LINES: Duration = Duration::from_millis(200);

/// How long to wait at the end for the folder that is published to.
const LAST_SEGMENT: Duration = Duration::from_secs(2);

/// Descriptors beside those of the connections: the loop's own, the page's and its viewers'.
const SPARE_DESCRIPTORS: u64 = 256;

/// The tutorial's echo server: answers each message with a prefix and the message.
///
/// SIGINT, SIGTERM and SIGHUP stop it when everything sent before was answered, for a second at most; a second signal
/// stops it at once.
#[derive(Debug, Parser)]
#[command(version)]
struct Program {
    #[command(flatten)]
    config: Config,
    #[command(flatten)]
    mirror: MirrorConfig,
}

fn main() -> ExitCode {
    let Program { config, mirror } = Program::parse();
    if let Err(conflict) = config.check().and_then(|()| mirror.check()) {
        Program::command().error(clap::error::ErrorKind::ValueValidation, conflict).exit();
    }
    let served = if mirror.no_http { serve(config) } else { serve_with_mirror(config, mirror) };
    match served {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // A closed standard error must not turn this into a panic.
            let _ = writeln!(io::stderr(), "bufferevent-server: {error}");
            ExitCode::FAILURE
        }
    }
}

fn serve(config: Config) -> io::Result<()> {
    run(bind(config, NoObserver)?)
}

fn serve_with_mirror(config: Config, mirror: MirrorConfig) -> io::Result<()> {
    let http = mirror.http.clone();
    let mirror = Mirror::bind(mirror).map_err(|error| cannot_listen(&http, &error))?;
    let dialect = config.dialect;
    let mut server = bind(config, mirror.observer())?;
    server.announce(format!("page at http://{}/", mirror.address()?));
    let publication = mirror.start(dialect, server.counters(), server.nudger())?;
    run(server)?;
    publication.map_or(Ok(()), |publication| publication.finish(LAST_SEGMENT))
}

fn bind<O: LoopObserver>(config: Config, observer: O) -> io::Result<EchoServer<O>> {
    raise_descriptor_limit(u64::from(config.max_connections) + SPARE_DESCRIPTORS);
    let listen = config.listen.clone();
    let output = Output::new(Printer::new(io::stdout())?, Printer::new(io::stderr())?);
    EchoServer::bind(config, observer, output).map_err(|error| cannot_listen(&listen, &error))
}

fn run<O: LoopObserver>(server: EchoServer<O>) -> io::Result<()> {
    stop_on_signals(&server.stopper())?;
    server.run()?.finish(LAST_LINES);
    Ok(())
}

fn cannot_listen(address: &str, error: &io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("cannot listen on {address}: {error}"))
}
