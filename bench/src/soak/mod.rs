//! Mixed traffic on many connections for long: every byte that comes back is held against the one that was sent.
//!
//! Connections send short and long messages, rest without reading until the server has to hold its answers back, end and are
//! reset in the middle of a transfer; others take their places. A viewer watches all of them and is read as fast as it comes,
//! but for three times at which it is not read at all, so that it falls behind: that leaves nothing behind in the server.
//! Lost, doubled, swapped or foreign bytes, a connection that ends unasked, an answer that does not come, a viewer that is
//! dropped, and memory that goes on growing each end the run with an error.
//!
//! `conversation` is one connection, `watched` what the viewer has heard.

mod conversation;
mod watched;

use std::fmt;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use clap::Parser;
use fastrand::Rng;
use mio::{Events, Poll, Token};

use conversation::{Conversation, Stream};
use watched::Watched;

/// Messages are sent in portions, one each so long.
const TICK: Duration = Duration::from_millis(10);

/// How long answers may take once nothing more is sent.
const PATIENCE: Duration = Duration::from_secs(60);

/// How often it is said how far it has come.
const REPORT: Duration = Duration::from_secs(60);

/// How often memory is looked at.
const LOOK: Duration = Duration::from_secs(1);

/// Memory may grow by so much from the second fifth of the time to the last, in parts of what it was: by the median of each,
/// since connections that rest make it go up and down.
const FLAT: f64 = 1.1;

/// The parts of the time at which the viewer begins to be held, all between the two.
const HOLDS: [f64; 3] = [0.45, 0.6, 0.75];

/// For how long: less than it takes to be let go. In a short run it is a twentieth of the time.
const HELD: Duration = Duration::from_secs(15);

/// What is asked for.
#[derive(Debug, Parser)]
pub struct Soak {
    /// The echo server
    #[arg(long)]
    server: PathBuf,
    /// The client, which is the viewer
    #[arg(long)]
    client: PathBuf,
    /// How long
    #[arg(long, default_value_t = 60.0)]
    minutes: f64,
    /// How many connections
    #[arg(long, default_value_t = 10_000)]
    connections: usize,
    /// Messages a second, over all connections
    #[arg(long, default_value_t = 1000)]
    rate: usize,
    /// The libevent that the server behaves as
    #[arg(long, default_value = "1.4")]
    dialect: String,
    /// What chance decides is the same with the same seed; when it happens is not
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

/// What has happened so far.
#[derive(Debug, Default)]
struct Sums {
    messages: u64,
    sent: u64,
    returned: u64,
    ended: u64,
    reset: u64,
    rested: u64,
}

impl fmt::Display for Sums {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mib = |bytes: u64| bytes as f64 / f64::from(1 << 20);
        write!(
            f,
            "{} messages, {:.1} MiB sent, {:.1} MiB came back as sent; {} connections ended, {} reset, {} rests",
            self.messages,
            mib(self.sent),
            mib(self.returned),
            self.ended,
            self.reset,
            self.rested
        )
    }
}

impl Soak {
    /// Runs it.
    ///
    /// # Errors
    /// What went wrong, and on which connection.
    pub fn run(&self) -> Result<()> {
        let lasts = Duration::from_secs_f64(self.minutes * 60.0);
        let watched = Watched::start(&self.server, &self.client, &self.dialect)?;
        let mut traffic = Traffic::connect(watched.address(), self.connections, self.seed)?;
        let began = Instant::now();
        let mut reported = began;
        let (mut memory, mut held) = (Memory::default(), None);
        let mut ticks = 0;
        while began.elapsed() < lasts {
            traffic.tick(self.rate_of(ticks))?;
            ticks += 1;
            traffic.listen(began + TICK * ticks)?;
            ensure!(!watched.viewer_has_ended(), "the viewer has ended");
            let passed = began.elapsed();
            if !holds(passed, lasts) {
                held = None;
            } else if held.is_none() {
                held = Some(watched.hold_viewer());
            }
            memory.look(passed, lasts, || watched.memory())?;
            if reported.elapsed() >= REPORT {
                reported += REPORT;
                println!("{:>4} min: {}; {}", began.elapsed().as_secs() / 60, traffic.sums, watched.state()?);
            }
        }
        traffic.finish()?;
        println!("  all of it: {}; {}", traffic.sums, watched.state()?);
        ensure!(watched.losses() > 0 || lasts < HELD * 20, "the viewer was held and did not fall behind");
        memory.check()
    }

