//! Printing that never holds up the thread that prints.

use std::io::{self, BufWriter, Write};
use std::iter;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TrySendError, sync_channel};
use std::thread;
use std::time::Duration;

/// Lines that may wait to be printed.
const QUEUE: usize = 1024;

/// Between two writes. In a rush, lines gather meanwhile: one system call prints many, and nobody has to be woken for
/// each.
const PAUSE: Duration = Duration::from_millis(5);

/// What waits to be printed.
#[derive(Debug)]
enum Item {
    Line(String),
    /// To be answered once all before it is printed. Dropped where it cannot be.
    Asked(SyncSender<()>),
}

/// Prints lines from a thread of its own, through a bounded queue. When it is full, lines are dropped and the gap says
/// how many. When the output is closed, printing ends and nothing else.
#[derive(Debug)]
pub struct Printer {
    /// None: nothing is printed.
    queue: Option<SyncSender<Item>>,
    /// Lines dropped since the last that was queued.
    dropped: Arc<AtomicU64>,
    /// Disconnected when the thread has printed everything.
    done: Receiver<()>,
}

impl Printer {
    /// Prints to `out`.
    ///
    /// # Errors
    /// When there can be no other thread.
    pub fn new(out: impl Write + Send + 'static) -> io::Result<Self> {
        let (queue, lines) = sync_channel(QUEUE);
        let dropped = Arc::new(AtomicU64::new(0));
        let (running, done) = sync_channel(0);
        let left_out = Arc::clone(&dropped);
        thread::Builder::new().name("printer".into()).spawn(move || {
            // An output that is closed ends the thread, and with it the queue: later lines are not even built.
            let _ = print(&lines, &left_out, out);
            drop(running);
        })?;
        Ok(Self { queue: Some(queue), dropped, done })
    }

    /// Prints nothing.
    #[must_use]
    pub fn silent() -> Self {
        Self { queue: None, dropped: Arc::default(), done: sync_channel(0).1 }
    }

    /// Prints one line, without its end. The text is built only if it can be printed.
    pub fn line(&mut self, text: impl FnOnce() -> String) {
        let Some(queue) = &self.queue else { return };
        let dropped = self.dropped.load(Ordering::Relaxed);
        if dropped > 0 {
            match queue.try_send(Item::Line(gap(dropped))) {
                Ok(()) => self.dropped.store(0, Ordering::Relaxed),
                Err(error) => return self.not_queued(&error),
            }
        }
        if let Err(error) = queue.try_send(Item::Line(text())) {
            self.not_queued(&error);
        }
    }

    /// Whether the output takes nothing: waits until all lines so far are printed, at most so long. One that is slow may yet
    /// take them.
    #[must_use]
    pub fn is_closed(&self, within: Duration) -> bool {
        let Some(queue) = &self.queue else { return true };
        let (printed, answer) = sync_channel(1);
        match queue.try_send(Item::Asked(printed)) {
            Ok(()) => answer.recv_timeout(within) == Err(RecvTimeoutError::Disconnected),
            Err(error) => matches!(error, TrySendError::Disconnected(_)),
        }
    }

    fn not_queued(&mut self, error: &TrySendError<Item>) {
        match error {
            TrySendError::Full(_) => drop(self.dropped.fetch_add(1, Ordering::Relaxed)),
            TrySendError::Disconnected(_) => self.queue = None,
        }
    }

    /// Prints what is queued, waiting at most so long for an output that is slow.
    pub fn finish(mut self, within: Duration) {
        if self.queue.take().is_some() {
            // An answer never comes: it ends when the thread does, or it takes too long. Either way there is no more to do.
            let _ = self.done.recv_timeout(within);
        }
    }
}

fn gap(dropped: u64) -> String {
    match dropped {
        1 => "(1 line was dropped: printing was too slow)".into(),
        many => format!("({many} lines were dropped: printing was too slow)"),
    }
}

