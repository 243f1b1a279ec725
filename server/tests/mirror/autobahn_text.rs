//! Autobahn's cases about text: what is UTF-8 and what is not, in fragments and whole.

use super::autobahn::Step::{self, Closed, Quoted, Send};
use super::autobahn::{Case, INVALID, POLICY, case, fragments};
use super::raw::{CONTINUATION, FIN, TEXT, claimed, frame, text};

/// Markus Kuhn's word, of eleven bytes.
const KOSME: &str = "κ\u{1f79}σμε";
const MIXED: &str = "Hello-µ@ßöäüàá-UTF-8!!";

/// A message of a kind with this name.
fn named(name: &[u8]) -> Vec<u8> {
    [br#"{"kind":""#, name, br#""}"#].concat()
}

/// Cases 6.1 to 6.4.
pub(crate) fn fragmented() -> Vec<Case> {
    let first = |part: &[u8]| frame(TEXT, part);
    let middle = |part: &[u8]| frame(CONTINUATION, part);
    let last = |part: &[u8]| frame(FIN | CONTINUATION, part);
    let in_bytes = |message: &[u8]| Send(fragments(TEXT, message, 1));
    let ping = br#"{"kind":"ping"}"#;
    let at = MIXED.find('ü').map_or(0, |at| at + br#"{"kind":""#.len());
    let mixed = named(MIXED.as_bytes());
    let surrogate = named(&[KOSME.as_bytes(), b"\xed\xa0\x80edited"].concat());
    // Wrong from its second byte on.
    let too_high = [KOSME.as_bytes(), b"\xf4\x90\x80\x80edited"].concat();
    let split = |at: usize| too_high.split_at(at);
    let ((valid, rest), (cut, other)) = (split(KOSME.len()), split(KOSME.len() + 1));
    // The whole frame is looked at once it is there.
    let in_one = |begun: &[u8], rest: &[u8]| {
        let frame = claimed(FIN | TEXT, begun.len() + rest.len(), &[begun, rest].concat());
        let (before, after) = frame.split_at(frame.len() - rest.len());
        let (next, end) = after.split_at(1);
        [Send(before.to_vec()), Send(next.to_vec()), Send(end.to_vec()), Closed(INVALID)]
    };
    vec![
        case("6.1.1", [Send(text(b"")), Closed(POLICY)]),
        case("6.1.2", [Send([first(b""), middle(b""), last(b"")].concat()), Closed(POLICY)]),
        case("6.1.3", [Send([first(b""), middle(ping), last(b"")].concat()), Step::Heard]),
        case("6.2.1", [Send(text(&mixed)), Quoted(MIXED.into())]),
        case("6.2.2", [Send([first(&mixed[..at]), last(&mixed[at..])].concat()), Quoted(MIXED.into())]),
        case("6.2.3", [in_bytes(&mixed), Quoted(MIXED.into())]),
        case("6.2.4", [in_bytes(&named(KOSME.as_bytes())), Quoted(KOSME.into())]),
        case("6.3.1", [Send(text(&surrogate)), Closed(INVALID)]),
        case("6.3.2", [in_bytes(&surrogate), Closed(INVALID)]),
        // The rest of the message never comes.
        case("6.4.1", [Send(first(valid)), Send(middle(&rest[..4])), Closed(INVALID)]),
        case("6.4.2", [Send(first(cut)), Send(middle(&other[..1])), Closed(INVALID)]),
        case("6.4.3", in_one(valid, rest)),
        case("6.4.4", in_one(cut, other)),
    ]
}

/// Text that is UTF-8, by the section of the case.
const VALID: [(usize, &[&str]); 5] = [
    (5, &["hello$world", "hello¢world", "hello€world", "hello\u{24b62}world", KOSME]),
    (7, &["\0", "\u{80}", "\u{800}", "\u{10000}"]),
    (9, &["\u{7f}", "\u{7ff}", "\u{ffff}", "\u{10ffff}"]),
    (11, &["\u{d7ff}", "\u{e000}", "\u{fffd}", "\u{10ffff}"]),
    (23, &["\u{fff9}", "\u{fffa}", "\u{fffb}", "\u{fffc}", "\u{fffd}", "\u{fffe}", "\u{ffff}"]),
];

/// Sequences that are none, by the section of the case and the number of the first.
const BROKEN: [(usize, usize, &[&[u8]]); 12] = [
    (8, 1, &[b"\xf8\x88\x80\x80\x80", b"\xfc\x84\x80\x80\x80\x80"]),
    (10, 1, &[b"\xf7\xbf\xbf\xbf", b"\xfb\xbf\xbf\xbf\xbf", b"\xfd\xbf\xbf\xbf\xbf\xbf"]),
    (11, 5, &[b"\xf4\x90\x80\x80"]),
    (
        12,
        1,
        &[
            b"\x80",
            b"\xbf",
            b"\x80\xbf",
            b"\x80\xbf\x80",
            b"\x80\xbf\x80\xbf",
            b"\x80\xbf\x80\xbf\x80",
            b"\x80\xbf\x80\xbf\x80\xbf",
        ],
    ),
    (14, 1, &MISSING),
    (16, 1, &[b"\xfe", b"\xff", b"\xfe\xfe\xff\xff"]),
    (
        17,
        1,
        &[
            b"\xc0\xaf",
            b"\xe0\x80\xaf",
            b"\xf0\x80\x80\xaf",
            b"\xf8\x80\x80\x80\xaf",
            b"\xfc\x80\x80\x80\x80\xaf",
        ],
    ),
    (
        18,
        1,
        &[
            b"\xc1\xbf",
            b"\xe0\x9f\xbf",
            b"\xf0\x8f\xbf\xbf",
            b"\xf8\x87\xbf\xbf\xbf",
            b"\xfc\x83\xbf\xbf\xbf\xbf",
        ],
    ),
    (
        19,
        1,
        &[
            b"\xc0\x80",
            b"\xe0\x80\x80",
            b"\xf0\x80\x80\x80",
            b"\xf8\x80\x80\x80\x80",
            b"\xfc\x80\x80\x80\x80\x80",
        ],
    ),
    (
        20,
        1,
        &[
            b"\xed\xa0\x80",
            b"\xed\xad\xbf",
            b"\xed\xae\x80",
            b"\xed\xaf\xbf",
            b"\xed\xb0\x80",
            b"\xed\xbe\x80",
            b"\xed\xbf\xbf",
        ],
    ),
    (
        21,
        1,
        &[
            b"\xed\xa0\x80\xed\xb0\x80",
            b"\xed\xa0\x80\xed\xbf\xbf",
            b"\xed\xad\xbf\xed\xb0\x80",
            b"\xed\xad\xbf\xed\xbf\xbf",
            b"\xed\xae\x80\xed\xb0\x80",
            b"\xed\xae\x80\xed\xbf\xbf",
        ],
    ),
    (21, 7, &[b"\xed\xaf\xbf\xed\xb0\x80", b"\xed\xaf\xbf\xed\xbf\xbf"]),
];

/// Sequences whose last byte is missing.
const MISSING: [&[u8]; 10] = [
    b"\xc0",
    b"\xe0\x80",
    b"\xf0\x80\x80",
    b"\xf8\x80\x80\x80",
    b"\xfc\x80\x80\x80\x80",
    b"\xdf",
    b"\xef\xbf",
    b"\xf7\xbf\xbf",
    b"\xfb\xbf\xbf\xbf",
    b"\xfd\xbf\xbf\xbf\xbf",
];

fn valid(section: usize, number: usize, name: &str) -> Case {
    // A control character has no place in JSON.
    let seen = if name == "\0" { Closed(POLICY) } else { Quoted(name.into()) };
    case(&format!("6.{section}.{number}"), [Send(text(&named(name.as_bytes()))), seen])
}

fn broken(section: usize, number: usize, name: &[u8]) -> Case {
    case(&format!("6.{section}.{number}"), [Send(text(&named(name))), Closed(INVALID)])
}

/// Cases 6.5 to 6.23, each a whole message.
pub(crate) fn sequences() -> Vec<Case> {
    let mut cases = Vec::new();
    for (section, names) in VALID {
        cases.extend(names.iter().zip(1..).map(|(name, number)| valid(section, number, name)));
    }
    for (section, first, names) in BROKEN {
        cases.extend(names.iter().zip(first..).map(|(name, number)| broken(section, number, name)));
    }
    // 6.6: each beginning of a word, whole after 2, 5, 7, 9 and 11 bytes.
    for length in 1..=KOSME.len() {
        cases.push(match length {
            2 | 5 | 7 | 9 | 11 => valid(6, length, &KOSME[..length]),
            _ => broken(6, length, &KOSME.as_bytes()[..length]),
        });
    }
    // 6.12.8: what may only continue. 6.13: what may only begin, each with a space behind it.
    cases.push(broken(12, 8, &(0x80..0xbf).collect::<Vec<u8>>()));
    let starts = [0xc0..0xdf, 0xe0..0xef, 0xf0..0xf7, 0xf8..0xfb, 0xfc..0xfd_u8];
    for (bytes, number) in starts.into_iter().zip(1..) {
        cases.push(broken(13, number, &bytes.flat_map(|byte| [byte, b' ']).collect::<Vec<_>>()));
    }
    cases.push(broken(15, 1, &MISSING.concat()));
    // 6.22: the last two of each plane are no characters, and valid.
    for (plane, end) in (0..=16).flat_map(|plane| [(plane, 0xfffe), (plane, 0xffff)]) {
        let name = char::from_u32((plane << 16) | end).map(String::from).unwrap_or_default();
        let number = plane * 2 + (end & 1) + 1;
        cases.push(valid(22, number as usize, &name));
    }
    cases
}