    /// How many messages a tick has.
    fn rate_of(&self, tick: u32) -> usize {
        let until = |tick: u32| self.rate * tick as usize / 100;
        until(tick + 1) - until(tick)
    }
}

/// Whether the viewer is held, so much of the time having passed.
fn holds(passed: Duration, lasts: Duration) -> bool {
    HOLDS.iter().any(|&at| {
        let begins = lasts.mul_f64(at);
        (begins..begins + HELD.min(lasts / 20)).contains(&passed)
    })
}

/// Bytes of the server's memory over time.
#[derive(Debug, Default)]
struct Memory {
    looks: u32,
    /// In the second fifth of the time and in the last.
    settled: Vec<u64>,
    last: Vec<u64>,
}

impl Memory {
    fn look(&mut self, passed: Duration, lasts: Duration, bytes: impl FnOnce() -> Result<u64>) -> Result<()> {
        if passed < LOOK * self.looks {
            return Ok(());
        }
        self.looks += 1;
        match passed.div_duration_f64(lasts) {
            0.2..0.4 => self.settled.push(bytes()?),
            0.8.. => self.last.push(bytes()?),
            _ => {}
        }
        Ok(())
    }

    fn check(self) -> Result<()> {
        // A run of less than a few seconds says nothing.
        let (Some(settled), Some(last)) = (median(self.settled), median(self.last)) else { return Ok(()) };
        println!("  memory: {settled} bytes in the second fifth of the time, {last} in the last");
        ensure!(last as f64 <= settled as f64 * FLAT, "memory grew from {settled} to {last} bytes");
        Ok(())
    }
}

fn median(mut bytes: Vec<u64>) -> Option<u64> {
    bytes.sort_unstable();
    bytes.get(bytes.len() / 2).copied()
}

struct Traffic {
    address: SocketAddr,
    poll: Poll,
    events: Events,
    conversations: Vec<Conversation>,
    /// Those that read nothing, and until when.
    resting: Vec<(Instant, usize)>,
    stream: Stream,
    chance: Rng,
    sums: Sums,
}

impl Traffic {
    fn connect(address: SocketAddr, connections: usize, seed: u64) -> Result<Self> {
        let mut chance = Rng::with_seed(seed);
        let poll = Poll::new()?;
        let stream = Stream::new(&mut chance);
        let mut all = Self {
            address,
            poll,
            events: Events::with_capacity(4096),
            conversations: Vec::new(),
            resting: Vec::new(),
            stream,
            chance,
            sums: Sums::default(),
        };
        for place in 0..connections {
            let conversation = all.start(place).with_context(|| format!("connection {place}"))?;
            all.conversations.push(conversation);
        }
        Ok(all)
    }

    fn start(&mut self, place: usize) -> Result<Conversation> {
        Conversation::start(
            self.address,
            self.poll.registry(),
            Token(place),
            self.chance.usize(..Stream::LENGTH),
        )
    }

    /// So many messages, each on some connection, and what befalls connections meanwhile.
    fn tick(&mut self, messages: usize) -> Result<()> {
        let now = Instant::now();
        for place in self
            .resting
            .extract_if(.., |(until, _)| *until <= now)
            .map(|(_, place)| place)
            .collect::<Vec<_>>()
        {
            self.conversations[place].rests = false;
            self.receive(place)?;
        }
        for _ in 0..messages {
            let place = self.chance.usize(..self.conversations.len());
            match self.chance.u32(..1000) {
                0..5 => self.replace(place)?,
                5..20 if self.conversations[place].is_answered() => {
                    self.conversations[place].finish();
                    self.sums.ended += 1;
                }
                20..60 if !self.conversations[place].rests => {
                    self.conversations[place].rests = true;
                    self.resting.push((now + Duration::from_millis(self.chance.u64(100..10_000)), place));
                    self.sums.rested += 1;
                    self.send(place)?;
                }
                _ => self.send(place)?,
            }
        }
        Ok(())
    }

