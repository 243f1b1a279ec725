//! The cases of Autobahn's test suite for WebSocket servers, by its numbers, on a real socket.
//!
//! The suite talks to a server that echoes, and the mirror is none. What stands for the echo of a message here is what
//! it does, which shows that exactly these bytes came in:
//!
//! - Text of a certain length is the message `ping` with spaces behind it; the message `pong` answers it.
//! - Text with certain characters is a message of a kind that has them as its name: the viewer is let go with 1008 and a
//!   reason that quotes them. Empty text is let go with 1008 too, for it is no message.
//! - A binary message is let go with 1003 once it is whole.
//!
//! What breaks the protocol is let go with 1002, text that is not UTF-8 with 1007, and what is longer than 64 KiB with
//! 1009: there the suite expects an echo, and a mirror a bound. After each case that lets the viewer stay it says goodbye
//! with 1000 and hears the same. Each connection ends in peace, without a reset.
//!
//! Cases 12 and 13 are about compression, which the mirror does not offer; 9.7.1 and 9.8 would be 1.1.1 and 1.2 again, for
//! a viewer that sends empty or binary messages does not stay.

use super::autobahn_text;
use super::raw::{
    BINARY, CLOSE, CONTINUATION, FIN, NO_CODE, PING, PONG, Raw, Seen, TEXT, claimed, close, frame, text,
};
use super::support::Lab;

const NORMAL: u16 = 1000;
const PROTOCOL: u16 = 1002;
const UNSUPPORTED: u16 = 1003;
pub(crate) const INVALID: u16 = 1007;
pub(crate) const POLICY: u16 = 1008;
const SIZE: u16 = 1009;

/// A step of a case.
#[derive(Debug)]
pub(crate) enum Step {
    Send(Vec<u8>),
    /// Sent so many bytes at a time.
    Chop(usize, Vec<u8>),
    /// What has to be seen next.
    Pong(Vec<u8>),
    Heard,
    Closed(u16),
    /// Closed because it is of a kind with this name.
    Quoted(String),
}

use Step::{Chop, Closed, Heard, Pong, Send};

/// A case: its number, and what happens. What is not seen to close is closed at the end.
pub(crate) type Case = (String, Vec<Step>);

pub(crate) fn case(number: &str, steps: impl Into<Vec<Step>>) -> Case {
    (number.to_owned(), steps.into())
}

pub(crate) async fn run(cases: impl IntoIterator<Item = Case>) {
    let lab = Lab::start(|_| {});
    for (number, mut steps) in cases {
        if !matches!(steps.last(), Some(Closed(_) | Step::Quoted(_))) {
            steps.extend([Send(close(NORMAL, b"")), Closed(NORMAL)]);
        }
        let mut raw = Raw::connect(lab.http).await;
        for step in steps {
            match step {
                Send(bytes) => raw.send(bytes),
                Chop(size, bytes) => raw.chop(&bytes, size),
                Pong(payload) => assert_eq!(raw.next().await, Seen::Pong(payload), "{number}"),
                Heard => assert_eq!(raw.next().await, Seen::Heard, "{number}"),
                Closed(expected) => match raw.next().await {
                    Seen::Close(code, _) => assert_eq!(code, expected, "{number}"),
                    other => panic!("{number}: {other:?}"),
                },
                Step::Quoted(name) => match raw.next().await {
                    Seen::Close(POLICY, reason) => {
                        assert!(reason.contains(&format!("{name:?}")), "{number}: {reason}");
                    }
                    other => panic!("{number}: {other:?}"),
                },
            }
        }
        assert_eq!(raw.next().await, Seen::End, "{number}");
    }
    lab.assert_echoes();
}

/// The message `ping`, so many bytes long.
fn ping(length: usize) -> Vec<u8> {
    let mut message = PARTS.concat();
    message.resize(length, b' ');
    message
}

