//! Putting bytes before the first.

use std::io::Write;

use bufferevent::{Change, Evbuffer};

use super::{bytes, of_pieces, pulled_up};

#[test]
fn prepending_works_in_new_in_used_and_in_split_memory() {
    let mut buf = Evbuffer::new();
    buf.prepend(b"A text that takes up 29 bytes").unwrap();
    buf.prepend(b"Short.").unwrap();
    buf.drain(6 + 11).unwrap();
    buf.prepend(b"it").unwrap();
    buf.assert_invariants();
    buf.prepend(b"Nobody would say any longer ").unwrap();
    buf.assert_invariants();
    let mut into = [0; 127];
    let n = buf.remove(&mut into).unwrap();
    assert_eq!(&into[..n], b"Nobody would say any longer it takes up 29 bytes");
}

#[test]
fn a_buffer_is_put_before_nothing_and_before_another() {
    let (mut one, mut two) = (Evbuffer::new(), Evbuffer::new());
    for number in [999, 1000] {
        write!(one, "Text no. {number}. ").unwrap();
        two.prepend_buffer(&mut one).unwrap();
        one.assert_invariants();
        two.assert_invariants();
    }
    assert_eq!((one.len(), two.to_vec()), (0, b"Text no. 1000. Text no. 999. ".to_vec()));
}

#[test]
fn a_long_prepend_is_told_as_one_change() {
    let mut buf = Evbuffer::new();
    buf.prepend(b"foo").unwrap();
    buf.take_change();
    buf.prepend(&bytes(8096)).unwrap();
    assert_eq!(buf.take_change(), Some(Change { old_len: 3, added: 8096, deleted: 0 }));
    assert_eq!(pulled_up(&mut buf, 8096), bytes(8096));
    buf.drain(8096).unwrap();
    assert_eq!(pulled_up(&mut buf, 3), b"foo");
}

#[test]
fn prepending_to_a_piece_of_no_bytes() {
    let mut buf = of_pieces(&[b""]);
    buf.prepend(b"foo").unwrap();
    assert_eq!(pulled_up(&mut buf, None), b"foo");
}

#[test]
fn a_piece_of_no_bytes_is_put_before_another() {
    let (mut empty, mut buf) = (of_pieces(&[b""]), Evbuffer::from(&b"foo"[..]));
    buf.prepend_buffer(&mut empty).unwrap();
    assert_eq!((pulled_up(&mut buf, None), empty.len()), (b"foo".to_vec(), 0));
}
