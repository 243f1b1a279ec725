//! Parts of files, as RFC 9110, 14.2 has them. What serves files takes one range of bytes that it can serve and refuses
//! all else; what a server does not know or cannot do is to be ignored, and the whole file given.

use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::Response;

/// What of a file is asked for.
#[derive(Debug, PartialEq, Eq)]
enum Part {
    /// All, or what is to be taken for all.
    Whole,
    /// From this byte on, to that one or to the end.
    From(u64, Option<u64>),
    /// So many bytes at the end.
    Last(u64),
}

impl Part {
    fn of(method: &Method, headers: &HeaderMap) -> Self {
        // Whether a condition holds is not looked at: then the whole is right, too.
        if *method != Method::GET || headers.contains_key(header::IF_RANGE) {
            return Self::Whole;
        }
        let mut ranges = headers.get_all(header::RANGE).iter();
        let (Some(range), None) = (ranges.next(), ranges.next()) else { return Self::Whole };
        range.to_str().ok().and_then(Self::parse).unwrap_or(Self::Whole)
    }

    /// None for several, and for what is none.
    fn parse(text: &str) -> Option<Self> {
        let (unit, range) = text.split_once('=')?;
        let (first, last) = range.trim().split_once('-')?;
        let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        if !unit.trim().eq_ignore_ascii_case("bytes") || !digits(first) || !digits(last) {
            return None;
        }
        match (first, last) {
            ("", last) => Some(Self::Last(last.parse().ok()?)),
            (first, "") => Some(Self::From(first.parse().ok()?, None)),
            (first, last) => {
                // No file is so long: an end beyond all numbers is that of the file.
                let (first, last) = (first.parse().ok()?, last.parse().ok());
                last.is_none_or(|last| first <= last).then_some(Self::From(first, last))
            }
        }
    }

    /// As it is understood by what serves files; none for the whole.
    fn header(&self) -> Option<HeaderValue> {
        let text = match self {
            Self::Whole => return None,
            Self::From(first, None) => format!("bytes={first}-"),
            Self::From(first, Some(last)) => format!("bytes={first}-{last}"),
            Self::Last(count) => format!("bytes=-{count}"),
        };
        HeaderValue::try_from(text).ok()
    }
}

/// Asks for the part that is meant.
pub(super) async fn heed(mut request: Request, next: Next) -> Response {
    let part = Part::of(request.method(), request.headers());
    request.headers_mut().remove(header::RANGE);
    let Some(range) = part.header() else { return next.run(request).await };
    let (mut parts, body) = request.into_parts();
    let whole = Request::from_parts(parts.clone(), Body::empty());
    parts.headers.insert(header::RANGE, range);
    let response = next.clone().run(Request::from_parts(parts, body)).await;
    match part {
        // More than the file has are all that it has.
        Part::Last(1..) if response.status() == StatusCode::RANGE_NOT_SATISFIABLE => next.run(whole).await,
        _ => response,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn part(range: &str) -> Part {
        let headers = HeaderMap::from_iter([(header::RANGE, range.parse().unwrap())]);
        Part::of(&Method::GET, &headers)
    }

    #[test]
    fn one_range_of_bytes_is_understood_and_all_else_is_the_whole() {
        assert_eq!(part("bytes=0-9"), Part::From(0, Some(9)));
        assert_eq!(part("Bytes = 5-"), Part::From(5, None));
        assert_eq!(part("bytes=-7"), Part::Last(7));
        assert_eq!(part("bytes=3-99999999999999999999999"), Part::From(3, None));
        for other in [
            "lines=0-9",
            "bytes=0-1,3-4",
            "bytes=9-0",
            "bytes=-",
            "bytes=",
            "bytes",
            "bytes=a-b",
            "bytes=+1-2",
            "bytes=99999999999999999999999-",
            "bytes=1-2-3",
        ] {
            assert_eq!(part(other), Part::Whole, "{other}");
        }
    }

    #[test]
    fn a_condition_another_method_or_two_ranges_are_the_whole() {
        let range = (header::RANGE, HeaderValue::from_static("bytes=0-9"));
        let conditional = [range.clone(), (header::IF_RANGE, HeaderValue::from_static("\"a\""))];
        assert_eq!(Part::of(&Method::GET, &conditional.into_iter().collect()), Part::Whole);
        assert_eq!(Part::of(&Method::HEAD, &[range.clone()].into_iter().collect()), Part::Whole);
        let mut twice = HeaderMap::from_iter([range.clone()]);
        twice.append(range.0, range.1);
        assert_eq!(Part::of(&Method::GET, &twice), Part::Whole);
    }
}
