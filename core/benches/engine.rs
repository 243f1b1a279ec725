//! What the engine and its recordings cost: `cargo bench --package bufferevent --features sim --bench engine`.
//!
//! `turn` is one echo of the tutorial's server in the simulation, `observed` the same with an observer: what that costs is their
//! difference. The rest asks a recording of the same: a record folded, a place sought, a question answered. `observer.rs` counts
//! instructions instead, and `cargo xtask bench` holds evbuffers against others.

use bufferevent::recording::{Picture, Question, Recording};
use bufferevent::sim::{Budget, Experiment, Peer, Scenario, ScriptStep, Simulation};
use bufferevent::{Direction, NoObserver, Observer, Record};
use divan::counter::ItemsCount;
use divan::{Bencher, black_box};

const ECHOES: usize = 1000;

/// More than so many echoes need.
const BUDGET: Budget = Budget { records: u64::MAX, bytes: u64::MAX, payload: u64::MAX, filtered: u64::MAX };

fn main() {
    divan::main();
}

/// The tutorial's server, which is sent so many messages of ten bytes.
fn scenario() -> Scenario {
    let mut scenario = Scenario::tutorial();
    let echo = [
        ScriptStep::from(Peer::Send("0123456789".into())),
        ScriptStep::Turn(2),
        ScriptStep::from(Peer::Recv(1000)),
    ];
    scenario.script = std::iter::repeat_n(echo, ECHOES).flatten().collect();
    scenario
}

fn echoes<O: Observer>(bencher: Bencher<'_, '_>, observer: impl Fn() -> O) {
    let scenario = scenario();
    bencher
        .counter(ItemsCount::new(ECHOES))
        .with_inputs(|| Simulation::with_budget(scenario.clone(), observer(), BUDGET))
        .bench_local_values(|mut simulation| {
            while simulation.run_step() {}
            simulation
        });
}

#[divan::bench]
fn turn(bencher: Bencher<'_, '_>) {
    echoes(bencher, || NoObserver);
}

#[divan::bench]
fn observed(bencher: Bencher<'_, '_>) {
    echoes(bencher, Vec::<Record>::new);
}

fn recording() -> Recording {
    std::mem::take(Experiment::with_budget(scenario(), BUDGET).recording_mut())
}

#[divan::bench]
fn fold(bencher: Bencher<'_, '_>) {
    let recording = recording();
    bencher.counter(ItemsCount::new(recording.len())).with_inputs(Picture::of_simulation).bench_local_values(
        |mut picture| {
            recording.records().for_each(|record| picture.fold(record));
            picture
        },
    );
}

#[divan::bench]
fn seek(bencher: Bencher<'_, '_>) {
    let mut recording = recording();
    let mut position = 1;
    bencher.bench_local(|| {
        position = position * 48_271 % recording.end_position();
        black_box(recording.seek(position).seq)
    });
}

#[divan::bench]
fn why(bencher: Bencher<'_, '_>) {
    let mut recording = recording();
    let mut position = 1;
    bencher.bench_local(|| {
        position = position * 48_271 % recording.end_position();
        recording.why(position, 1, Question::Valve { direction: Direction::Read })
    });
}
