//! What records say of watermarks: what bounded a read, and which marks were compared.

use std::time::Duration;

use bufferevent::{Dialect, Directions, MarkName, ReadBound, Step, Watermarks};

use super::Watched;

#[test]
fn a_read_is_told_with_what_bounded_it() {
    for (dialect, unmarked) in [
        (Dialect::V1_4, ReadBound::Readable),
        (Dialect::V2_1, ReadBound::SingleRead),
        (Dialect::V2_2, ReadBound::SingleRead),
    ] {
        for (high, bound) in [(0, unmarked), (3, ReadBound::HighWatermark)] {
            let mut watched = Watched::new(dialect);
            let marks = Watermarks::new(0, high);
            watched.base.get_mut(watched.id).unwrap().setwatermark(Directions::READ, marks);
            watched.kernel.peer_send(watched.handle, b"hello");
            watched.pass();
            let told = watched.steps().into_iter().find_map(|step| match step {
                Step::ReadBounded { bound, .. } => Some(bound),
                _ => None,
            });
            assert_eq!(told, Some(bound), "{dialect}: high mark {high}");
        }
    }
}

#[test]
fn in_2_x_the_high_mark_is_compared_only_where_there_is_one_and_only_for_reading() {
    let compared = |watched: &mut Watched| {
        let high = |step: &Step| matches!(step, Step::WatermarkChecked { mark: MarkName::ReadHigh, .. });
        watched.steps().iter().filter(|step| high(step)).count()
    };
    for dialect in [Dialect::V2_1, Dialect::V2_2] {
        let mut watched = Watched::new(dialect);
        let marks = Watermarks::new(0, 9);
        watched.base.get_mut(watched.id).unwrap().setwatermark(Directions::READ, marks);
        assert_eq!(compared(&mut watched), 1, "{dialect}");
        watched.base.get_mut(watched.id).unwrap().setwatermark(Directions::WRITE, marks);
        assert_eq!(compared(&mut watched), 0, "{dialect}: writing has no high mark to keep");
    }
}

/// Below the mark 2.x adds `ev_read` again, which restarts its timer: without a mark, a drain must leave it alone.
#[test]
fn in_2_x_a_drain_restarts_the_read_timer_only_under_a_high_mark() {
    for dialect in [Dialect::V2_1, Dialect::V2_2] {
        for (high, restarts) in [(0, false), (9, true)] {
            let mut watched = Watched::new(dialect);
            let mut bufferevent = watched.base.get_mut(watched.id).unwrap();
            bufferevent.setwatermark(Directions::READ, Watermarks::new(0, high));
            bufferevent.set_timeouts(Some(Duration::from_secs(1)), None);
            watched.kernel.peer_send(watched.handle, b"hello");
            watched.pass();
            watched.steps();
            watched.base.get_mut(watched.id).unwrap().drain(2).unwrap();
            let restarted = |step: &Step| matches!(step, Step::TimerRestarted { .. });
            assert_eq!(watched.steps().iter().any(restarted), restarts, "{dialect}: high mark {high}");
        }
    }
}

#[test]
fn a_comparison_with_the_high_mark_says_whether_it_is_reached() {
    for dialect in Dialect::ALL {
        for (sent, expected) in [(&b"ab"[..], false), (b"abc", true)] {
            let mut watched = Watched::new(dialect);
            let marks = Watermarks::new(0, 3);
            watched.base.get_mut(watched.id).unwrap().setwatermark(Directions::READ, marks);
            watched.kernel.peer_send(watched.handle, sent);
            watched.pass();
            watched.steps();
            watched.base.get_mut(watched.id).unwrap().setwatermark(Directions::READ, marks);
            let told = watched.steps().into_iter().find_map(|step| match step {
                Step::WatermarkChecked { mark: MarkName::ReadHigh, len, value, reached } => {
                    Some((len, value, reached))
                }
                _ => None,
            });
            assert_eq!(told, Some((sent.len(), 3, expected)), "{dialect}");
        }
    }
}

#[test]
fn the_low_mark_of_reading_is_compared_only_where_there_is_one() {
    for dialect in Dialect::ALL {
        for low in [0, 2] {
            let mut watched = Watched::new(dialect);
            let marks = Watermarks::new(low, 0);
            watched.base.get_mut(watched.id).unwrap().setwatermark(Directions::READ, marks);
            watched.kernel.peer_send(watched.handle, b"abc");
            watched.pass();
            let compared =
                |step: &Step| matches!(step, Step::WatermarkChecked { mark: MarkName::ReadLow, .. });
            assert_eq!(watched.steps().iter().any(compared), low > 0, "{dialect}");
        }
    }
}
