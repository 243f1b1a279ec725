//! 65,000 bytes between narrow marks.

use bufferevent::{Callbacks, Direction, Directions, Due, Watermarks};

use super::{DIALECTS, World, counting};

#[derive(Default)]
struct Seen {
    bytes: Vec<u8>,
    sent: usize,
}

/// The library's test: ten to twenty bytes a callback, until all have come; the writer hears once at most 100 are left.
fn narrow_marks(joined: bool) {
    for dialect in DIALECTS {
        let mut world = World::<Seen>::new(dialect);
        let writes = Callbacks { read: false, ..Callbacks::ALL };
        let reads = Callbacks { write: false, ..Callbacks::ALL };
        let [one, two] = world.two(joined, [writes, reads]);
        world.bev(one).disable(Directions::READ);
        world.bev(two).enable(Directions::READ).unwrap();
        let lows = [(one, Direction::Read), (two, Direction::Write)];
        assert_eq!(lows.map(|(id, direction)| world.bev(id).watermarks(direction).low), [0, 0]);
        world.bev(two).setwatermark(Directions::READ, Watermarks::new(10, 20));
        world.bev(one).setwatermark(Directions::WRITE, Watermarks::new(100, 2000));
        assert_eq!(world.bev(two).watermarks(Direction::Read), Watermarks::new(10, 20));
        assert_eq!(world.bev(one).watermarks(Direction::Write), Watermarks::new(100, 2000));

        world.bev(one).write(&counting(65_000)).unwrap();
        world.dispatch(|world, due| match due {
            Due::Read(id) => {
                let bytes = world.take(id);
                assert!((10..=20).contains(&bytes.len()), "{} bytes", bytes.len());
                world.test.bytes.extend(bytes);
                if world.test.bytes.len() == 65_000 {
                    world.bev(id).disable(Directions::READ);
                }
            }
            Due::Write(id) => {
                assert!(world.bev(id).output().len() <= 100);
                world.test.sent += usize::from(world.bev(id).output().is_empty());
            }
            other => unreachable!("{other:?}"),
        });
        assert_eq!(world.test.bytes, counting(65_000), "in {dialect}");
        assert_eq!(world.test.sent, 1, "in {dialect}");
        assert!(!world.base.is_armed(two, Direction::Write) && !world.base.is_armed(one, Direction::Write));
    }
}

#[test]
fn narrow_marks_hold_on_a_socket() {
    narrow_marks(false);
}

#[test]
fn narrow_marks_hold_across_a_pair() {
    narrow_marks(true);
}
