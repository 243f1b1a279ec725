//! What an application does to a buffer while a part of it moves: in the callback of the buffer that the part goes to.
#![expect(clippy::unwrap_used, reason = "a test fails where something is missing")]

use bufferevent::{
    BufferName, BuffereventId, BuffereventMut, BuffereventOptions, Callbacks, Change, Dialect, Directions,
    Due, Evbuffer, EventBase, FilterKind, NoObserver, Time, Watermarks,
};

use crate::support::NoKernel;

/// A null filter above one side of a pair takes the first 700 bytes of 1000 that lie in two pieces: of 600 times `1`, which
/// goes whole, and of 400 times `2`, of which 100 are copied. `act` is done once these are in the filter's input.
///
/// Gives what is read from the filter and then what is left below, as runs.
fn during(act: impl FnOnce(&mut EventBase, BuffereventId)) -> String {
    let mut base = EventBase::new(Dialect::V2_1);
    let [below, other] = base.bufferevent_pair_new([Callbacks::ALL; 2]).unwrap();
    let (none, options) = (FilterKind::None, BuffereventOptions::default());
    let filter = base.bufferevent_filter_new(below, none, none, Callbacks::ALL, options).unwrap();
    let mut above = base.get_mut(filter).unwrap();
    above.setwatermark(Directions::READ, Watermarks::new(0, 700));
    above.add_buffer_cb(BufferName::Input).unwrap();
    above.enable(Directions::BOTH).unwrap();
    let mut bytes = Evbuffer::from(&[b'1'; 600][..]);
    bytes.add_reference(vec![b'2'; 400]).unwrap();
    let mut writer = base.get_mut(other).unwrap();
    writer.write_buffer(&mut bytes).unwrap();
    writer.enable(Directions::BOTH).unwrap();
    let (mut act, mut got) = (Some(act), Vec::new());
    for _ in 0..4 {
        base.begin_pass(Time::ZERO);
        while let Some(due) = base.poll_callback(&mut NoKernel) {
            match due {
                Due::Buffer(id, ..) if id == filter => {
                    if let Some(act) = act.take() {
                        assert_eq!(base.get(below).unwrap().input().len(), 1000);
                        act(&mut base, below);
                    }
                }
                Due::Read(id) if id == filter => {
                    let mut read = Evbuffer::new();
                    base.get_mut(filter).unwrap().read_buffer(&mut read).unwrap();
                    got.extend(read.to_vec());
                }
                _ => {}
            }
        }
    }
    let left = base.get(below).unwrap().input();
    left.assert_invariants();
    assert_eq!((got.len(), left.to_vec().len()), (700, left.len()));
    got.extend(left.to_vec());
    runs(&got)
}

/// `1*3 x 2*2` for 111x22.
fn runs(bytes: &[u8]) -> String {
    let runs = bytes.chunk_by(|a, b| a == b).map(|run| match run {
        [byte] => char::from(*byte).to_string(),
        run => format!("{}*{}", char::from(run[0]), run.len()),
    });
    runs.collect::<Vec<_>>().join(" ")
}

#[test]
fn nothing_done_moves_all() {
    assert_eq!(during(|_, _| {}), "1*600 2*400");
}

#[test]
fn what_has_gone_is_counted_and_not_shown() {
    let looked = during(|base, below| {
        let input = base.get(below).unwrap().input();
        let mut back = [0; 1000];
        assert_eq!((input.len(), runs(&input.to_vec())), (1000, "2*400".to_owned()));
        assert_eq!(
            [0, 150, 350, 400, 700].map(|pos| input.copyout_from(pos, &mut back)),
            [400, 250, 50, 0, 0]
        );
        assert_eq!((input.search(b"2", 399), input.search(b"", 401)), (Some(399), None));
    });
    assert_eq!(looked, "1*600 2*400");
}

#[test]
fn what_is_left_can_be_pulled_up() {
    let pulled = during(|base, below| {
        assert_eq!(base.get_mut(below).unwrap().pullup(None).map(runs).as_deref(), Some("2*400"));
        assert_eq!(base.get_mut(below).unwrap().pullup(400).map(<[u8]>::len), Some(400));
        assert_eq!(base.get_mut(below).unwrap().pullup(401), None);
    });
    assert_eq!(pulled, "1*600 2*400");
}

