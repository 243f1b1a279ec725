//! All small cases of the watermark arithmetic, against the rules written down independently of the engine.
#![cfg(feature = "sim")]

use std::num::NonZeroUsize;

use bufferevent::sim::KernelSpec;
use bufferevent::{Dialect, Directions, Due, Watermarks};

use crate::support::Lab;

/// What must have come of `incoming` bytes when `already` were buffered and nothing is drained.
struct Expected {
    input: usize,
    called: bool,
    reading: bool,
}

fn expect(low: usize, high: usize, already: usize, incoming: usize) -> Expected {
    let room = if high == 0 { usize::MAX } else { high.saturating_sub(already) };
    let moved = incoming.min(room);
    let input = already + moved;
    let full = high != 0 && input >= high;
    Expected { input, called: moved > 0 && input >= low, reading: !full }
}

/// Buffers `already` bytes with no mark and no callback, then sets the marks and lets `incoming` bytes arrive.
fn run(dialect: Dialect, low: usize, high: usize, already: usize, incoming: usize) -> Expected {
    let mut lab = Lab::new(dialect);
    let (id, handle) = lab.connect();
    lab.base.get_mut(id).expect("it is there").enable(Directions::READ).expect("it has a handle");
    lab.kernel.peer_send(handle, &vec![b'a'; already]);
    lab.turn();
    lab.base.get_mut(id).expect("it is there").setwatermark(Directions::READ, Watermarks::new(low, high));
    lab.kernel.peer_send(handle, &vec![b'b'; incoming]);
    let called = !lab.turn().is_empty();
    let input = lab.base.get(id).map_or(0, |bufferevent| bufferevent.input().len());
    Expected { input, called, reading: lab.is_reading(id) }
}

#[test]
fn every_small_combination_of_marks_and_lengths_follows_the_rules() {
    for dialect in Dialect::ALL {
        for (low, high) in (0..=12).flat_map(|low| (0..=12).map(move |high| (low, high))) {
            for (already, incoming) in (0..=12).flat_map(|a| (0..=12).map(move |i| (a, i))) {
                let case = format!("{dialect}: low {low}, high {high}, {already} buffered, {incoming} come");
                let (ours, expected) =
                    (run(dialect, low, high, already, incoming), expect(low, high, already, incoming));
                assert_eq!(ours.input, expected.input, "{case}");
                assert_eq!(ours.called, expected.called, "{case}");
                // 1.4 notices a length at or above a mark only when the handle is readable and the read has shown it:
                // below the low mark it returns before it looks at the high one.
                let noticed =
                    dialect != Dialect::V1_4 || (incoming > 0 && (expected.called || already >= high));
                if expected.reading || noticed {
                    assert_eq!(ours.reading, expected.reading, "{case}");
                }
            }
        }
    }
}

#[test]
fn a_read_limit_of_ones_own_replaces_the_dialects_and_the_high_mark_holds() {
    for dialect in Dialect::ALL {
        let reads = |limit: usize, high: usize| {
            let mut lab = Lab::new(dialect);
            lab.base.set_read_limit(NonZeroUsize::new(limit));
            let spec = KernelSpec { rx_capacity: 200_000, tx_capacity: 64 };
            let (id, handle) = lab.connect_with(spec, Default::default());
            let mut bufferevent = lab.base.get_mut(id).unwrap();
            bufferevent.setwatermark(Directions::READ, Watermarks::new(0, high));
            bufferevent.enable(Directions::READ).unwrap();
            lab.on_callback(move |base, _| {
                base.get_mut(id).unwrap().drain(usize::MAX).unwrap();
            });
            lab.kernel.peer_send(handle, &[b'a'; 150_000]);
            lab.turn().remove(0)
        };
        assert_eq!(reads(100_000, 0), "R100000", "{dialect}");
        assert_eq!(reads(100_000, 70_000), "R70000", "{dialect}");
        assert_eq!(reads(10, 0), "R10", "{dialect}");
        assert_eq!(reads(10, 70_000), "R10", "{dialect}: there is room for more");
        assert_ne!(reads(0, 0), "R100000", "{dialect}: without one it is the dialect's");
    }
}

#[test]
fn the_write_callback_runs_exactly_at_or_below_the_low_mark() {
    for dialect in Dialect::ALL {
        for (low, written, taken) in (0..=12)
            .flat_map(|low| (1..=12).map(move |written| (low, written)))
            .flat_map(|(low, written)| (1..=12).map(move |taken| (low, written, taken)))
        {
            let mut lab = Lab::new(dialect);
            let spec = KernelSpec { rx_capacity: 64, tx_capacity: taken };
            let (id, _) = lab.connect_with(spec, Default::default());
            lab.base.get_mut(id).unwrap().setwatermark(Directions::WRITE, Watermarks::new(low, 0));
            lab.base.get_mut(id).unwrap().write(&vec![b'a'; written]).unwrap();
            let left = written.saturating_sub(taken as usize);
            let called = lab.turn().len() == 1;
            assert_eq!(called, left <= low, "{dialect}: low {low}, {left} left of {written}");
        }
    }
}

#[test]
fn draining_below_the_high_mark_reopens_reading_at_once() {
    for dialect in Dialect::ALL {
        for (high, drained) in (1..=12).flat_map(|high| (0..=12).map(move |drained| (high, drained))) {
            let mut lab = Lab::new(dialect);
            let (id, handle) = lab.connect();
            lab.base.get_mut(id).unwrap().setwatermark(Directions::READ, Watermarks::new(0, high));
            lab.base.get_mut(id).unwrap().enable(Directions::READ).unwrap();
            lab.kernel.peer_send(handle, &[b'a'; 24]);
            // Enough to see it fill; 2.1 would call back again and again.
            lab.on_callback(|base, _: Due| base.loopbreak());
            lab.turn();
            assert!(!lab.is_reading(id), "{dialect}: full at {high}");
            lab.base.get_mut(id).unwrap().drain(drained).unwrap();
            assert_eq!(lab.is_reading(id), drained > 0, "{dialect}: {drained} drained of {high}");
        }
    }
}
