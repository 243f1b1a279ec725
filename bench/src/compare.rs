//! Runs the loads on the servers in turn.

use std::collections::HashMap;
use std::fs;
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use crate::counts::{calls, counts};
use crate::evbuffer::{OPERATIONS, of_libevent, ours, with_bytes};
use crate::load::{Load, Message, Seen, churn};
use crate::peer::Service;
use crate::plan::{Kind, PLANS, Plan};
use crate::report::{Idle, Operation, Report, Row, Spread};
use crate::server::{Arguments, Peer, Server, pin_load, raise_descriptors};
use anyhow::{Context, Result};
use clap::Parser;
use hdrhistogram::Histogram;

/// The share of the slowest server's rate at which all are compared in open load.
const BEARABLE: f64 = 0.6;

/// How many silent connections tell what one costs.
const SILENT: usize = 10_000;

/// When a server's memory is taken as it is, and how many readings that are the same make it stay before that.
const SETTLES_WITHIN: Duration = Duration::from_secs(10);
const STAYS: usize = 4;

/// What is asked for.
#[derive(Debug, Parser)]
pub struct Bench {
    /// Fewer loads and rounds: a few minutes
    #[arg(long)]
    quick: bool,
    /// Only instructions and system calls a message, which other work on the machine does not change
    #[arg(long, conflicts_with = "quick")]
    counts: bool,
    /// Only the loads with this in their name
    #[arg(long, value_name = "PART")]
    only: Option<String>,
    /// The echo server
    #[arg(long)]
    server: PathBuf,
    /// The folder of the peers written in Rust
    #[arg(long)]
    peers: PathBuf,
    /// The peer on libevent, where it could be built
    #[arg(long)]
    libevent: Option<PathBuf>,
    /// The peer on io_uring, where it could be built
    #[arg(long)]
    uring: Option<PathBuf>,
    /// libevent's evbuffer, timed, where it could be built
    #[arg(long)]
    evbuffer: Option<PathBuf>,
    /// Where the report is written
    #[arg(long)]
    out: PathBuf,
}

impl Bench {
    /// Runs it.
    ///
    /// # Errors
    /// A server or a peer did not do what it should; a report cannot be written.
    pub fn run(&self) -> Result<()> {
        fs::create_dir_all(&self.out)?;
        raise_descriptors();
        pin_load()?;
        let servers = self.servers();
        if self.counts {
            let text = counts(&servers, self.only.as_deref().unwrap_or_default(), &self.out);
            fs::write(self.out.join("counts.txt"), &text)?;
            print!("{text}");
            return Ok(());
        }
        let (rounds, lasts) = self.rounds();
        let mut report = Report {
            left_out: Vec::new(),
            rounds,
            seconds: lasts.as_secs_f64(),
            rows: Vec::new(),
            idle: Vec::new(),
            operations: Vec::new(),
        };
        for (name, program) in [("libevent", &self.libevent), ("io_uring", &self.uring)] {
            if program.is_none() {
                report.left_out.push(format!("{name}: its program could not be built"));
            }
        }
        let wanted = |plan: &&Plan| {
            self.only.as_ref().map_or(plan.quick || !self.quick, |part| plan.name.contains(part.as_str()))
        };
        for plan in PLANS.iter().filter(wanted) {
            eprintln!("{} ...", plan.name);
            // To read more at once than the libevent does is of no use below a high watermark.
            let servers: Vec<Peer> =
                servers.iter().filter(|it| plan.service.plain || !it.reads_more()).cloned().collect();
            let measured =
                measure(plan, &servers, rounds, lasts).with_context(|| format!("load `{}`", plan.name))?;
            report.rows.extend(measured.rows(plan, &servers, &self.out, &mut report.left_out));
        }
        if self.only.is_none() {
            for server in servers.iter().filter(|it| !it.reads_more()) {
                report.idle.push(idle(server)?);
            }
        }
        for (name, operation) in OPERATIONS {
            if self.only.as_ref().is_none_or(|part| name.contains(part.as_str())) {
                report.operations.push(evbuffers(name, operation, self.evbuffer.as_deref(), rounds)?);
            }
        }
        fs::write(self.out.join("bench.json"), serde_json::to_string_pretty(&report)?)?;
        fs::write(self.out.join("bench.svg"), report.plot())?;
        let text = report.text();
        fs::write(self.out.join("bench.txt"), &text)?;
        print!("{text}");
        Ok(())
    }

