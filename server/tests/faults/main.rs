//! The whole echo loop on a kernel that fails by design, in virtual time: whatever it does, every byte is accounted for.
//!
//! A run is one seed: some clients, settings, and rates at which calls are interrupted, cut short, put off, refused
//! memory or descriptors, or reset, and edges come late or without a reason. What fails names its seed;
//! `FAULTS_SEED=SEED FAULTS_RUNS=1 cargo test --package bufferevent-server --test faults` runs it alone, and
//! `FAULTS_RUNS=100000` with `--release` many more than the test does by itself.

mod client;
mod excerpt;
mod random;
mod system;
mod world;

use std::env;

use bufferevent::{Dialect, NoObserver, Record};
use bufferevent_server::Printer;
use bufferevent_server::echo::{Config, EchoServer, GRACE, LoopObserver, Output, PREFIX};

use client::{Client, Outcome, payload};
use excerpt::{around, difference};
use random::Random;
use system::Virtual;
use world::World;

/// More turns than a byte is ever waited for: what takes them stalls or spins. A run as a whole may be long, since a peer's window
/// of a few bytes and a kernel that often interrupts make a turn of each of them.
const TURNS: usize = 2_000;

fn setting(name: &str, otherwise: u64) -> u64 {
    env::var(name).map_or(otherwise, |text| text.parse().expect("a number"))
}

fn seeds(otherwise: u64) -> impl Iterator<Item = u64> {
    let first = setting("FAULTS_SEED", 1);
    first..first + setting("FAULTS_RUNS", otherwise)
}

/// How a run ended for each client, and what it has got.
type Ends = Vec<(Option<Outcome>, Vec<u8>)>;

/// One run, to its end.
struct Run {
    seed: u64,
    config: Config,
    clients: usize,
    /// They send much at once.
    much: bool,
    /// The server is told to stop after so many turns, if that comes before everybody is done.
    stop_after: Option<usize>,
    random: Random,
}

impl Run {
    fn of(seed: u64) -> Self {
        let mut random = Random::new(seed);
        let read_high = random.of(&[1, 10, 10, 64, 0]);
        let config = Config {
            dialect: random.of(&Dialect::ALL),
            read_high,
            read_low: if read_high == 10 { random.of(&[0, 0, 3, 10]) } else { 0 },
            read_limit: random.of(&[0, 0, 7, 100_000]),
            write_low: random.of(&[0, 0, 20]),
            plain: random.happens(200),
            read_timeout: random.of(&[0, 0, 2]),
            write_timeout: random.of(&[0, 0, 2]),
            max_output: random.of(&[1, 100, 1_048_576]),
            max_connections: random.of(&[2, 10_000]),
            quiet: true,
            ..Config::default()
        };
        let clients = random.up_to(5);
        let stop_after = random.happens(300).then(|| random.below(200));
        Self { seed, config, clients, much: false, stop_after, random }
    }

    /// One in which reads are of thousands of bytes.
    fn of_much(seed: u64) -> Self {
        let mut run = Self::of(seed);
        (run.config.read_high, run.config.read_low, run.much) = (0, 0, true);
        run
    }

    /// Runs it and accounts for every byte.
    fn account(self, observer: impl LoopObserver) -> Ends {
        let Self { seed, config, clients, much, stop_after, random } = self;
        let world = World::new(random, clients);
        if much {
            world.borrow_mut().clients.iter_mut().for_each(Client::sends_much);
        }
        let system = Virtual::new(&world);
        let (door, output) = (system.door(), Output::new(Printer::silent(), Printer::silent()));
        let mut server = EchoServer::with_system(system, door, config.clone(), observer, output)
            .expect("a descriptor is left");
        let (stopper, counters) = (server.stopper(), server.counters());
        let mut stopped = false;
        let (mut moved, mut moved_last) = (0, 0);
        for turn in 0.. {
            let moved_now = world.borrow().moved();
            if moved_now != moved {
                (moved, moved_last) = (moved_now, turn);
            }
            assert!(turn < moved_last + TURNS, "seed {seed} does not end: {:?}", world.borrow());
            let quiet = world.borrow().is_quiet();
            if !stopped && (quiet || stop_after == Some(turn)) {
                stopper.wake();
                stopped = true;
            }
            if !server.turn().expect("waiting goes on after a signal") {
                break;
            }
        }
        let world_then = world.borrow();
        assert!(stopped, "seed {seed}: the server ended by itself");
        assert!(!world_then.clients.iter().any(Client::is_open), "seed {seed}: a socket is left open");
        assert_eq!(counters.open(), 0, "seed {seed}");
        let totals = counters.totals();
        let sums = world_then.clients.iter().fold((0, 0), |sum, it| (sum.0 + it.read, sum.1 + it.written));
        assert_eq!(totals.sent, sums.1 as u64, "seed {seed}: bytes sent");
        // Of each connection one byte may have been read ahead of the engine.
        let ahead = sums.0 as u64 - totals.received;
        assert!(ahead <= clients as u64, "seed {seed}: {ahead} bytes were read and not received");
        let known = counters.accepted() + counters.refused();
        assert!(
            known <= world_then.accepted as u64,
            "seed {seed}: {known} connections of {}",
            world_then.accepted
        );
        drop(world_then);
        drop(server);
        // Who has not taken all yet does so now.
        let mut world = world.borrow_mut();
        world.take_the_rest();
        world.clients.drain(..).map(|client| checked(seed, &config, client)).collect()
    }
}

