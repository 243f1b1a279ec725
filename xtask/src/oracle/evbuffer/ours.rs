//! Our side: what the harness prints of a program, of our evbuffers.

use std::fmt::Write as _;
use std::io::{IoSlice, IoSliceMut, Read as _, Write as _};

use bufferevent::{
    Chain, Change, End, EolStyle, Errno, Evbuffer, Frozen, Handle, Kernel, ReserveError, Transfer,
};

use super::program::{Operation, Program, Verb};

/// The line of each operation.
pub(super) fn run(program: &Program) -> Vec<String> {
    let mut world = World {
        buffers: Default::default(),
        deferred: program.deferred,
        watched: [true; 3],
        chains: program.chains,
    };
    if program.chains {
        world.buffers.iter_mut().for_each(Evbuffer::follow_chains);
    }
    program.operations.iter().map(|operation| world.operate(operation)).collect()
}

struct World {
    buffers: [Evbuffer; 3],
    deferred: [bool; 3],
    /// Whether what is told of a buffer is wanted: libevent's EVBUFFER_CB_ENABLED.
    watched: [bool; 3],
    chains: bool,
}

impl World {
    fn operate(&mut self, operation: &Operation) -> String {
        let first = self.first_part(operation);
        let named = || operation.buffers().iter().map(|&buffer| buffer as usize);
        let mut line = match named().collect::<Vec<_>>()[..] {
            [] => "0".to_owned(),
            [b] if operation.verb == Verb::Callback => {
                self.watched[b] = operation.arguments() == [1];
                "0".to_owned()
            }
            [b] => act(&mut self.buffers[b], operation),
            [b, a, ..] => {
                // Taken out while it is worked on: two of one array cannot be borrowed at once.
                let mut other = std::mem::take(&mut self.buffers[a]);
                let result = act_on_two(&mut self.buffers[b], &mut other, operation);
                self.buffers[a] = other;
                result
            }
        };
        for buffer in 0..3 {
            line += " |";
            if !self.deferred[buffer] || operation.verb == Verb::Loop {
                self.take_notices(buffer, first, &mut line);
            }
        }
        line += " |";
        for buffer in &self.buffers {
            let _ = write!(line, " {}", buffer.len());
        }
        for buffer in named() {
            let _ = write!(line, " | {}", described(&self.buffers[buffer].to_vec()));
            if self.chains {
                let chains = self.buffers[buffer].chains().into_iter().flatten();
                let shape = |it: Chain| format!("{}/{}/{}", it.size, it.misalign, it.len);
                let chains: Vec<String> = chains.filter(|chain| chain.len > 0).map(shape).collect();
                let _ = write!(line, " [{}]", chains.join(" "));
            }
        }
        line
    }

    /// A change that is taken late is the sum of several, and so is what a deferred callback is told.
    fn take_notices(&mut self, buffer: usize, first: Option<usize>, line: &mut String) {
        let Some(change) = self.buffers[buffer].take_change().filter(|_| self.watched[buffer]) else {
            return;
        };
        for Change { old_len, added, deleted } in
            first.map_or_else(|| vec![change], |first| split(change, first))
        {
            let _ = write!(line, " {old_len}+{added}-{deleted}");
        }
    }

    /// Known difference: libevent's `evbuffer_readln` takes the line, tells of it, and then takes its end; the pieces of
    /// `evbuffer_add_iovec` are added one by one. Here both are one change. How many bytes its first part has.
    fn first_part(&self, operation: &Operation) -> Option<usize> {
        match (operation.verb, operation.arguments(), operation.buffers()) {
            (Verb::AddIovec, &[n, _], _) => Some(n as usize / 2),
            (Verb::Readln, &[number], &[b]) => {
                self.buffers[b as usize].search_eol(0, style(number)).map(|(line, _)| line)
            }
            _ => None,
        }
    }
}

/// A change as the two that make it. Nothing is told of one that changes nothing.
fn split(change: Change, first: usize) -> Vec<Change> {
    let head = Change { added: change.added.min(first), deleted: change.deleted.min(first), ..change };
    let rest = Change {
        old_len: head.new_len(),
        added: change.added - head.added,
        deleted: change.deleted - head.deleted,
    };
    [head, rest].into_iter().filter(|part| part.added > 0 || part.deleted > 0).collect()
}

