//! What a buffer holds, as far as records told.

use std::collections::VecDeque;
use std::ops::Range;

use serde::{Deserialize, Serialize};

use crate::Payload;

/// How many bytes of one buffer a picture knows at most: of a longer one the first and the last; of what is between,
/// it knows the length.
pub const KNOWN_LIMIT: usize = 1024;

/// How many of them are the last.
const KNOWN_END: usize = 64;
const KNOWN_START: usize = KNOWN_LIMIT - KNOWN_END;

/// A stretch of a buffer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub enum Run {
    /// These bytes.
    Bytes(
        #[serde(with = "crate::bytes_as_text")]
        #[cfg_attr(feature = "ts", ts(type = "string"))]
        Vec<u8>,
    ),
    /// So many bytes that no record told.
    Unknown(usize),
}

impl Run {
    fn len(&self) -> usize {
        match self {
            Self::Bytes(bytes) => bytes.len(),
            Self::Unknown(len) => *len,
        }
    }
}

/// The content of a buffer or a queue, from its front.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Content {
    /// Bytes in all. Invariant: the sum of the runs.
    pub len: usize,
    /// Invariant: none is empty, and no two neighbours are of one kind.
    #[cfg_attr(feature = "ts", ts(as = "Vec<Run>"))]
    pub runs: VecDeque<Run>,
}

