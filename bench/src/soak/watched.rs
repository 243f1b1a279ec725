//! The server and who watches it.

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;

use anyhow::{Context, Result};

use crate::server::Server;

/// A server with a viewer. Both end when it is dropped.
pub(super) struct Watched {
    viewer: Viewer,
    server: Server,
}

/// The client's process, and what it has heard.
struct Viewer {
    process: Child,
    heard: Arc<Heard>,
}

#[derive(Default)]
struct Heard {
    messages: AtomicU64,
    losses: AtomicU64,
    ended: AtomicBool,
    /// Who has it keeps the viewer from being read: soon it takes nothing, and falls behind.
    held: Mutex<()>,
}

impl Watched {
    pub(super) fn start(server: &Path, client: &Path, dialect: &str) -> Result<Self> {
        let plain = ["--plain", "--read-high", "0", "--max-connections", "20000", "--dialect", dialect];
        let (server, page) = Server::with_page(server, &plain)?;
        let watched = format!("{}/ws", page.trim_end_matches('/').replacen("http", "ws", 1));
        Ok(Self { viewer: Viewer::start(client, &watched)?, server })
    }

    pub(super) const fn address(&self) -> SocketAddr {
        self.server.address
    }

    /// Bytes of memory that the server alone holds.
    pub(super) fn memory(&self) -> Result<u64> {
        self.server.memory()
    }

    /// How the two are, in words.
    pub(super) fn state(&self) -> Result<String> {
        let memory = self.memory()? as f64 / f64::from(1 << 20);
        let [messages, losses] =
            [&self.viewer.heard.messages, &self.viewer.heard.losses].map(|it| it.load(Ordering::Relaxed));
        Ok(format!(
            "memory {memory:.1} MiB, the viewer was told {messages} lines, {losses} of them of a loss"
        ))
    }

    pub(super) fn viewer_has_ended(&self) -> bool {
        self.viewer.heard.ended.load(Ordering::Relaxed)
    }

    /// How often the viewer was told of a loss.
    pub(super) fn losses(&self) -> u64 {
        self.viewer.heard.losses.load(Ordering::Relaxed)
    }

    /// The viewer takes nothing until this is dropped.
    pub(super) fn hold_viewer(&self) -> MutexGuard<'_, ()> {
        self.viewer.heard.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Viewer {
    fn start(client: &Path, watched: &str) -> Result<Self> {
        let mut process = Command::new(client)
            .args(["--watch", watched, "--json"])
            .stdout(Stdio::piped())
            .spawn()
            .context("cannot start the viewer")?;
        let heard = Arc::new(Heard::default());
        let lines = BufReader::new(process.stdout.take().context("it has no standard output")?).lines();
        let counts = Arc::clone(&heard);
        thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                counts.messages.fetch_add(1, Ordering::Relaxed);
                counts.losses.fetch_add(u64::from(line.starts_with(r#"{"kind":"gap""#)), Ordering::Relaxed);
                drop(counts.held.lock());
            }
            counts.ended.store(true, Ordering::Relaxed);
        });
        Ok(Self { process, heard })
    }
}

impl Drop for Viewer {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
