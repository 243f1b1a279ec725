//! A read callback that triggers itself, past a mark that holds the trigger back at first.

use bufferevent::{
    BuffereventId, BuffereventOptions, Callbacks, Connect, Direction, Directions, Due, TriggerOptions,
    Watermarks, What,
};

use super::{DIALECTS, World, counting};

const TEXT: usize = 77;

/// All flags there are, as the library's test gives to `bufferevent_trigger_event`.
fn every() -> What {
    What::READING | What::WRITING | What::EOF | What::ERROR | What::TIMEOUT | What::CONNECTED
}

#[derive(Default)]
struct Seen {
    reads: usize,
    ended: bool,
    server: Option<BuffereventId>,
}

struct Case {
    defer_callbacks: bool,
    options: TriggerOptions,
}

fn on_client(case: &Case, world: &mut World<Seen>, due: Due) {
    match due {
        Due::Read(id) if world.test.reads == 0 => {
            world.test.reads = 1;
            world.bev(id).setcb(Callbacks { write: false, ..Callbacks::ALL });
            let marks = world.bev(id).watermarks(Direction::Read);
            let length = world.bev(id).input().len();
            world.bev(id).setwatermark(Directions::READ, Watermarks::new(length + 1, 0));
            trigger(case, world, id, case.options);
            assert_eq!(world.test.reads, 1, "the mark holds it back");
            trigger(case, world, id, TriggerOptions { ignore_watermarks: true, ..case.options });
            let deferred = case.defer_callbacks || case.options.defer_callbacks;
            assert_eq!(world.test.reads, if deferred { 1 } else { 2 });
            world.bev(id).setwatermark(Directions::READ, marks);
        }
        Due::Read(id) => {
            world.test.reads += 1;
            let call = world.bev(id).trigger_event(every(), case.options).unwrap();
            while let Some(due) = world.base.poll_triggered(call) {
                on_client(case, world, due);
            }
        }
        Due::Event(id, What::CONNECTED) => world.bev(id).enable(Directions::READ).unwrap(),
        Due::Event(_, what) => world.test.ended |= what == every(),
        Due::Write(id) if world.bev(id).output().is_empty() => {
            assert_eq!(Some(id), world.test.server);
            world.bev(id).free();
        }
        other => unreachable!("{other:?}"),
    }
}

fn trigger(case: &Case, world: &mut World<Seen>, id: BuffereventId, options: TriggerOptions) {
    let call = world.bev(id).trigger(Directions::READ, options).unwrap();
    while let Some(due) = world.base.poll_triggered(call) {
        on_client(case, world, due);
    }
}

/// The library's test: the first read callback triggers a second, which triggers the event that ends it.
fn read_triggers_read(case: &Case) {
    for dialect in DIALECTS {
        let mut world = World::<Seen>::new(dialect);
        let options = BuffereventOptions { close_on_free: true, defer_callbacks: case.defer_callbacks };
        let client = world.base.bufferevent_new(None, Callbacks { write: false, ..Callbacks::ALL }, options);
        world.bev(client).enable(Directions::READ).unwrap();
        let handle = world.kernel.begin_connecting();
        world.bev(client).socket_connect(handle, Connect::Pending).unwrap();
        let handle = world.kernel.accept_all()[0];
        let writes = Callbacks { read: false, ..Callbacks::ALL };
        let server = world.base.bufferevent_new(Some(handle), writes, options);
        world.bev(server).write(&counting(TEXT)).unwrap();
        world.test.server = Some(server);
        // The library's loop ends with the event; whatever comes after it is of no interest.
        world.dispatch(|world, due| {
            if !world.test.ended {
                on_client(case, world, due);
            }
        });
        assert_eq!((world.test.reads, world.test.ended), (2, true), "in {dialect}");
    }
}

const AT_ONCE: TriggerOptions = TriggerOptions { ignore_watermarks: false, defer_callbacks: false };
const LATER: TriggerOptions = TriggerOptions { defer_callbacks: true, ..AT_ONCE };

#[test]
fn a_trigger_runs_inside_the_callback() {
    read_triggers_read(&Case { defer_callbacks: false, options: AT_ONCE });
}

#[test]
fn a_trigger_runs_later_where_callbacks_are_deferred() {
    read_triggers_read(&Case { defer_callbacks: true, options: AT_ONCE });
}

#[test]
fn a_trigger_runs_later_where_it_says_so() {
    read_triggers_read(&Case { defer_callbacks: false, options: LATER });
}

#[test]
fn a_trigger_runs_later_where_both_say_so() {
    read_triggers_read(&Case { defer_callbacks: true, options: LATER });
}
