//! How long a recording of a million records takes to show any of its points:
//! `cargo bench --package bufferevent --features sim --bench seek`.

use std::time::{Duration, Instant};

use bufferevent::recording::Recording;
use bufferevent::sim::{Act, Amount, Peer, Scenario, ScriptStep, Simulation};
use bufferevent::{Dialect, Record};

const RECORDS: u64 = 1_000_000;
const CONNECTIONS: u64 = 20;

fn main() {
    let mut recording = Recording::default().with_limit(usize::MAX);
    let sample = sample();
    let mut seq = 0;
    while seq < RECORDS {
        // As many connections that each do the same, one step each in turn.
        for record in &sample {
            for connection in 1..=CONNECTIONS {
                seq += 1;
                let connection = record.connection.map(|_| connection);
                recording.append(Record { seq, connection, ..record.clone() });
            }
        }
    }
    let mut times = Vec::new();
    let mut position = 1;
    for _ in 0..1000 {
        position = (position * 48_271) % RECORDS;
        let start = Instant::now();
        let seq = recording.seek(position).seq;
        times.push(start.elapsed());
        assert_eq!(seq, position);
    }
    times.sort();
    let millis = |time: Duration| time.as_secs_f64() * 1000.0;
    println!(
        "{} records of {CONNECTIONS} connections, 1000 seeks: median {:.2} ms, 99 % {:.2} ms, worst {:.2} ms",
        recording.len(),
        millis(times[500]),
        millis(times[990]),
        millis(times[999])
    );
}

fn sample() -> Vec<Record> {
    let mut scenario = Scenario::new(Dialect::V1_4);
    scenario.bufferevents[0].read.high = 10;
    for _ in 0..20 {
        scenario.script.extend([
            Peer::Send("0123456789abcdef".into()).into(),
            ScriptStep::Turn(2),
            Act::Read(Amount::All).into(),
        ]);
    }
    let mut simulation = Simulation::new(scenario, Vec::new());
    while simulation.run_step() {}
    std::mem::take(simulation.observer_mut())
}
