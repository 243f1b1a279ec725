//! A queue of bytes: libevent's `evbuffer`.
//!
//! The type and what all of it rests on are here. Then: `bytes` (add, drain, copy, pull up), `moving`
//! (between buffers, without copying), `removal` (the same in two halves), `search` and `readline`, `reserve` (room to write into), `io` (one system call), `own` (out of a kernel's memory),
//! `format` (`write!`), `lend` (to whoever may put another in its place).
//! `chunk` is the memory, `contiguous` the size that libevent 1.4's single block would have, `memory` how the bytes would lie in
//! that block and in 2.x's chains, `change` what a callback would have been told, `freeze` the forbidden ends, `spare` memory that passes from buffer to buffer.
//!
//! Deliberately absent, of what the public headers of 2.1 have:
//!
//! | function | why not |
//! | --- | --- |
//! | `evbuffer_add_cb` and all about callbacks: `_remove_cb`, `_remove_cb_entry`, `_cb_set_flags`, `_cb_clear_flags`, `_setcb`, `_defer_callbacks` | a change is [taken](Evbuffer::take_change), not announced; taking later is deferring, and whoever drops one has disabled its callback |
//! | `evbuffer_ptr_set`, `struct evbuffer_ptr` | a position is a number of bytes from the start; with chunks by the kilobyte, the walk to it is short |
//! | `evbuffer_get_contiguous_space` | it is the length of the first piece of [`peek`](Evbuffer::peek) |
//! | `evbuffer_add_buffer_reference` | two buffers would share memory, and memory would have to count its owners; `add_buffer` of a [clone](Evbuffer#impl-Clone-for-Evbuffer) has the same bytes |
//! | `evbuffer_add_file`, `evbuffer_file_segment_*`, `evbuffer_set_flags`, `evbuffer_clear_flags` | sendfile and mmap are a kernel's; the kernel trait knows bytes |
//! | `evbuffer_enable_locking`, `evbuffer_lock`, `evbuffer_unlock` | `&mut` is the lock |
//! | `evbuffer_free` | a buffer is dropped |
//!
//! `cargo xtask oracle --evbuffer` holds the rest against the real library.

mod bytes;
mod change;
mod chunk;
mod contiguous;
mod format;
mod freeze;
mod io;
mod lend;
mod memory;
mod moving;
mod own;
mod readline;
mod removal;
mod reserve;
mod search;
mod spare;

use std::collections::VecDeque;
use std::fmt;

pub use change::Change;
pub use format::PrintfError;
pub use freeze::{End, Frozen};
pub use memory::Chain;
pub(crate) use removal::Removal;
pub use reserve::{ReserveError, Reserved};
pub use search::EolStyle;
pub(crate) use spare::Spares;

use change::Changes;
use chunk::Chunk;
use contiguous::Contiguous;
use freeze::FrozenEnds;
use memory::Memory;

/// The smallest chunk, in bytes: a few short messages.
const MIN_CHUNK: usize = 512;

/// Chunks double up to this many bytes; only larger data gets a larger chunk, of exactly its size.
const MAX_CHUNK: usize = 16 * 1024;

/// The largest emptied chunk that is kept, in bytes: 1.4's reads of a steady stream fit, so that they meet memory that
/// was initialised before.
const MAX_SPARE: usize = 64 * 1024;

/// A list of chunks that was longer than this gives its own memory back when it empties.
const KEPT_LIST: usize = 64;

/// A queue of bytes, kept in chunks: libevent's `evbuffer`.
///
/// Adding is amortised O(1) a byte; draining is O(1) a chunk and frees the memory, but for one chunk of at most
/// 64 KiB that is kept for what comes next. `write!(buf, ...)` is `evbuffer_add_printf`, with a `Write` of the standard library in scope.
#[derive(Default)]
pub struct Evbuffer {
    /// Invariant: no chunk in here is empty.
    chunks: VecDeque<Chunk>,
    /// Bytes in all chunks together, and those that are missing.
    len: usize,
    /// Bytes that a move under way has taken and `len` still counts: see [`Self::begin_removal`].
    missing: usize,
    /// Memory for the next chunk. Invariant: empty, and all of it tail room.
    spare: Option<Chunk>,
    changes: Changes,
    contiguous: Contiguous,
    memory: Option<Box<Memory>>,
    frozen: FrozenEnds,
    /// The last read gave more than 1.4 reads without asking, so the next is expected to.
    reads_much: bool,
    /// By which its owner knows it again, 0 if it was not lent: see [`Self::lend`].
    lent: u32,
    /// The changes that whoever it is lent to has taken.
    taken: Option<Box<Changes>>,
}

