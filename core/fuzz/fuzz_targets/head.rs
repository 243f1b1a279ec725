//! Whatever the head of a request says: who is let in named a host that is served here, and came from nowhere else, or for a file from
//! where it may be embedded.
#![no_main]

#[path = "../../../server/src/mirror/guard.rs"]
mod guard;
#[path = "../../../server/src/mirror/origin.rs"]
mod origin;

use arbitrary::Arbitrary;
use axum::http::uri::Uri;
use axum::http::{HeaderMap, HeaderValue, header};
use guard::{Guard, Wanted};
use libfuzzer_sys::fuzz_target;

/// A piece of a name, an address or an origin.
#[derive(Debug, Arbitrary)]
enum Piece<'a> {
    Known(u8),
    Any(&'a str),
}

const KNOWN: [&str; 17] = [
    "localhost",
    "127.0.0.1",
    "[::1]",
    "lab.example",
    ":8080",
    ":80",
    "http://",
    "https://",
    "course.example",
    "evil.example",
    ".",
    "@",
    "/",
    ":",
    "LOCALHOST",
    " ",
    "null",
];

#[derive(Debug, Arbitrary)]
struct Head<'a> {
    target: Vec<Piece<'a>>,
    hosts: Vec<Vec<Piece<'a>>>,
    origins: Vec<Vec<Piece<'a>>>,
    on_80: bool,
    of_a_file: bool,
}

fn text(pieces: &[Piece<'_>]) -> String {
    let text = |piece: &Piece<'_>| match piece {
        Piece::Known(which) => KNOWN[usize::from(*which) % KNOWN.len()].to_owned(),
        Piece::Any(text) => (*text).to_owned(),
    };
    pieces.iter().map(text).collect()
}

fn is_served(host: &str, port: u16) -> bool {
    let host = host.to_ascii_lowercase();
    let own = ["localhost", "127.0.0.1", "[::1]"];
    own.iter().any(|name| host == format!("{name}:{port}") || (port == 80 && host == *name))
        || host == "lab.example"
        || host.strip_prefix("lab.example:").is_some()
}

fuzz_target!(|head: Head<'_>| {
    let port = if head.on_80 { 80 } else { 8080 };
    let guard = Guard::new(
        &format!("127.0.0.1:{port}"),
        port,
        &["lab.example".into()],
        &["https://course.example".into()],
    );
    let wanted = if head.of_a_file { Wanted::File } else { Wanted::Server };
    let Ok(target) = text(&head.target).parse::<Uri>() else { return };
    let mut headers = HeaderMap::new();
    for (name, values) in [(header::HOST, &head.hosts), (header::ORIGIN, &head.origins)] {
        for value in values {
            let Ok(value) = HeaderValue::from_str(&text(value)) else { return };
            headers.append(&name, value);
        }
    }
    if guard.refusal(wanted, &target, &headers).is_some() {
        return;
    }
    assert_eq!(headers.get_all(header::HOST).iter().count(), 1);
    let named = headers[header::HOST].to_str().expect("a host that is served is text");
    let host = target.authority().map_or(named, |authority| authority.as_str());
    assert!(is_served(host, port), "{host:?} was let in");
    for origin in headers.get_all(header::ORIGIN) {
        let origin = origin.to_str().expect("an origin that is served is text").to_ascii_lowercase();
        let host = host.to_ascii_lowercase();
        assert!(
            origin == format!("http://{host}")
                || origin == format!("https://{host}")
                || (head.of_a_file
                    && origin.strip_suffix(":443").unwrap_or(&origin) == "https://course.example"),
            "{origin:?} was let in"
        );
    }
});
