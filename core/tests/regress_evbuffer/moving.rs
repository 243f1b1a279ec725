//! Moving between buffers, with pieces of no bytes at the places where libevent once stumbled over them.

use bufferevent::Evbuffer;

use super::{of_pieces, pulled_up, reserve_and_commit};

#[test]
fn a_part_goes_behind_a_piece_of_no_bytes() {
    let mut src = of_pieces(&[b"AA", b"AA"]);
    let mut dst = Evbuffer::from(&b"AA"[..]);
    dst.add_reference(*b"").unwrap();
    assert_eq!((pulled_up(&mut src, None), pulled_up(&mut dst, None)), (b"AAAA".to_vec(), b"AA".to_vec()));
    assert_eq!(src.remove_buffer(&mut dst, 3), Ok(3));
    assert_eq!((pulled_up(&mut src, None), pulled_up(&mut dst, None)), (b"A".to_vec(), b"AAAAA".to_vec()));
}

#[test]
fn a_part_goes_from_many_pieces_to_many_pieces() {
    let joined = || {
        let mut buf = of_pieces(&[b"foo", b""]);
        let mut rest = Evbuffer::from(&b"foo"[..]);
        rest.add_reference(*b"foo").unwrap();
        buf.add_buffer(&mut rest).unwrap();
        buf
    };
    let (mut src, mut dst) = (joined(), joined());
    assert_eq!(
        (pulled_up(&mut src, None), pulled_up(&mut dst, None)),
        (b"foofoofoo".to_vec(), b"foofoofoo".to_vec())
    );
    assert_eq!(src.remove_buffer(&mut dst, 8), Ok(8));
    assert_eq!(
        (pulled_up(&mut src, None), pulled_up(&mut dst, None)),
        (b"o".to_vec(), b"foofoofoofoofoofo".to_vec())
    );
}

#[test]
fn a_part_goes_between_buffers_that_had_others_put_before() {
    let joined = || {
        let mut buf = of_pieces(&[b"foo", b""]);
        let mut first = Evbuffer::from(&b"foo"[..]);
        first.add_reference(*b"").unwrap();
        buf.prepend_buffer(&mut first).unwrap();
        buf
    };
    let (mut src, mut dst) = (joined(), joined());
    assert_eq!(
        (pulled_up(&mut src, None), pulled_up(&mut dst, None)),
        (b"foofoo".to_vec(), b"foofoo".to_vec())
    );
    assert_eq!(src.remove_buffer(&mut dst, 5), Ok(5));
    assert_eq!(
        (pulled_up(&mut src, None), pulled_up(&mut dst, None)),
        (b"o".to_vec(), b"foofoofoofo".to_vec())
    );
}

#[test]
fn adding_goes_on_after_a_part_was_taken_from_behind_nothing() {
    let (mut buf, mut other) = (of_pieces(&[b"foo"]), Evbuffer::new());
    buf.prepend(b"").unwrap();
    assert_eq!(buf.remove_buffer(&mut other, 1), Ok(1));
    buf.add(b"bar").unwrap();
    assert_eq!(pulled_up(&mut buf, None), b"oobar");
}

#[test]
fn room_that_was_left_over_does_not_change_the_order() {
    let mut one = Evbuffer::from(&b"aaaaaa"[..]);
    reserve_and_commit(&mut one, 971, b"b");
    let mut two = Evbuffer::from(&b"cc"[..]);
    two.prepend(b"ddd").unwrap();
    two.prepend_buffer(&mut one).unwrap();
    one.add_buffer(&mut two).unwrap();
    assert_eq!(one.remove_buffer(&mut two, 11), Ok(11));
    assert_eq!(
        (pulled_up(&mut two, None), pulled_up(&mut one, None)),
        (b"aaaaaabdddc".to_vec(), b"c".to_vec())
    );
}

#[test]
fn a_whole_buffer_goes_behind_a_piece_of_no_bytes() {
    for pieces in [&[&b"foo"[..], b""][..], &[b""]] {
        let (mut dst, mut src) = (of_pieces(pieces), Evbuffer::from(&b"foo"[..]));
        let before = dst.len();
        dst.add_buffer(&mut src).unwrap();
        assert_eq!((dst.len(), src.len()), (before + 3, 0));
        assert_eq!(pulled_up(&mut dst, None), b"foo".repeat(1 + before / 3));
    }
}

#[test]
fn pulling_up_before_a_piece_of_no_bytes_shows_all() {
    for n in [None, Some(3)] {
        let mut buf = Evbuffer::from(&b"foo"[..]);
        buf.add_reference(*b"").unwrap();
        assert_eq!((buf.len(), pulled_up(&mut buf, n)), (3, b"foo".to_vec()));
    }
    // libevent has no pointer to give here; nothing is something that can be shown.
    assert_eq!(pulled_up(&mut Evbuffer::new(), None), b"");
}