/// The same in two parts.
const PARTS: [&[u8]; 2] = [br#"{"kind":"#, br#""ping"}"#];

/// The frames of a message in fragments of so many bytes.
pub(crate) fn fragments(opcode: u8, message: &[u8], size: usize) -> Vec<u8> {
    let mut frames = Vec::new();
    let last = message.len().div_ceil(size) - 1;
    for (at, part) in message.chunks(size).enumerate() {
        let first = if at == 0 { opcode } else { CONTINUATION } | if at == last { FIN } else { 0 };
        frames.extend(frame(first, part));
    }
    frames
}

#[tokio::test]
async fn case_1_framing() {
    let lengths = [125, 126, 127, 128, 65_535, 65_536];
    let mut cases = vec![
        case("1.1.1", [Send(text(b"")), Closed(POLICY)]),
        case("1.1.8", [Chop(997, text(&ping(65_536))), Heard]),
        case("1.2.1", [Send(frame(FIN | BINARY, b"")), Closed(UNSUPPORTED)]),
        case("1.2.8", [Chop(997, frame(FIN | BINARY, &[0xfe; 65_536])), Closed(UNSUPPORTED)]),
        case("1.1.2, a byte at a time", [Chop(1, text(&ping(125))), Heard]),
        case("1.1.3, a byte at a time", [Chop(1, text(&ping(126))), Heard]),
    ];
    for (length, number) in lengths.into_iter().zip(2..) {
        cases.push(case(&format!("1.1.{number}"), [Send(text(&ping(length))), Heard]));
        let binary = frame(FIN | BINARY, &vec![0xfe; length]);
        cases.push(case(&format!("1.2.{number}"), [Send(binary), Closed(UNSUPPORTED)]));
    }
    run(cases).await;
}

#[tokio::test]
async fn case_2_pings_and_pongs() {
    let pings = |payload: &[u8]| frame(FIN | PING, payload);
    let unsolicited = |payload: &[u8]| Send(frame(FIN | PONG, payload));
    let odd = *b"\x00\xff\xfe\xfd\xfc\xfb\x00\xff";
    let ten: Vec<_> = (0..10).map(|number| format!("payload-{number}").into_bytes()).collect();
    let all = ten.iter().flat_map(|payload| pings(payload)).collect::<Vec<_>>();
    let answers = || ten.iter().cloned().map(Pong);
    run([
        case("2.1", [Send(pings(b"")), Pong(vec![])]),
        case("2.2", [Send(pings(b"Hello, world!")), Pong(b"Hello, world!".into())]),
        case("2.3", [Send(pings(&odd)), Pong(odd.into())]),
        case("2.4", [Send(pings(&[0xfe; 125])), Pong(vec![0xfe; 125])]),
        case("2.5", [Send(pings(&[0xfe; 126])), Closed(PROTOCOL)]),
        case("2.6", [Chop(1, pings(&[0xfe; 125])), Pong(vec![0xfe; 125])]),
        case("2.7", [unsolicited(b"")]),
        case("2.8", [unsolicited(b"unsolicited pong payload")]),
        case(
            "2.9",
            [unsolicited(b"unsolicited"), Send(pings(b"ping payload")), Pong(b"ping payload".into())],
        ),
        case("2.10", [Send(all.clone())].into_iter().chain(answers()).collect::<Vec<_>>()),
        case("2.11", [Chop(1, all.clone())].into_iter().chain(answers()).collect::<Vec<_>>()),
    ])
    .await;
}

/// A good message is heard, then comes a bad frame with a ping behind it: the viewer is let go and no pong comes.
fn heard_before(bad: &[u8]) -> [Step; 4] {
    let after = [bad, &frame(FIN | PING, b"")].concat();
    [Send(text(&ping(15))), Heard, Send(after), Closed(PROTOCOL)]
}

/// The same, a byte at a time.
fn heard_before_in_chops(bad: &[u8]) -> [Step; 4] {
    let after = [bad, &frame(FIN | PING, b"")].concat();
    [Chop(1, text(&ping(15))), Heard, Chop(1, after), Closed(PROTOCOL)]
}

#[tokio::test]
async fn case_3_reserved_bits() {
    let reserved = |bits: u8, opcode| frame(FIN | (bits << 4) | opcode, &ping(15));
    run([
        case("3.1", [Send(reserved(1, TEXT)), Closed(PROTOCOL)]),
        case("3.2", heard_before(&reserved(2, TEXT))),
        case("3.3", heard_before(&reserved(3, TEXT))),
        case("3.4", heard_before_in_chops(&reserved(4, TEXT))),
        case("3.5", [Send(reserved(5, BINARY)), Closed(PROTOCOL)]),
        case("3.6", [Send(reserved(6, PING)), Closed(PROTOCOL)]),
        case("3.7", [Send(frame(FIN | 0x70 | CLOSE, b"")), Closed(PROTOCOL)]),
    ])
    .await;
}

#[tokio::test]
async fn case_4_opcodes() {
    let mut cases = Vec::new();
    for (group, first) in [(1, 3), (2, 11)] {
        let number = |at| format!("4.{group}.{at}");
        let bare = |opcode| frame(FIN | opcode, b"");
        let filled = |opcode| frame(FIN | opcode, b"reserved opcode payload");
        cases.extend([
            case(&number(1), [Send(bare(first)), Closed(PROTOCOL)]),
            case(&number(2), [Send(filled(first + 1)), Closed(PROTOCOL)]),
            case(&number(3), heard_before(&bare(first + 2))),
            case(&number(4), heard_before(&filled(first + 3))),
            case(&number(5), heard_before_in_chops(&filled(first + 4))),
        ]);
    }
    run(cases).await;
}

#[tokio::test]
async fn case_5_fragmentation() {
    let [one, two] = PARTS;
    let (first, middle, last) = (
        |part: &[u8]| frame(TEXT, part),
        |part: &[u8]| frame(CONTINUATION, part),
        |part: &[u8]| frame(FIN | CONTINUATION, part),
    );
    let whole = [first(one), last(two)].concat();
    let (ping_frame, pong) = (frame(FIN | PING, b"ping payload"), || Pong(b"ping payload".into()));
    let with_ping = [first(one), ping_frame.clone(), last(two)].concat();
    let broken = |number: &str, frames: &[Vec<u8>]| case(number, [Send(frames.concat()), Closed(PROTOCOL)]);
    let chopped =
        |number: &str, frames: &[Vec<u8>]| case(number, [Chop(1, frames.concat()), Closed(PROTOCOL)]);
    let (begun, ended) = (middle(b"non-continuation"), last(b"non-continuation"));
    let (good, start) = (text(&ping(15)), first(one));
    let begins = [first(&one[..4]), middle(&one[4..]), ping_frame.clone()].concat();
    let goes_on = [middle(&two[..2]), middle(&two[2..4]), ping_frame].concat();
    let steps = |send: fn(Vec<u8>) -> Step| {
        [send(begins.clone()), pong(), send(goes_on.clone()), pong(), send(last(&two[4..])), Heard]
    };
    run([
        broken("5.1", &[frame(PING, b"fragment1"), last(b"fragment2")]),
        broken("5.2", &[frame(PONG, b"fragment1"), last(b"fragment2")]),
        case("5.3", [Send(whole.clone()), Heard]),
        case("5.4", [Send(first(one)), Send(last(two)), Heard]),
        case("5.5", [Chop(1, whole), Heard]),
        case("5.6", [Send(with_ping.clone()), pong(), Heard]),
        case("5.7", [Send(first(one)), Send(with_ping[first(one).len()..].to_vec()), pong(), Heard]),
        case("5.8", [Chop(1, with_ping), pong(), Heard]),
        broken("5.9", &[ended.clone(), good.clone()]),
        case("5.10", [Send(ended.clone()), Send(good.clone()), Closed(PROTOCOL)]),
        chopped("5.11", &[ended.clone(), good.clone()]),
        broken("5.12", &[begun.clone(), good.clone()]),
        case("5.13", [Send(begun.clone()), Send(good.clone()), Closed(PROTOCOL)]),
        chopped("5.14", &[begun.clone(), good.clone()]),
        case(
            "5.15",
            [Send(good.clone()), Heard, Send([begun.clone(), good.clone()].concat()), Closed(PROTOCOL)],
        ),
        broken("5.16", &[begun, start.clone(), last(two)]),
        broken("5.17", &[ended, start.clone(), last(two)]),
        broken("5.18", &[start, good]),
        case("5.19", steps(Send)),
        case("5.20", steps(|bytes| Chop(1, bytes))),
    ])
    .await;
}

#[tokio::test]
async fn case_6_text_is_utf_8() {
    run(autobahn_text::fragmented().into_iter().chain(autobahn_text::sequences())).await;
}

#[tokio::test]
async fn case_7_closing() {
    let normal = || close(NORMAL, b"");
    let ends = |number: &str, frames: &[Vec<u8>], code| case(number, [Send(frames.concat()), Closed(code)]);
    let not_utf_8 = b"\xce\xba\xe1\xbd\xb9\xcf\x83\xce\xbc\xce\xb5\xed\xa0\x80edited";
    let good = text(&ping(15));
    let mut cases = vec![
        case("7.1.1", [Send(good.clone()), Heard]),
        ends("7.1.2", &[normal(), frame(FIN | CLOSE, b"")], NORMAL),
        ends("7.1.3", &[normal(), frame(FIN | PING, b"")], NORMAL),
        ends("7.1.4", &[normal(), good.clone()], NORMAL),
        ends("7.1.5", &[frame(TEXT, PARTS[0]), normal(), frame(FIN, PARTS[1])], NORMAL),
        ends("7.1.6", &[text(&ping(256 * 1024)), good, normal(), frame(FIN | PING, b"")], SIZE),
        ends("7.3.1", &[frame(FIN | CLOSE, b"")], NO_CODE),
        ends("7.3.2", &[frame(FIN | CLOSE, b"a")], PROTOCOL),
        ends("7.3.3", &[normal()], NORMAL),
        ends("7.3.4", &[close(NORMAL, b"Hello World!")], NORMAL),
        ends("7.3.5", &[close(NORMAL, &[b'*'; 123])], NORMAL),
        ends("7.3.6", &[close(NORMAL, &[b'*'; 124])], PROTOCOL),
        ends("7.5.1", &[close(NORMAL, not_utf_8)], INVALID),
    ];
    let valid = [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 3000, 3999, 4000, 4999];
    for (code, number) in valid.into_iter().zip(1..) {
        cases.push(ends(&format!("7.7.{number}"), &[close(code, b"")], code));
    }
    for (code, number) in [0, 999, 1004, 1005, 1006, 1016, 1100, 2000, 2999].into_iter().zip(1..) {
        cases.push(ends(&format!("7.9.{number}"), &[close(code, b"")], PROTOCOL));
    }
    for (code, number) in [5000, 65_535].into_iter().zip(1..) {
        cases.push(ends(&format!("7.13.{number}"), &[close(code, b"")], PROTOCOL));
    }
    run(cases).await;
}

/// Of what is too long so much comes: nothing of the rest would be taken.
const SENT: usize = 128 * 1024;

#[tokio::test]
async fn case_9_limits() {
    let mut cases = Vec::new();
    let mut too_long = |number: String, bytes| cases.push(case(&number, [Send(bytes), Closed(SIZE)]));
    let sent = vec![b'*'; SENT];
    for (group, opcode) in [(1, TEXT), (2, BINARY)] {
        for (length, number) in [256, 1024, 4096, 8192, 16_384].into_iter().zip(2..) {
            too_long(format!("9.{group}.{number}"), claimed(FIN | opcode, length * 1024, &sent));
        }
    }
    for (group, opcode) in [(3, TEXT), (4, BINARY)] {
        for (size, number) in [64, 256, 1024, 4096, 16_384, 65_536].into_iter().zip(1..) {
            too_long(format!("9.{group}.{number}"), fragments(opcode, &sent, size));
        }
        for (size, number) in [256, 1024, 4096].into_iter().zip(7..) {
            too_long(format!("9.{group}.{number}"), claimed(opcode, size * 1024, &sent));
        }
    }
    for (group, opcode) in [(5, TEXT), (6, BINARY)] {
        for (size, number) in [64, 128, 256, 512, 1024, 2048].into_iter().zip(1..) {
            let bytes = claimed(FIN | opcode, 1024 * 1024, &sent);
            cases.push(case(&format!("9.{group}.{number}"), [Chop(size, bytes), Closed(SIZE)]));
        }
    }
    cases.push(case("9.1.1", [Send(text(&ping(65_536))), Heard]));
    cases.push(case("9.2.1", [Send(frame(FIN | BINARY, &[0xfe; 65_536])), Closed(UNSUPPORTED)]));
    // So many messages in a row are heard without a pause.
    for (length, number) in [16, 64, 256, 1024, 4096].into_iter().zip(2..) {
        let steps: Vec<_> = (0..30).flat_map(|_| [Send(text(&ping(length))), Heard]).collect();
        cases.push(case(&format!("9.7.{number}"), steps));
    }
    run(cases).await;
}

#[tokio::test]
async fn case_10_fragments_of_any_size() {
    let message = ping(65_536);
    let in_fragments = |size| [Send(fragments(TEXT, &message, size)), Heard];
    run([case("10.1.1", in_fragments(1300)), case("10.1.1, a byte a fragment", in_fragments(1))]).await;
}
