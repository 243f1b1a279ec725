//! Two sides that wait for what does not come. The clock is virtual, so times are exact.

use std::time::Duration;

use bufferevent::{BuffereventId, Callbacks, Directions, Due, FilterKind, Time, What};

use super::filters::CLOSES;
use super::{DIALECTS, World};

/// When which side was told what.
type Told = Vec<(Time, BuffereventId, What)>;

const fn ms(ms: u64) -> Option<Duration> {
    Some(Duration::from_millis(ms))
}

/// The library's test, whose bufferevents on sockets are on none. One side writes and reads and times out twice, the other
/// does not read and has nothing to write.
fn timed_out(world: &mut World<Told>, [one, two]: [BuffereventId; 2]) -> Vec<(Time, bool, What)> {
    world.bev(two).disable(Directions::READ);
    world.bev(one).set_timeouts(ms(150), ms(100));
    world.bev(one).write(b"ABCDEFG").unwrap();
    world.bev(one).enable(Directions::BOTH).unwrap();
    world.bev(two).set_timeouts(ms(100), ms(200));
    world.bev(two).enable(Directions::WRITE).unwrap();
    world.dispatch_until(Duration::from_millis(350), |world, due| match due {
        Due::Event(id, what) => {
            let now = world.now;
            world.test.push((now, id, what));
        }
        // The library's callbacks note the time, and none of these times may be set but that of a writer.
        Due::Write(id) => assert_eq!(id, one),
        other => unreachable!("{other:?}"),
    });
    world.test.iter().map(|&(at, id, what)| (at, id == one, what)).collect()
}

#[test]
fn both_sides_time_out_without_a_socket() {
    for dialect in DIALECTS {
        let mut world = World::new(dialect);
        let sides = [(); 2].map(|()| world.socket(None, Callbacks::ALL));
        let expected = [
            (Time::from_millis(100), true, What::WRITING | What::TIMEOUT),
            (Time::from_millis(150), true, What::READING | What::TIMEOUT),
            (Time::from_millis(200), false, What::WRITING | What::TIMEOUT),
        ];
        assert_eq!(timed_out(&mut world, sides), expected, "in {dialect}");
    }
}

#[test]
fn a_side_of_a_pair_that_has_nothing_to_write_does_not_time_out() {
    for dialect in DIALECTS {
        let mut world = World::new(dialect);
        let sides = world.two(true, [Callbacks::ALL; 2]);
        let expected = [
            (Time::from_millis(100), true, What::WRITING | What::TIMEOUT),
            (Time::from_millis(150), true, What::READING | What::TIMEOUT),
        ];
        assert_eq!(timed_out(&mut world, sides), expected, "in {dialect}");
    }
}

/// Filters that pass everything on, over these.
fn filters_over(world: &mut World<Told>, below: [BuffereventId; 2]) -> [BuffereventId; 2] {
    below.map(|below| {
        let none = FilterKind::None;
        world.base.bufferevent_filter_new(below, none, none, Callbacks::ALL, CLOSES).unwrap()
    })
}

/// A filter's timers are its own: that of writing runs whatever there is to write.
#[test]
fn filters_time_out_whatever_is_below() {
    for dialect in DIALECTS {
        let expected = [
            (Time::from_millis(100), true, What::WRITING | What::TIMEOUT),
            (Time::from_millis(150), true, What::READING | What::TIMEOUT),
            (Time::from_millis(200), false, What::WRITING | What::TIMEOUT),
        ];
        let mut world = World::new(dialect);
        let below = [(); 2].map(|()| world.socket(None, Callbacks::NONE));
        let sides = filters_over(&mut world, below);
        assert_eq!(timed_out(&mut world, sides), expected, "over no socket in {dialect}");
        let mut world = World::new(dialect);
        let below = world.two(true, [Callbacks::NONE; 2]);
        let sides = filters_over(&mut world, below);
        assert_eq!(timed_out(&mut world, sides), expected, "over a pair in {dialect}");
    }
}
