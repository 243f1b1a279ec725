//! The operations and the model; the fuzz target uses this file too.

use std::io::{IoSlice, IoSliceMut, Read};

use bufferevent::{EolStyle, Errno, Evbuffer, Handle, Kernel, Transfer};

/// What can be done to the first of two buffers.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Op {
    /// Exchange the two, so that every operation is done to both.
    Swap,
    Add {
        n: usize,
        seed: u8,
    },
    Prepend {
        n: usize,
        seed: u8,
    },
    AddReference {
        n: usize,
        seed: u8,
    },
    /// Room, and how much of it is used.
    Reserve {
        n: usize,
        used: usize,
        seed: u8,
    },
    Expand {
        n: usize,
    },
    Drain {
        n: usize,
    },
    Remove {
        n: usize,
    },
    AddBuffer,
    PrependBuffer,
    RemoveBuffer {
        n: usize,
    },
    Pullup {
        n: usize,
    },
    Copyout {
        pos: usize,
        n: usize,
    },
    Search {
        pos: usize,
        n: usize,
    },
    SearchEol {
        pos: usize,
        style: EolStyle,
    },
    Readln {
        style: EolStyle,
    },
    Readline,
    Receive {
        max: usize,
        given: usize,
    },
    Send {
        max: usize,
        chunks: usize,
        taken: usize,
    },
    TakeChange,
}

impl Op {
    /// Bytes that make one operation.
    pub(crate) const SIZE: usize = 6;

    pub(crate) fn decode(bytes: [u8; Self::SIZE]) -> Self {
        let [kind, a, b, c, d, seed] = bytes;
        let (n, m) = (size(a, b), size(c, d));
        let style = [EolStyle::Any, EolStyle::Crlf, EolStyle::CrlfStrict, EolStyle::Lf, EolStyle::Nul]
            [usize::from(seed) % 5];
        match kind % 24 {
            0 | 1 => Self::Swap,
            2..=4 => Self::Add { n, seed },
            5 => Self::Prepend { n, seed },
            6 => Self::Expand { n },
            7 => Self::Drain { n },
            8 => Self::Remove { n },
            9 | 10 => Self::AddBuffer,
            11 => Self::PrependBuffer,
            12 => Self::RemoveBuffer { n },
            13 => Self::Pullup { n },
            14 => Self::Copyout { pos: n, n: m },
            15 => Self::Search { pos: n, n: 1 + usize::from(c) % 12 },
            16 => Self::SearchEol { pos: n, style },
            17 => Self::Readln { style },
            18 => Self::Readline,
            19 => Self::Receive { max: n, given: m },
            20 => Self::Send { max: n, chunks: 1 + usize::from(seed), taken: m },
            21 => Self::AddReference { n, seed },
            22 => Self::Reserve { n, used: m.min(n), seed },
            _ => Self::TakeChange,
        }
    }
}

/// Mostly small sizes, some around the sizes of chunks, a few large ones.
fn size(class: u8, fine: u8) -> usize {
    let fine = usize::from(fine);
    match class % 8 {
        0..=3 => fine % 32,
        4 => fine * 2,
        5 => 500 + fine % 32,
        6 => fine * 20,
        _ => fine * 97,
    }
}

/// Bytes of which every fourth is likely to end a line or to match.
fn data(n: usize, seed: u8) -> Vec<u8> {
    let mut state = u32::from(seed);
    let mut next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let byte = (state >> 24) as u8;
        if byte.is_multiple_of(4) { b"\r\n\0ab"[usize::from(byte / 4) % 5] } else { byte }
    };
    (0..n).map(|_| next()).collect()
}

/// An evbuffer and what it should hold.
#[derive(Default)]
struct Pair {
    real: Evbuffer,
    model: Vec<u8>,
    /// The length when the change was last taken.
    taken_at: usize,
}

/// Two pairs, and a kernel that moves some bytes.
#[derive(Default)]
pub(crate) struct World {
    this: Pair,
    other: Pair,
    received: u8,
}

