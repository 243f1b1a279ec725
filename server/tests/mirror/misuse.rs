//! Viewers and requests that do not do as they should. In each case the echo goes on.

use futures_util::{SinkExt, StreamExt};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_tungstenite::MaybeTlsStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::error::Error;

use super::raw::{FIN, Raw, Seen, TEXT};
use super::support::{GUARD, Lab};

/// The whole response to a GET with these headers.
pub(crate) async fn get(lab: &Lab, path: &str, headers: &[(&str, &str)]) -> String {
    let mut stream = TcpStream::connect(lab.http).await.unwrap();
    let headers: String = headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
    stream
        .write_all(format!("GET {path} HTTP/1.1\r\nConnection: close\r\n{headers}\r\n").as_bytes())
        .await
        .unwrap();
    let mut response = Vec::new();
    tokio::time::timeout(GUARD, stream.read_to_end(&mut response)).await.unwrap().unwrap();
    String::from_utf8_lossy(&response).into_owned()
}

/// How a WebSocket request with this header is answered.
async fn upgrade(lab: &Lab, name: &'static str, value: &str) -> Result<(), u16> {
    let mut request = format!("ws://{}/ws", lab.http).into_client_request().unwrap();
    request.headers_mut().insert(name, value.parse().unwrap());
    match tokio_tungstenite::connect_async(request).await {
        Ok(_) => Ok(()),
        Err(Error::Http(response)) => Err(response.status().as_u16()),
        Err(error) => panic!("{error}"),
    }
}

/// How the mirror ends a viewer that sends this.
async fn ended_by(lab: &Lab, message: Message) -> String {
    let mut viewer = lab.viewer().await;
    viewer.joined().await;
    viewer.socket.send(message).await.unwrap();
    loop {
        if let Err(reason) = viewer.next().await {
            return reason;
        }
    }
}

#[tokio::test]
async fn a_page_of_another_site_is_refused() {
    let lab = Lab::start(|_| {});
    let own = format!("http://{}", lab.http);
    assert_eq!(upgrade(&lab, "Origin", &own).await, Ok(()));
    for origin in ["http://evil.example", "null", "file://", "http://localhost:1"] {
        assert_eq!(upgrade(&lab, "Origin", origin).await, Err(403), "{origin}");
    }
    lab.assert_echoes();
}

#[tokio::test]
async fn a_host_that_is_not_ours_is_refused_unless_allowed() {
    let lab = Lab::start(|config| config.allow_host = vec!["lab.example".into()]);
    let status = async |host: &str| {
        get(&lab, "/healthz", &[("Host", host)]).await.split(' ').nth(1).map(str::to_owned)
    };
    let port = lab.http.port();
    for host in ["evil.example", "127.0.0.1", &format!("evil.example:{port}")] {
        assert_eq!(status(host).await.as_deref(), Some("403"), "{host}");
    }
    for host in ["lab.example", &format!("localhost:{port}"), &format!("127.0.0.1:{port}")] {
        assert_eq!(status(host).await.as_deref(), Some("200"), "{host}");
    }
    lab.assert_echoes();
}

#[tokio::test]
async fn a_request_that_http_does_not_allow_is_refused_with_its_own_status() {
    let lab = Lab::start(|_| {});
    let host = lab.http.to_string();
    let status = async |path: &str, headers: &[(&str, &str)]| {
        let response = get(&lab, path, headers).await;
        response.split(' ').nth(1).map(str::to_owned)
    };
    let (own, other) = (("Host", host.as_str()), ("Host", "evil.example"));
    let many: Vec<_> = [own].into_iter().chain([("X-More", "1"); 200]).collect();
    let long = "x".repeat(300_000);
    for (path, headers, expected) in [
        ("/healthz", &[own][..], "200"),
        ("/healthz", &[], "400"),
        ("/healthz", &[own, own], "400"),
        ("/healthz", &[own, other], "400"),
        ("/healthz", &[other], "403"),
        (&format!("/{}", "x".repeat(9000)), &[own], "414"),
        (&format!("/{}", "x".repeat(300)), &[own], "404"),
        (&format!("/{}", "x/".repeat(3000)), &[own], "404"),
        ("/healthz", &many, "431"),
        ("/healthz", &[own, ("X-Long", &long)], "431"),
    ] {
        let path_shown = &path[..path.len().min(20)];
        assert_eq!(status(path, headers).await.as_deref(), Some(expected), "{path_shown} {}", headers.len());
    }
    lab.assert_echoes();
}

