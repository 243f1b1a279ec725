//! Evbuffers at the edges of their rules: each small search, 1.4's sizes where they turn, frozen ends.

use std::io::{IoSlice, IoSliceMut};

use bufferevent::{End, Errno, Evbuffer, Frozen, Handle, Kernel, Transfer};

/// Every text of this length of the letters a and b.
fn texts(len: u32) -> impl Iterator<Item = Vec<u8>> {
    (0..1_u32 << len)
        .map(move |bits| (0..len).map(|at| if bits >> at & 1 == 0 { b'a' } else { b'b' }).collect())
}

#[test]
fn each_needle_is_found_where_it_first_stands() {
    for needle in (1..=5).flat_map(texts) {
        for text in texts(9) {
            let buffer = Evbuffer::from(&text[..]);
            let expected = text.windows(needle.len()).position(|window| window == needle);
            assert_eq!(buffer.find(&needle), expected, "{needle:?} in {text:?}");
        }
    }
}

#[test]
fn a_needle_has_to_lie_within_the_range_and_may_fill_it() {
    let buffer = Evbuffer::from(&b"xaby"[..]);
    for from in 0..=5 {
        for end in 0..=5 {
            let lies_within = from <= 1 && end >= 3;
            assert_eq!(buffer.search_range(b"ab", from, end), lies_within.then_some(1), "{from}..{end}");
        }
    }
    assert_eq!(buffer.search_range(b"xaby", 0, 4), Some(0));
}

#[test]
fn a_limit_of_all_that_is_readable_is_read_whole_as_1_4_does() {
    let buffer = Evbuffer::new();
    for readable in [4096, 4097, 10_000] {
        assert_eq!(buffer.read_limit_1_4(Some(readable), Some(readable)), readable);
    }
    assert_eq!(buffer.read_limit_1_4(Some(10_000), Some(9_999)), 4096, "it asks for more than the limit");
    assert_eq!(buffer.read_limit_1_4(Some(10_000), None), 4096);
}

/// Gives so many bytes to each read.
struct Gives(usize);