impl World {
    /// Applies an operation to both sides.
    ///
    /// # Panics
    /// If they differ.
    pub(crate) fn apply(&mut self, op: Op) {
        let len = self.this.model.len();
        let Pair { real, model, .. } = &mut self.this;
        let (other, other_model) = (&mut self.other.real, &mut self.other.model);
        match op {
            Op::Swap => std::mem::swap(&mut self.this, &mut self.other),
            Op::Add { n, seed } => {
                assert_eq!(real.add(&data(n, seed)), Ok(()));
                model.extend(data(n, seed));
            }
            Op::Prepend { n, seed } => {
                assert_eq!(real.prepend(&data(n, seed)), Ok(()));
                model.splice(..0, data(n, seed));
            }
            Op::AddReference { n, seed } => {
                assert_eq!(real.add_reference(data(n, seed)), Ok(()));
                model.extend(data(n, seed));
            }
            Op::Reserve { n, used, seed } => {
                let bytes = data(used, seed);
                let mut reserved = real.reserve_space(n).expect("no end is frozen");
                let mut pieces = reserved.pieces();
                assert_eq!(pieces.iter().map(|piece| piece.len()).sum::<usize>(), n);
                let mut rest = &bytes[..];
                for piece in &mut pieces {
                    let _ = rest.read(piece);
                }
                assert!(rest.is_empty(), "the room was smaller than asked for");
                reserved.commit_space(used);
                model.extend(bytes);
            }
            Op::Expand { n } => assert!(real.expand(n).is_ok()),
            Op::Drain { n } => assert_eq!(real.drain(n), Ok(model.drain(..n.min(len)).count())),
            Op::Remove { n } => {
                let mut into = vec![0; n];
                assert_eq!(real.remove(&mut into), Ok(n.min(len)));
                assert!(into.into_iter().take(len).eq(model.drain(..n.min(len))));
            }
            Op::AddBuffer => {
                assert_eq!(real.add_buffer(other), Ok(()));
                model.append(other_model);
            }
            Op::PrependBuffer => {
                assert_eq!(real.prepend_buffer(other), Ok(()));
                model.splice(..0, other_model.drain(..));
            }
            Op::RemoveBuffer { n } => {
                assert_eq!(real.remove_buffer(other, n), Ok(n.min(len)));
                other_model.extend(model.drain(..n.min(len)));
            }
            Op::Pullup { n } => assert_eq!(real.pullup(n), model.get(..n)),
            Op::Copyout { pos, n } => {
                let mut into = vec![0; n];
                let copied = real.copyout_from(pos, &mut into);
                assert_eq!(into[..copied], model[pos.min(len)..(pos + n).min(len)]);
            }
            Op::Search { pos, n } => search(real, model, pos, n),
            Op::SearchEol { pos, style } => {
                assert_eq!(real.search_eol(pos, style), search_eol(model, pos, style));
            }
            Op::Readln { style } => {
                let line = search_eol(model, 0, style).map(|(pos, eol)| take_line(model, pos, eol));
                assert_eq!(real.readln(style), Ok(line));
            }
            Op::Readline => {
                let pos = model.iter().position(|byte| b"\r\n".contains(byte));
                let pair = |pos: usize| matches!(model.get(pos..pos + 2), Some(b"\r\n" | b"\n\r"));
                let eol = pos.map(|pos| (pos, 1 + usize::from(pair(pos))));
                assert_eq!(real.readline(), Ok(eol.map(|(pos, eol)| take_line(model, pos, eol))));
            }
            Op::Receive { max, given } => {
                self.received = self.received.wrapping_add(1);
                let mut kernel = Partial { rx: data(given, self.received), ..Partial::default() };
                let outcome = real.read(&mut kernel, Handle(0), max);
                // Above what a chunk has, no more than can be read, but in memory that is there.
                assert!((max.min(given.max(16 * 1024))..=max).contains(&kernel.offered));
                assert_eq!(outcome, transfer(max.min(given)));
                model.extend(data(given, self.received).into_iter().take(max));
            }
            Op::Send { max, chunks, taken } => {
                let mut kernel = Partial { room: taken, ..Partial::default() };
                let outcome = real.write(&mut kernel, Handle(0), Some(max), Some(chunks));
                assert!(kernel.offered <= max.min(len));
                assert_eq!(outcome, transfer(taken.min(kernel.offered)));
                assert!(kernel.tx.iter().copied().eq(model.drain(..kernel.tx.len())));
            }
            Op::TakeChange => take_change(&mut self.this),
        }
        self.this.compare();
        self.other.compare();
    }
}