fn act(b: &mut Evbuffer, operation: &Operation) -> String {
    let n = |at: usize| operation.arguments()[at];
    let size = |at: usize| n(at) as usize;
    match operation.verb {
        Verb::Add => status(&b.add(&made(n(0), n(1)))),
        Verb::Prepend => status(&b.prepend(&made(n(0), n(1)))),
        Verb::AddPrintf => {
            let bytes = made(n(0), n(1)).into_iter().map(|byte| if byte == 0 { b'0' } else { byte });
            let text: String = bytes.map(char::from).collect();
            status(&b.add_printf(format_args!("{text}")))
        }
        Verb::AddIovec => {
            let bytes = made(n(0), n(1));
            let (first, second) = bytes.split_at(bytes.len() / 2);
            // The harness says how much was added, which is nothing where the end is frozen.
            b.write_vectored(&[first, b"", second].map(IoSlice::new)).unwrap_or(0).to_string()
        }
        Verb::AddReference => status(&b.add_reference(made(n(0), n(1)))),
        Verb::Reserve => status(&reserve(b, size(0), &made(n(0).min(n(1)), n(2)))),
        Verb::Expand => status(&b.expand(size(0))),
        Verb::Drain => status(&b.drain(size(0))),
        Verb::Remove => {
            let mut into = vec![0; size(0)];
            b.remove(&mut into).map_or_else(|Frozen| "-1".to_owned(), |taken| described(&into[..taken]))
        }
        Verb::Copyout => {
            let mut into = vec![0; size(2)];
            let copied = b.copyout_from(position(b, n(0), n(1)), &mut into);
            // Known difference: libevent gives nothing out of a frozen start, not even a copy.
            if copied > 0 && b.is_frozen(End::Start) { "-1".to_owned() } else { described(&into[..copied]) }
        }
        // Known difference: nothing is something that can be shown here.
        Verb::Pullup => found(b.pullup(size(0)).filter(|shown| !shown.is_empty()).map(described)),
        Verb::PullupAll => found(b.pullup(None).filter(|shown| !shown.is_empty()).map(described)),
        Verb::Peek => {
            let from = position(b, n(0), n(1));
            described(&b.peek_range(from, from + size(2)).collect::<Vec<_>>().concat())
        }
        Verb::Search => search(b, operation, &made(n(3), n(4))),
        Verb::SearchOwn => {
            let at = position(b, n(3), 0);
            let needle = b.peek_range(at, at + size(4)).collect::<Vec<_>>().concat();
            search(b, operation, &needle)
        }
        Verb::Find => place(b.find(&made(n(0), n(1)))),
        Verb::SearchEol => {
            found(b.search_eol(position(b, n(0), n(1)), style(n(2))).map(|(pos, len)| format!("{pos}/{len}")))
        }
        // Nothing is taken out of a frozen start, which libevent does not tell from no line.
        Verb::Readln => found(b.readln(style(n(0))).unwrap_or(None).map(|line| described(&line))),
        Verb::Freeze => {
            b.freeze(end(n(0)));
            "0".to_owned()
        }
        Verb::Unfreeze => {
            b.unfreeze(end(n(0)));
            "0".to_owned()
        }
        Verb::Read => read(b, size(0), &made(n(1), n(2))),
        Verb::Write => write(b, size(0)),
        Verb::AddBuffer | Verb::PrependBuffer | Verb::RemoveBuffer | Verb::Callback | Verb::Loop => {
            unreachable!("{operation} names another number of buffers")
        }
    }
}

fn act_on_two(b: &mut Evbuffer, a: &mut Evbuffer, operation: &Operation) -> String {
    match (operation.verb, operation.arguments()) {
        (Verb::AddBuffer, _) => status(&b.add_buffer(a)),
        (Verb::PrependBuffer, _) => status(&b.prepend_buffer(a)),
        (Verb::RemoveBuffer, &[n]) => {
            b.remove_buffer(a, n as usize).map_or_else(|Frozen| "-1".to_owned(), |moved| moved.to_string())
        }
        _ => unreachable!("{operation} names one buffer"),
    }
}

