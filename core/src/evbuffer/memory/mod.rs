//! How the bytes of a buffer would lie in libevent's memory, for a buffer that follows it: as sizes alone, beside its own
//! chunks. A simulation asks for it, a server does not.
//!
//! `chains` is libevent 2.x's list of them, `block` 1.4's only one, `chain` what both are made of.

mod block;
mod chain;
mod chains;
#[cfg(test)]
mod tests;

#[cfg(feature = "sim")]
use std::sync::atomic::{AtomicU64, Ordering};

use block::Block;
pub use chain::Chain;
use chains::Chains;

use super::Evbuffer;

/// The number of the next change, of whichever buffer's memory.
#[cfg(feature = "sim")]
static NEXT_CHANGE: AtomicU64 = AtomicU64::new(1);

/// Invariant: it holds what the chunks hold.
#[derive(Debug, Clone)]
pub(super) struct Memory {
    form: Form,
    /// The number of its last change. Whatever has the same is the same, whichever buffer it is in: to ask of each buffer
    /// whether something has changed costs a comparison.
    #[cfg(feature = "sim")]
    changed: u64,
}

#[derive(Debug, Clone)]
enum Form {
    Chains(Chains),
    Block(Block),
}

/// What `evbuffer_remove_buffer` moves of a source: whole chains, and a part of the next, whose number this is. There is no
/// chain 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Front {
    pub(super) whole: usize,
    pub(super) part: usize,
    pub(super) chain: u64,
}

impl Form {
    /// All chains, one slice behind the other.
    fn slices(&self) -> [&[Chain]; 2] {
        match self {
            Self::Chains(chains) => chains.slices(),
            Self::Block(block) => block.slices(),
        }
    }

    fn len(&self) -> usize {
        self.slices().into_iter().flatten().map(|chain| chain.len).sum()
    }

    fn add(&mut self, n: usize) {
        match self {
            Self::Chains(chains) => chains.add(n),
            Self::Block(block) => block.add(n),
        }
    }

    fn drain(&mut self, n: usize) {
        match self {
            Self::Chains(chains) => chains.drain(n),
            Self::Block(block) => block.drain(n),
        }
    }

    fn add_buffer(&mut self, source: &mut Self) {
        match (self, source) {
            (Self::Chains(own), Self::Chains(theirs)) => own.add_buffer(theirs),
            (Self::Block(own), Self::Block(theirs)) => own.add_buffer(theirs),
            // Of two libevents: it is copied.
            (own, theirs) => {
                own.add(theirs.len());
                theirs.drain(theirs.len());
            }
        }
    }
}

impl Memory {
    fn new(form: Form) -> Self {
        let mut memory = Self {
            form,
            #[cfg(feature = "sim")]
            changed: 0,
        };
        memory.change();
        memory
    }

    /// How another buffer comes to follow in this form.
    pub(super) const fn follow(&self) -> fn(&mut Evbuffer) {
        match self.form {
            Form::Chains(_) => Evbuffer::follow_chains,
            Form::Block(_) => Evbuffer::follow_block,
        }
    }

    /// The only way to change it.
    fn change(&mut self) -> &mut Form {
        #[cfg(feature = "sim")]
        {
            self.changed = NEXT_CHANGE.fetch_add(1, Ordering::Relaxed);
        }
        &mut self.form
    }

    /// What `bufferevent_write_buffer` does with a buffer that nobody follows, and that was made at once: 1.4's copies.
    pub(super) fn add_unfollowed(&mut self, len: usize) {
        match self.change() {
            Form::Chains(chains) => chains.add_buffer(&mut Chains::of(len)),
            Form::Block(block) => block.add(len),
        }
    }

    pub(super) fn len(&self) -> usize {
        self.form.len()
    }

    /// Bytes of payload in the first so many chains.
    pub(super) fn first(&self, count: usize) -> usize {
        self.list().take(count).map(|chain| chain.len).sum()
    }

    pub(super) fn list(&self) -> impl Iterator<Item = Chain> {
        self.form.slices().into_iter().flatten().copied()
    }

    pub(super) const fn copied(&self) -> u64 {
        match &self.form {
            Form::Chains(chains) => chains.copied(),
            Form::Block(block) => block.copied(),
        }
    }

    pub(super) fn add(&mut self, n: usize) {
        self.change().add(n);
    }

    pub(super) fn drain(&mut self, n: usize) {
        self.change().drain(n);
    }

    /// 1.4 has no `evbuffer_prepend`: there the bytes would have to be added and turned round.
    pub(super) fn prepend(&mut self, n: usize) {
        match self.change() {
            Form::Chains(chains) => chains.prepend(n),
            Form::Block(block) => block.add(n),
        }
    }

    pub(super) fn add_buffer(&mut self, source: &mut Self) {
        self.change().add_buffer(source.change());
    }