impl Content {
    /// As it is in the engine: the bytes known, up to the limit. Of `len` bytes the first are only counted where there are fewer: a
    /// move has taken them that is still under way.
    pub(crate) fn of<'a>(slices: impl IntoIterator<Item = &'a [u8]> + Clone, len: usize) -> Self {
        let held: usize = slices.clone().into_iter().map(<[u8]>::len).sum();
        let mut content = Self::default();
        content.append_unknown(len - held);
        for slice in slices {
            content.append_around(slice, KNOWN_START..len.saturating_sub(KNOWN_END));
        }
        content
    }

    /// How many bytes are known.
    #[must_use]
    pub fn known(&self) -> usize {
        let known = |run: &Run| if matches!(run, Run::Bytes(_)) { run.len() } else { 0 };
        self.runs.iter().map(known).sum()
    }

    /// Knows no more than the first so many bytes from now on.
    pub(crate) fn limit_known(&mut self, most: usize) {
        for run in std::mem::take(self).runs {
            match run {
                Run::Bytes(bytes) => self.append_around(&bytes, most..usize::MAX),
                Run::Unknown(unknown) => self.append_unknown(unknown),
            }
        }
    }

    pub(crate) fn append(&mut self, payload: &Payload) {
        let known = payload.bytes.len().min(payload.len);
        self.append_known(&payload.bytes[..known]);
        self.append_unknown(payload.len - known);
        if self.known() > KNOWN_LIMIT {
            self.forget_middle();
        }
    }

    fn append_known(&mut self, known: &[u8]) {
        if known.is_empty() {
            return;
        }
        self.len = self.len.saturating_add(known.len());
        match self.runs.back_mut() {
            Some(Run::Bytes(bytes)) => bytes.extend_from_slice(known),
            _ => self.runs.push_back(Run::Bytes(known.to_vec())),
        }
    }

    /// Appends bytes of which those at these places of the whole are not known.
    fn append_around(&mut self, bytes: &[u8], unknown: Range<usize>) {
        let first = unknown.start.saturating_sub(self.len).min(bytes.len());
        let last = unknown.end.saturating_sub(self.len).clamp(first, bytes.len());
        self.append_known(&bytes[..first]);
        self.append_unknown(last - first);
        self.append_known(&bytes[last..]);
    }

    /// Knows the first bytes and the last, and of those between no more than how many there are.
    fn forget_middle(&mut self) {
        let before = std::mem::take(self);
        let last = before.len - KNOWN_END.min(before.len);
        let mut left = KNOWN_START;
        for run in before.runs {
            match run {
                Run::Bytes(bytes) => {
                    self.append_around(&bytes, self.len + left..last);
                    left -= left.min(bytes.len());
                }
                Run::Unknown(unknown) => self.append_unknown(unknown),
            }
        }
    }

    fn append_unknown(&mut self, unknown: usize) {
        if unknown == 0 {
            return;
        }
        self.len = self.len.saturating_add(unknown);
        match self.runs.back_mut() {
            Some(Run::Unknown(len)) => *len = len.saturating_add(unknown),
            _ => self.runs.push_back(Run::Unknown(unknown)),
        }
    }

    pub(crate) fn drain(&mut self, bytes: usize) {
        let mut left = bytes.min(self.len);
        self.len -= left;
        while left > 0 {
            match self.runs.front_mut() {
                Some(run) if run.len() <= left => {
                    left -= run.len();
                    self.runs.pop_front();
                }
                Some(Run::Bytes(bytes)) => {
                    bytes.drain(..left);
                    left = 0;
                }
                Some(Run::Unknown(len)) => {
                    *len -= left;
                    left = 0;
                }
                None => left = 0,
            }
        }
    }

    pub(crate) fn clear(&mut self) {
        *self = Self::default();
    }

    /// A record says how long it is now; where that is not what was known, the content is unknown. Gives whether it
    /// was as known.
    pub(crate) fn correct(&mut self, len: usize) -> bool {
        let agrees = self.len == len;
        if !agrees {
            self.clear();
            self.append_unknown(len);
        }
        agrees
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn payload(len: usize, bytes: &[u8]) -> Payload {
        Payload { len, bytes: bytes.to_vec() }
    }

    #[test]
    fn draining_takes_known_and_unknown_bytes_in_order() {
        let mut content = Content::default();
        content.append(&payload(5, b"abc"));
        content.append(&payload(2, b"xy"));
        content.drain(4);
        assert_eq!(content.len, 3);
        assert_eq!(content.runs, [Run::Unknown(1), Run::Bytes(b"xy".to_vec())]);
        content.drain(usize::MAX);
        assert_eq!(content, Content::default());
    }

    #[test]
    fn of_what_is_longer_than_the_limit_the_first_and_the_last_bytes_are_known() {
        let bytes: Vec<u8> = (0..KNOWN_LIMIT + 500).map(|at| (at % 251) as u8).collect();
        let (first, last) = (&bytes[..KNOWN_START], &bytes[bytes.len() - KNOWN_END..]);
        let known = [Run::Bytes(first.into()), Run::Unknown(500), Run::Bytes(last.into())];
        for piece in [1, 100, 700, 5000] {
            let mut content = Content::default();
            bytes.chunks(piece).for_each(|chunk| content.append(&payload(chunk.len(), chunk)));
            assert_eq!((content.len, content.known()), (bytes.len(), KNOWN_LIMIT), "in pieces of {piece}");
            assert_eq!(content.runs, known, "in pieces of {piece}");
            assert_eq!(Content::of(bytes.chunks(piece), bytes.len()), content, "in pieces of {piece}");
        }
        assert_eq!(Content::of([&bytes[..KNOWN_LIMIT]], KNOWN_LIMIT).known(), KNOWN_LIMIT);
    }

    #[test]
    fn what_is_known_is_right_whatever_was_drained_between() {
        let mut content = Content::default();
        let mut bytes = VecDeque::<u8>::new();
        for round in 0..200_usize {
            let chunk: Vec<u8> = (0..(round * 37) % 400).map(|at| (round + at) as u8).collect();
            bytes.extend(&chunk);
            content.append(&payload(chunk.len(), &chunk));
            let drained = (round * 53) % 350;
            bytes.drain(..drained.min(bytes.len()));
            content.drain(drained);
            assert_eq!(content.len, bytes.len());
            assert!(content.known() <= KNOWN_LIMIT);
            let mut at = 0;
            for run in &content.runs {
                if let Run::Bytes(known) = run {
                    assert!(known.iter().eq(bytes.range(at..at + known.len())), "round {round}");
                }
                at += run.len();
            }
        }
    }

    #[test]
    fn what_is_known_can_be_limited() {
        let mut content = Content::default();
        content.append(&payload(5, b"abc"));
        content.append(&payload(4, b"wxyz"));
        for (most, runs) in [
            (100, vec![Run::Bytes(b"abc".into()), Run::Unknown(2), Run::Bytes(b"wxyz".into())]),
            (6, vec![Run::Bytes(b"abc".into()), Run::Unknown(2), Run::Bytes(b"w".into()), Run::Unknown(3)]),
            (2, vec![Run::Bytes(b"ab".into()), Run::Unknown(7)]),
            (0, vec![Run::Unknown(9)]),
        ] {
            content.limit_known(most);
            assert_eq!((content.len, Vec::from(content.runs.clone())), (9, runs), "{most}");
        }
    }

    #[test]
    fn a_length_that_disagrees_leaves_nothing_known() {
        let mut content = Content::default();
        content.append(&payload(3, b"abc"));
        assert!(content.correct(3));
        assert!(!content.correct(7));
        assert_eq!(content.runs, [Run::Unknown(7)]);
    }
}
