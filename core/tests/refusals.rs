//! What is refused says why, and changes nothing.

use bufferevent::{
    BufferError, BuffereventId, BuffereventOptions, Callbacks, Dialect, End, EolStyle, Evbuffer, EventBase,
    Frozen,
};

/// A bufferevent with `in` in its input and `out` in its output.
fn filled(dialect: Dialect) -> (EventBase, BuffereventId) {
    let mut base = EventBase::new(dialect);
    let id = base.bufferevent_new(None, Callbacks::ALL, BuffereventOptions::default());
    base.bufferevent_edit_input(id, |input| input.prepend(b"in")).expect("it is there").expect("not frozen");
    base.bufferevent_write(id, b"out").expect("not frozen");
    (base, id)
}

fn freeze(base: &mut EventBase, id: BuffereventId, end: End) {
    base.bufferevent_edit_input(id, |input| input.freeze(end)).expect("it is there");
    base.bufferevent_edit_output(id, |output| output.freeze(end)).expect("it is there");
}

fn contents(base: &EventBase, id: BuffereventId) -> (Vec<u8>, Vec<u8>) {
    let bufferevent = base.bufferevent(id).expect("it is there");
    (bufferevent.input().to_vec(), bufferevent.output().to_vec())
}

/// What one operation gives with these ends of the bufferevent's own buffers and of the other evbuffer frozen.
fn result(
    operation: usize,
    dialect: Dialect,
    own: Option<End>,
    other: Option<End>,
) -> Result<usize, BufferError> {
    let (mut base, id) = filled(dialect);
    let mut moved = Evbuffer::from(&b"moved"[..]);
    own.into_iter().for_each(|end| freeze(&mut base, id, end));
    other.into_iter().for_each(|end| moved.freeze(end));
    let before = (contents(&base, id), moved.to_vec());
    let result = match operation {
        0 => base.bufferevent_write(id, b"x").map(|()| 1),
        1 => base.bufferevent_write_buffer(id, &mut moved).map(|()| 5),
        2 => base.bufferevent_read(id, &mut [0; 2]),
        3 => base.bufferevent_read_buffer(id, &mut moved),
        _ => base.bufferevent_drain(id, 2),
    };
    if result.is_err() {
        assert_eq!((contents(&base, id), moved.to_vec()), before, "{dialect}, {operation}: nothing is lost");
    }
    result
}

fn results(dialect: Dialect, own: Option<End>, other: Option<End>) -> [Result<usize, BufferError>; 5] {
    std::array::from_fn(|operation| result(operation, dialect, own, other))
}

#[test]
fn a_frozen_end_is_named_as_the_bufferevents_own_or_the_others() {
    use BufferError::{Frozen, OtherFrozen};
    for dialect in Dialect::ALL {
        assert_eq!(results(dialect, None, None), [Ok(1), Ok(5), Ok(2), Ok(2), Ok(2)]);
        let own_end = [Err(Frozen), Err(Frozen), Ok(2), Ok(2), Ok(2)];
        assert_eq!(results(dialect, Some(End::End), None), own_end, "{dialect}");
        let own_start = [Ok(1), Ok(5), Err(Frozen), Err(Frozen), Err(Frozen)];
        assert_eq!(results(dialect, Some(End::Start), None), own_start, "{dialect}");
        let other_start = [Ok(1), Err(OtherFrozen), Ok(2), Ok(2), Ok(2)];
        assert_eq!(results(dialect, None, Some(End::Start)), other_start, "{dialect}");
        let other_end = [Ok(1), Ok(5), Ok(2), Err(OtherFrozen), Ok(2)];
        assert_eq!(results(dialect, None, Some(End::End)), other_end, "{dialect}");
    }
}

#[test]
fn a_line_in_a_frozen_evbuffer_is_refused_and_no_line_is_none() {
    let mut buffer = Evbuffer::from(&b"line\n"[..]);
    buffer.freeze(End::Start);
    assert_eq!((buffer.readln(EolStyle::Lf), buffer.readline()), (Err(Frozen), Err(Frozen)));
    buffer.unfreeze(End::Start);
    assert_eq!(buffer.readln(EolStyle::Lf), Ok(Some(b"line".to_vec())));
    assert_eq!((buffer.readln(EolStyle::Lf), buffer.readline()), (Ok(None), Ok(None)));
}

#[test]
fn each_refusal_has_words_of_its_own() {
    let words = [BufferError::Gone, BufferError::Frozen, BufferError::OtherFrozen].map(|it| it.to_string());
    for (at, one) in words.iter().enumerate() {
        assert!(!one.is_empty() && !words[at + 1..].contains(one), "{one:?}");
    }
}
