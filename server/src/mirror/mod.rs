//! Live connections as records over a WebSocket, and the page that shows them.
//!
//! The echo loop keeps its thread to itself: its [`MirrorObserver`] hands records over through one bounded queue and
//! never waits. Everything else happens on another thread, which only ever receives:
//!
//! `observer` and `queue` (echo thread) -> `hub` -> a `viewer_queue` of `entry`s in each viewer's `outbox` -> `viewer` (its
//! WebSocket).
//! `http` serves the page's files, `carried` those in the program itself and `folder` those of another, each an `open_file`, whole or
//! by `range`, and the figures of `metrics`; `door` counts who comes in, `guard` decides who may ask, by their `origin`, `pace` how often
//! a viewer is heard; `snapshot_text` is a picture in messages of bounded size.
//!
//! `publication` is a viewer inside the process, which writes what it sees into a folder.
//!
//! These threads run at the same priority as the echo. At a lower one they would not run for seconds where a machine is busy,
//! and with them neither the page nor `/healthz`; what they may cost the echo is bounded by queues and paces instead.
//!
//! A viewer that cannot keep up loses records, is told how many, and gets a fresh picture. Whatever a viewer or a web
//! client does, its cost is bounded: `docs/server.md` has the table, with a test for each of its rows. What is said on the wire is in `bufferevent::recording::ServerMessage` and `ViewerMessage`.

mod carried;
mod door;
mod entry;
#[cfg(test)]
mod faults;
mod folder;
mod guard;
mod http;
mod hub;
mod metrics;
mod observer;
mod open_file;
mod origin;
mod outbox;
mod pace;
mod publication;
mod queue;
mod range;
mod snapshot_text;
mod viewer;
mod viewer_queue;

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::path::PathBuf;
use std::sync::atomic::AtomicU64;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

use bufferevent::Dialect;
use bufferevent::recording::PayloadPolicy;
use bufferevent_mio::Waker;
use tokio::sync::mpsc;

use folder::Folder;
use guard::Guard;
use http::{Page, Site};
use hub::Hub;
use observer::Link;
pub use observer::MirrorObserver;
use outbox::Call;
use publication::Publication;
use viewer::Greeting;

use crate::choices;
use crate::echo::Counters;
use crate::process::descriptor_limit;
use crate::publish::{PublishConfig, Publisher};

/// Descriptors beside those of its connections: its listener, what its threads wait with, files that are read or written, and
/// those who are told that there is no place.
const OWN_DESCRIPTORS: usize = 16;

/// How long viewers may take to say goodbye, too.
pub const GOODBYES: Duration = Duration::from_millis(500);

/// The settings of the mirror, which are also its command line.
#[derive(Debug, Clone, PartialEq, Eq, clap::Args)]
pub struct MirrorConfig {
    /// Where the page and the WebSocket are served; port 0 picks a free port
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:8080", value_parser = choices::address)]
    pub http: String,

    /// Serve neither page nor WebSocket
    #[arg(long, conflicts_with = "http")]
    pub no_http: bool,

    /// Let a viewer fall behind by so many bytes of records before it loses them
    #[arg(long, value_name = "BYTES", default_value_t = 4_194_304, value_parser = clap::value_parser!(u32).range(65_536..))]
    pub mirror_buffer: u32,

    /// Refuse viewers beyond so many; 0 refuses all
    #[arg(long, value_name = "COUNT", default_value_t = 64)]
    pub max_viewers: u32,

    /// Turn HTTP connections away beyond so many, viewers among them; no more than a quarter of the process's descriptors
    #[arg(long, value_name = "COUNT", default_value_t = 256, value_parser = clap::value_parser!(u32).range(1..))]
    pub max_http: u32,

    /// How much of the payload leaves the process
    #[arg(long, value_name = "HOW-MUCH", default_value = "head", value_parser = choices::payload())]
    pub mirror_payload: PayloadPolicy,

