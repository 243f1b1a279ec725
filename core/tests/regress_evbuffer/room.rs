//! Room to write into, and room made ahead.

use bufferevent::Evbuffer;

use super::{bytes, of_pieces, pulled_up, reserve_and_commit};

/// How much of the room for `n` bytes lies in each piece.
fn pieces(buf: &mut Evbuffer, n: usize) -> [usize; 2] {
    let room = buf.reserve_space(n).unwrap().pieces().map(|piece| piece.len());
    buf.assert_invariants();
    room
}

#[test]
fn room_is_used_a_little_at_a_time_and_across_two_pieces() {
    let mut buf = Evbuffer::new();
    assert_eq!((pieces(&mut buf, 1024), buf.len()), ([0, 1024], 0));
    reserve_and_commit(&mut buf, 1024, &[b'X'; 512]);
    assert_eq!(pieces(&mut buf, 32), [32, 0], "in the memory that is there");
    reserve_and_commit(&mut buf, 32, &[b'Y'; 8]);
    assert_eq!(buf.len(), 520);
    assert_eq!(pieces(&mut buf, 504 + 64), [504, 64]);
    reserve_and_commit(&mut buf, 504 + 64, b"Z");
    assert_eq!(buf.len(), 521);
    reserve_and_commit(&mut buf, 503 + 64, &[[b'W'; 503].as_slice(), &[b'x'; 60]].concat());
    assert_eq!(buf.len(), 1084);
    let expected: [(u8, usize); 5] = [(b'X', 512), (b'Y', 8), (b'Z', 1), (b'W', 503), (b'x', 60)];
    assert!(buf.to_vec().into_iter().eq(expected.iter().flat_map(|&(byte, n)| std::iter::repeat_n(byte, n))));
    assert_eq!(buf.peek().map(<[u8]>::len).collect::<Vec<_>>(), [1024, 60]);
}

/// Asks for ever more room, as libevent's test does; then what is written is what is there.
fn ask_for_more_and_more(mut buf: Evbuffer) {
    let before = buf.to_vec();
    let mut room = 128;
    for _ in 0..3 {
        room += 128 + pieces(&mut buf, room).into_iter().sum::<usize>();
        assert_eq!(pieces(&mut buf, room).into_iter().sum::<usize>(), room);
        assert_eq!(buf.to_vec(), before, "asking changes nothing");
    }
    reserve_and_commit(&mut buf, room, &bytes(room));
    assert_eq!(buf.to_vec(), [before, bytes(room)].concat());
}

#[test]
fn asking_for_more_and_more_room_of_an_empty_buffer() {
    ask_for_more_and_more(Evbuffer::new());
}

#[test]
fn asking_for_more_and_more_room_behind_one_byte() {
    let mut buf = Evbuffer::new();
    reserve_and_commit(&mut buf, 128, b"X");
    ask_for_more_and_more(buf);
}

#[test]
fn asking_for_more_and_more_room_behind_memory_that_is_full() {
    let mut buf = Evbuffer::new();
    reserve_and_commit(&mut buf, 512, &[b'X'; 512]);
    assert_eq!(pieces(&mut buf, 128), [0, 128]);
    ask_for_more_and_more(buf);
}

#[test]
fn bytes_added_after_a_commit_follow_it() {
    let mut buf = Evbuffer::from(&b"a"[..]);
    reserve_and_commit(&mut buf, 1 << 12, b"b");
    buf.add(b"c").unwrap();
    assert_eq!(pulled_up(&mut buf, None), b"abc");
}

#[test]
fn room_is_given_after_prepending_to_a_piece_of_no_bytes() {
    let mut buf = of_pieces(&[b""]);
    buf.prepend(b"foo").unwrap();
    buf.add(b"").unwrap();
    reserve_and_commit(&mut buf, 1 << 12, b"");
    reserve_and_commit(&mut buf, 1 << 13, b"bar");
    assert_eq!(buf.to_vec(), b"foobar");
}

#[test]
fn room_made_ahead_is_used_and_made_once() {
    let mut buf = Evbuffer::new();
    buf.expand(20_000).unwrap();
    assert!(buf.is_empty());
    let place = |buf: &mut Evbuffer| buf.reserve_space(20_000).unwrap().pieces()[1].as_ptr();
    let memory = place(&mut buf);
    buf.expand(1024).unwrap();
    assert_eq!(place(&mut buf), memory);
    buf.add(&bytes(1024)).unwrap();
    buf.expand(1024).unwrap();
    assert_eq!((buf.peek().next().map(<[u8]>::as_ptr), buf.peek().count()), (Some(memory), 1));
    buf.assert_invariants();
}

#[test]
fn room_is_made_for_a_buffer_of_which_one_byte_is_left() {
    let mut buf = Evbuffer::from(&bytes(511)[..]);
    buf.drain(510).unwrap();
    buf.expand(40).unwrap();
    buf.add(&[b'!'; 40]).unwrap();
    assert_eq!(buf.to_vec(), [&bytes(511)[510..], &[b'!'; 40]].concat());
}

#[test]
fn full_buffers_with_room_made_behind_are_pulled_up() {
    let mut buf = Evbuffer::new();
    for _ in 0..3 {
        buf.add(&bytes(4096)).unwrap();
    }
    buf.expand(1024).unwrap();
    assert_eq!(pulled_up(&mut buf, None), bytes(4096).repeat(3));
}

#[test]
fn room_beyond_all_memory_is_refused_and_nothing_changes() {
    let mut buf = Evbuffer::from(&b"1"[..]);
    for n in [usize::MAX / 2, usize::MAX] {
        assert!(buf.expand(n).is_err());
        buf.assert_invariants();
        assert_eq!(buf.to_vec(), b"1");
    }
}