    fn servers(&self) -> Vec<Peer> {
        let peer = |name: &str, program: PathBuf, arguments| Peer { name: name.into(), program, arguments };
        let ours = |name, large_reads| peer(name, self.server.clone(), Arguments::Ours { large_reads });
        let mut all = vec![ours("bufferevent", false), ours("bufferevent*", true)];
        all.extend(self.libevent.clone().map(|program| peer("libevent", program, Arguments::Libevent)));
        all.push(peer("tokio", self.peers.join("peer-tokio"), Arguments::Peer));
        all.push(peer("floor", self.peers.join("peer-floor"), Arguments::Peer));
        all.extend(self.uring.clone().map(|program| peer("io_uring", program, Arguments::Peer)));
        all
    }

    fn rounds(&self) -> (usize, Duration) {
        if self.quick { (5, Duration::from_millis(350)) } else { (9, Duration::from_millis(700)) }
    }
}

/// One measurement.
struct Sample {
    rate: f64,
    processor: f64,
    times: Histogram<u64>,
}

struct Measured {
    /// By server's name, a sample a round.
    closed: HashMap<String, Vec<Sample>>,
    open: HashMap<String, Histogram<u64>>,
    rate: f64,
}

fn measure(plan: &Plan, servers: &[Peer], rounds: usize, lasts: Duration) -> Result<Measured> {
    let mut closed: HashMap<String, Vec<Sample>> = HashMap::new();
    for round in 0..rounds {
        for server in in_turn(servers, round) {
            closed.entry(server.name.clone()).or_default().push(sample(
                plan,
                server,
                |load| load.closed(lasts),
                lasts,
            )?);
        }
    }
    let median =
        |samples: &Vec<Sample>| Spread::of(samples.iter().map(|it| it.rate).collect()).map(|it| it.median);
    let slowest = closed.values().filter_map(median).fold(f64::INFINITY, f64::min);
    let rate = slowest * BEARABLE;
    let mut open: HashMap<String, Histogram<u64>> = HashMap::new();
    if plan.kind != Kind::Churn {
        for round in 0..rounds.div_ceil(2) {
            for server in in_turn(servers, round) {
                let seen = sample(plan, server, |load| load.open(rate, lasts), lasts)?;
                match open.get_mut(&server.name) {
                    Some(times) => times.add(&seen.times)?,
                    None => drop(open.insert(server.name.clone(), seen.times)),
                }
            }
        }
    }
    Ok(Measured { closed, open, rate })
}

/// Everybody is first in some round.
fn in_turn(servers: &[Peer], round: usize) -> impl Iterator<Item = &Peer> {
    servers.iter().cycle().skip(round % servers.len()).take(servers.len())
}

fn sample(
    plan: &Plan,
    peer: &Peer,
    run: impl Fn(&mut Load) -> Result<Seen>,
    lasts: Duration,
) -> Result<Sample> {
    let server = Server::start(peer, plan.service)?;
    let message = Message::of(plan.size, plan.service);
    let measured = || -> Result<_> {
        let (seen, before) = match plan.kind {
            Kind::Churn => {
                let before = server.processor_time()?;
                (churn(server.address, message, lasts)?, before)
            }
            Kind::Busy { connections, idle } => {
                let _silent =
                    (0..idle).map(|_| TcpStream::connect(server.address)).collect::<Result<Vec<_>, _>>()?;
                let mut load = Load::connect(server.address, connections, message)?;
                // Who is answered was accepted, and all who came before.
                load.exactly(1)?;
                let before = server.processor_time()?;
                (run(&mut load)?, before)
            }
        };
        Ok((seen, server.processor_time()? - before))
    };
    let (seen, processor) = measured().with_context(|| format!("server {}", peer.name))?;
    let rate = seen.messages as f64 / seen.took.as_secs_f64();
    Ok(Sample { rate, processor: processor as f64 / 1e3 / seen.all.max(1) as f64, times: seen.times })
}

