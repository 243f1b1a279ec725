//! Filters over sockets and over pairs. The library's tests write functions of their own, with two bytes for each; here the
//! kind that writes each byte twice stands for them.

use bufferevent::{BuffereventId, BuffereventOptions, Callbacks, Directions, Due, FilterKind, Watermarks};

use super::{DIALECTS, World, counting};

pub(super) const CLOSES: BuffereventOptions =
    BuffereventOptions { close_on_free: true, defer_callbacks: false };

#[derive(Default)]
struct Seen {
    arrived: usize,
    sent: usize,
}

/// The library's test: 8333 bytes go down twice as long and come up as they were.
fn there_and_back(joined: bool) {
    for dialect in DIALECTS {
        let mut world = World::<Seen>::new(dialect);
        let below = world.two(joined, [Callbacks::NONE; 2]);
        let writes = Callbacks { read: false, ..Callbacks::ALL };
        let reads = Callbacks { write: false, ..Callbacks::ALL };
        let mut over = |below, input, output, callbacks| {
            world.base.bufferevent_filter_new(below, input, output, callbacks, CLOSES).unwrap()
        };
        let one = over(below[0], FilterKind::None, FilterKind::Double, writes);
        let two = over(below[1], FilterKind::Double, FilterKind::None, reads);
        for (filter, below) in [(one, below[0]), (two, below[1])] {
            assert_eq!(world.bev(filter).get_underlying(), Some(below));
        }
        world.bev(one).disable(Directions::READ);
        world.bev(two).enable(Directions::READ).unwrap();
        world.bev(one).write(&counting(8333)).unwrap();
        world.dispatch(|world, due| match due {
            Due::Read(id) if world.bev(id).input().len() == 8333 => {
                assert_eq!((id, world.take(id)), (two, counting(8333)));
                world.bev(id).disable(Directions::READ);
                world.test.arrived += 1;
            }
            Due::Read(id) => assert_eq!(id, two),
            Due::Write(id) if world.bev(id).output().is_empty() => {
                assert_eq!(id, one);
                world.test.sent += 1;
            }
            other => unreachable!("{other:?} in {dialect}"),
        });
        assert_eq!((world.test.arrived, world.test.sent), (1, 1), "in {dialect}");
        assert_eq!(world.base.totals().received, if joined { 0 } else { 2 * 8333 });
        free(&mut world, [one, two]);
        assert_eq!(world.base.bufferevents().count(), 0, "those below go with their filters");
    }
}

fn free<T>(world: &mut World<T>, filters: impl IntoIterator<Item = BuffereventId>) {
    for filter in filters {
        world.bev(filter).free();
    }
    world.dispatch(|_, due| unreachable!("{due:?} of what was freed"));
}

#[test]
fn filters_over_a_socket_undo_each_other() {
    there_and_back(false);
}

#[test]
fn filters_over_a_pair_undo_each_other() {
    there_and_back(true);
}

#[test]
fn a_filter_over_no_socket_can_be_made_and_freed() {
    for dialect in DIALECTS {
        let mut world = World::<()>::new(dialect);
        let below = world.socket(None, Callbacks::NONE);
        let none = BuffereventOptions::default();
        let over = world
            .base
            .bufferevent_filter_new(below, FilterKind::None, FilterKind::None, Callbacks::NONE, none)
            .unwrap();
        free(&mut world, [over, below]);
        assert_eq!(world.base.bufferevents().count(), 0);
    }
}

/// The library's function puts 20 bytes before 4096 and so has to leave 20 below, where they once stuck. Here all come from
/// the other side.
#[test]
fn what_does_not_fit_below_the_mark_comes_once_there_is_room() {
    for dialect in DIALECTS {
        let mut world = World::<Vec<usize>>::new(dialect);
        let [one, below] = world.two(true, [Callbacks::NONE; 2]);
        let options = BuffereventOptions { defer_callbacks: true, ..CLOSES };
        let only_read = Callbacks { read: true, ..Callbacks::NONE };
        let filter = world
            .base
            .bufferevent_filter_new(below, FilterKind::None, FilterKind::None, only_read, options)
            .unwrap();
        world.bev(filter).enable(Directions::BOTH).unwrap();
        world.bev(filter).setwatermark(Directions::READ, Watermarks::new(0, 4096));
        world.bev(one).write(&counting(4096 + 20)).unwrap();
        world.dispatch(|world, due| {
            assert_eq!(due, Due::Read(filter));
            let left = if world.test.is_empty() { 20 } else { 0 };
            assert_eq!(world.bev(below).input().len(), left, "below");
            let bytes = world.take(filter).len();
            world.test.push(bytes);
        });
        assert_eq!(world.test, [4096, 20], "in {dialect}");
    }
}