impl Pair {
    fn compare(&self) {
        self.real.assert_invariants();
        assert_eq!(self.real.len(), self.model.len());
        let mut rest = &self.model[..];
        for chunk in self.real.peek() {
            rest = rest.strip_prefix(chunk).expect("the chunks hold the model's bytes");
        }
        assert!(self.real.allocated_1_4() >= self.model.len());
    }
}

fn take_change(pair: &mut Pair) {
    let (old, new) = (pair.taken_at, pair.model.len());
    match pair.real.take_change() {
        Some(change) => assert_eq!((change.old_len, change.new_len()), (old, new)),
        None => assert_eq!(old, new),
    }
    pair.taken_at = new;
}

/// Looks for bytes that are there, and for bytes that may be.
fn search(real: &Evbuffer, model: &[u8], pos: usize, n: usize) {
    let there = model.len().saturating_sub(n) * 3 / 4;
    for needle in [&model[there..(there + n).min(model.len())], b"a", b"\r\n"] {
        let found = model.get(pos..).and_then(|tail| match needle {
            [] => Some(0),
            _ => tail.windows(needle.len()).position(|window| window == needle),
        });
        assert_eq!(real.search(needle, pos), found.map(|at| at + pos));
    }
}

fn search_eol(model: &[u8], from: usize, style: EolStyle) -> Option<(usize, usize)> {
    let tail = model.get(from..)?;
    let is_eol = |byte: &u8| b"\r\n".contains(byte);
    let at = |wanted: u8| tail.iter().position(|&byte| byte == wanted);
    let (pos, eol) = match style {
        EolStyle::Any => {
            let pos = tail.iter().position(is_eol)?;
            (pos, tail[pos..].iter().take_while(|byte| is_eol(byte)).count())
        }
        EolStyle::Crlf => match at(b'\n')? {
            pos if pos > 0 && tail[pos - 1] == b'\r' => (pos - 1, 2),
            pos => (pos, 1),
        },
        EolStyle::CrlfStrict => (tail.windows(2).position(|window| window == b"\r\n")?, 2),
        EolStyle::Lf => (at(b'\n')?, 1),
        EolStyle::Nul => (at(0)?, 1),
    };
    Some((from + pos, eol))
}

fn take_line(model: &mut Vec<u8>, pos: usize, eol: usize) -> Vec<u8> {
    let mut line: Vec<u8> = model.drain(..pos + eol).collect();
    line.truncate(pos);
    line
}

fn transfer(bytes: usize) -> Result<Transfer, Errno> {
    if bytes == 0 { Err(Errno::Again) } else { Ok(Transfer { bytes, exhausted: false }) }
}

/// A kernel that gives what it has, takes what it has room for, and says EAGAIN otherwise.
#[derive(Default)]
struct Partial {
    rx: Vec<u8>,
    tx: Vec<u8>,
    room: usize,
    offered: usize,
}

impl Kernel for Partial {
    fn receive(&mut self, _: Handle, into: &mut [IoSliceMut<'_>]) -> Result<Transfer, Errno> {
        let mut rest = &self.rx[..];
        self.offered = into.iter().map(|piece| piece.len()).sum();
        let bytes = into.iter_mut().map(|piece| rest.read(piece).unwrap_or(0)).sum();
        transfer(bytes)
    }

    fn send(&mut self, _: Handle, from: &[IoSlice<'_>]) -> Result<Transfer, Errno> {
        self.offered = from.iter().map(|piece| piece.len()).sum();
        self.tx.extend(from.iter().flat_map(|piece| piece.iter()).take(self.room));
        transfer(self.tx.len())
    }

    fn readable_bytes(&mut self, _: Handle) -> Option<usize> {
        Some(self.rx.len())
    }
}