fn reserve(b: &mut Evbuffer, room: usize, mut bytes: &[u8]) -> Result<(), ReserveError> {
    let used = bytes.len();
    let mut reserved = b.reserve_space(room)?;
    for piece in &mut reserved.pieces() {
        let (now, later) = bytes.split_at(bytes.len().min(piece.len()));
        piece[..now.len()].copy_from_slice(now);
        bytes = later;
    }
    reserved.commit_space(used);
    Ok(())
}

/// What is in a file or goes there.
#[derive(Default)]
struct File {
    rest: Vec<u8>,
    written: Vec<u8>,
}

impl Kernel for File {
    fn receive(&mut self, _: Handle, into: &mut [IoSliceMut<'_>]) -> Result<Transfer, Errno> {
        let mut rest = &self.rest[..];
        let bytes = into.iter_mut().map(|piece| rest.read(piece).unwrap_or(0)).sum();
        Ok(Transfer { bytes, exhausted: false })
    }

    fn send(&mut self, _: Handle, from: &[IoSlice<'_>]) -> Result<Transfer, Errno> {
        self.written = from.iter().flat_map(|piece| piece.iter().copied()).collect();
        Ok(Transfer { bytes: self.written.len(), exhausted: false })
    }

    fn readable_bytes(&mut self, _: Handle) -> Option<usize> {
        Some(self.rest.len())
    }
}

/// Most that one read of 2.1 asks for, who asks how much there is first.
const MAX_READ: usize = 4096;

/// Known difference, here and in `write`: libevent's bufferevent unfreezes around these, and ours does not have to.
fn read(b: &mut Evbuffer, most: usize, bytes: &[u8]) -> String {
    let mut file = File { rest: bytes.to_vec(), ..File::default() };
    if b.is_frozen(End::End) {
        return "-1".to_owned();
    }
    let there = if bytes.is_empty() { MAX_READ } else { bytes.len().min(MAX_READ) };
    b.read(&mut file, Handle(0), most.min(there))
        .map_or_else(|errno| errno.to_string(), |done| done.bytes.to_string())
}

fn write(b: &mut Evbuffer, most: usize) -> String {
    let mut file = File::default();
    if b.is_frozen(End::Start) || b.len().min(most) == 0 {
        return "-1".to_owned();
    }
    match b.write(&mut file, Handle(0), Some(most), None) {
        Ok(_) => described(&file.written),
        Err(errno) => errno.to_string(),
    }
}

fn search(b: &Evbuffer, operation: &Operation, needle: &[u8]) -> String {
    let n = operation.arguments();
    let from = position(b, n[0], n[1]);
    place(match n[2].checked_sub(1) {
        Some(end) => b.search_range(needle, from, position(b, end, 0)),
        None => b.search(needle, from),
    })
}

/// The position `p`, then `q` further, each modulo one more than the bytes there are.
fn position(b: &Evbuffer, p: u32, q: u32) -> usize {
    let first = p as usize % (b.len() + 1);
    first + q as usize % (b.len() - first + 1)
}

fn style(number: u32) -> EolStyle {
    use EolStyle::{Any, Crlf, CrlfStrict, Lf, Nul};
    [Any, Crlf, CrlfStrict, Lf, Nul][number as usize % 5]
}

fn end(number: u32) -> End {
    if number == 0 { End::End } else { End::Start }
}

/// What the harness's `make_bytes` makes.
fn made(length: u32, mut seed: u32) -> Vec<u8> {
    let mut next = || {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        b"ab\r\n\0\r\nc"[(seed >> 29) as usize]
    };
    (0..length).map(|_| next()).collect()
}

fn status<T, E>(result: &Result<T, E>) -> String {
    if result.is_ok() { "0" } else { "-1" }.to_owned()
}

fn place(position: Option<usize>) -> String {
    position.map_or_else(|| "-1".to_owned(), |position| position.to_string())
}

fn found(shown: Option<String>) -> String {
    shown.unwrap_or_else(|| "none".to_owned())
}

fn described(bytes: &[u8]) -> String {
    format!("{}#{:016x}", bytes.len(), super::super::digest::fnv(bytes))
}
