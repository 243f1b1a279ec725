//! Memory that is handed over, and two buffers with the same bytes. libevent shares such memory and says when it is done
//! with it; here the buffer owns it, so it is only to be seen that nothing else is done to it.

use std::io::Write;

use bufferevent::Evbuffer;

use super::{bytes, of_pieces, pulled_up, reserve_and_commit};

#[test]
fn memory_handed_over_is_taken_byte_by_byte() {
    let text = bytes(40);
    let (mut src, mut dst) = (of_pieces(&[&text]), Evbuffer::new());
    let mut into = [0; 40];
    assert_eq!(src.remove(&mut into[..10]), Ok(10));
    src.prepend(b"aaaaa").unwrap();
    assert_eq!(src.drain(5), Ok(5));
    assert_eq!(src.remove(&mut into[10..]), Ok(30));
    reserve_and_commit(&mut dst, 40, &into);
    assert_eq!((pulled_up(&mut dst, 40), src.len()), (text, 0));
}

#[test]
fn text_goes_behind_memory_handed_over() {
    let mut buf = Evbuffer::from(&[b'P'; 454][..]);
    buf.expand(100).unwrap();
    buf.add_reference(*b"2").unwrap();
    write!(buf, "3").unwrap();
    assert_eq!(pulled_up(&mut buf, None), [&[b'P'; 454][..], b"23"].concat());
}

#[test]
fn memory_handed_over_is_drained_moved_and_dropped_like_any_other() {
    let (one, two) = (bytes(46), bytes(41));
    let mut buf = of_pieces(&[&one]);
    buf.add(b", ").unwrap();
    buf.add_reference(&two[..]).unwrap();
    assert_eq!(buf.len(), 46 + 2 + 41);
    let mut into = [0; 16];
    assert_eq!((buf.remove(&mut into[..6]), &into[..6]), (Ok(6), &one[..6]));
    assert_eq!((buf.remove(&mut into[..5]), &into[..5]), (Ok(5), &one[6..11]));
    buf.prepend(b"I have ").unwrap();
    assert_eq!((buf.drain(7), buf.drain(46 - 11 - 1)), (Ok(7), Ok(34)));
    assert_eq!((buf.remove(&mut into[..1]), into[0]), (Ok(1), one[45]));
    assert_eq!(buf.drain(6), Ok(6));
    let mut other = Evbuffer::from(&b"I "[..]);
    other.add_buffer(&mut buf).unwrap();
    assert_eq!(other.remove(&mut into), Ok(16));
    assert_eq!(into, *[b"I ", &two[4..18]].concat());
    assert_eq!((other.drain(usize::MAX), buf.len()), (Ok(41 - 18), 0));
}

#[test]
fn two_buffers_of_the_same_bytes_do_not_meddle_with_each_other() {
    let text = bytes(46 + 2 + 41);
    let mut one = Evbuffer::from(&text[..]);
    let mut two = Evbuffer::new();
    two.add_buffer(&mut one.clone()).unwrap();
    let mut into = [0; 6];
    for buf in [&mut one, &mut two] {
        assert_eq!((buf.remove(&mut into), &into[..]), (Ok(6), &text[..6]));
        assert_eq!((buf.remove(&mut into[..5]), &into[..5]), (Ok(5), &text[6..11]));
        buf.prepend(b"I have ").unwrap();
        buf.assert_invariants();
    }
    drop(one);
    assert_eq!((two.remove(&mut into), &into), (Ok(6), b"I have"));
    assert_eq!((two.remove(&mut into), &into[..]), (Ok(6), &[b" ", &text[11..16]].concat()[..]));
}

#[test]
fn draining_one_of_two_leaves_the_other() {
    let mut one = Evbuffer::from(&bytes(89)[..]);
    let mut two = one.clone();
    assert_eq!((one.drain(89), two.len()), (Ok(89), 89));
    assert_eq!((two.drain(89), two.len()), (Ok(89), 0));
}
