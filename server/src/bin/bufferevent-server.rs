//! The echo server.

#[cfg(not(unix))]
compile_error!(
    "needs Unix; elsewhere there is bufferevent-scenario: cargo install bufferevent-server --bin bufferevent-scenario"
);

use std::io::{self, Write};
use std::process::ExitCode;
use std::time::Duration;

use bufferevent::NoObserver;
use bufferevent_server::Printer;
use bufferevent_server::browser;
use bufferevent_server::echo::{Config, EchoServer, LoopObserver, Output};
use bufferevent_server::generate::{self, Generate};
use bufferevent_server::mirror::{Mirror, MirrorConfig};
use bufferevent_server::process::{descriptor_limit, raise_descriptor_limit, stop_on_signals};
use bufferevent_server::publish::LAST_SEGMENT;
use clap::{CommandFactory, Parser};
use tikv_jemalloc_ctl::{Access, AsName};

/// It gives memory back to the operating system once a crowd has left; the C library's keeps what lies between.
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

/// It does so with what nobody has needed for so long, in milliseconds.
const UNNEEDED: isize = 1000;

/// How long to wait, at the start and at the end, for a standard output that is slow.
const LAST_LINES: Duration = Duration::from_millis(200);

/// Said by a program that has nothing to show.
const NO_PAGE: &str = "built without the page: --site FOLDER shows one, `cargo xtask program` builds it in";

/// Descriptors beside those of the connections and of the page: standard ones, the loop's own and what signals wake.
const OWN_DESCRIPTORS: usize = 16;

/// The tutorial's echo server: answers each message with a prefix and the message.
///
/// SIGINT, SIGTERM and SIGHUP stop it when everything sent before was answered, for a second at most; a second signal
/// stops it at once.
#[derive(Debug, Parser)]
#[command(name = "bufferevent-server", version)]
struct Program {
    #[command(flatten)]
    config: Config,
    #[command(flatten)]
    mirror: MirrorConfig,
    /// Open the page in a browser
    #[arg(long, conflicts_with = "no_http")]
    open: bool,
    #[command(flatten)]
    generate: Generate,
}

fn main() -> ExitCode {
    give_memory_back();
    let Program { config, mirror, open, generate } = generate::parse(1);
    if let Some(what) = generate.generate {
        return ended(generate::print::<Program>(what, &mut io::stdout()));
    }
    if let Err(conflict) = config.check().and_then(|()| mirror.check()) {
        Program::command().error(clap::error::ErrorKind::ValueValidation, conflict).exit();
    }
    ended(if mirror.no_http { serve(config) } else { serve_with_mirror(config, mirror, open) })
}

/// Told here and not where the allocator is built: whoever installs the program builds it without the settings of this
/// repository. Of its arenas there is the first; those to come are told, too.
fn give_memory_back() {
    for arenas in ["arena.0.dirty_decay_ms\0", "arenas.dirty_decay_ms\0"] {
        // Where it cannot be told it takes ten seconds.
        let _ = arenas.name().write(UNNEEDED);
    }
}

fn ended(result: io::Result<()>) -> ExitCode {
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // A closed standard error must not turn this into a panic.
            let _ = writeln!(io::stderr(), "bufferevent-server: {error}");
            ExitCode::FAILURE
        }
    }
}

fn serve(config: Config) -> io::Result<()> {
    raise_limit(&config, 0);
    run(bind(config, NoObserver)?)
}

fn serve_with_mirror(config: Config, mirror: MirrorConfig, open: bool) -> io::Result<()> {
    let http = mirror.http.clone();
    raise_limit(&config, mirror.max_http as usize);
    let mirror = Mirror::bind(mirror).map_err(|error| cannot_listen(&http, &error))?;
    let dialect = config.dialect;
    let mut server = bind(config, mirror.observer())?;
    server.keep_to(descriptor_limit().saturating_sub(mirror.descriptors() + OWN_DESCRIPTORS));
    let address = mirror.address()?;
    server.announce(format!("page at http://{address}/"));
    if !mirror.has_page() {
        server.announce(NO_PAGE.into());
    }
    let serving = mirror.start(dialect, server.counters(), server.nudger())?;
    if open {
        open_page(format!("http://{}/", browser::address(address)))?;
    }
    run(server)?;
    serving.finish(LAST_SEGMENT)
}

/// Without a browser the server goes on: its page can be opened by hand.
fn open_page(url: String) -> io::Result<()> {
    let by_hand = format!("open {url} by hand");
    browser::open(url, move |error| {
        let _ = writeln!(io::stderr(), "bufferevent-server: no browser opens the page ({error}): {by_hand}");
    })
}

/// As many descriptors as it may come to need, with so many HTTP connections.
fn raise_limit(config: &Config, http: usize) {
    raise_descriptor_limit(u64::from(config.max_connections) + (http + 2 * OWN_DESCRIPTORS) as u64);
}

fn bind<O: LoopObserver>(config: Config, observer: O) -> io::Result<EchoServer<O>> {
    let listen = config.listen.clone();
    let output = Output::new(Printer::new(io::stdout())?, Printer::new(io::stderr())?);
    EchoServer::bind(config, observer, output).map_err(|error| cannot_listen(&listen, &error))
}

fn run<O: LoopObserver>(mut server: EchoServer<O>) -> io::Result<()> {
    stop_on_signals(&server.stopper())
        .map_err(|error| io::Error::new(error.kind(), format!("cannot listen for signals: {error}")))?;
    // Nothing is in the way of serving, or of a shutdown in order, from here on.
    server.settle_announcements(LAST_LINES);
    server.run()?.finish(LAST_LINES);
    Ok(())
}

fn cannot_listen(address: &str, error: &io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("cannot listen on {address}: {error}"))
}