#[tokio::test]
async fn a_refusal_carries_the_policy_too() {
    let lab = Lab::start(|_| {});
    for headers in [&[("Host", "evil.example")][..], &[]] {
        let response = get(&lab, "/", headers).await.to_lowercase();
        assert!(response.contains("content-security-policy: default-src 'none'"), "{response}");
        assert!(response.contains("x-content-type-options: nosniff"), "{response}");
    }
}

#[tokio::test]
async fn who_may_frame_the_page_is_who_the_flag_names() {
    let lab = Lab::start(|config| {
        config.allow_frame = vec!["https://a.example".into(), "https://*.b.example:8443".into()];
    });
    let response = get(&lab, "/healthz", &[("Host", &lab.http.to_string())]).await;
    assert!(
        response.contains("frame-ancestors 'self' https://a.example https://*.b.example:8443\r\n"),
        "{response}"
    );
}

#[tokio::test]
async fn a_handshake_whose_key_is_no_key_is_refused() {
    let lab = Lab::start(|_| {});
    let host = lab.http.to_string();
    for key in [
        "",
        "x",
        "dGhlIHNhbXBsZSBub25jZQ",
        "dGhlIHNhbXBsZSBub25jZSBpcyBsb25nZXI=",
        "dGhlIHNhbXBsZSBub25jZ!==",
    ] {
        let response = get(
            &lab,
            "/ws",
            &[
                ("Host", &host),
                ("Connection", "Upgrade"),
                ("Upgrade", "websocket"),
                ("Sec-WebSocket-Version", "13"),
                ("Sec-WebSocket-Key", key),
            ],
        )
        .await;
        assert!(response.starts_with("HTTP/1.1 400 "), "{key}: {response}");
    }
}

#[tokio::test]
async fn a_frame_without_a_mask_breaks_the_protocol() {
    let lab = Lab::start(|_| {});
    let mut raw = Raw::connect(lab.http).await;
    raw.send(vec![FIN | TEXT, 1, b'x']);
    let seen = raw.next().await;
    assert!(matches!(seen, Seen::Close(1002, _)), "{seen:?}");
    lab.assert_echoes();
}

