//! What libevent 2.1.12's own tests of evbuffers want to hold, of these evbuffers: the same sizes in the same order.
//!
//! `../regress.tsv` has every entry of the library's list with the test here that stands for it, or why none does.
#![expect(clippy::unwrap_used, reason = "a test fails where something is missing")]

mod basics;
mod frozen;
mod lines;
mod moving;
mod prepending;
mod references;
mod room;
mod searching;

use bufferevent::Evbuffer;

/// So many bytes, no two neighbours alike.
fn bytes(n: usize) -> Vec<u8> {
    (0..n).map(|at| b'a' + (at % 23) as u8).collect()
}

/// A buffer of these pieces, each in memory of its own.
fn of_pieces(pieces: &[&[u8]]) -> Evbuffer {
    let mut buf = Evbuffer::new();
    for piece in pieces {
        buf.add_reference(*piece).unwrap();
    }
    buf
}

/// What the first `n` bytes are when they are pulled up.
fn pulled_up(buf: &mut Evbuffer, n: impl Into<Option<usize>>) -> Vec<u8> {
    let shown = buf.pullup(n).unwrap().to_vec();
    buf.assert_invariants();
    shown
}

/// Writes these bytes into room for `room`, as far as one looks at it from outside.
fn reserve_and_commit(buf: &mut Evbuffer, room: usize, data: &[u8]) {
    let mut rest = data;
    let mut reserved = buf.reserve_space(room).unwrap();
    for piece in &mut reserved.pieces() {
        let (now, later) = rest.split_at(rest.len().min(piece.len()));
        piece[..now.len()].copy_from_slice(now);
        rest = later;
    }
    assert_eq!(rest, [0; 0], "the room was smaller than asked for");
    reserved.commit_space(data.len());
    buf.assert_invariants();
}
