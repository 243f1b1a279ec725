//! Who may ask: a page of another site must not read what a server on this machine shows.

use std::net::Ipv6Addr;

use axum::http::uri::{Authority, Uri};
use axum::http::{HeaderMap, HeaderValue, header};

use super::origin;

/// Why a request is not served.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Refusal {
    /// It is not a request that HTTP/1.1 allows.
    Malformed(&'static str),
    /// Who asks may not.
    Forbidden(&'static str),
}

/// What is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wanted {
    /// A file of the page, which is the same for everybody.
    File,
    /// What this server does.
    Server,
}

/// Which hosts a request may name: the one that was listened on, the loopback names, and those allowed; and pages of
/// which other origins may have files.
#[derive(Debug, Clone)]
pub(super) struct Guard {
    hosts: Vec<String>,
    port: u16,
    embedding: Vec<String>,
}

impl Guard {
    pub(super) fn new(listen: &str, port: u16, allowed: &[String], embedding: &[String]) -> Self {
        let asked = listen.rsplit_once(':').map_or(listen, |(host, _)| host);
        let loopback = ["localhost", "127.0.0.1", "[::1]"].map(str::to_owned);
        let hosts = loopback.into_iter().chain([asked.to_owned()]).chain(allowed.iter().cloned());
        let hosts = hosts.map(|host| host.to_ascii_lowercase()).collect();
        Self { hosts, port, embedding: embedding.to_vec() }
    }

    /// Why the request for this target is refused, if it is.
    pub(super) fn refusal(&self, wanted: Wanted, target: &Uri, headers: &HeaderMap) -> Option<Refusal> {
        let mut hosts = headers.get_all(header::HOST).iter();
        let (Some(host), None) = (hosts.next(), hosts.next()) else {
            return Some(Refusal::Malformed("a request names one host"));
        };
        let malformed = Some(Refusal::Malformed("a host is a name or an address, with or without a port"));
        let Ok(named) = host.to_str() else { return malformed };
        // RFC 9112, 3.2: also where another host counts.
        if !named.is_empty() && named.parse::<Authority>().is_err() {
            return malformed;
        }
        let host = match (target.scheme(), target.authority()) {
            (None, None) => named,
            // RFC 9112, 3.2.2: it counts, whatever the header says.
            (Some(_), Some(authority)) => authority.as_str(),
            _ => return Some(Refusal::Malformed("the target of a request is a path")),
        };
        if !self.knows(host) {
            return Some(Refusal::Forbidden("this host is not served here; --allow-host NAME allows it"));
        }
        let origins = headers.get_all(header::ORIGIN);
        let is_own = |origin: &HeaderValue| origin.to_str().is_ok_and(|it| is_origin_of(it, host));
        if origins.iter().all(is_own) {
            return None;
        }
        match wanted {
            Wanted::File if origins.iter().all(|origin| self.embeds(origin)) => None,
            Wanted::File => Some(Refusal::Forbidden(
                "the request comes from another origin; --allow-embed ORIGIN allows it",
            )),
            Wanted::Server => Some(Refusal::Forbidden("the request comes from another origin")),
        }
    }

    /// Whether there are pages of others that may have files.
    pub(super) fn embeds_any(&self) -> bool {
        !self.embedding.is_empty()
    }

    /// Whether the pages of this origin may.
    pub(super) fn embeds(&self, origin: &HeaderValue) -> bool {
        origin.to_str().is_ok_and(|told| self.embedding.iter().any(|named| origin::is_of(named, told)))
    }

    fn knows(&self, host: &str) -> bool {
        let host = host.to_ascii_lowercase();
        let with_port = |name: &String| host == format!("{name}:{}", self.port);
        // A proxy in front may serve an allowed name on its own port.
        let named =
            |name: &String| host == *name || host.rsplit_once(':').is_some_and(|(start, _)| start == name);
        let (own, allowed) = self.hosts.split_at(self.hosts.len().min(4));
        own.iter().any(with_port) || (self.port == 80 && own.contains(&host)) || allowed.iter().any(named)
    }
}

/// A host as a request names it, with or without a port: what would never be named is no host.
pub(super) fn host(text: &str) -> Result<String, String> {
    let (name, port) = match text.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((address, rest)) if address.parse::<Ipv6Addr>().is_ok() => ("ipv6", rest),
        _ => text.split_at(text.find(':').unwrap_or(text.len())),
    };
    let is_port = |port: &str| port.parse::<u16>().is_ok();
    if is_name(name) && (port.is_empty() || port.strip_prefix(':').is_some_and(is_port)) {
        Ok(text.into())
    } else {
        Err("expected a host, such as lab.example, 192.0.2.1, [2001:db8::1] or lab.example:8080".into())
    }
}

/// Whether it is a name, or an address that looks like one.
pub(super) fn is_name(text: &str) -> bool {
    let is_letter = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    text.split('.').all(|part| !part.is_empty() && part.bytes().all(is_letter))
}

