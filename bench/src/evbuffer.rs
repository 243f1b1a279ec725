//! Operations of evbuffers, beside libevent's in `peers/evbuffer.c` and beside the crate `bytes`.
//!
//! Each is a round of the same operation many times, with what has to be put in or taken out for it: that is part of all
//! three alike. Nanoseconds are of the processor, for one operation.

use std::hint::black_box;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use bufferevent::{EolStyle, Evbuffer};
use bytes::{Buf, BytesMut};
use rustix::time::{ClockId, clock_gettime};

/// How long one is run at a time.
const LASTS: Duration = Duration::from_millis(20);

/// How many rounds are tried first.
const FEW: u64 = 10;

/// What is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operation {
    /// Bytes are added, so many at a time.
    Add(usize, usize),
    /// Ten bytes at a time are drained.
    Drain,
    /// All of a buffer goes to another.
    Move(usize),
    /// Ten bytes of a buffer go to another.
    Part,
    /// Something is found at the end of so many bytes.
    Find,
    /// A line of forty bytes is taken.
    Readline,
}

/// All of them, as the table and `peers/evbuffer.c` name them.
pub const OPERATIONS: [(&str, Operation); 9] = [
    ("add 10 B", Operation::Add(10, 100)),
    ("add 4 KiB", Operation::Add(4096, 16)),
    ("drain 10 B", Operation::Drain),
    ("move 1 KiB", Operation::Move(1024)),
    ("move 64 KiB", Operation::Move(65_536)),
    ("move 1 MiB", Operation::Move(1 << 20)),
    ("move 10 B of more", Operation::Part),
    ("find in 64 KiB", Operation::Find),
    ("readline 40 B", Operation::Readline),
];

/// Nanoseconds for one, with ours.
#[must_use]
pub fn ours(operation: Operation) -> f64 {
    let (mut one, mut other) = (Evbuffer::new(), Evbuffer::new());
    let data = data(operation);
    for _ in 0..filled(operation) / 1024 {
        let _ = one.add(&data[..1024]);
    }
    if operation == Operation::Find {
        let _ = one.add(b"\r\n\r\n");
    }
    timed(|| our_round(operation, &mut one, &mut other, &data)).1
}

fn our_round(operation: Operation, one: &mut Evbuffer, other: &mut Evbuffer, data: &[u8]) -> u64 {
    let mut count = 0;
    match operation {
        Operation::Add(size, times) => {
            for _ in 0..times {
                let _ = one.add(black_box(&data[..size]));
            }
            let _ = one.drain(size * times);
            count = times as u64;
        }
        Operation::Drain => {
            let _ = one.add(&data[..4096]);
            while !one.is_empty() {
                let _ = one.drain(black_box(10));
                count += 1;
            }
        }
        Operation::Move(_) => {
            for _ in 0..50 {
                let _ = other.add_buffer(black_box(&mut *one));
                let _ = one.add_buffer(black_box(&mut *other));
            }
            count = 100;
        }
        Operation::Part => {
            let _ = one.add(&data[..4096]);
            while !one.is_empty() {
                let _ = one.remove_buffer(other, black_box(10));
                count += 1;
            }
            let _ = other.drain(usize::MAX);
        }
        Operation::Find => count = u64::from(one.find(black_box(b"\r\n\r\n")).is_some()),
        Operation::Readline => {
            let _ = one.add(&data[..4000]);
            while let Ok(Some(line)) = one.readln(black_box(EolStyle::Crlf)) {
                drop(black_box(line));
                count += 1;
            }
        }
    }
    count
}

/// Nanoseconds for one, with `bytes`; none where it has no such thing.
#[must_use]
pub fn with_bytes(operation: Operation) -> Option<f64> {
    let mut buffer = BytesMut::new();
    let data = data(operation);
    let round = || match operation {
        Operation::Add(size, times) => {
            for _ in 0..times {
                buffer.extend_from_slice(black_box(&data[..size]));
            }
            buffer.clear();
            times as u64
        }
        Operation::Drain => {
            buffer.extend_from_slice(&data[..4096]);
            let mut count = 0;
            while !buffer.is_empty() {
                buffer.advance(black_box(10).min(buffer.len()));
                count += 1;
            }
            count
        }
        Operation::Readline => {
            buffer.extend_from_slice(&data[..4000]);
            let mut count = 0;
            while let Some(end) = buffer.iter().position(|byte| *byte == b'\n') {
                drop(black_box(buffer.split_to(end + 1)));
                count += 1;
            }
            count
        }
        Operation::Move(_) | Operation::Part | Operation::Find => 0,
    };
    let (operations, each) = timed(round);
    (operations > 0).then_some(each)
}

/// Nanoseconds for one, with libevent's, by the program compiled from `peers/evbuffer.c`.
///
/// # Errors
/// The program fails.
pub fn of_libevent(program: &Path, name: &str) -> Result<f64> {
    let run = |rounds: u64| -> Result<f64> {
        let output = Command::new(program).args([name, &rounds.to_string()]).output()?;
        ensure!(output.status.success(), "{} {name} failed", program.display());
        String::from_utf8(output.stdout)?.trim().parse().context("it prints a number")
    };
    // A few say how many rounds take as long as ours.
    let began = Instant::now();
    run(100)?;
    let rounds = 100.0 * LASTS.as_secs_f64() / began.elapsed().as_secs_f64();
    run((rounds as u64).max(100))
}

fn filled(operation: Operation) -> usize {
    match operation {
        Operation::Move(size) => size,
        Operation::Find => 65_536,
        _ => 0,
    }
}

fn data(operation: Operation) -> Vec<u8> {
    let mut data = vec![b'x'; 65_536];
    if operation == Operation::Readline {
        data.chunks_exact_mut(40).for_each(|line| line[38..].copy_from_slice(b"\r\n"));
    }
    data
}

/// How many operations these rounds made in their time, and the nanoseconds for one.
fn timed(mut round: impl FnMut() -> u64) -> (u64, f64) {
    let mut run = |rounds: u64| {
        let began = processor_time();
        let operations: u64 = (0..rounds).map(|_| round()).sum();
        (operations, processor_time() - began)
    };
    // A few say how many rounds last long enough. The clock is not looked at between them, as it is not in libevent's program: to look
    // takes as long as some operations do.
    let mut rounds = FEW;
    loop {
        let (operations, took) = run(rounds);
        if operations == 0 || took >= LASTS {
            return (operations, took.as_nanos() as f64 / operations as f64);
        }
        let enough = LASTS.as_secs_f64() / took.as_secs_f64().max(1e-9);
        rounds = (rounds as f64 * enough.clamp(2.0, 1000.0)) as u64;
    }
}

/// Of this thread: what else the machine does is not in it.
fn processor_time() -> Duration {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    Duration::new(time.tv_sec.try_into().unwrap_or_default(), time.tv_nsec.try_into().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_operation_is_made() {
        let (mut one, mut other) = (Evbuffer::new(), Evbuffer::new());
        for (operation, times) in
            [(Operation::Drain, 410), (Operation::Part, 410), (Operation::Readline, 100)]
        {
            assert_eq!(our_round(operation, &mut one, &mut other, &data(operation)), times, "{operation:?}");
            assert!(one.is_empty() && other.is_empty());
        }
        assert!(with_bytes(Operation::Readline).is_some() && with_bytes(Operation::Find).is_none());
    }
}
