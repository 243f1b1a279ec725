//! What filters do to bytes: the functions that an application would write, and the one that libevent has.

use std::fmt;
use std::str::FromStr;

use crate::{Direction, Evbuffer};

/// The longest payload of one frame, in bytes.
const FRAME: usize = 64;
/// The most digits of a frame's length.
const DIGITS: usize = 9;

/// A function of a filter: `bufferevent_filter_cb`. Input undoes what output did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub enum FilterKind {
    /// Letters turned by 13 places.
    Rot13,
    /// Output has each byte twice; input takes two bytes and gives one.
    Double,
    /// Output has the length in decimal, a colon, and at most 64 bytes, one frame a call; input takes one whole frame.
    Frame,
    /// Nothing moves unless it is flushed.
    Hold,
    /// None is given: everything is passed on.
    None,
}

/// How much a flush moves: `enum bufferevent_flush_mode`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub enum FlushMode {
    /// BEV_NORMAL: a pair does nothing, a filter what it would do anyway.
    Normal,
    /// BEV_FLUSH: everything. A pair goes past the high mark where it is reached, a filter past any.
    Flush,
    /// BEV_FINISHED: the same, and the partner of a pair hears of the end of the stream.
    Finished,
}

/// What a filter's function answers: `enum bufferevent_filter_result`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub enum Filtered {
    /// BEV_OK: something was given.
    Ok,
    /// BEV_NEED_MORE: nothing, until there is more.
    NeedMore,
    /// BEV_ERROR: the bytes mean nothing.
    Error,
}

/// What one call does.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Run {
    /// Takes so many bytes, then gives these.
    Moves { take: usize, give: Vec<u8> },
    /// Moves what there is, as far as the limit, from buffer to buffer.
    Passes,
    /// Moves nothing.
    Stays(Filtered),
}

impl Run {
    pub(crate) const fn result(&self) -> Filtered {
        match self {
            Self::Moves { .. } | Self::Passes => Filtered::Ok,
            Self::Stays(result) => *result,
        }
    }
}

impl FilterKind {
    /// Every one, with its name in JSON.
    pub(crate) const NAMED: [(&'static str, Self); 5] = [
        ("rot13", Self::Rot13),
        ("double", Self::Double),
        ("frame", Self::Frame),
        ("hold", Self::Hold),
        ("none", Self::None),
    ];

    /// One call. `limit` is the room in the buffer that it gives to; frames and held bytes do not mind it.
    pub(crate) fn run(
        self,
        direction: Direction,
        source: &Evbuffer,
        limit: Option<usize>,
        mode: FlushMode,
    ) -> Run {
        let (len, limit) = (source.held(), limit.unwrap_or(usize::MAX));
        let up = direction == Direction::Read;
        match self {
            Self::None => Run::Passes,
            Self::Hold if mode == FlushMode::Normal => Run::Stays(Filtered::NeedMore),
            Self::Hold if len == 0 => Run::Stays(Filtered::NeedMore),
            Self::Hold => Run::Passes,
            Self::Rot13 => moves(source, len.min(limit), |bytes| bytes.into_iter().map(rot13).collect()),
            Self::Double if up => {
                let half = |bytes: Vec<u8>| bytes.into_iter().step_by(2).collect();
                moves(source, 2 * (len / 2).min(limit), half)
            }
            Self::Double => {
                let twice = |bytes: Vec<u8>| bytes.into_iter().flat_map(|byte| [byte; 2]).collect();
                moves(source, len.min(limit / 2), twice)
            }
            Self::Frame if up => one_frame(source),
            Self::Frame => moves(source, len.min(FRAME), |bytes| {
                [format!("{}:", bytes.len()).into_bytes(), bytes].concat()
            }),
        }
    }
}

impl fmt::Display for FilterKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(Self::NAMED.iter().find(|(_, kind)| kind == self).map_or("", |(name, _)| name))
    }
}

/// The text names no filter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownFilter(pub String);

impl fmt::Display for UnknownFilter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = FilterKind::NAMED.map(|(name, _)| format!("{name:?}"));
        write!(f, "{:?} is not one of {}", self.0, names.join(", "))
    }
}

impl std::error::Error for UnknownFilter {}

impl FromStr for FilterKind {
    type Err = UnknownFilter;

    fn from_str(text: &str) -> Result<Self, UnknownFilter> {
        let named = Self::NAMED.iter().find(|(name, _)| *name == text);
        named.map(|(_, kind)| *kind).ok_or_else(|| UnknownFilter(text.to_owned()))
    }
}

fn moves(source: &Evbuffer, take: usize, give: impl FnOnce(Vec<u8>) -> Vec<u8>) -> Run {
    if take == 0 {
        return Run::Stays(Filtered::NeedMore);
    }
    let mut bytes = vec![0; take];
    source.copyout(&mut bytes);
    Run::Moves { take, give: give(bytes) }
}