impl Evbuffer {
    /// An empty buffer, which owns no memory yet: `evbuffer_new`.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// What changed since the last call, `None` if nothing did: what libevent tells an `evbuffer_cb`.
    ///
    /// Whoever owns the buffer polls this; one change can be the sum of several operations. A bufferevent hears of all that
    /// changed in a buffer of its own, whoever has taken it in an [`edit_input`](crate::BuffereventMut::edit_input).
    pub fn take_change(&mut self) -> Option<Change> {
        let change = self.changes.take();
        if let Some(change) = change.filter(|_| self.lent != 0) {
            self.keep_for_owner(change);
        }
        change
    }

    /// The same for a bufferevent, to which it belongs.
    pub(crate) fn take_own_change(&mut self) -> Option<Change> {
        self.changes.take()
    }

    /// The same, left for the next call.
    #[must_use]
    pub fn pending_change(&self) -> Option<Change> {
        self.changes.pending()
    }

    /// Bytes in the buffer: `evbuffer_get_length`, 1.4's `EVBUFFER_LENGTH`.
    #[must_use]
    pub fn len(&self) -> usize {
        self.len
    }

    /// Bytes that can be looked at: but for what a move under way has taken, all.
    pub(crate) const fn held(&self) -> usize {
        self.len - self.missing
    }

    /// Whether there are no bytes in the buffer.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Bytes that libevent 1.4 would have allocated for this buffer by now.
    ///
    /// 1.4 keeps one contiguous block, and the size of its reads follows from the size of that block; this buffer
    /// keeps chunks, and this figure beside them.
    #[must_use]
    pub fn allocated_1_4(&self) -> usize {
        self.contiguous.allocated()
    }

    /// Checks what the fields promise about each other; debug builds do so after every change.
    ///
    /// # Panics
    /// If a promise is broken, which is a fault in this crate.
    pub fn assert_invariants(&self) {
        self.chunks.iter().for_each(Chunk::assert_invariants);
        assert!(self.chunks.iter().all(|chunk| !chunk.is_empty()), "an empty chunk is in the list");
        let there: usize = self.chunks.iter().map(Chunk::len).sum();
        assert_eq!(there + self.missing, self.len, "the length is not the sum");
        if let Some(spare) = &self.spare {
            spare.assert_invariants();
            assert_eq!(spare.room(), spare.capacity(), "the spare chunk is in use");
        }
        if let Some(memory) = &self.memory {
            assert_eq!(memory.len(), there, "the chains hold something else");
        }
        self.changes.assert_invariants(self.len);
        self.contiguous.assert_invariants(self.len);
    }

    fn check(&self) {
        if cfg!(debug_assertions) {
            self.assert_invariants();
        }
    }

    /// Puts bytes behind the last; the caller keeps the 1.4 size and the change.
    #[inline]
    fn push_bytes_back(&mut self, mut data: &[u8]) {
        self.len += data.len();
        if let Some(last) = self.chunks.back_mut() {
            data = &data[last.append(data)..];
        }
        if !data.is_empty() {
            self.push_chunk_of(data);
        }
    }

    /// The same, of bytes for which the last chunk has no room.
    fn push_chunk_of(&mut self, mut data: &[u8]) {
        // Into one piece, where that is too small and nothing is before it.
        let first = self.chunks.is_empty();
        if let Some(mut spare) = self.spare.take_if(|spare| !first || data.len() <= spare.capacity()) {
            data = &data[spare.append(data)..];
            self.chunks.push_back(spare);
        }
        if !data.is_empty() {
            self.push_new_chunk_of(data);
        }
    }

    #[cold]
    fn push_new_chunk_of(&mut self, data: &[u8]) {
        let chunk = if data.len() > MAX_CHUNK {
            Chunk::exact(data)
        } else {
            let grown = self.chunks.back().map_or(MIN_CHUNK, |last| last.capacity() * 2);
            let mut chunk = Chunk::with_capacity(capacity_for(data.len().max(grown.min(MAX_CHUNK))));
            chunk.append(data);
            chunk
        };
        self.chunks.push_back(chunk);
    }

    /// Puts bytes before the first; the caller keeps the 1.4 size and the change.
    fn push_bytes_front(&mut self, mut data: &[u8]) {
        if self.chunks.is_empty() {
            self.push_bytes_back(data);
            return;
        }
        self.len += data.len();
        // What is to be taken from the front of a numbered one stays there.
        if let Some(first) = self.chunks.front_mut().filter(|first| first.number() == 0) {
            data = &data[..data.len() - first.prepend(data)];
        }
        if data.is_empty() {
            return;
        }
        let mut chunk = self.take_chunk(data.len());
        // At the back of the memory, so that the next prepend finds room before it.
        chunk.clear_to_back();
        chunk.prepend(data);
        self.chunks.push_front(chunk);
    }

