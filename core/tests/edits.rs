//! What an application may do to a bufferevent's own evbuffers: put another in the place of one, and at which ends it may change them.
#![cfg(feature = "sim")]

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use bufferevent::{
    BufferName, BuffereventId, Change, Dialect, Directions, Due, End, Evbuffer, Frozen, Handle, Watermarks,
};

use crate::support::Lab;

#[test]
fn input_that_is_taken_away_leaves_room_for_more() {
    for dialect in Dialect::ALL {
        let mut lab = Lab::new(dialect);
        let (id, handle) = lab.connect();
        let mut bufferevent = lab.base.get_mut(id).unwrap();
        bufferevent.setwatermark(Directions::READ, Watermarks::new(0, 10));
        bufferevent.enable(Directions::READ).unwrap();
        lab.kernel.peer_send(handle, &[b'x'; 30]);
        let got = Rc::new(Cell::new(0));
        let counted = Rc::clone(&got);
        lab.on_callback(move |base, due| {
            if due == Due::Read(id) {
                let taken: Evbuffer = base.get_mut(id).unwrap().edit_input(std::mem::take);
                counted.set(counted.get() + taken.len());
            }
        });
        for _ in 0..10 {
            lab.turn();
        }
        assert_eq!((got.get(), lab.is_reading(id)), (30, true), "{dialect}");
    }
}

#[test]
fn what_is_put_in_the_place_of_input_is_input() {
    for dialect in Dialect::ALL {
        let mut lab = Lab::new(dialect);
        let (id, _) = lab.connect();
        let mut other = Evbuffer::from(&b"abcdef"[..]);
        other.take_change();
        other.drain(1).unwrap();
        lab.base.get_mut(id).unwrap().edit_input(|input| std::mem::swap(input, &mut other));
        let input = lab.base.get(id).unwrap().input();
        input.assert_invariants();
        assert_eq!((input.to_vec(), input.pending_change()), (b"bcdef".to_vec(), None), "{dialect}");
        let freezes = dialect != Dialect::V1_4;
        assert_eq!(input.is_frozen(End::End), freezes, "{dialect}");
        let adds = lab.base.get_mut(id).unwrap().edit_input(|input| input.add(b"x"));
        assert_eq!(adds, if freezes { Err(Frozen) } else { Ok(()) }, "{dialect}");
    }
}

#[test]
fn what_is_put_in_the_place_of_output_is_sent_in_2_x() {
    for dialect in [Dialect::V2_1, Dialect::V2_2] {
        let mut lab = Lab::new(dialect);
        let (id, handle) = lab.connect();
        lab.base.get_mut(id).unwrap().write(b"never sent").unwrap();
        lab.base.get_mut(id).unwrap().edit_output(|output| *output = Evbuffer::from(&b"sent"[..]));
        assert!(lab.base.get(id).unwrap().output().is_frozen(End::Start), "{dialect}");
        lab.turn();
        assert_eq!(lab.kernel.peer_recv(handle, 100), b"sent", "{dialect}");
    }
}

/// A bufferevent at its high mark of 10 bytes, with as many more in the kernel.
fn full(dialect: Dialect) -> (Lab, BuffereventId, Handle) {
    let mut lab = Lab::new(dialect);
    let (id, handle) = lab.connect();
    let mut bufferevent = lab.base.get_mut(id).expect("it is new");
    bufferevent.setwatermark(Directions::READ, Watermarks::new(0, 10));
    bufferevent.enable(Directions::READ).expect("it has a handle");
    lab.kernel.peer_send(handle, &[b'x'; 20]);
    lab.turn();
    assert!(!lab.is_reading(id), "{dialect}");
    (lab, id, handle)
}

#[test]
fn a_change_that_was_taken_away_is_heard_of_all_the_same() {
    for dialect in Dialect::ALL {
        let (mut lab, id, _) = full(dialect);
        let change = lab.base.get_mut(id).unwrap().edit_input(|input| {
            input.drain(10).unwrap();
            input.take_change()
        });
        assert_eq!(change, Some(Change { old_len: 10, added: 0, deleted: 10 }), "{dialect}");
        assert!(lab.is_reading(id), "{dialect}");
        lab.turn();
        assert_eq!(lab.base.get(id).unwrap().input().len(), 10, "{dialect}");
    }
}

