//! Two that connect and are sent a text, and one that is refused.

use bufferevent::{BuffereventId, BuffereventOptions, Callbacks, Connect, Directions, Due, What};

use super::{DIALECTS, World, counting};

/// As long as the library's text with its zero byte.
const TEXT: usize = 77;

/// What a client and its listener do.
#[derive(Default)]
struct Seen {
    servers: Vec<BuffereventId>,
    reads: usize,
    texts: usize,
    events: Vec<What>,
}

/// The library's test: a listener sends each client a text and frees its side once it is sent; each client hears that it
/// is connected, takes the text at the end of the stream.
fn text_for_two(defer_callbacks: bool) {
    for dialect in DIALECTS {
        let mut world = World::<Seen>::new(dialect);
        let options = BuffereventOptions { close_on_free: true, defer_callbacks };
        let reads = Callbacks { write: false, ..Callbacks::ALL };
        for client in [(); 2].map(|()| world.base.bufferevent_new(None, reads, options)) {
            world.bev(client).enable(Directions::READ).unwrap();
            let handle = world.kernel.begin_connecting();
            world.bev(client).socket_connect(handle, Connect::Pending).unwrap();
        }
        world.dispatch(|_, due| unreachable!("{due:?} before anybody accepted"));
        for handle in world.kernel.accept_all() {
            let writes = Callbacks { read: false, ..Callbacks::ALL };
            let server = world.base.bufferevent_new(Some(handle), writes, options);
            world.bev(server).write(&counting(TEXT)).unwrap();
            world.test.servers.push(server);
        }
        world.dispatch(|world, due| match due {
            Due::Write(id) if world.bev(id).output().is_empty() => {
                assert!(world.test.servers.contains(&id));
                world.bev(id).disable(Directions::BOTH);
                world.bev(id).free();
            }
            Due::Read(_) => world.test.reads += 1,
            Due::Event(id, What::CONNECTED) => world.bev(id).enable(Directions::READ).unwrap(),
            Due::Event(id, what) => {
                assert_eq!((what, world.take(id)), (What::READING | What::EOF, counting(TEXT)));
                world.test.texts += 1;
            }
            other => unreachable!("{other:?}"),
        });
        assert_eq!(world.test.texts, 2, "in {dialect}");
        assert!(world.test.reads >= 2, "{} in {dialect}", world.test.reads);
    }
}

#[test]
fn two_clients_connect_and_get_a_text() {
    text_for_two(false);
}

#[test]
fn two_clients_connect_and_get_a_text_with_deferred_callbacks() {
    text_for_two(true);
}

/// Refused, at once or later; gives what the event callback was told.
fn refused(options: BuffereventOptions, callbacks: Callbacks, enable: Directions) -> Vec<Vec<What>> {
    let mut told = Vec::new();
    for dialect in DIALECTS {
        // 2.2 takes what is refused at once for a connection that is made: no claim of the library's test.
        let at_once = dialect == bufferevent::Dialect::V2_1;
        for outcome in [Connect::Pending, Connect::Refused].into_iter().take(1 + usize::from(at_once)) {
            let mut world = World::<Seen>::new(dialect);
            let id = world.base.bufferevent_new(None, callbacks, options);
            world.bev(id).enable(enable).unwrap();
            let handle = world.kernel.begin_connecting();
            world.bev(id).socket_connect(handle, outcome).unwrap();
            assert!(world.test.events.is_empty(), "nothing is told inside the call");
            world.kernel.refuse_all();
            world.dispatch(|world, due| match due {
                Due::Event(_, what) => world.test.events.push(what),
                other => unreachable!("{other:?} in {dialect}"),
            });
            told.push(world.test.events);
        }
    }
    told
}

#[test]
fn who_is_refused_is_told_of_an_error() {
    let options = BuffereventOptions { close_on_free: true, defer_callbacks: true };
    let only_event = Callbacks { event: true, ..Callbacks::NONE };
    assert!(refused(options, only_event, Directions::NONE).iter().all(|told| *told == [What::ERROR]));
}

#[test]
fn who_is_refused_is_told_once_and_nothing_else() {
    let options = BuffereventOptions { close_on_free: true, defer_callbacks: false };
    assert!(refused(options, Callbacks::ALL, Directions::BOTH).iter().all(|told| *told == [What::ERROR]));
}

#[test]
fn who_is_refused_is_told_once_with_deferred_callbacks() {
    let options = BuffereventOptions { close_on_free: true, defer_callbacks: true };
    assert!(refused(options, Callbacks::ALL, Directions::BOTH).iter().all(|told| *told == [What::ERROR]));
}
