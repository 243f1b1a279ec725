//! Mixed traffic on many connections for long: every byte that comes back is held against the one that was sent.
//!
//! Connections send short and long messages, rest without reading until the server has to hold its answers back, end and are
//! reset in the middle of a transfer; others take their places. A viewer watches all of them and is read as fast as it comes.
//! Lost, doubled, swapped or foreign bytes, a connection that ends unasked, an answer that does not come, a viewer that is
//! dropped, and memory that goes on growing each end the run with an error.

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

/// Memory may grow by so much between the end of the first fifth and the end, in parts of what it was.
const FLAT: f64 = 1.1;

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
        let mut traffic = Traffic::connect(watched.address, self.connections, self.seed)?;
        let began = Instant::now();
        let (mut reported, mut settled) = (began, None);
        let mut ticks = 0;
        while began.elapsed() < lasts {
            traffic.tick(self.rate_of(ticks))?;
            ticks += 1;
            traffic.listen(began + TICK * ticks)?;
            ensure!(!watched.viewer_has_ended(), "the viewer has ended");
            if began.elapsed() * 5 >= lasts && settled.is_none() {
                settled = Some(watched.memory()?);
            }
            if reported.elapsed() >= REPORT {
                reported += REPORT;
                println!("{:>4} min: {}; {}", began.elapsed().as_secs() / 60, traffic.sums, watched.state()?);
            }
        }
        traffic.finish()?;
        let memory = watched.memory()?;
        println!("  all of it: {}; {}", traffic.sums, watched.state()?);
        let settled = settled.unwrap_or(memory);
        ensure!(memory as f64 <= settled as f64 * FLAT, "memory grew from {settled} to {memory} bytes");
        Ok(())
    }

    /// How many messages a tick has.
    fn rate_of(&self, tick: u32) -> usize {
        let until = |tick: u32| self.rate * tick as usize / 100;
        until(tick + 1) - until(tick)
    }
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
