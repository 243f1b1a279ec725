//! Finding bytes, and positions.

use bufferevent::Evbuffer;

use super::of_pieces;

#[test]
fn nothing_is_found_past_the_end() {
    let mut buf = Evbuffer::from(&b"1234567890\r\n"[..]);
    buf.drain(12).unwrap();
    buf.add(b"1234567890\r").unwrap();
    assert_eq!(buf.find(b"\r\n"), None);
    buf.drain(11).unwrap();
    let mut block = [b'a'; 256];
    block[255] = b'x';
    buf.add(&block).unwrap();
    assert_eq!((buf.find(b"xy"), buf.find(b"ax")), (None, Some(254)));
}

#[test]
fn a_search_goes_across_pieces_and_on_from_where_it_was() {
    assert_eq!((Evbuffer::new().search(b"x", 0), Evbuffer::new().search_range(b"x", 0, 0)), (None, None));
    let buf = of_pieces(&[b"hello", b"foo", b"cat", b"attack"]);
    assert_eq!((buf.search(b"attack", 0), buf.search(b"attacker", 0)), (Some(11), None));
    assert_eq!(buf.search(b"oc", 0), Some(7));
    assert_eq!((buf.search(b"cat", 7), buf.search(b"tacking", 8)), (Some(8), None));
    assert_eq!((buf.search(b"foo", 5), buf.search(b"tat", 7)), (Some(5), Some(10)));
}

#[test]
fn a_search_with_an_end_finds_only_what_lies_before_it() {
    let buf = of_pieces(&[b"hello", b"foo", b"cat", b"attack"]);
    let found = [&b"foo"[..], b"foocata", b"foocatat", b"ack"].map(|needle| buf.search_range(needle, 0, 12));
    assert_eq!(found, [Some(5), Some(5), None, None]);
    assert_eq!([0, 11, 17].map(|from| buf.search_range(b"attack", from, 17)), [Some(11), Some(11), None]);
    assert_eq!(buf.search(b"attack", 17), None);
}

#[test]
fn a_position_is_good_up_to_the_length_and_not_past_it() {
    let mut buf = Evbuffer::new();
    let good = |buf: &Evbuffer, pos| buf.search(b"", pos).is_some();
    assert_eq!([0, 1].map(|pos| good(&buf, pos)), [true, false]);
    for (byte, n) in [(1, 5000), (2, 4000), (3, 3000)] {
        super::reserve_and_commit(&mut buf, n, &vec![byte; n]);
    }
    assert_eq!(buf.len(), 12_000);
    assert_eq!(
        [0, 10_000, 11_000, 12_000, 13_000].map(|pos| good(&buf, pos)),
        [true, true, true, true, false]
    );
    let at = |pos| buf.peek_range(pos, pos + 1).next().map(|piece| piece[0]);
    assert_eq!(
        [0, 4999, 5000, 8999, 9000, 11_999, 12_000].map(at),
        [1, 1, 2, 2, 3, 3, 0].map(|byte| (byte > 0).then_some(byte))
    );
}