/// The memory of a server once it stays: an allocator gives back what it does not need within seconds.
fn settled(server: &Server) -> Result<u64> {
    let began = Instant::now();
    let mut seen = vec![server.memory()?];
    while began.elapsed() < SETTLES_WITHIN {
        thread::sleep(SETTLES_WITHIN / 20);
        seen.push(server.memory()?);
        if seen.len() > STAYS && seen[seen.len() - STAYS..].windows(2).all(|pair| pair[0] == pair[1]) {
            break;
        }
    }
    server.memory()
}

fn idle(peer: &Peer) -> Result<Idle> {
    let service = Service { plain: false, read_high: 10 };
    let server = Server::start(peer, service)?;
    let message = Message::of(10, service);
    // What the first connections make the server set up is not theirs.
    let mut first = Load::connect(server.address, 10, message)?;
    first.exactly(1)?;
    let at_first = settled(&server)?;
    let mut load = Load::connect(server.address, SILENT, message)?;
    // A message on a connection that comes after them: all of them are accepted.
    Load::connect(server.address, 1, message)?.exactly(1)?;
    let each = |memory: u64| memory.saturating_sub(at_first) as f64 / SILENT as f64;
    let before = each(settled(&server)?);
    load.exactly(1)?;
    Ok(Idle { server: peer.name.clone(), before, after: each(settled(&server)?) })
}

/// One operation with each evbuffer in turn.
fn evbuffers(
    name: &str,
    operation: crate::evbuffer::Operation,
    libevent: Option<&Path>,
    rounds: usize,
) -> Result<Operation> {
    let (mut times, mut to_libevent, mut to_bytes) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..rounds {
        let time = ours(operation);
        times.push(time);
        if let Some(program) = libevent {
            to_libevent.push(of_libevent(program, name)? / time);
        }
        to_bytes.extend(with_bytes(operation).map(|it| it / time));
    }
    Ok(Operation {
        operation: name.into(),
        time: Spread::of(times),
        to_libevent: Spread::of(to_libevent),
        to_bytes: Spread::of(to_bytes),
    })
}

impl Measured {
    fn rows(self, plan: &Plan, servers: &[Peer], out: &Path, left_out: &mut Vec<String>) -> Vec<Row> {
        let ratio = |name: &str, to: &str, of: fn(&Sample, &Sample) -> f64| {
            let (ours, theirs) = (self.closed.get(name)?, self.closed.get(to)?);
            Spread::of(ours.iter().zip(theirs).map(|(ours, theirs)| of(ours, theirs)).collect())
        };
        let rate = |ours: &Sample, theirs: &Sample| ours.rate / theirs.rate;
        let cheaper = |ours: &Sample, theirs: &Sample| theirs.processor / ours.processor;
        let row = |peer: &Peer| {
            let samples = &self.closed[&peer.name];
            let mut times = samples[0].times.clone();
            for sample in &samples[1..] {
                // All have the same bounds.
                let _ = times.add(&sample.times);
            }
            let calls = if plan.kind == Kind::Churn { Ok(None) } else { calls(plan, peer, out).map(Some) };
            let calls = calls.unwrap_or_else(|error| {
                let why = format!("system calls: {error:#}");
                if !left_out.contains(&why) {
                    left_out.push(why);
                }
                None
            });
            Row {
                load: plan.name.into(),
                server: peer.name.clone(),
                rate: Spread::of(samples.iter().map(|it| it.rate).collect()),
                to_libevent: ratio(&peer.name, "libevent", rate),
                to_floor: ratio(&peer.name, "floor", rate),
                cheaper_than_libevent: ratio(&peer.name, "libevent", cheaper),
                cheaper_than_floor: ratio(&peer.name, "floor", cheaper),
                closed: quantiles(&times),
                open: self.open.get(&peer.name).map(|times| (quantiles(times), self.rate)),
                processor: Spread::of(samples.iter().map(|it| it.processor).collect()),
                calls,
            }
        };
        servers.iter().map(row).collect()
    }
}

fn quantiles(times: &Histogram<u64>) -> [f64; 3] {
    [0.5, 0.99, 0.999].map(|part| times.value_at_quantile(part) as f64 / 1e3)
}
