//! A viewer inside the process: what it sees is published. It has a thread of its own, so that a slow disk holds up neither
//! the echo nor any other viewer; like one of those it loses records when it falls behind, and is told.

use std::io;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, sync_channel};
use std::time::{Duration, Instant};

use bufferevent::recording::Viewer;
use tokio::sync::mpsc;
use tokio::time::{MissedTickBehavior, interval};

use super::outbox::{Call, Outbox};
use super::snapshot_text::text;
use super::viewer::{self, Greeting};
use super::viewer_queue::ViewerQueue;
use crate::Printer;
use crate::publish::{Publisher, TICK};

/// Its number among the viewers; those on sockets count from 1.
const NUMBER: u64 = 0;

/// Something is published, until nothing follows.
#[derive(Debug)]
pub(super) struct Publication {
    ended: Receiver<io::Result<()>>,
}

impl Publication {
    pub(super) fn start(
        publisher: Publisher,
        greeting: Greeting,
        limit: usize,
        calls: mpsc::Sender<Call>,
    ) -> io::Result<Self> {
        let (end, ended) = sync_channel(1);
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .build()
            .map_err(|error| cannot_publish(&error))?;
        let errors = Printer::new(io::stderr()).map_err(|error| cannot_publish(&error))?;
        let outbox = Arc::new(Outbox::new(limit));
        let thread = std::thread::Builder::new().name("publish".into()).spawn(move || {
            let result = runtime.block_on(run(publisher, greeting, outbox, calls, errors));
            // Whoever does not wait for the end does not want to know.
            let _ = end.send(result);
        });
        thread.map_err(|error| cannot_publish(&error))?;
        Ok(Self { ended })
    }

    /// Waits until what the loop did last is written, and that nothing follows, but no longer than this. The hub has been
    /// told to say so.
    ///
    /// # Errors
    /// What the folder says, or that it takes too long.
    pub(super) fn finish(self, within: Duration) -> io::Result<()> {
        match self.ended.recv_timeout(within) {
            Ok(result) => result,
            Err(RecvTimeoutError::Timeout) => {
                Err(io::Error::other("the end of what is published was not written in time"))
            }
            Err(RecvTimeoutError::Disconnected) => Ok(()),
        }
    }
}

fn cannot_publish(error: &io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("cannot publish: {error}"))
}

async fn run(
    mut publisher: Publisher,
    greeting: Greeting,
    outbox: Arc<Outbox>,
    calls: mpsc::Sender<Call>,
    mut errors: Printer,
) -> io::Result<()> {
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
    loop {
        let over = outbox.is_over();
        if !over
            && outbox.with(ViewerQueue::wants_snapshot)
            && calls.send(Call::Snapshot(NUMBER)).await.is_err()
        {
            return Ok(());
        }
        while let Some(entry) = outbox.with(ViewerQueue::pop) {
            say(hear(&viewer::words(entry), &mut publisher));
        }
        if over {
            return publisher.end(Instant::now());
        }
        tokio::select! {
            () = outbox.bell.notified() => {}
            _ = tick.tick() => say(publisher.tick(Instant::now())),
        }
    }
}