impl Kernel for Gives {
    fn receive(&mut self, _: Handle, into: &mut [IoSliceMut<'_>]) -> Result<Transfer, Errno> {
        let room: usize = into.iter().map(|slice| slice.len()).sum();
        Ok(Transfer { bytes: self.0.min(room), exhausted: false })
    }

    fn send(&mut self, _: Handle, _: &[IoSlice<'_>]) -> Result<Transfer, Errno> {
        Err(Errno::Again)
    }

    fn readable_bytes(&mut self, _: Handle) -> Option<usize> {
        None
    }
}

#[test]
fn a_read_makes_1_4s_room_for_what_came_up_to_4096_and_for_its_limit_beyond() {
    let allocated = |gives, max| {
        let mut buffer = Evbuffer::new();
        assert_eq!(buffer.read(&mut Gives(gives), Handle(0), max).map(|it| it.bytes), Ok(gives.min(max)));
        buffer.allocated_1_4()
    };
    let room_for = |bytes| {
        let mut buffer = Evbuffer::new();
        assert_eq!(buffer.expand(bytes), Ok(()));
        buffer.allocated_1_4()
    };
    for (gives, max, room) in
        [(10, 4095, 10), (10, 4096, 10), (10, 4097, 4097), (10, 9000, 9000), (0, 4096, 4096)]
    {
        assert_eq!(allocated(gives, max), room_for(room), "{gives} of {max}");
    }
}

#[test]
fn each_end_says_whether_it_is_frozen() {
    let mut buffer = Evbuffer::from(&b"cold"[..]);
    let ends = |buffer: &Evbuffer| [End::Start, End::End].map(|end| buffer.is_frozen(end));
    assert_eq!(ends(&buffer), [false, false]);
    buffer.freeze(End::Start);
    assert_eq!(ends(&buffer), [true, false]);
    buffer.freeze(End::End);
    buffer.unfreeze(End::Start);
    assert_eq!(ends(&buffer), [false, true]);
    assert!(Frozen.to_string().contains("frozen"));
}

#[test]
fn taking_nothing_from_a_frozen_start_is_allowed() {
    let mut buffer = Evbuffer::from(&b"kept"[..]);
    buffer.freeze(End::Start);
    assert_eq!((buffer.remove(&mut []), buffer.remove(&mut [0])), (Ok(0), Err(Frozen)));
    assert_eq!(buffer.to_vec(), b"kept");
}

/// Bytes are pulled together from several pieces of memory whatever room the first of them has, and where.
#[test]
fn pulling_up_changes_nothing_but_where_the_bytes_lie() {
    for first in [1_usize, 500, 511, 512, 513, 1024, 4000] {
        for drained in [0, 1, 400, first - 1].into_iter().filter(|drained| *drained < first) {
            for pulled in [1, 400, 512, 600, 1024, 5000, 9000] {
                let text: Vec<u8> = (0..first + 9000).map(|at| (at % 251) as u8).collect();
                let mut buffer = Evbuffer::from(&text[..first]);
                let mut other = Evbuffer::from(&text[first..first + 5000]);
                assert_eq!(buffer.add_buffer(&mut other), Ok(()));
                assert_eq!(buffer.add(&text[first + 5000..]), Ok(()));
                assert_eq!(buffer.drain(drained), Ok(drained));
                let expected = &text[drained..];
                assert_eq!(buffer.pullup(pulled), Some(&expected[..pulled]), "{first}, {drained}, {pulled}");
                assert_eq!(buffer.to_vec(), expected, "{first}, {drained}, {pulled}");
            }
        }
    }
}

#[test]
fn a_part_is_moved_exactly_however_it_lies() {
    let text: Vec<u8> = (0..12_000).map(|at| (at % 251) as u8).collect();
    for n in [0, 1, 2999, 3000, 3001, 5999, 6000, 6001, 9000, 11_999, 12_000, 99_999] {
        let mut from = Evbuffer::new();
        for piece in text.chunks(3000) {
            assert_eq!(from.add_buffer(&mut Evbuffer::from(piece)), Ok(()));
        }
        let mut into = Evbuffer::from(&b"> "[..]);
        let moved = n.min(text.len());
        assert_eq!(from.remove_buffer(&mut into, n), Ok(moved));
        assert_eq!((from.to_vec(), from.len()), (text[moved..].to_vec(), text.len() - moved));
        assert_eq!(into.to_vec(), [b"> ", &text[..moved]].concat());
    }
}

/// Chains of a few bytes each lie in one piece of memory here.
#[test]
fn a_part_is_moved_exactly_however_libevents_chains_would_lie() {
    let followed = || {
        let mut buffer = Evbuffer::new();
        buffer.follow_chains();
        for piece in [&b"abc"[..], b"defgh", b"ij"] {
            assert_eq!(buffer.add_buffer(&mut Evbuffer::from(piece)), Ok(()));
        }
        buffer
    };
    for n in 1..=10 {
        let (mut from, mut into) = (followed(), followed());
        assert_eq!(from.remove_buffer(&mut into, n), Ok(n));
        assert_eq!((from.to_vec(), from.len()), (b"abcdefghij"[n..].to_vec(), 10 - n), "{n}");
        assert_eq!(into.to_vec(), [b"abcdefghij", &b"abcdefghij"[..n]].concat(), "{n}");
    }
}

#[test]
fn a_part_is_moved_exactly_however_either_buffer_is_followed_or_not() {
    let follow = [|_: &mut Evbuffer| (), Evbuffer::follow_chains, Evbuffer::follow_block];
    for (from_follows, into_follows) in follow.iter().flat_map(|from| follow.map(|into| (from, into))) {
        for n in [1, 299, 300, 301, 699, 700, 701, 1199] {
            let [mut from, mut into] = [Evbuffer::new(), Evbuffer::new()];
            from_follows(&mut from);
            into_follows(&mut into);
            assert_eq!(into.add(b"> "), Ok(()));
            let all = [[b'1'; 300].as_slice(), &[b'2'; 400], &[b'3'; 500]];
            for piece in all {
                assert_eq!(from.add_buffer(&mut Evbuffer::from(piece)), Ok(()));
            }
            assert_eq!(from.remove_buffer(&mut into, n), Ok(n));
            let (moved, left) = (all.concat()[..n].to_vec(), all.concat()[n..].to_vec());
            assert_eq!((from.to_vec(), into.to_vec()), (left, [b"> ", &moved[..]].concat()), "{n}");
            for buffer in [&from, &into] {
                buffer.assert_invariants();
                let followed = buffer.chains().map(|chains| chains.map(|chain| chain.len).sum::<usize>());
                assert_eq!(followed.unwrap_or(buffer.len()), buffer.len(), "{n}");
            }
        }
    }
}

/// Number and payload of each chain.
fn chains(buffer: &Evbuffer) -> Vec<(u64, usize)> {
    buffer.chains().expect("they are followed").map(|chain| (chain.number, chain.len)).collect()
}

#[test]
fn chains_go_before_those_of_the_buffer_that_they_are_put_before() {
    let followed = |bytes: &[u8]| {
        let mut buffer = Evbuffer::from(bytes);
        buffer.follow_chains();
        buffer
    };
    let (mut body, mut head) = (followed(b"body"), followed(b"head "));
    let expected = [chains(&head), chains(&body)].concat();
    assert_eq!(body.prepend_buffer(&mut head), Ok(()));
    assert_eq!((chains(&body), chains(&head)), (expected.clone(), vec![]));
    assert_eq!(body.prepend_buffer(&mut Evbuffer::from(&b"> "[..])), Ok(()));
    assert_eq!((chains(&body)[0].1, &chains(&body)[1..]), (2, &expected[..]), "one of a buffer not followed");
    assert_eq!(body.to_vec(), b"> head body");
}

#[test]
fn the_block_of_1_4_is_followed_from_what_is_there() {
    let mut buffer = Evbuffer::from(&b"body"[..]);
    buffer.follow_block();
    let block = |buffer: &Evbuffer| buffer.chains().and_then(|mut it| it.next()).map(|it| (it.size, it.len));
    assert_eq!((block(&buffer), buffer.copied()), (Some((256, 4)), 4));
    assert_eq!(buffer.prepend_buffer(&mut Evbuffer::from(&b"head "[..])), Ok(()));
    assert_eq!((block(&buffer), buffer.copied()), (Some((256, 9)), 9));
    let mut empty = Evbuffer::new();
    empty.follow_block();
    assert_eq!(block(&empty), None, "no block before the first byte");
}

/// Says that so many bytes are readable, gives none, and counts how often it was asked.
struct Says {
    readable: usize,
    asked: usize,
}

impl Kernel for Says {
    fn receive(&mut self, _: Handle, _: &mut [IoSliceMut<'_>]) -> Result<Transfer, Errno> {
        Ok(Transfer { bytes: 0, exhausted: false })
    }

    fn send(&mut self, _: Handle, _: &[IoSlice<'_>]) -> Result<Transfer, Errno> {
        Err(Errno::Again)
    }

    fn readable_bytes(&mut self, _: Handle) -> Option<usize> {
        self.asked += 1;
        Some(self.readable)
    }
}

/// 2.x takes 0 for an answer that says nothing.
#[test]
fn a_read_of_2_x_makes_room_for_what_is_readable_and_for_its_limit_where_nothing_is() {
    for (readable, size) in [(0, 8144), (1, 976), (2000, 2000), (9000, 8144)] {
        let mut buffer = Evbuffer::new();
        buffer.follow_chains();
        let mut kernel = Says { readable, asked: 0 };
        assert_eq!(buffer.read(&mut kernel, Handle(0), 4096).map(|it| it.bytes), Ok(0));
        let sizes: Vec<_> = buffer.chains().expect("they are followed").map(|chain| chain.size).collect();
        assert_eq!((sizes, kernel.asked), (vec![size], 1), "{readable}");
    }
}

#[test]
fn a_read_into_the_block_of_1_4_asks_the_kernel_nothing_more() {
    let mut buffer = Evbuffer::new();
    buffer.follow_block();
    let mut kernel = Says { readable: 10, asked: 0 };
    assert_eq!(buffer.read(&mut kernel, Handle(0), 4096).map(|it| it.bytes), Ok(0));
    assert_eq!(kernel.asked, 0);
}