#[test]
fn changes_of_which_some_were_taken_away_are_heard_of_as_one() {
    let (mut lab, id, _) = full(Dialect::V2_1);
    let mut bufferevent = lab.base.get_mut(id).unwrap();
    bufferevent.add_buffer_cb(BufferName::Input).unwrap();
    bufferevent.edit_input(|input| {
        input.prepend(&[b'y'; 16]).unwrap();
        assert_eq!(input.take_change(), Some(Change { old_len: 10, added: 16, deleted: 0 }));
        input.drain(2).unwrap();
        assert_eq!(input.pending_change(), Some(Change { old_len: 26, added: 0, deleted: 2 }));
    });
    assert_eq!((bufferevent.input().len(), bufferevent.input().pending_change()), (24, None));
    assert_eq!(heard(&mut lab), [Change { old_len: 10, added: 16, deleted: 2 }]);
}

#[test]
fn what_was_added_to_output_is_sent_in_2_x_whoever_took_the_change() {
    for dialect in [Dialect::V2_1, Dialect::V2_2] {
        let mut lab = Lab::new(dialect);
        let (id, handle) = lab.connect();
        lab.base.get_mut(id).unwrap().edit_output(|output| {
            output.add(b"sent").unwrap();
            output.take_change()
        });
        lab.turn();
        assert_eq!(lab.kernel.peer_recv(handle, 100), b"sent", "{dialect}");
    }
}

#[test]
fn what_became_of_a_buffer_that_was_away_is_heard_of_as_new() {
    let (mut lab, id, _) = full(Dialect::V2_1);
    let mut bufferevent = lab.base.get_mut(id).unwrap();
    let mut away = bufferevent.edit_input(std::mem::take);
    away.unfreeze(End::End);
    away.add(b"more").unwrap();
    assert_eq!(away.take_change(), Some(Change { old_len: 10, added: 4, deleted: 0 }));
    bufferevent.add_buffer_cb(BufferName::Input).unwrap();
    bufferevent.edit_input(|input| *input = away);
    assert_eq!(heard(&mut lab), [Change { old_len: 0, added: 14, deleted: 0 }]);
}

/// What is told of input meanwhile.
fn heard(lab: &mut Lab) -> Vec<Change> {
    let heard = Rc::new(RefCell::new(Vec::new()));
    let hears = Rc::clone(&heard);
    lab.on_callback(move |_, due| {
        if let Due::Buffer(_, BufferName::Input, change) = due {
            hears.borrow_mut().push(change);
        }
    });
    lab.turn();
    heard.take()
}

#[test]
fn a_buffer_that_was_lent_before_is_known_from_the_one_that_is_lent_now() {
    let mut lab = Lab::new(Dialect::V2_1);
    let (id, _) = lab.connect();
    let mut first = lab.base.get_mut(id).unwrap().edit_input(std::mem::take);
    first.unfreeze(End::End);
    lab.base.get_mut(id).unwrap().edit_input(|input| *input = first);
    assert!(lab.base.get(id).unwrap().input().is_frozen(End::End));
}

#[test]
fn on_another_handle_the_own_ends_are_open_until_the_next_call() {
    for dialect in Dialect::ALL {
        let freezes = dialect != Dialect::V1_4;
        let mut lab = Lab::new(dialect);
        let (id, _) = lab.connect();
        let (_, other) = lab.connect();
        lab.base.get_mut(id).unwrap().write(b"hello").unwrap();
        let frozen = |lab: &Lab| {
            let it = lab.base.get(id).unwrap();
            [it.input().is_frozen(End::End), it.output().is_frozen(End::Start)]
        };
        assert_eq!(frozen(&lab), [freezes; 2], "{dialect}");
        lab.base.get_mut(id).unwrap().setfd(Some(other));
        assert_eq!(frozen(&lab), [false; 2], "{dialect}");
        let mut bufferevent = lab.base.get_mut(id).unwrap();
        assert_eq!(bufferevent.edit_output(|output| output.drain(2)), Ok(2), "{dialect}");
        assert_eq!(bufferevent.edit_input(|input| input.add(b"zz")), Ok(()), "{dialect}");
        bufferevent.enable(Directions::BOTH).unwrap();
        lab.kernel.peer_send(other, b"!");
        lab.turn();
        assert_eq!(frozen(&lab), [freezes; 2], "{dialect}");
        assert_eq!(lab.kernel.peer_recv(other, 100), b"llo", "{dialect}");
        assert_eq!(lab.base.get(id).unwrap().input().to_vec(), b"zz!", "{dialect}");
    }
}
