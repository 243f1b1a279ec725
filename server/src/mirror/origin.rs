//! Origins as flags name them: pages of others that may frame ours, or have its files.

use super::guard;

/// An origin as a content policy names it. `*.` before a host stands for every name below it, `:*` for every port.
pub(super) fn pattern(text: &str) -> Result<String, String> {
    let problem = "expected an origin, such as https://course.example or https://*.example:8443";
    let (_, host, port) = parts(text).ok_or(problem)?;
    if guard::is_name(host.strip_prefix("*.").unwrap_or(host)) && (port == "*" || port.parse::<u16>().is_ok())
    {
        Ok(text.to_owned())
    } else {
        Err(problem.into())
    }
}

/// The same, or `*` for all: also those that are of no origin, as a sandboxed frame is.
pub(super) fn pattern_or_all(text: &str) -> Result<String, String> {
    if text == "*" { Ok(text.to_owned()) } else { pattern(text).map_err(|problem| problem + ", or *") }
}

/// Whether this pattern is of the origin that a browser tells.
pub(super) fn is_of(pattern: &str, origin: &str) -> bool {
    if pattern == "*" {
        return true;
    }
    let (Some(named), Some(told)) = (parts(pattern), parts(origin)) else { return false };
    let below =
        |name: &str| told.1.to_ascii_lowercase().strip_suffix(name).is_some_and(|rest| !rest.is_empty());
    named.0 == told.0
        && (named.2 == "*" || named.2 == told.2)
        && match named.1.strip_prefix('*') {
            Some(name) => below(&name.to_ascii_lowercase()),
            None => named.1.eq_ignore_ascii_case(told.1),
        }
}

/// Scheme, host and port.
fn parts(origin: &str) -> Option<(&str, &str, &str)> {
    let (scheme, authority) = origin.split_once("://")?;
    let usual = match scheme {
        "https" => "443",
        "http" => "80",
        _ => return None,
    };
    let (host, port) = authority.rsplit_once(':').unwrap_or((authority, usual));
    Some((scheme, host, port))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_is_that_of_its_pattern_and_no_other() {
        for (named, told) in [
            ("https://course.example", "https://course.example"),
            ("https://Course.example:443", "https://course.example"),
            ("https://*.course.example", "https://a.b.course.example"),
            ("https://*.course.example", "https://a.course.example"),
            ("http://127.0.0.1:*", "http://127.0.0.1:4321"),
            ("*", "null"),
        ] {
            assert!(is_of(named, told), "{named} {told}");
        }
        for (named, told) in [
            ("https://course.example", "http://course.example"),
            ("https://course.example", "https://course.example:8443"),
            ("https://course.example", "https://course.example.evil.example"),
            ("https://*.course.example", "https://course.example"),
            ("https://*.course.example", "https://.course.example"),
            ("https://*.course.example", "https://evilcourse.example"),
            ("https://course.example", "null"),
        ] {
            assert!(!is_of(named, told), "{named} {told}");
        }
    }

    #[test]
    fn all_origins_may_be_meant_where_a_flag_has_a_word_for_them() {
        assert_eq!(pattern_or_all("*").as_deref(), Ok("*"));
        assert!(pattern("*").is_err());
        for no_origin in ["course.example", "https://", "https://a.example/path", "ftp://a.example", ""] {
            assert!(pattern(no_origin).is_err() && pattern_or_all(no_origin).is_err(), "{no_origin}");
        }
    }
}