/// What a client got is answers to what it sent, in order; all of them, where it was told that this is the end.
fn checked(seed: u64, config: &Config, client: Client) -> (Option<Outcome>, Vec<u8>) {
    let outcome = client.outcome;
    assert!(outcome.is_some(), "seed {seed}: nobody ended a connection: {client:?}");
    let answered = answered(seed, config, &client.got, outcome == Some(Outcome::End));
    let expected: Vec<_> = (0..client.sent).map(payload).collect();
    if let Some(difference) = difference(&answered, &expected) {
        panic!("seed {seed}: answers to what was not sent: {difference}; {client:?}");
    }
    if outcome == Some(Outcome::End) {
        assert!(
            Some(answered.len()) >= client.owed,
            "seed {seed}: ended cleanly and not all answered: {client:?}"
        );
    }
    (outcome, client.got)
}

/// The messages in these answers, each of which is as long as the marks say.
fn answered(seed: u64, config: &Config, got: &[u8], whole: bool) -> Vec<u8> {
    if config.plain {
        return got.to_vec();
    }
    let mut messages = Vec::new();
    let mut rest = got;
    while !rest.is_empty() {
        let Some(after) = rest.strip_prefix(PREFIX.as_bytes()) else {
            assert!(
                !whole && PREFIX.as_bytes().starts_with(rest),
                "seed {seed}: no prefix before {}",
                around(rest, 0)
            );
            break;
        };
        let length = after.iter().take_while(|byte| byte.is_ascii_digit()).count();
        let most = if config.read_high == 0 { usize::MAX } else { config.read_high as usize };
        assert!(length <= most, "seed {seed}: a message of {length} bytes");
        assert!(length > 0 || !whole, "seed {seed}: an answer to nothing");
        messages.extend(&after[..length]);
        rest = &after[length..];
    }
    messages
}

#[test]
fn every_byte_is_accounted_for_whatever_the_kernel_does() {
    let mut ends = [0; 3];
    for seed in seeds(1_000) {
        for (outcome, _) in Run::of(seed).account(NoObserver) {
            ends[outcome.map_or(0, |outcome| outcome as usize)] += 1;
        }
    }
    println!("{} connections ended, {} were reset, {} vanished", ends[0], ends[1], ends[2]);
    assert!(
        ends.iter().all(|&count| count > 0) || env::var("FAULTS_RUNS").is_ok(),
        "one end was never seen: {ends:?}"
    );
}

#[test]
fn who_watches_changes_nothing() {
    for seed in seeds(200) {
        ends_alike_unwatched_and_watched(seed, Run::of);
    }
}

/// 1.4 asks how much there is before it reads much, and reads without where it is little.
#[test]
fn who_watches_changes_nothing_where_much_comes_at_once() {
    for seed in seeds(60) {
        ends_alike_unwatched_and_watched(seed, Run::of_much);
    }
}

fn ends_alike_unwatched_and_watched(seed: u64, run: fn(u64) -> Run) {
    let unwatched = run(seed).account(NoObserver);
    let watched = run(seed).account(Vec::<Record>::new());
    assert_eq!(unwatched.len(), watched.len(), "seed {seed}");
    for ((outcome, got), (outcome_watched, got_watched)) in unwatched.into_iter().zip(watched) {
        assert_eq!(outcome, outcome_watched, "seed {seed}");
        assert_eq!(difference(&got, &got_watched), None, "seed {seed}");
        assert_eq!(got.len(), got_watched.len(), "seed {seed}");
    }
}

#[test]
fn clients_that_stay_and_are_owed_nothing_do_not_hold_up_the_end() {
    let world = World::of_guests_that_stay(Random::new(1), 5);
    let system = Virtual::new(&world);
    let (door, output) = (system.door(), Output::new(Printer::silent(), Printer::silent()));
    let mut server = EchoServer::with_system(system, door, Config::default(), NoObserver, output).unwrap();
    while !world.borrow().is_quiet() {
        server.turn().unwrap();
    }
    let told = world.borrow().now;
    server.stopper().wake();
    while server.turn().unwrap() {}
    let took = world.borrow().now - told;
    assert!(took < GRACE / 4, "{took:?}");
    let ends: Vec<_> = world.borrow().clients.iter().map(|it| it.outcome).collect();
    assert_eq!(ends, [Some(Outcome::End); 5]);
}