#[test]
fn no_more_is_moved_elsewhere_than_is_left() {
    let moved = during(|base, below| {
        let mut elsewhere = Evbuffer::new();
        let taken = base.get_mut(below).unwrap().edit_input(|input| input.remove_buffer(&mut elsewhere, 450));
        assert_eq!((taken, runs(&elsewhere.to_vec())), (Ok(400), "2*400".to_owned()));
    });
    assert_eq!(moved, "1*600 2*100");
}

#[test]
fn what_is_prepended_stays() {
    let prepended = during(|base, below| {
        base.get_mut(below).unwrap().edit_input(|input| input.prepend(b"xy")).unwrap();
    });
    assert_eq!(prepended, "1*600 2*100 x y 2*300");
}

#[test]
fn what_is_prepended_to_what_was_drained_stays() {
    let prepended = during(|base, below| {
        base.get_mut(below).unwrap().edit_input(|input| {
            input.drain(10).unwrap();
            input.prepend(b"xy").unwrap();
        });
    });
    assert_eq!(prepended, "1*600 2*100 x y 2*290");
}

/// What libevent only counts, whoever moves the rest counts from then on: a buffer with bytes that it does not have. Here none
/// leaves the base, in whatever way the application takes all.
#[test]
fn a_buffer_of_the_application_that_takes_all_has_what_there_is() {
    type Takes = fn(&mut BuffereventMut<'_, NoObserver>, &mut Evbuffer) -> usize;
    let ways: [(&str, Takes); 6] = [
        ("read_buffer", |below, other| below.read_buffer(other).unwrap()),
        ("add_buffer", |below, other| {
            below.edit_input(|input| other.add_buffer(input)).unwrap();
            400
        }),
        ("prepend_buffer", |below, other| {
            below.edit_input(|input| other.prepend_buffer(input)).unwrap();
            400
        }),
        ("remove_buffer", |below, other| {
            below.edit_input(|input| input.remove_buffer(other, usize::MAX)).unwrap()
        }),
        ("remove_buffer of all", |below, other| {
            below.edit_input(|input| input.remove_buffer(other, 400)).unwrap()
        }),
        ("take", |below, other| {
            *other = below.edit_input(std::mem::take);
            400
        }),
    ];
    for (name, takes) in ways {
        let left = during(|base, below| {
            let mut other = Evbuffer::new();
            let mut taker = base.get_mut(below).unwrap();
            assert_eq!(takes(&mut taker, &mut other), 400, "{name}");
            assert_eq!((taker.input().len(), runs(&other.to_vec())), (0, "2*400".to_owned()), "{name}");
            other.assert_invariants();
            assert_eq!((other.len(), other.drain(1000), other.len()), (400, Ok(400), 0), "{name}");
        });
        assert_eq!(left, "1*600 2*100", "{name}");
    }
}

#[test]
fn a_buffer_that_is_lent_while_a_part_of_it_moves_has_what_there_is_and_is_counted_as_before() {
    let lent = during(|base, below| {
        let mut below = base.get_mut(below).unwrap();
        let seen = below.edit_input(|input| (input.len(), input.drain(10), input.take_change()));
        assert_eq!(seen, (400, Ok(10), Some(Change { old_len: 400, added: 0, deleted: 10 })));
        assert_eq!((below.input().len(), below.input().to_vec().len()), (990, 390));
        below.edit_input(|_| {});
        assert_eq!((below.input().len(), below.input().to_vec().len()), (990, 390));
    });
    assert_eq!(lent, "1*600 2*390");
}

#[test]
fn what_comes_in_place_of_what_was_drained_stays() {
    let drained = during(|base, below| {
        base.get_mut(below).unwrap().edit_input(|input| {
            input.drain(usize::MAX).unwrap();
            input.prepend(&[b'x'; 500]).unwrap();
        });
    });
    assert_eq!(drained, "1*600 2*100 x*500");
}

/// The trace is libevent 2.1.12's, of the same calls in C.
#[test]
fn what_a_callback_takes_from_a_pair_while_a_part_moves_comes_again_as_in_libevent() {
    let mut base = EventBase::new(Dialect::V2_1);
    let [writer, reader] = base.bufferevent_pair_new([Callbacks::ALL; 2]).unwrap();
    base.get_mut(reader).unwrap().setwatermark(Directions::READ, Watermarks::new(0, 1));
    base.get_mut(reader).unwrap().add_buffer_cb(BufferName::Input).unwrap();
    base.get_mut(writer).unwrap().write(b"ABCDEFGH").unwrap();
    base.get_mut(writer).unwrap().enable(Directions::WRITE).unwrap();
    base.get_mut(reader).unwrap().enable(Directions::READ).unwrap();
    let mut told = Vec::new();
    read_in_what_follows(&mut base, reader, &mut told);
    assert_eq!(told, [b'A'; 4]);
    assert_eq!(base.get(reader).unwrap().input().to_vec(), b"A");
    assert_eq!(base.get(writer).unwrap().output().to_vec(), b"FGH");
}

/// Reads what comes, and what comes of that inside the call, until 4 bytes were read.
fn read_in_what_follows(base: &mut EventBase, reader: BuffereventId, told: &mut Vec<u8>) {
    let caused = base.triggered();
    while let Some(due) = base.poll_triggered(caused) {
        if matches!(due, Due::Buffer(_, _, Change { added: 1, .. })) && told.len() < 4 {
            let mut bytes = [0; 8];
            let n = base.get_mut(reader).unwrap().read(&mut bytes).unwrap();
            told.extend(&bytes[..n]);
            read_in_what_follows(base, reader, told);
        }
    }
}

/// In a simulation, which follows how libevent's chains lie.
#[cfg(feature = "sim")]
mod followed {
    use bufferevent::Dialect;
    use bufferevent::sim::{Scenario, trace};

    const PROGRAM: &str = r#"{"format":2,"dialect":"DIALECT","bufferevents":{
        "z":{"socket":{},"enable":["read"],"on_read":[[{"move_to":"b"}]]},"a":{},"b":{"pair_with":"a","enable":["read"]},
        "f":{"filter_over":"a","read":{"high":6},"enable":["read"],"on_input":[[ACTIONS],[]],"on_read":[[{"read":"all"}]]}},
        "script":[{"disable":["write"],"of":"b"},{"peer_send":"11111","of":"z"},{"turn":1},{"peer_send":"222","of":"z"},{"turn":1},
        {"enable":["write"],"of":"b"},{"turn":3}]}"#;

    /// A debug build looks at every buffer after each step.
    #[test]
    fn every_act_on_what_moves_keeps_the_chains() {
        for actions in [
            r#"{"pullup":"all","of":"a"}"#,
            r#"{"pullup":4,"of":"a"}"#,
            r#"{"pullup":8,"of":"a"}"#,
            r#"{"prepend":"xy","of":"a"}"#,
            r#"{"prepend":"xy","of":"a"},{"pullup":"all","of":"a"}"#,
            r#"{"drain":1,"of":"a"},{"prepend":"xyz","of":"a"}"#,
            r#"{"drain":"all","of":"a"},{"prepend":"xyz","of":"a"}"#,
            r#"{"move_to":"f","of":"a"}"#,
            r#"{"echo":"xyz","of":"a"}"#,
            r#"{"read":"all"},{"read":"all"}"#,
        ] {
            for dialect in [Dialect::V2_1, Dialect::V2_2] {
                let program = PROGRAM.replace("DIALECT", dialect.as_str()).replace("ACTIONS", actions);
                let scenario = Scenario::from_json(&program).unwrap();
                assert!(trace(&scenario).last().is_some(), "{actions}");
            }
        }
    }

    /// What is under way is all of `c`, into the output of `b`, which has it and is yet to say so. The traces are libevent 2.1.12's.
    #[test]
    fn only_a_write_that_adds_through_evbuffer_add_tells_what_a_move_has_yet_to_tell() {
        let program = r#"{"format":2,"dialect":"2.1","bufferevents":{
            "b":{"pair_with":"c","on_output":[[]]},
            "c":{"read":{"high":1},"on_input":[[],[{"WRITE":"","of":"b"}],[]]}},
            "script":[{"write":"a","of":"b"},{"move_to":"b","of":"c"}]}"#;
        for (write, told) in [
            ("write", r#"{"of":"b","cb":"output","added":1,"deleted":0,"in":0,"out":1}"#),
            ("write_buffer", r#"{"of":"b","cb":"output","added":1,"deleted":1,"in":0,"out":0}"#),
        ] {
            let scenario = Scenario::from_json(&program.replace("WRITE", write)).unwrap();
            let lines: Vec<String> = trace(&scenario).iter().map(ToString::to_string).collect();
            let moved = r#"{"of":"c","cb":"input","added":0,"deleted":1,"in":0,"out":0}"#;
            let at = lines.iter().position(|line| line == moved).unwrap();
            assert_eq!(lines[at + 1], told, "{write}");
        }
    }
}