    fn send(&mut self, place: usize) -> Result<()> {
        let size = match self.chance.u32(..100) {
            0..60 => self.chance.usize(1..=100),
            60..95 => self.chance.usize(100..=4096),
            _ => self.chance.usize(4096..=128 * 1024),
        };
        let conversation = &mut self.conversations[place];
        if conversation.takes_more() {
            self.sums.messages += 1;
            conversation.owe(size);
            self.sums.sent +=
                conversation.send(&self.stream).with_context(|| format!("connection {place}"))?;
        }
        Ok(())
    }

    /// Resets it in the middle of whatever it does; another one takes its place.
    fn replace(&mut self, place: usize) -> Result<()> {
        self.conversations[place].reset()?;
        self.sums.reset += 1;
        self.renew(place)
    }

    fn renew(&mut self, place: usize) -> Result<()> {
        self.resting.retain(|(_, resting)| *resting != place);
        self.conversations[place] = self.start(place)?;
        Ok(())
    }

    /// What comes until then.
    fn listen(&mut self, until: Instant) -> Result<()> {
        loop {
            let left = until.saturating_duration_since(Instant::now());
            self.poll.poll(&mut self.events, Some(left))?;
            let ready: Vec<_> = self.events.iter().map(|event| event.token().0).collect();
            for place in ready {
                self.sums.sent += self.conversations[place]
                    .send(&self.stream)
                    .with_context(|| format!("connection {place}"))?;
                self.receive(place)?;
            }
            if left.is_zero() {
                return Ok(());
            }
        }
    }

    fn receive(&mut self, place: usize) -> Result<()> {
        let conversation = &mut self.conversations[place];
        if conversation.rests {
            return Ok(());
        }
        let came = conversation.receive(&self.stream).with_context(|| format!("connection {place}"))?;
        self.sums.returned += came.bytes;
        if came.ended {
            self.renew(place)?;
        }
        Ok(())
    }

    /// Sends nothing new, and waits until everything has come back.
    fn finish(&mut self) -> Result<()> {
        for (_, place) in std::mem::take(&mut self.resting) {
            self.conversations[place].rests = false;
            self.receive(place)?;
        }
        let until = Instant::now() + PATIENCE;
        while let Some(waits) = self.conversations.iter().position(|it| !it.is_answered()) {
            ensure!(
                Instant::now() < until,
                "connection {waits} was not answered: {:?}",
                self.conversations[waits]
            );
            self.listen(Instant::now() + TICK)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: Duration = Duration::from_secs(3600);

    #[test]
    fn the_viewer_is_held_three_times_between_the_two_looks_at_memory() {
        let held: Vec<_> = (0..3600).filter(|&second| holds(Duration::from_secs(second), HOUR)).collect();
        assert_eq!(held.len(), 45);
        assert!(held.iter().all(|second| (1440 + 60..2880 - 60).contains(second)), "{held:?}");
        assert!(!holds(Duration::from_secs(48), Duration::from_secs(60)), "three seconds of a minute");
    }

    #[test]
    fn memory_that_has_grown_by_more_than_a_tenth_is_an_error_and_a_peak_is_none() {
        let checked = |last: u64, peak: u64| {
            let mut memory = Memory::default();
            for second in 0..3600 {
                let bytes = match second {
                    _ if [800, 1600, 3000].contains(&second) => peak,
                    ..720 => 1,
                    720..2880 => 100,
                    _ => last,
                };
                memory.look(Duration::from_secs(second), HOUR, || Ok(bytes)).unwrap();
            }
            memory.check()
        };
        assert!(checked(109, 10_000).is_ok());
        assert_eq!(checked(111, 100).unwrap_err().to_string(), "memory grew from 100 to 111 bytes");
    }
}
