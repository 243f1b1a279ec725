//! The server and who watches it.

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;

use anyhow::{Context, Result};

use crate::server::memory_of;

/// A server with a viewer. Both end when it is dropped.
pub(super) struct Watched {
    server: Child,
    viewer: Child,
    pub(super) address: SocketAddr,
    heard: Arc<Heard>,
    /// The server's standard output: it goes on when somebody reads it.
    _out: BufReader<ChildStdout>,
}

/// What the viewer has heard.
#[derive(Default)]
struct Heard {
    messages: AtomicU64,
    losses: AtomicU64,
    ended: AtomicBool,
}

impl Watched {
    pub(super) fn start(server: &Path, client: &Path, dialect: &str) -> Result<Self> {
        let mut server = Command::new(server)
            .args(["--listen", "127.0.0.1:0", "--http", "127.0.0.1:0", "--plain", "--read-high", "0"])
            .args(["--quiet", "--max-connections", "20000", "--dialect", dialect])
            .stdout(Stdio::piped())
            .spawn()
            .context("cannot start the server")?;
        let mut out = BufReader::new(server.stdout.take().context("it has no standard output")?);
        let address = said(&mut out, "echo server listening on ")?.parse()?;
        let page = said(&mut out, "page at ")?;
        let watched = format!("{}/ws", page.trim_end_matches('/').replacen("http", "ws", 1));
        let mut viewer = Command::new(client)
            .args(["--watch", &watched, "--json"])
            .stdout(Stdio::piped())
            .spawn()
            .context("cannot start the viewer")?;
        let heard = Arc::new(Heard::default());
        let lines = BufReader::new(viewer.stdout.take().context("it has no standard output")?).lines();
        let counts = Arc::clone(&heard);
        thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                counts.messages.fetch_add(1, Ordering::Relaxed);
                counts.losses.fetch_add(u64::from(line.starts_with(r#"{"kind":"gap""#)), Ordering::Relaxed);
            }
            counts.ended.store(true, Ordering::Relaxed);
        });
        Ok(Self { server, viewer, address, heard, _out: out })
    }

    /// Bytes of memory that the server alone holds.
    pub(super) fn memory(&self) -> Result<u64> {
        memory_of(self.server.id())
    }

    /// How the two are, in words.
    pub(super) fn state(&self) -> Result<String> {
        let memory = self.memory()? as f64 / f64::from(1 << 20);
        let [messages, losses] =
            [&self.heard.messages, &self.heard.losses].map(|it| it.load(Ordering::Relaxed));
        Ok(format!(
            "memory {memory:.1} MiB, the viewer was told {messages} lines, {losses} of them of a loss"
        ))
    }

    pub(super) fn viewer_has_ended(&self) -> bool {
        self.heard.ended.load(Ordering::Relaxed)
    }
}

/// What comes after these words in the next line.
fn said(out: &mut impl BufRead, words: &str) -> Result<String> {
    let mut line = String::new();
    out.read_line(&mut line)?;
    let rest = line.trim_end().strip_prefix(words).map(str::to_owned);
    rest.with_context(|| format!("instead of `{words}...` the server said {line:?}"))
}

impl Drop for Watched {
    fn drop(&mut self) {
        for child in [&mut self.viewer, &mut self.server] {
            // It may have ended by itself.
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}