#[tokio::test]
async fn what_is_not_understood_ends_the_viewer_with_a_reason() {
    let lab = Lab::start(|_| {});
    let reason = ended_by(&lab, Message::text("{")).await;
    assert!(reason.starts_with("1008 not understood: the text ends within an object"), "{reason}");
    for list in [r#"["ping"]"#, r#"["watch","all"]"#] {
        let reason = ended_by(&lab, Message::text(list)).await;
        assert!(reason.starts_with("1008 not understood: expected an object, found a list"), "{reason}");
    }
    let reason = ended_by(&lab, Message::text(r#"{"kind":"shutdown"}"#)).await;
    assert!(reason.contains("unknown kind of message \"shutdown\""), "{reason}");
    let reason = ended_by(&lab, Message::text(r#"{"kind":"watch","connections":[-1]}"#)).await;
    assert!(reason.starts_with("1008"), "{reason}");
    let reason = ended_by(&lab, Message::binary(vec![1, 2, 3])).await;
    assert!(reason.starts_with("1003 messages are JSON text"), "{reason}");
    lab.assert_echoes();
}

#[tokio::test]
async fn a_message_over_64_kib_ends_the_viewer() {
    let lab = Lab::start(|_| {});
    let reason = ended_by(&lab, Message::text("x".repeat(64 * 1024 + 1))).await;
    assert_eq!(reason, "1009 a message may have 65536 bytes");
    lab.assert_echoes();
}

#[tokio::test]
async fn half_a_frame_and_silence_harm_nobody() {
    let lab = Lab::start(|_| {});
    let mut viewer = lab.viewer().await;
    viewer.joined().await;
    let MaybeTlsStream::Plain(stream) = viewer.socket.get_mut() else { unreachable!("it is not encrypted") };
    // A text frame of 100 bytes, of which two come.
    stream.write_all(&[0x81, 0x80 | 100, 0, 0, 0, 0, b'{', b'"']).await.unwrap();
    lab.assert_echoes();
    let mark = lab.mark();
    viewer.until_gone(mark).await;
}

#[tokio::test]
async fn a_65th_viewer_is_told_why_it_is_refused() {
    let lab = Lab::start(|_| {});
    let mut viewers = Vec::new();
    for _ in 0..64 {
        let mut viewer = lab.viewer().await;
        viewer.joined().await;
        viewers.push(viewer);
    }
    let mut one_more = lab.viewer().await;
    assert_eq!(one_more.next().await.unwrap_err(), "1013 there are 64 viewers already");
    let mut client = lab.client();
    client.say(b"to all");
    for viewer in &mut viewers {
        viewer.until(|viewer| viewer.picture.connections.values().any(|c| c.counters.received == 6)).await;
    }
}

#[tokio::test]
async fn a_viewer_that_vanishes_without_a_close_frees_its_place() {
    let lab = Lab::start(|config| config.max_viewers = 1);
    let mut viewer = lab.viewer().await;
    viewer.joined().await;
    drop(viewer);
    // The mirror notices at its next look; until then the place is taken.
    loop {
        let mut next = lab.viewer().await;
        if next.next().await.is_ok() {
            next.joined().await;
            break;
        }
    }
    lab.assert_echoes();
}

#[tokio::test]
async fn a_websocket_request_without_an_upgrade_is_refused() {
    let lab = Lab::start(|_| {});
    let host = lab.http.to_string();
    let response = get(&lab, "/ws", &[("Host", &host)]).await;
    assert!(response.starts_with("HTTP/1.1 4"), "{response}");
    lab.assert_echoes();
}

#[tokio::test]
async fn only_the_pages_files_are_served_each_with_its_type_and_policy() {
    let site = std::env::temp_dir().join(format!("bufferevent-site-{}", std::process::id()));
    std::fs::create_dir_all(site.join("pkg")).unwrap();
    std::fs::create_dir_all(site.join("bundled")).unwrap();
    std::fs::write(site.join("bundled/lab-3F.js"), "export {}").unwrap();
    std::fs::write(site.join("index.html"), "<!doctype html>".repeat(200)).unwrap();
    std::fs::write(site.join("pkg/module.wasm"), b"\0asm").unwrap();
    std::fs::write(site.join("lab.js"), "export {}").unwrap();
    let lab = Lab::start(|config| config.site = Some(site.clone()));
    let host = lab.http.to_string();
    let page = get(&lab, "/", &[("Host", &host), ("Accept-Encoding", "gzip")]).await.to_lowercase();
    for header in [
        "content-type: text/html",
        "content-encoding: gzip",
        "x-content-type-options: nosniff",
        "script-src 'self' 'wasm-unsafe-eval'",
        "cache-control: no-cache",
        "last-modified:",
    ] {
        assert!(page.contains(header), "{header} in {page}");
    }
    assert!(!page.contains("unsafe-inline"));
    let typed = async |path: &str| get(&lab, path, &[("Host", &host)]).await.to_lowercase();
    assert!(typed("/pkg/module.wasm").await.contains("content-type: application/wasm"));
    assert!(typed("/lab.js").await.contains("content-type: text/javascript"));
    assert!(typed("/lab.js").await.contains("cache-control: no-cache"));
    assert!(typed("/bundled/lab-3F.js").await.contains("cache-control: max-age=31536000, immutable"));
    assert!(typed("/bundled/none.js").await.contains("cache-control: no-cache"), "what may be there later");
    for path in
        ["/../Cargo.toml", "/%2e%2e/%2e%2e/etc/passwd", "/pkg/../../etc/passwd", "//etc/passwd", "/none"]
    {
        let response = typed(path).await;
        assert!(
            response.starts_with("http/1.1 404") || response.starts_with("http/1.1 400"),
            "{path}: {response}"
        );
    }
    std::fs::remove_dir_all(site).unwrap();
}

#[tokio::test]
async fn without_a_bundle_the_page_says_which_command_builds_it() {
    let lab = Lab::start(|config| config.site = Some("/nonexistent".into()));
    let page = get(&lab, "/", &[("Host", &lab.http.to_string())]).await;
    // A bundle that was built beside this program is served instead.
    assert!(page.contains("built without the page") || page.contains("bufferevent-lab"), "{page}");
}

#[tokio::test]
async fn a_closed_viewer_says_goodbye() {
    let lab = Lab::start(|_| {});
    let mut viewer = lab.viewer().await;
    viewer.joined().await;
    viewer.socket.close(None).await.unwrap();
    while let Some(Ok(_)) = viewer.socket.next().await {}
    lab.assert_echoes();
}