/// Browsers send the origin of the page that asks: ours has the host that was asked.
fn is_origin_of(origin: &str, host: &str) -> bool {
    let scheme = origin.strip_prefix("http://").or_else(|| origin.strip_prefix("https://"));
    scheme.is_some_and(|authority| authority.eq_ignore_ascii_case(host))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(host: &str, origin: Option<&str>) -> bool {
        let guard = Guard::new("127.0.0.1:8080", 8080, &["lab.example".into()], &[]);
        let mut headers = HeaderMap::new();
        headers.insert(header::HOST, host.parse().unwrap());
        if let Some(origin) = origin {
            headers.insert(header::ORIGIN, origin.parse().unwrap());
        }
        guard.refusal(Wanted::Server, &Uri::from_static("/"), &headers).is_some()
    }

    #[test]
    fn loopback_names_the_asked_address_and_allowed_hosts_are_served() {
        for host in ["127.0.0.1:8080", "localhost:8080", "LocalHost:8080", "[::1]:8080", "lab.example"] {
            assert!(!refused(host, None), "{host}");
        }
        for host in ["evil.example:8080", "localhost", "localhost:9", "127.0.0.1.evil.example:8080", ""] {
            assert!(refused(host, None), "{host}");
        }
    }

    #[test]
    fn what_a_request_can_name_is_a_host() {
        for good in ["lab.example", "192.0.2.1", "my-lab", "my_lab:8080", "[::1]", "[2001:db8::1]:80"] {
            assert_eq!(host(good), Ok(good.to_owned()));
        }
        for bad in
            ["", "*", "*.example", "http://x", "a b", "x/", "x:", "x:99999", "::1", "[x]", "a..b", ":80"]
        {
            assert!(host(bad).is_err(), "{bad}");
        }
    }

    /// How a request for this target is refused that names these hosts.
    fn refusal(target: &str, hosts: &[&str]) -> Option<Refusal> {
        let hosts = hosts.iter().map(|host| (header::HOST, host.parse().unwrap()));
        Guard::new("127.0.0.1:8080", 8080, &[], &[]).refusal(
            Wanted::Server,
            &target.parse().unwrap(),
            &hosts.collect(),
        )
    }

    #[test]
    fn a_request_names_one_host() {
        let malformed = |hosts: &[&str]| matches!(refusal("/", hosts), Some(Refusal::Malformed(_)));
        assert!(malformed(&[]) && malformed(&["localhost:8080", "localhost:8080"]));
        assert!(
            malformed(&["localhost:8080 evil.example"]) && malformed(&["localhost:8080, localhost:8080"])
        );
        assert_eq!(refusal("/", &["localhost:8080"]), None);
    }

    #[test]
    fn a_host_is_a_name_where_another_one_counts_too() {
        for host in ["localhost:8080 evil.example", "\u{e9}"] {
            let host = HeaderValue::from_str(host).unwrap();
            let headers = HeaderMap::from_iter([(header::HOST, host)]);
            let guard = Guard::new("127.0.0.1:8080", 8080, &[], &[]);
            for target in ["http://localhost:8080/", "/"] {
                let refusal = guard.refusal(Wanted::Server, &target.parse().unwrap(), &headers);
                assert!(matches!(refusal, Some(Refusal::Malformed(_))), "{target} {headers:?}");
            }
        }
    }

    #[test]
    fn the_host_in_a_target_counts_more_than_the_header() {
        assert_eq!(refusal("http://localhost:8080/", &["evil.example"]), None);
        for target in ["http://evil.example/", "http://a@localhost:8080/"] {
            assert!(matches!(refusal(target, &["localhost:8080"]), Some(Refusal::Forbidden(_))), "{target}");
        }
        assert!(matches!(refusal("localhost:8080", &["localhost:8080"]), Some(Refusal::Malformed(_))));
    }

    #[test]
    fn only_the_pages_own_origin_may_ask() {
        assert!(!refused("localhost:8080", Some("http://localhost:8080")));
        for origin in ["http://evil.example", "null", "http://127.0.0.1:8080", "http://localhost:8081"] {
            assert!(refused("localhost:8080", Some(origin)), "{origin}");
        }
    }

    #[test]
    fn pages_of_an_origin_that_may_embed_have_files_and_nothing_else() {
        let guard = Guard::new("127.0.0.1:8080", 8080, &[], &["https://course.example".into()]);
        let refusal = |wanted, origins: &[&'static str]| {
            let origins = origins.iter().map(|origin| (header::ORIGIN, HeaderValue::from_static(origin)));
            let host = (header::HOST, HeaderValue::from_static("localhost:8080"));
            guard.refusal(wanted, &Uri::from_static("/"), &std::iter::once(host).chain(origins).collect())
        };
        let (may, may_not) = ("https://course.example", "https://evil.example");
        assert_eq!(refusal(Wanted::File, &[may]), None);
        for refused in [
            refusal(Wanted::File, &[may_not]),
            refusal(Wanted::File, &["null"]),
            refusal(Wanted::File, &[may, may_not]),
            refusal(Wanted::Server, &[may]),
        ] {
            assert!(matches!(refused, Some(Refusal::Forbidden(_))), "{refused:?}");
        }
    }
}
