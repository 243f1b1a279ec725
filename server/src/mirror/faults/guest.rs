//! A viewer that compares what it is told with what happened.

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::extract::ws::Message;
use bufferevent::recording::{Heard, PayloadPolicy, Viewer, Watched};
use bufferevent::{Dialect, Record, Time};

use super::super::outbox::Outbox;
use super::super::snapshot_text::text;
use super::super::viewer::{self, Greeting};
use super::World;

/// What happened in the loop. A record and a picture have their place in this list as their time.
#[derive(Debug, Clone, Copy)]
pub(super) struct Happened {
    pub(super) connection: Option<u64>,
    /// Somebody wanted a record of it.
    pub(super) recorded: bool,
}

/// One viewer, and what it may expect.
#[derive(Debug)]
pub(super) struct Guest {
    pub(super) outbox: Arc<Outbox>,
    limit: usize,
    ear: Viewer,
    /// How far it knows what happened, and the connections of its last picture.
    knows: Option<(usize, BTreeSet<u64>)>,
    /// The gaps since it knew.
    gap: Option<(u64, bool)>,
    /// What it watches by its newest wish.
    pub(super) wish: Watched,
    /// Its wishes since it saw its newest.
    pub(super) wishes: Vec<Watched>,
    pub(super) pings: usize,
    pub(super) pongs: usize,
    pub(super) gaps: usize,
    pub(super) records: usize,
    /// It takes its time for a message.
    pub(super) stalls: bool,
    pub(super) gone: bool,
}

impl Guest {
    pub(super) fn new(limit: usize) -> Self {
        let greeting = Greeting { dialect: Dialect::default(), payload: PayloadPolicy::Head };
        let mut ear = Viewer::new();
        ear.hear(text(&viewer::hello(greeting)).as_bytes()).unwrap();
        Self {
            outbox: Arc::new(Outbox::new(limit)),
            limit,
            ear,
            knows: None,
            gap: None,
            wish: Watched::All,
            wishes: Vec::new(),
            pings: 0,
            pongs: 0,
            gaps: 0,
            records: 0,
            stalls: false,
            gone: false,
        }
    }

    /// Takes what it was sent and compares it with what happened.
    pub(super) fn take(&mut self, message: &Message, world: &World) {
        let Message::Text(words) = message else { return };
        let seed = world.seed;
        let happened = world.happened.borrow();
        match self.ear.hear(words.as_bytes()).unwrap_or_else(|problem| panic!("seed {seed}: {problem}")) {
            Heard::Pong => self.pongs += 1,
            Heard::Hello | Heard::Part => {}
            Heard::Gap { lost, at_least } => {
                let (before, unknown) = self.gap.unwrap_or_default();
                self.gap = Some((before + lost, unknown || at_least));
                self.gaps += 1;
            }
            Heard::Snapshot(picture) => {
                let now = place(picture.time);
                if let Some((known, _)) = self.knows {
                    assert!(known <= now, "seed {seed}: a picture of the past");
                    self.check_gap(&happened[known..now], seed);
                } else if let Some((lost, _)) = self.gap.take() {
                    // Since a first picture that it never got.
                    let recorded = happened[..now].iter().filter(|it| it.recorded).count();
                    assert!(lost <= recorded as u64, "seed {seed}: {lost} lost of {recorded}");
                }
                let shown: BTreeSet<_> = picture.connections.into_keys().collect();
                if (1..=world.shown).all(|it| self.wish.includes(Some(it)) == shown.contains(&it)) {
                    self.wishes.clear();
                }
                self.knows = Some((now, shown));
            }
            Heard::Records(records) => {
                assert!(self.gap.is_none(), "seed {seed}: records between a gap and its picture");
                records.iter().for_each(|record| self.take_record(record, &happened, seed));
            }
        }
    }

    /// Between what it knows and its new picture is exactly what the gap says, and nothing where there was none. After a
    /// wish it is as many as it watches by what it saw last and by each wish, to as many as it watches by one of them:
    /// a picture in between may have been overtaken.
    fn check_gap(&mut self, between: &[Happened], seed: u64) {
        let sure = |it: &&Happened| {
            self.watches(it.connection) && self.wishes.iter().all(|wish| wish.includes(it.connection))
        };
        let maybe = |it: &&Happened| {
            self.watches(it.connection) || self.wishes.iter().any(|wish| wish.includes(it.connection))
        };
        let recorded = |it: &&Happened| it.recorded;
        let least = between.iter().filter(sure).filter(recorded).count() as u64;
        let most = between.iter().filter(maybe).filter(recorded).count() as u64;
        let all = between.iter().filter(sure).count() as u64;
        let (lost, at_least) = self.gap.take().unwrap_or_default();
        assert!((least..=most).contains(&lost), "seed {seed}: {lost} lost and not {least} to {most}");
        assert!(at_least || all <= lost, "seed {seed}: {all} happened and {lost} were told");
    }

    fn take_record(&mut self, record: &Record, happened: &[Happened], seed: u64) {
        let (known, _) = self.knows.as_ref().unwrap_or_else(|| panic!("seed {seed}: a record at first"));
        let at = place(record.time) - 1;
        let skipped = happened[*known..at].iter().filter(|it| self.watches(it.connection));
        assert_eq!(skipped.count(), 0, "seed {seed}: missing without a word");
        assert!(
            happened[at].connection == record.connection && self.watches(record.connection),
            "seed {seed}"
        );
        if let Some((known, _)) = &mut self.knows {
            *known = at + 1;
        }
        self.records += 1;
    }

    fn watches(&self, connection: Option<u64>) -> bool {
        let watched = |number| self.knows.as_ref().is_some_and(|(_, shown)| shown.contains(&number));
        connection.is_none_or(watched)
    }

    /// Once all is calm: it knows everything, and watches what it wished last.
    pub(super) fn check_end(&self, world: &World) {
        let seed = world.seed;
        let (known, shown) =
            self.knows.as_ref().unwrap_or_else(|| panic!("seed {seed}: it never saw anything"));
        assert!(self.gap.is_none(), "seed {seed}: a gap without a picture");
        let missed =
            world.happened.borrow()[*known..].iter().filter(|it| self.watches(it.connection)).count();
        assert_eq!(missed, 0, "seed {seed}: never told");
        let wished: BTreeSet<_> =
            (1..=world.shown).filter(|&number| self.wish.includes(Some(number))).collect();
        assert_eq!(shown, &wished, "seed {seed}: the newest wish counts");
        assert!(self.pongs <= self.pings && (self.pongs > 0) == (self.pings > 0), "seed {seed}");
    }

    /// The limit and what a string takes ahead; one picture.
    pub(super) fn check_memory(&self, seed: u64) {
        let (bytes, snapshots) = self.outbox.with(|queue| queue.kept());
        assert!(bytes <= 2 * self.limit + 256, "seed {seed}: {bytes} bytes wait, of {}", self.limit);
        assert!(snapshots <= 1, "seed {seed}: {snapshots} pictures wait");
    }
}

fn place(time: Time) -> usize {
    usize::try_from(time.as_micros()).expect("a place in a list")
}
