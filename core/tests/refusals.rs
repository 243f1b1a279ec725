//! What is refused says why, and changes nothing.

use bufferevent::{
    BufferError, BuffereventId, BuffereventOptions, Callbacks, Dialect, End, EolStyle, Evbuffer, EventBase,
    Frozen,
};

/// A bufferevent with `in` in its input and `out` in its output.
fn filled(dialect: Dialect) -> (EventBase, BuffereventId) {
    let mut base = EventBase::new(dialect);
    let id = base.bufferevent_new(None, Callbacks::ALL, BuffereventOptions::default());
    base.get_mut(id).expect("it is there").edit_input(|input| input.prepend(b"in")).expect("not frozen");
    base.get_mut(id).expect("it is there").write(b"out").expect("not frozen");
    (base, id)
}

fn freeze(base: &mut EventBase, id: BuffereventId, end: End) {
    let mut bufferevent = base.get_mut(id).expect("it is there");
    bufferevent.edit_input(|input| input.freeze(end));
    bufferevent.edit_output(|output| output.freeze(end));
}

fn contents(base: &EventBase, id: BuffereventId) -> (Vec<u8>, Vec<u8>) {
    let bufferevent = base.get(id).expect("it is there");
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
    let mut bufferevent = base.get_mut(id).expect("it is there");
    let result = match operation {
        0 => bufferevent.write(b"x").map(|()| 1).map_err(|Frozen| BufferError::Frozen),
        1 => bufferevent.write_buffer(&mut moved).map(|()| 5),
        2 => bufferevent.read(&mut [0; 2]).map_err(|Frozen| BufferError::Frozen),
        3 => bufferevent.read_buffer(&mut moved),
        _ => bufferevent.drain(2).map_err(|Frozen| BufferError::Frozen),
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
    let words = [BufferError::Frozen, BufferError::OtherFrozen].map(|it| it.to_string());
    for (at, one) in words.iter().enumerate() {
        assert!(!one.is_empty() && !words[at + 1..].contains(one), "{one:?}");
    }
}