    /// Drops the first `n` bytes, `n <= len`; the caller keeps the 1.4 size and the change.
    fn drop_front(&mut self, mut n: usize) {
        self.len -= n;
        // What is missing is counted behind what is there.
        self.missing = self.missing.min(self.len);
        while let Some(first) = self.chunks.front_mut() {
            if n < first.len() {
                first.consume(n);
                return;
            }
            n -= first.len();
            if let Some(chunk) = self.chunks.pop_front() {
                self.keep_spare(chunk);
            }
        }
        if self.chunks.capacity() > KEPT_LIST {
            self.chunks.shrink_to(KEPT_LIST);
        }
    }

    /// An empty chunk for at least `n` bytes: the spare one if it is large enough.
    fn take_chunk(&mut self, n: usize) -> Chunk {
        match self.spare.take_if(|spare| spare.capacity() >= n) {
            Some(spare) => spare,
            None => Chunk::with_capacity(capacity_for(n)),
        }
    }

    /// Keeps the memory of a chunk that is done with, if it is worth keeping.
    #[inline]
    fn keep_spare(&mut self, mut chunk: Chunk) {
        let kept = self.spare.as_ref().map_or(0, Chunk::capacity);
        if chunk.capacity() <= MAX_SPARE && chunk.capacity() > kept {
            chunk.clear();
            self.spare = Some(chunk);
        }
    }
}

/// The size of a new chunk for `n` bytes.
fn capacity_for(n: usize) -> usize {
    if n > MAX_CHUNK { n } else { n.next_power_of_two().max(MIN_CHUNK) }
}

impl Clone for Evbuffer {
    /// A buffer with the same bytes, as if they had been added at once and the change was taken: what `evbuffer_add_buffer_reference`
    /// gives. No end of it is frozen.
    fn clone(&self) -> Self {
        let chunks = self.peek().map(Chunk::exact).collect();
        let mut buf = Self { chunks, len: self.held(), ..Self::default() };
        buf.contiguous.expand(0, buf.len);
        buf
    }
}

impl From<&[u8]> for Evbuffer {
    /// A buffer of these bytes: `evbuffer_new` and `evbuffer_add`, so a change is pending.
    fn from(data: &[u8]) -> Self {
        let mut buf = Self::new();
        buf.add_unfrozen(data);
        buf
    }
}

impl fmt::Debug for Evbuffer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut head = [0; 32];
        let n = self.copyout(&mut head);
        let more = if n < self.held() { "..." } else { "" };
        write!(f, "Evbuffer({} bytes: \"{}\"{more})", self.len, head[..n].escape_ascii())
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    #[test]
    fn debug_shows_the_length_and_an_escaped_head() {
        let buf = Evbuffer::from(&b"hi\n\0"[..]);
        assert_eq!(format!("{buf:?}"), r#"Evbuffer(4 bytes: "hi\n\x00")"#);
        let long = format!("{:?}", Evbuffer::from(&[b'x'; 100][..]));
        assert!(long.starts_with("Evbuffer(100 bytes: ") && long.ends_with("\"...)"));
    }

    #[test]
    fn a_clone_has_the_bytes_and_nothing_else() {
        let mut buf = Evbuffer::from(&b"Hello, "[..]);
        buf.add_reference(*b"World").unwrap();
        buf.freeze(End::Start);
        buf.freeze(End::End);
        buf.follow_chains();
        let mut clone = buf.clone();
        assert_eq!((clone.to_vec(), clone.take_change()), (b"Hello, World".to_vec(), None));
        assert!(clone.spare.is_none() && clone.chains().is_none());
        let mut other = Evbuffer::new();
        assert_eq!(other.add_buffer(&mut clone), Ok(()));
        assert_eq!((other.to_vec(), clone.add(b"!")), (b"Hello, World".to_vec(), Ok(())));
    }

    #[test]
    fn an_emptied_chunk_is_used_again() {
        let mut buf = Evbuffer::from(&b"0123456789"[..]);
        let memory = buf.chunks[0].payload().as_ptr();
        buf.drain(10).unwrap();
        buf.add(b"abc").unwrap();
        assert_eq!(buf.chunks[0].payload().as_ptr(), memory);
    }

    #[test]
    fn a_large_chunk_is_given_back() {
        let mut buf = Evbuffer::from(&vec![0; MAX_SPARE + 1][..]);
        assert_eq!(buf.chunks[0].capacity(), MAX_SPARE + 1);
        buf.drain(usize::MAX).unwrap();
        assert!(buf.spare.is_none());
    }

    #[test]
    fn small_appends_waste_little() {
        let mut buf = Evbuffer::new();
        for i in 0..20_000 {
            writeln!(buf, "{i:05}").unwrap();
        }
        let held: usize = buf.chunks.iter().map(Chunk::capacity).sum();
        assert_eq!(buf.len(), 120_000);
        assert!(held < 120_000 + 120_000 / 8, "{held} bytes held");
    }
}