fn print(items: &Receiver<Item>, dropped: &AtomicU64, out: impl Write) -> io::Result<()> {
    let mut out = BufWriter::new(out);
    while let Ok(item) = items.recv() {
        let mut asked = Vec::new();
        for item in iter::once(item).chain(items.try_iter()) {
            match item {
                Item::Line(line) => writeln!(out, "{line}")?,
                Item::Asked(printed) => asked.push(printed),
            }
        }
        out.flush()?;
        for printed in asked {
            // Who does not wait any more does not want to know.
            let _ = printed.try_send(());
        }
        thread::sleep(PAUSE);
    }
    match dropped.load(Ordering::Relaxed) {
        0 => {}
        some => writeln!(out, "{}", gap(some))?,
    }
    out.flush()
}

#[cfg(test)]
mod tests {
    use std::io::{PipeReader, PipeWriter, Read, pipe};

    use super::*;

    const SOON: Duration = Duration::from_secs(10);

    fn text_of(mut reader: PipeReader) -> String {
        let mut text = String::new();
        reader.read_to_string(&mut text).unwrap();
        text
    }

    #[test]
    fn lines_come_out_in_order() {
        let (reader, writer) = pipe().unwrap();
        let mut printer = Printer::new(writer).unwrap();
        (0..3).for_each(|n| printer.line(|| format!("line {n}")));
        printer.finish(SOON);
        assert_eq!(text_of(reader), "line 0\nline 1\nline 2\n");
    }

    #[test]
    fn a_slow_output_loses_lines_and_says_so() {
        let (reader, writer) = pipe().unwrap();
        let mut printer = Printer::new(writer).unwrap();
        // Nobody reads: the pipe fills, then the queue, and every line is still taken at once.
        (0..QUEUE * 2).for_each(|_| printer.line(|| "x".repeat(1000)));
        let reading = thread::spawn(|| text_of(reader));
        printer.finish(SOON);
        let text = reading.join().unwrap();
        // There may be several gaps: the printing goes on while the queue is filled.
        let gap = |line: &str| line.strip_prefix('(')?.split(' ').next()?.parse::<usize>().ok();
        let gaps: Vec<usize> = text.lines().filter_map(gap).collect();
        let printed = text.lines().filter(|line| line.starts_with('x')).count();
        assert!(gaps.iter().all(|lines| *lines > 0) && !gaps.is_empty());
        assert_eq!(printed + gaps.iter().sum::<usize>(), QUEUE * 2);
    }

    #[test]
    fn a_closed_output_ends_the_printing_only() {
        let (reader, writer) = pipe().unwrap();
        drop(reader);
        let mut printer = Printer::new(writer).unwrap();
        while printer.queue.is_some() {
            printer.line(|| "nobody".into());
        }
        printer.line(|| unreachable!("nobody can read it"));
    }

    #[test]
    fn an_output_that_takes_nothing_is_told_from_one_that_is_slow() {
        let closed = |out: PipeWriter| {
            let mut printer = Printer::new(out).unwrap();
            printer.line(|| "x".repeat(1 << 20));
            printer.is_closed(Duration::from_millis(50))
        };
        let (reader, writer) = pipe().unwrap();
        assert!(!closed(writer), "nobody reads yet");
        drop(reader);
        let (reader, writer) = pipe().unwrap();
        drop(reader);
        assert!(closed(writer), "nobody ever will");
        let mut quick = Printer::new(io::sink()).unwrap();
        quick.line(|| "printed".into());
        assert!(!quick.is_closed(SOON));
        assert!(Printer::silent().is_closed(SOON));
    }

    #[test]
    fn an_output_that_never_reads_does_not_hold_up_the_end() {
        let (_reader, writer) = pipe().unwrap();
        let mut printer = Printer::new(writer).unwrap();
        (0..QUEUE).for_each(|_| printer.line(|| "x".repeat(1000)));
        printer.finish(Duration::from_millis(10));
    }
}
