//! Opens the page in the browser that the system names.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

/// Where a browser on this machine finds what listens there: the address for all networks is none that one can ask.
#[must_use]
pub fn address(listening: SocketAddr) -> SocketAddr {
    let mut address = listening;
    match listening.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => address.set_ip(Ipv4Addr::LOCALHOST.into()),
        IpAddr::V6(ip) if ip.is_unspecified() => address.set_ip(Ipv6Addr::LOCALHOST.into()),
        _ => {}
    }
    address
}

/// Opens `url` in the background: what opens it may take its time, or stay as long as the browser does.
///
/// # Errors
/// There is no thread for it. `failed` hears that there is no browser.
pub fn open(url: String, failed: impl FnOnce(io::Error) + Send + 'static) -> io::Result<()> {
    let opening = move || {
        if let Err(error) = open::that(url) {
            failed(error);
        }
    };
    std::thread::Builder::new().name("browser".into()).spawn(opening).map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_networks_are_asked_for_on_this_machine_and_others_as_they_are() {
        let asked = |listening: &str| address(listening.parse().unwrap()).to_string();
        assert_eq!(asked("0.0.0.0:8080"), "127.0.0.1:8080");
        assert_eq!(asked("[::]:8080"), "[::1]:8080");
        assert_eq!(asked("192.0.2.1:80"), "192.0.2.1:80");
    }
}