    /// 2.x only, as [`Self::prepend`].
    pub(super) fn prepend_buffer(&mut self, source: &mut Self) {
        match (self.change(), source.change()) {
            (Form::Chains(own), Form::Chains(theirs)) => own.prepend_buffer(theirs),
            (own, theirs) => own.add_buffer(theirs),
        }
    }

    pub(super) fn prepend_unfollowed(&mut self, len: usize) {
        match self.change() {
            Form::Chains(chains) => chains.prepend_buffer(&mut Chains::of(len)),
            Form::Block(block) => block.add(len),
        }
    }

    /// 1.4's block is in one piece.
    pub(super) fn pullup(&mut self, n: usize) {
        if let Form::Chains(chains) = self.change() {
            chains.pullup(n);
        }
    }

    /// What a move of the first `n` bytes takes whole, and what in part.
    pub(super) fn front(&self, n: usize) -> Front {
        match &self.form {
            Form::Chains(chains) => chains.front(n),
            Form::Block(_) => Front { whole: 0, part: n, chain: 0 },
        }
    }

    pub(super) fn move_front(&mut self, into: &mut Self, front: Front) {
        match (self.change(), into.change()) {
            (Form::Chains(own), Form::Chains(theirs)) => own.move_front(theirs, front),
            // Of two libevents: it is copied.
            (own, theirs) => {
                own.drain(front.whole);
                theirs.add(front.whole + front.part);
            }
        }
    }

    /// Where the chain with this number begins, and how much is in it.
    pub(super) fn place(&self, number: u64) -> Option<(usize, usize)> {
        let mut at = 0;
        for chain in self.list() {
            if chain.number == number {
                return Some((at, chain.len));
            }
            at += chain.len;
        }
        None
    }

    /// Takes so much from the front of the chain with this number, or where it is gone, of all.
    pub(super) fn consume(&mut self, number: u64, part: usize) {
        match self.change() {
            Form::Chains(chains) => chains.consume(number, part),
            Form::Block(block) => block.drain(part),
        }
    }

    /// Whether [`Self::expand`] is to be called before a read, with what can be read. 1.4's room follows from what was read.
    pub(super) const fn grows_before_a_read(&self) -> bool {
        matches!(self.form, Form::Chains(_))
    }

    /// Makes room for a read of at most `max` bytes.
    pub(super) fn expand(&mut self, max: usize) {
        if let Form::Chains(chains) = self.change() {
            chains.expand(max);
        }
    }

    /// So many bytes were read; `room_1_4` is what 1.4 would have made room for.
    pub(super) fn commit(&mut self, n: usize, room_1_4: usize) {
        match self.change() {
            Form::Chains(chains) => chains.commit(n),
            Form::Block(block) => block.commit(n, room_1_4),
        }
    }
}

impl Evbuffer {
    /// Follows from now on how the bytes would lie in the chains of libevent 2.x, which decides how much one of its writes
    /// offers. [`expand`](Self::expand), [`reserve_space`](Self::reserve_space) and [`add_reference`](Self::add_reference)
    /// end it.
    pub fn follow_chains(&mut self) {
        self.memory = Some(Box::new(Memory::new(Form::Chains(Chains::of(self.held())))));
    }

    /// The same for the one block of libevent 1.4.
    pub fn follow_block(&mut self) {
        self.memory = Some(Box::new(Memory::new(Form::Block(Block::of(self.held())))));
    }

    /// Takes the buffer out for a while; its owner has an empty one meanwhile, whose chains are others.
    pub(crate) fn take_out(&mut self) -> Self {
        #[cfg(feature = "sim")]
        NEXT_CHANGE.fetch_add(1, Ordering::Relaxed);
        std::mem::take(self)
    }

    /// The chains that are followed, the empty ones at the end too; none where they are not.
    pub fn chains(&self) -> Option<impl Iterator<Item = Chain>> {
        self.memory.as_ref().map(|memory| memory.list())
    }

    /// The same as slices, one behind the other: none where no chains are followed.
    #[cfg(feature = "sim")]
    pub(crate) fn chain_slices(&self) -> [&[Chain]; 2] {
        self.memory.as_ref().map_or([&[], &[]], |memory| memory.form.slices())
    }

    /// The number of the last change of any buffer's chains: where it is still the same, nothing has changed.
    #[cfg(feature = "sim")]
    pub(crate) fn last_change() -> u64 {
        NEXT_CHANGE.load(Ordering::Relaxed) - 1
    }

    /// The number of the last change of its chains, as [`Memory`] counts them: 0 where none are followed.
    #[cfg(feature = "sim")]
    pub(crate) fn chains_changed(&self) -> u64 {
        self.memory.as_ref().map_or(0, |memory| memory.changed)
    }

    /// How many bytes libevent would have copied into this buffer and within it since it is followed: what was added, moved in
    /// part, pulled up or realigned. What the kernel wrote into it is not counted.
    #[must_use]
    pub fn copied(&self) -> u64 {
        self.memory.as_ref().map_or(0, |memory| memory.copied())
    }
}