    /// Serve requests for this host too; may be given several times
    #[arg(long, value_name = "NAME", value_parser = guard::host)]
    pub allow_host: Vec<String>,

    /// Let pages of this origin show ours in a frame, for example `https://course.example`; may be given several times
    #[arg(long, value_name = "ORIGIN", value_parser = origin::pattern)]
    pub allow_frame: Vec<String>,

    /// Let pages of this origin have the page's files, as code that Share copies needs them, or of any with `*`; may be given several times
    #[arg(long, value_name = "ORIGIN", value_parser = origin::pattern_or_all)]
    pub allow_embed: Vec<String>,

    /// The folder with the page's files, an index.html among them, instead of the page that the program carries
    #[arg(long, value_name = "FOLDER", env = "BUFFEREVENT_SITE")]
    pub site: Option<PathBuf>,

    /// What viewers see as files, too.
    #[command(flatten)]
    pub publish: PublishConfig,
}

impl Default for MirrorConfig {
    fn default() -> Self {
        Self {
            http: "127.0.0.1:8080".into(),
            no_http: false,
            mirror_buffer: 4_194_304,
            max_viewers: 64,
            max_http: 256,
            mirror_payload: PayloadPolicy::Head,
            allow_host: Vec::new(),
            allow_frame: Vec::new(),
            allow_embed: Vec::new(),
            site: None,
            publish: PublishConfig::default(),
        }
    }
}

impl MirrorConfig {
    /// What speaks against these settings.
    ///
    /// # Errors
    /// A sentence that names the flag.
    pub fn check(&self) -> Result<(), String> {
        if self.no_http && self.publish.publish.is_some() {
            return Err("--publish writes what viewers see, and with --no-http there are none".into());
        }
        match &self.site {
            // The variable may be there for other times.
            Some(site) if !self.no_http && !Folder::has_page(site) => {
                Err(format!("--site (or BUFFEREVENT_SITE) {}: there is no index.html in it", site.display()))
            }
            _ => Ok(()),
        }
    }
}

/// What the mirror has done so far.
#[derive(Debug, Default)]
struct MirrorCounters {
    link: Arc<Link>,
    viewers: AtomicU64,
    places: Places,
    /// Records that viewers lost.
    lost: AtomicU64,
}

/// Viewers that are connected or about to be.
#[derive(Debug, Default)]
struct Places {
    taken: Mutex<u32>,
    freed: Condvar,
}

impl Places {
    /// Whether there was a place, of so many.
    fn take(&self, most: u32) -> bool {
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let free = *taken < most;
        *taken += u32::from(free);
        free
    }

    fn free(&self) {
        *self.taken.lock().unwrap_or_else(PoisonError::into_inner) -= 1;
        self.freed.notify_all();
    }

    /// Waits until nobody has one, but no longer than this.
    fn wait(&self, within: Duration) {
        let taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        // Who has not gone by then is not waited for, and a lock that is poisoned is no reason to wait.
        let _ = self.freed.wait_timeout_while(taken, within, |taken| *taken > 0);
    }
}

/// A mirror that listens, not yet joined to an echo loop.
#[derive(Debug)]
pub struct Mirror {
    config: MirrorConfig,
    listener: TcpListener,
    counters: Arc<MirrorCounters>,
}

impl Mirror {
    /// Listens where `config` says; requests wait until it is [started](Self::start).
    ///
    /// # Errors
    /// What the operating system says: the address is taken or not ours.
    pub fn bind(config: MirrorConfig) -> io::Result<Self> {
        let listener = TcpListener::bind(&config.http)?;
        listener.set_nonblocking(true)?;
        Ok(Self { config, listener, counters: Arc::default() })
    }

    /// Where it listens.
    ///
    /// # Errors
    /// What the operating system says.
    pub fn address(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }

