//! 8333 bytes from one side to the other.

use bufferevent::{BuffereventId, Callbacks, Directions, Due, FlushMode, What};

use super::{DIALECTS, World, counting};

/// What the callbacks saw.
#[derive(Default)]
struct Seen {
    /// Both sides hear of the moment for which the library's test counts up.
    arrived: usize,
    sent: usize,
    events: Vec<(BuffereventId, What)>,
}

/// The library's test: the reader takes everything once it is complete and stops reading, the writer hears that all is
/// sent.
fn transfer(joined: bool, flush: Option<FlushMode>) {
    for dialect in DIALECTS {
        let mut world = World::<Seen>::new(dialect);
        let [one, two] = world.two(joined, [Callbacks::ALL; 2]);
        let partners = [one, two].map(|id| world.base.get(id).unwrap().pair_get_partner());
        assert_eq!(partners, if joined { [Some(two), Some(one)] } else { [None, None] });
        assert_eq!(world.bev(one).handle().is_none(), joined);
        assert_eq!(world.bev(one).callbacks(), Callbacks::ALL);

        world.bev(one).disable(Directions::READ);
        world.bev(two).enable(Directions::READ).unwrap();
        assert_eq!([one, two].map(|id| world.bev(id).enabled()), [Directions::WRITE, Directions::BOTH]);
        world.bev(one).write(&counting(8333)).unwrap();
        if let Some(mode) = flush {
            assert!(world.bev(one).flush(Directions::WRITE, mode).is_ok());
        }
        world.dispatch(|world, due| match due {
            Due::Read(id) if world.bev(id).input().len() == 8333 => {
                assert_eq!((id, world.take(id)), (two, counting(8333)));
                world.bev(id).disable(Directions::READ);
                world.test.arrived += 1;
            }
            Due::Write(id) if world.bev(id).output().is_empty() => world.test.sent += 1,
            Due::Event(id, what) => world.test.events.push((id, what)),
            _ => {}
        });
        assert_eq!((world.test.arrived, world.test.sent), (1, 1), "in {dialect}");
        let ended = joined && flush == Some(FlushMode::Finished);
        let events = if ended { vec![(two, What::READING | What::EOF)] } else { vec![] };
        assert_eq!(world.test.events, events, "in {dialect}");

        world.bev(two).free();
        assert_eq!(world.bev(one).pair_get_partner(), None);
        world.bev(one).free();
        world.dispatch(|_, due| unreachable!("{due:?} of what was freed"));
    }
}

#[test]
fn bytes_go_through_a_socket() {
    transfer(false, None);
}

#[test]
fn bytes_go_through_a_pair() {
    transfer(true, None);
}

#[test]
fn a_normal_flush_changes_nothing_on_a_socket() {
    transfer(false, Some(FlushMode::Normal));
}

#[test]
fn a_flush_changes_nothing_on_a_socket() {
    transfer(false, Some(FlushMode::Flush));
}

#[test]
fn a_finishing_flush_changes_nothing_on_a_socket() {
    transfer(false, Some(FlushMode::Finished));
}

#[test]
fn a_normal_flush_changes_nothing_on_a_pair() {
    transfer(true, Some(FlushMode::Normal));
}

#[test]
fn a_flush_changes_nothing_on_a_pair_that_reads() {
    transfer(true, Some(FlushMode::Flush));
}

#[test]
fn a_finishing_flush_ends_the_stream_of_a_pair() {
    transfer(true, Some(FlushMode::Finished));
}

#[test]
fn a_finishing_flush_without_a_byte_is_the_end_of_file() {
    for dialect in DIALECTS {
        let mut world = World::<Vec<What>>::new(dialect);
        let only_event = Callbacks { event: true, ..Callbacks::NONE };
        let [one, two] = world.two(true, [Callbacks::NONE, only_event]);
        world.bev(one).enable(Directions::WRITE).unwrap();
        world.bev(two).enable(Directions::READ).unwrap();
        assert!(world.bev(one).flush(Directions::WRITE, FlushMode::Finished).is_ok());
        world.pass(&mut |world, due| match due {
            Due::Event(id, what) if id == two => world.test.push(what),
            _ => unreachable!("{due:?}"),
        });
        assert_eq!(world.test, [What::READING | What::EOF]);
    }
}
