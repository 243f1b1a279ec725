//! A viewer inside the process: what it sees is published. It has a thread of its own, so that a slow disk holds up neither
//! the echo nor any other viewer; like one of those it loses records when it falls behind, and is told.

use std::future::pending;
use std::io;
use std::pin::pin;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, sync_channel};
use std::time::{Duration, Instant};

use bufferevent::recording::Viewer;
use tokio::sync::{mpsc, oneshot};
use tokio::time::{MissedTickBehavior, interval};

use super::outbox::{Call, Outbox};
use super::snapshot_text::text;
use super::viewer::{self, Greeting};
use super::viewer_queue::ViewerQueue;
use crate::Printer;
use crate::publish::{Publisher, TICK};

/// Its number among the viewers; those on sockets count from 1.
const NUMBER: u64 = 0;

/// What the loop did last is with the hub within this time.
const LAST_RECORDS: Duration = Duration::from_millis(100);

/// Something is published, until the process ends or it is finished.
#[derive(Debug)]
pub struct Publication {
    stop: oneshot::Sender<()>,
    ended: Receiver<io::Result<()>>,
}

impl Publication {
    pub(super) fn start(
        publisher: Publisher,
        greeting: Greeting,
        limit: usize,
        calls: mpsc::Sender<Call>,
    ) -> io::Result<Self> {
        let (stop, stopped) = oneshot::channel();
        let (end, ended) = sync_channel(1);
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build()?;
        let errors = Printer::new(io::stderr())?;
        let outbox = Arc::new(Outbox::new(limit));
        std::thread::Builder::new().name("publish".into()).spawn(move || {
            // Where processors are short the echo goes first.
            let _ = rustix::process::nice(19);
            let result = runtime.block_on(run(publisher, greeting, outbox, calls, stopped, errors));
            // Whoever does not wait for the end does not want to know.
            let _ = end.send(result);
        })?;
        Ok(Self { stop, ended })
    }

    /// Writes what the loop did last, and that nothing follows. It waits for that no longer than this.
    ///
    /// # Errors
    /// What the folder says, or that it takes too long.
    pub fn finish(self, within: Duration) -> io::Result<()> {
        // It may have ended by itself.
        let _ = self.stop.send(());
        match self.ended.recv_timeout(within) {
            Ok(result) => result,
            Err(RecvTimeoutError::Timeout) => {
                Err(io::Error::other("the end of what is published was not written in time"))
            }
            Err(RecvTimeoutError::Disconnected) => Ok(()),
        }
    }
}

async fn run(
    mut publisher: Publisher,
    greeting: Greeting,
    outbox: Arc<Outbox>,
    calls: mpsc::Sender<Call>,
    stopped: oneshot::Receiver<()>,
    mut errors: Printer,
) -> io::Result<()> {
    // A handle that was dropped asks for nothing.
    let mut stopped = pin!(async {
        if stopped.await.is_err() {
            pending::<()>().await;
        }
    });
    let mut say = |line: Option<String>| line.into_iter().for_each(|line| errors.line(|| line));
    let mut viewer = Viewer::new();
    let mut hear = |words: &str, publisher: &mut Publisher| match viewer.hear(words.as_bytes()) {
        Ok(heard) => publisher.take(&heard, &viewer, Instant::now()),
        Err(problem) => Some(format!("what is published is not understood: {problem}")),
    };
    say(hear(&text(&viewer::hello(greeting)), &mut publisher));
    if calls.send(Call::Join(NUMBER, Arc::clone(&outbox))).await.is_err() {
        return Ok(());
    }
    let mut tick = interval(TICK);
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut last = false;
    loop {
        if outbox.with(ViewerQueue::wants_snapshot) && calls.send(Call::Snapshot(NUMBER)).await.is_err() {
            return Ok(());
        }
        while let Some(entry) = outbox.with(ViewerQueue::pop) {
            say(hear(&viewer::words(entry), &mut publisher));
        }
        if last {
            return publisher.end(Instant::now());
        }
        tokio::select! {
            () = outbox.bell.notified() => {}
            _ = tick.tick() => say(publisher.tick(Instant::now())),
            () = &mut stopped => {
                tokio::time::sleep(LAST_RECORDS).await;
                last = true;
            }
        }
    }
}