const fn rot13(byte: u8) -> u8 {
    match byte {
        b'a'..=b'm' | b'A'..=b'M' => byte + 13,
        b'n'..=b'z' | b'N'..=b'Z' => byte - 13,
        _ => byte,
    }
}

fn one_frame(source: &Evbuffer) -> Run {
    let mut head = [0; DIGITS + 1];
    let known = source.copyout(&mut head);
    let digits = head[..known].iter().take_while(|byte| byte.is_ascii_digit()).count();
    if digits == known && known <= DIGITS {
        return Run::Stays(Filtered::NeedMore);
    }
    let length = std::str::from_utf8(&head[..digits]).ok().and_then(|digits| digits.parse::<usize>().ok());
    let Some(length) = length.filter(|_| head.get(digits) == Some(&b':')) else {
        return Run::Stays(Filtered::Error);
    };
    let head = digits + 1;
    if source.held() < head + length {
        return Run::Stays(Filtered::NeedMore);
    }
    let mut give = vec![0; length];
    source.copyout_from(head, &mut give);
    Run::Moves { take: head + length, give }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(kind: FilterKind, direction: Direction, source: &[u8], limit: Option<usize>) -> Run {
        kind.run(direction, &Evbuffer::from(source), limit, FlushMode::Normal)
    }

    fn moved(take: usize, give: &[u8]) -> Run {
        Run::Moves { take, give: give.to_vec() }
    }

    #[test]
    fn each_name_is_read_back_and_another_is_refused_with_all_of_them() {
        for (name, kind) in FilterKind::NAMED {
            assert_eq!((kind.to_string().as_str(), name.parse()), (name, Ok(kind)));
            #[cfg(feature = "serde")]
            assert_eq!(serde_json::to_value(kind).ok(), Some(name.into()), "JSON has the same");
        }
        let refusal = "rot26".parse::<FilterKind>().map_err(|unknown| unknown.to_string());
        let names = r#""rot13", "double", "frame", "hold", "none""#;
        assert_eq!(refusal, Err(format!("\"rot26\" is not one of {names}")));
    }

    #[test]
    fn input_undoes_what_output_did() {
        let text = b"Hello, World 13!";
        for kind in [FilterKind::Rot13, FilterKind::Double, FilterKind::Frame] {
            let Run::Moves { give, .. } = run(kind, Direction::Write, text, None) else { panic!("{kind:?}") };
            assert_ne!(give, text);
            assert_eq!(run(kind, Direction::Read, &give, None), moved(give.len(), text), "{kind:?}");
        }
    }

    #[test]
    fn rot13_and_double_keep_to_the_limit() {
        assert_eq!(run(FilterKind::Rot13, Direction::Read, b"abc", Some(2)), moved(2, b"no"));
        assert_eq!(run(FilterKind::Double, Direction::Write, b"abc", Some(5)), moved(2, b"aabb"));
        assert_eq!(run(FilterKind::Double, Direction::Read, b"aabbcc", Some(2)), moved(4, b"ab"));
        let waits = Run::Stays(Filtered::NeedMore);
        assert_eq!(run(FilterKind::Double, Direction::Write, b"abc", Some(1)), waits);
        assert_eq!(run(FilterKind::Double, Direction::Read, b"a", None), waits);
    }

    #[test]
    fn a_frame_is_taken_whole_or_not_at_all() {
        let up = |source: &[u8]| run(FilterKind::Frame, Direction::Read, source, Some(1));
        assert_eq!(up(b"3:abcd"), moved(5, b"abc"));
        assert_eq!(up(b"0:"), moved(2, b""));
        for short in [&b""[..], b"3", b"3:", b"3:ab", b"123456789"] {
            assert_eq!(up(short), Run::Stays(Filtered::NeedMore), "{short:?}");
        }
        for wrong in [&b"x"[..], b":", b"3x", b"1234567890", b"1234567890:"] {
            assert_eq!(up(wrong), Run::Stays(Filtered::Error), "{wrong:?}");
        }
        let long = run(FilterKind::Frame, Direction::Write, &[b'x'; 65], None);
        assert_eq!(long, moved(64, &[b"64:", &[b'x'; 64][..]].concat()));
    }

    #[test]
    fn held_bytes_move_when_they_are_flushed() {
        let held = Evbuffer::from(&b"abc"[..]);
        let run = |mode| FilterKind::Hold.run(Direction::Write, &held, Some(1), mode);
        assert_eq!(run(FlushMode::Normal), Run::Stays(Filtered::NeedMore));
        assert_eq!((run(FlushMode::Flush), run(FlushMode::Finished)), (Run::Passes, Run::Passes));
        let nothing = FilterKind::Hold.run(Direction::Write, &Evbuffer::new(), None, FlushMode::Flush);
        assert_eq!(nothing, Run::Stays(Filtered::NeedMore));
    }
}