    /// Whether there is a page to show: one that was named, that the program carries, or that is built beside it.
    #[must_use]
    pub fn has_page(&self) -> bool {
        !matches!(Page::find(self.config.site.as_deref()), Page::Missing)
    }

    /// How many HTTP connections there may be.
    fn places(&self) -> usize {
        (self.config.max_http as usize).min(descriptor_limit() / 4).max(1)
    }

    /// How many descriptors it needs, so that the page and `/healthz` can be asked for however many come to the echo.
    #[must_use]
    pub fn descriptors(&self) -> usize {
        self.places() + OWN_DESCRIPTORS
    }

    /// The observer for the echo loop's event base.
    #[must_use]
    pub fn observer(&self) -> MirrorObserver {
        MirrorObserver::new(Arc::clone(&self.counters.link), self.config.mirror_payload)
    }

    /// Serves from now on, on a thread of its own that ends with the process. `waker` makes the echo loop notice what
    /// viewers ask for.
    ///
    /// # Errors
    /// What the operating system says: no thread or descriptor is left; or why nothing can be published.
    pub fn start(self, dialect: Dialect, echo: Arc<Counters>, waker: Waker) -> io::Result<Serving> {
        let address = self.address()?;
        let (calls, heard) = mpsc::channel(1024);
        let (link, counters) = (Arc::clone(&self.counters.link), Arc::clone(&self.counters));
        let policy = http::policy(&self.config.allow_frame).ok_or_else(|| {
            io::Error::new(
                io::ErrorKind::InvalidInput,
                "an origin that may frame the page cannot stand in a header",
            )
        })?;
        let places = self.places();
        let greeting = Greeting { dialect, payload: self.config.mirror_payload };
        let publisher = Publisher::open(&self.config.publish, Instant::now())?;
        let limit = self.config.mirror_buffer as usize;
        let (ending, viewers) = (calls.clone(), Arc::clone(&self.counters));
        let publication = publisher.map(|it| Publication::start(it, greeting, limit, calls.clone()));
        let site = Arc::new(Site {
            guard: Guard::new(
                &self.config.http,
                address.port(),
                &self.config.allow_host,
                &self.config.allow_embed,
            ),
            policy,
            greeting,
            config: self.config,
            calls,
            mirror: self.counters,
            echo,
            last_viewer: AtomicU64::new(1),
        });
        // The other threads read files.
        let mut runtime = tokio::runtime::Builder::new_current_thread();
        let runtime =
            runtime.enable_all().max_blocking_threads(4).build().map_err(|error| cannot_serve(&error))?;
        let listener = {
            let _runtime = runtime.enter();
            tokio::net::TcpListener::from_std(self.listener).map_err(|error| cannot_serve(&error))?
        };
        let thread = std::thread::Builder::new().name("mirror".into()).spawn(move || {
            runtime.block_on(async {
                tokio::spawn(Hub::new(link, waker, counters).run(heard));
                door::serve(listener, http::router(site), places).await;
            });
        });
        thread.map_err(|error| cannot_serve(&error))?;
        Ok(Serving { ending, viewers, publication: publication.transpose()? })
    }
}

fn cannot_serve(error: &io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("cannot serve the page: {error}"))
}

/// A mirror that serves.
#[derive(Debug)]
pub struct Serving {
    ending: mpsc::Sender<Call>,
    viewers: Arc<MirrorCounters>,
    publication: Option<Publication>,
}

impl Serving {
    /// To be called once the echo loop has ended: viewers get what it did last and are told that it ends, and what is
    /// published is ended, too. Waits for that no longer than this, and for viewers no longer than [`GOODBYES`].
    ///
    /// # Errors
    /// What the folder says that is published to, or that it takes too long.
    pub fn finish(self, within: Duration) -> io::Result<()> {
        if self.ending.blocking_send(Call::End).is_ok() {
            self.viewers.places.wait(GOODBYES.min(within));
        }
        self.publication.map_or(Ok(()), |publication| publication.finish(within))
    }
}
