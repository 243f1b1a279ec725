//! What a figure says.

use bufferevent::recording::{ConnectionPicture, ConnectionView, Content, PictureView, Run, Station, Valve};
use bufferevent::{Direction, EventName, Time};

use super::Caption;
use crate::escaped;

/// The two lines below a figure.
pub(super) fn caption(picture: &PictureView<'_>, caption: &Caption<'_>) -> [String; 2] {
    let last = picture.last.map_or_else(
        || "before the first step".into(),
        |record| {
            let kind = record.step.kind().replace('_', " ");
            match &*record.function {
                "" => kind,
                function => format!("{kind} ({function})"),
            }
        },
    );
    let lost =
        if picture.lost > 0 { format!(", {} records lost before it", picture.lost) } else { String::new() };
    [
        format!("{}, step {} of {}", shortened(caption.title, 70), caption.position, caption.end),
        format!("{last}, at {}{lost}", between(caption.began, picture.time)),
    ]
}

fn between(from: Time, to: Time) -> String {
    let micros = to.saturating_since(from).as_micros();
    match micros % 1000 {
        0 => format!("{} ms", micros / 1000),
        rest => format!("{}.{rest:03} ms", micros / 1000),
    }
}

fn shortened(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        Some((end, _)) => format!("{}\u{2026}", &text[..end]),
        None => text.to_owned(),
    }
}

pub(super) fn name(view: &ConnectionView<'_>) -> String {
    match view.name {
        Some(name) => shortened(name, 40),
        None => format!("bufferevent {}", view.connection.number),
    }
}

/// Which libevent, and what is special.
pub(super) fn about(connection: &ConnectionPicture) -> String {
    let mut about = format!("libevent {}", connection.dialect);
    if let Some(below) = connection.underlying {
        about = format!("filter over bufferevent {below}, {about}");
    }
    for (holds, word) in [
        (connection.connecting, "connecting"),
        (connection.freed, "freed"),
        (connection.uncertain, "records are missing"),
    ] {
        if holds {
            about = format!("{word}, {about}");
        }
    }
    about
}

/// Whether bytes pass, and why not.
pub(super) const fn valve(valve: Valve, direction: Direction) -> (&'static str, &'static str) {
    match valve {
        Valve::Open => ("open", ""),
        Valve::Connecting => ("connecting", "not decided yet"),
        Valve::Idle => match direction {
            Direction::Read => ("at rest", "nothing to read"),
            Direction::Write => ("at rest", "no output"),
        },
        Valve::HighMark => ("stopped", "high mark"),
        Valve::Disabled => ("closed", "disabled"),
        Valve::Eof => ("closed", "end of file"),
        Valve::Error => ("closed", "error"),
        Valve::Timeout => ("closed", "timeout"),
        Valve::NotWaiting => ("closed", "not waiting"),
        Valve::OtherSide => ("waits", "other side"),
        Valve::Freed => ("closed", "freed"),
    }
}

/// What stands where the application has none of a direction.
pub(super) const NO_CALLBACK: &str = "no callback";

/// The user callback of a direction.
pub(super) const fn callback(connection: &ConnectionPicture, direction: Direction) -> &'static str {
    match (direction, connection.on_read, connection.on_write) {
        (Direction::Read, true, _) => "readcb",
        (Direction::Write, _, true) => "writecb",
        _ => NO_CALLBACK,
    }
}

/// What an internal event waits for.
pub(super) fn event(
    picture: &PictureView<'_>,
    connection: &ConnectionPicture,
    direction: Direction,
) -> String {
    let (name, event, side) = match direction {
        Direction::Read => ("ev_read", EventName::Read, &connection.read),
        Direction::Write => ("ev_write", EventName::Write, &connection.write),
    };
    let runs = picture
        .event_loop
        .running
        .is_some_and(|running| running.connection == Some(connection.number) && running.event == event);
    let state = match (runs, side.event.active, side.event.armed) {
        (true, ..) => "running",
        (_, Some(_), _) => "active",
        (_, _, true) => "pending",
        _ => "not pending",
    };
    let timer = side
        .event
        .deadline
        .map_or(String::new(), |deadline| format!(", times out in {}", between(picture.time, deadline)));
    format!("{name}: {state}{timer}")
}

/// Where the loop is.
pub(super) fn event_loop(picture: &PictureView<'_>) -> String {
    let event_loop = picture.event_loop;
    if event_loop.pass == 0 {
        return "event loop: not begun".into();
    }
    let station = match event_loop.station {
        Station::Idle => "at rest",
        Station::Poll => "asks the kernel",
        Station::Timers => "looks at the timers",
        Station::Active => "chooses what to run",
        Station::Callbacks if event_loop.entered.is_some() => "runs a user callback",
        Station::Callbacks => "runs an internal callback",
    };
    format!("event loop: pass {}, {station}", event_loop.pass)
}

/// The bytes that are known, from the front; at most so many characters.
pub(super) fn bytes(content: &Content, most: usize) -> String {
    let Some(Run::Bytes(known)) = content.runs.front() else {
        return String::new();
    };
    let mut text = String::new();
    let (mut shown, mut room) = (0, most);
    for piece in pieces(known) {
        // What a character or an escape takes is all of it or nothing.
        let words = escaped(piece, piece.len());
        let width = words.chars().map(|char| if char.is_ascii() { 1 } else { 2 }).sum();
        let Some(left) = room.checked_sub(width) else { break };
        text.push_str(&words);
        (shown, room) = (shown + piece.len(), left);
    }
    match content.len - shown {
        0 => text,
        rest => format!("{text}\u{2026} +{rest} B"),
    }
}

/// The characters, and the bytes that are none.
fn pieces(bytes: &[u8]) -> Vec<&[u8]> {
    let mut pieces = Vec::new();
    for chunk in bytes.utf8_chunks() {
        let valid = chunk.valid();
        pieces.extend(valid.char_indices().map(|(at, char)| &valid.as_bytes()[at..at + char.len_utf8()]));
        pieces.extend(chunk.invalid().chunks(1));
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    fn content(bytes: &[u8], unknown: usize) -> Content {
        let runs = [Run::Bytes(bytes.to_vec()), Run::Unknown(unknown)];
        Content { len: bytes.len() + unknown, runs: runs.into_iter().collect() }
    }

    #[test]
    fn bytes_are_cut_where_room_ends_and_counted() {
        assert_eq!(bytes(&content(b"hello", 0), 5), "hello");
        assert_eq!(bytes(&content(b"hello", 0), 4), "hell\u{2026} +1 B");
        assert_eq!(bytes(&content(b"ab\r\n", 3), 5), r"ab\r".to_owned() + "\u{2026} +4 B");
        assert_eq!(bytes(&Content::default(), 5), "");
        assert_eq!(bytes(&content("你好".as_bytes(), 0), 3), "你\u{2026} +3 B");
    }

    #[test]
    fn a_long_title_is_shortened() {
        assert_eq!(shortened("abc", 3), "abc");
        assert_eq!(shortened("你好吗", 2), "你好\u{2026}");
    }
}
