//! Forbidding changes at one end, as 2.x's bufferevents do with their buffers.

use std::fmt;

use super::Evbuffer;

/// One end of an [`Evbuffer`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum End {
    /// Where bytes are taken from.
    Start,
    /// Where bytes are added.
    End,
}

/// The end of the [`Evbuffer`] that the call would have changed is frozen; nothing was changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Frozen;

impl fmt::Display for Frozen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("this end of the evbuffer is frozen")
    }
}

impl std::error::Error for Frozen {}

/// Which ends are frozen.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct FrozenEnds {
    start: bool,
    end: bool,
}

impl FrozenEnds {
    fn at(&mut self, end: End) -> &mut bool {
        match end {
            End::Start => &mut self.start,
            End::End => &mut self.end,
        }
    }
}

impl Evbuffer {
    /// Forbids changes at one end: `evbuffer_freeze`. 1.4 has no such thing.
    ///
    /// With the start frozen, taking bytes and prepending fail; with the end frozen, adding fails. Looking
    /// ([`peek`](Self::peek), [`copyout`](Self::copyout), [`pullup`](Self::pullup)) is always allowed; in libevent
    /// a copy out of a frozen start fails as well.
    pub fn freeze(&mut self, end: End) {
        *self.frozen.at(end) = true;
    }

    /// Allows changes at one end again: `evbuffer_unfreeze`.
    pub fn unfreeze(&mut self, end: End) {
        *self.frozen.at(end) = false;
    }

    /// Whether changes at this end are forbidden.
    #[must_use]
    pub fn is_frozen(&self, end: End) -> bool {
        match end {
            End::Start => self.frozen.start,
            End::End => self.frozen.end,
        }
    }

    pub(super) fn start_may_change(&self) -> Result<(), Frozen> {
        if self.frozen.start { Err(Frozen) } else { Ok(()) }
    }

    pub(super) fn end_may_change(&self) -> Result<(), Frozen> {
        if self.frozen.end { Err(Frozen) } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::EolStyle;

    #[test]
    fn a_frozen_start_gives_nothing_away() {
        let mut buf = Evbuffer::from(&b"line\n"[..]);
        let mut other = Evbuffer::new();
        buf.freeze(End::Start);
        assert_eq!(buf.remove(&mut [0; 2]), Err(Frozen));
        assert_eq!((buf.drain(1), buf.prepend(b"x")), (Err(Frozen), Err(Frozen)));
        assert_eq!((other.add_buffer(&mut buf), other.prepend_buffer(&mut buf)), (Err(Frozen), Err(Frozen)));
        assert_eq!(buf.remove_buffer(&mut other, 2), Err(Frozen));
        assert_eq!((buf.readln(EolStyle::Lf), buf.readline()), (Err(Frozen), Err(Frozen)));
        buf.add(b"more").unwrap();
        assert_eq!(buf.to_vec(), b"line\nmore");
    }

    #[test]
    fn a_frozen_end_takes_nothing() {
        let mut buf = Evbuffer::from(&b"abc"[..]);
        let mut other = Evbuffer::from(&b"de"[..]);
        buf.freeze(End::End);
        assert_eq!((buf.add(b"x"), buf.add_buffer(&mut other)), (Err(Frozen), Err(Frozen)));
        assert_eq!(other.remove_buffer(&mut buf, 1), Err(Frozen));
        buf.prepend(b"_").unwrap();
        assert_eq!(buf.drain(2), Ok(2));
        buf.unfreeze(End::End);
        buf.add(b"!").unwrap();
        assert_eq!(buf.to_vec(), b"bc!");
    }

    #[test]
    fn an_empty_source_may_be_frozen() {
        let mut buf = Evbuffer::new();
        buf.freeze(End::End);
        assert_eq!(buf.add_buffer(&mut Evbuffer::new()), Ok(()));
    }
}
