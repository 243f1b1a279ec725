//! What each operation gives while one end is frozen. `evbuffer_read` and `evbuffer_write` do not ask here, because a
//! bufferevent, for which they are, unfreezes around them.

use std::io::Write;

use bufferevent::{End, EolStyle, Evbuffer};

use super::reserve_and_commit;

/// A buffer with an end frozen, and another with bytes to move.
fn frozen(end: End) -> (Evbuffer, Evbuffer) {
    let mut buf = Evbuffer::from(&b"A wind went by\nover the water\nand left\nnothing..."[..]);
    buf.freeze(end);
    (buf, Evbuffer::from(&b"xyz"[..]))
}

#[test]
fn a_frozen_end_takes_nothing_and_gives() {
    let (mut buf, mut other) = frozen(End::End);
    let before = buf.len();
    assert!(buf.add(b"").is_err() && buf.reserve_space(10).is_err());
    assert!(buf.add_reference(*b"refer").is_err() && write!(buf, "Salut monde").is_err());
    assert!(buf.add_buffer(&mut other).is_err());
    assert_eq!((buf.len(), other.len()), (before, 3));
    assert_eq!((buf.remove(&mut [0]), buf.drain(3), buf.prepend(b"dummy")), (Ok(1), Ok(3), Ok(())));
    assert!(matches!(buf.readln(EolStyle::Lf), Ok(Some(_))));
    assert_eq!((buf.remove_buffer(&mut other, 3), buf.drain(3)), (Ok(3), Ok(3)));
    assert_eq!(buf.prepend_buffer(&mut other), Ok(()));
    buf.assert_invariants();
}

#[test]
fn a_frozen_start_gives_nothing_and_takes() {
    let (mut buf, mut other) = frozen(End::Start);
    assert_eq!(buf.add(b""), Ok(()));
    reserve_and_commit(&mut buf, 10, &[b'X'; 10]);
    assert!(buf.add_reference(*b"refer").is_ok() && write!(buf, "Salut monde").is_ok());
    assert_eq!(buf.add_buffer(&mut other), Ok(()));
    let before = buf.len();
    assert!(buf.remove(&mut [0]).is_err() && buf.drain(3).is_err() && buf.prepend(b"dummy").is_err());
    assert!(buf.readln(EolStyle::Lf).is_err());
    other.add(b"xyz").unwrap();
    assert!(buf.remove_buffer(&mut other, 3).is_err() && buf.prepend_buffer(&mut other).is_err());
    assert_eq!((buf.len(), other.len()), (before, 3));
    buf.assert_invariants();
}
