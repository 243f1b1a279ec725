//! Requests as RFC 9112 allows and forbids them, byte by byte: what each is answered, and that nothing in a body is taken
//! for a request.

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::support::{GUARD, Lab};

/// A case: what is sent, with `HOST` for the mirror's own name, and the statuses of the answers. Behind it comes a request
/// that is answered with 200, unless the connection has to end before; what asks for `/none` has no business to be answered.
type Case<'a> = (&'a str, &'a [u16]);

/// What the mirror answers until it closes.
async fn answer(lab: &Lab, request: &str) -> String {
    let last = "GET /healthz HTTP/1.1\r\nHost: HOST\r\nConnection: close\r\n\r\n";
    let bytes = (request.to_owned() + last).replace("HOST", &lab.http.to_string());
    let mut stream = TcpStream::connect(lab.http).await.unwrap();
    stream.write_all(bytes.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    timeout(GUARD, stream.read_to_end(&mut answer)).await.expect("it is closed").unwrap();
    String::from_utf8_lossy(&answer).into_owned()
}

/// The statuses in it: no body here speaks of HTTP/1.
fn statuses(answer: &str) -> Vec<u16> {
    let after = answer.split("HTTP/1.").skip(1);
    after.map(|it| it.get(2..5).and_then(|it| it.parse().ok()).expect("a status")).collect()
}

/// Each of these, written into a request by `request`.
async fn run(cases: &[Case<'_>], request: impl Fn(&str) -> String) {
    let lab = Lab::start(|_| {});
    for (case, expected) in cases {
        let answer = answer(&lab, &request(case)).await;
        assert_eq!(statuses(&answer), *expected, "{case:?}: {answer}");
    }
    lab.assert_echoes();
}

/// One line of a head, in a request for something that there is.
fn with_line(line: &str) -> String {
    format!("GET /healthz HTTP/1.1\r\nHost: HOST\r\n{line}\r\n\r\n")
}

#[tokio::test]
async fn a_line_of_a_head_is_a_name_a_colon_and_a_value() {
    let cases: &[Case] = &[
        ("X-A:a", &[200, 200]),
        ("X-A: \t a \t ", &[200, 200]),
        ("X-A:", &[200, 200]),
        ("X-A : a", &[400]),
        ("Transfer-Encoding : chunked", &[400]),
        ("X-A: a\r\n b", &[400]),
        ("X-A: a\r\n\tb", &[400]),
        ("X-A: a\rb", &[400]),
        ("X-A: a\0b", &[400]),
        ("X-A", &[400]),
        (": a", &[400]),
        ("X\u{e4}: a", &[400]),
        ("X A: a", &[400]),
        // RFC 9112, 2.2: a line may be taken to end without its CR.
        ("X-A: a\nX-B: b", &[200, 200]),
        ("Connection: foo, close", &[200]),
        ("Expect: 100-continue", &[200, 200]),
        // RFC 9110, 10.1.1: one that is not known may be passed over.
        ("Expect: the-unexpected", &[200, 200]),
        (
            "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__",
            &[200, 200],
        ),
    ];
    run(cases, with_line).await;
    run(&[("GET /healthz HTTP/1.1\r\n Host: HOST\r\n\r\n", &[400])], str::to_owned).await;
}

#[tokio::test]
async fn where_a_body_ends_is_never_in_doubt() {
    let hidden = "GET /none HTTP/1.1\r\nHost: HOST\r\n\r\n";
    // Behind each comes what may be a body of two bytes.
    let lengths: &[Case] = &[
        ("Content-Length: 2", &[200, 200]),
        ("Content-Length: 2\r\nContent-Length: 2", &[200, 200]),
        ("Content-Length: 2\r\nContent-Length: 3", &[400]),
        ("Content-Length: 2, 2", &[400]),
        ("Content-Length: 2, 3", &[400]),
        ("Content-Length: +2", &[400]),
        ("Content-Length: -2", &[400]),
        ("Content-Length: 0x2", &[400]),
        ("Content-Length: 2 2", &[400]),
        ("Content-Length:", &[400]),
        ("Content-Length: 99999999999999999999", &[400]),
        ("Content-Length: 18446744073709551615", &[431]),
    ];
    run(lengths, |line| with_line(line) + "ab").await;
    // Behind each comes a body in no chunks, and what is a body by a length of 100.
    let codings: &[Case] = &[
        ("Transfer-Encoding: CHUNKED", &[200, 404, 200]),
        ("Transfer-Encoding: gzip, chunked", &[200, 404, 200]),
        // Both: the coding counts, and the connection ends.
        ("Content-Length: 100\r\nTransfer-Encoding: chunked", &[200]),
        ("Transfer-Encoding: chunked\r\nContent-Length: 100", &[200]),
        ("Transfer-Encoding: chunked, identity", &[400]),
        ("Transfer-Encoding: identity", &[400]),
        ("Transfer-Encoding: gzip", &[400]),
        ("Transfer-Encoding: xchunked", &[400]),
        ("Transfer-Encoding: \x0bchunked", &[400]),
    ];
    run(codings, |line| with_line(line) + "0\r\n\r\n" + hidden).await;
    let old =
        "GET /healthz HTTP/1.0\r\nHost: HOST\r\nConnection: keep-alive\r\nTransfer-Encoding: chunked\r\n\r\n";
    run(&[(old, &[400])], |head| head.to_owned() + "0\r\n\r\n").await;
}

#[tokio::test]
async fn chunks_that_are_none_end_the_connection() {
    let cases: &[Case] = &[
        ("3\r\nabc\r\n0\r\n\r\n", &[200, 200]),
        ("3;a=b\r\nabc\r\n0\r\nX-Trailer: 1\r\n\r\n", &[200, 200]),
        ("1b\r\nGET /none HTTP/1.1\r\nHos: \r\n\r\n0\r\n\r\n", &[200, 200]),
        ("xyz\r\nabc\r\n0\r\n\r\n", &[200]),
        ("-3\r\nabc\r\n0\r\n\r\n", &[200]),
        ("0x3\r\nabc\r\n0\r\n\r\n", &[200]),
        ("3\r\nabcde\r\n0\r\n\r\n", &[200]),
        ("3\nabc\n0\n\n", &[200]),
        ("ffffffffffffffffff\r\nabc\r\n0\r\n\r\n", &[200]),
    ];
    // It is for a GET, which is answered without its body.
    run(cases, |chunks| with_line("Transfer-Encoding: chunked") + chunks).await;
}

#[tokio::test]
async fn a_request_begins_with_a_method_a_target_and_a_version() {
    let cases: &[Case] = &[
        ("GET /healthz HTTP/1.1", &[200, 200]),
        ("\r\nGET /healthz HTTP/1.1", &[200, 200]),
        ("GET /healthz?a=b HTTP/1.1", &[200, 200]),
        ("HEAD /healthz HTTP/1.1", &[200, 200]),
        ("GET /healthz HTTP/1.0", &[200]),
        ("GET /healthz HTTP/1.0\r\nConnection: keep-alive", &[200, 200]),
        ("GET /healthz HTTP/1.2", &[400]),
        ("GET /healthz HTTP/2.0", &[400]),
        ("GET /healthz HTTP/1.1x", &[400]),
        ("GET /healthz http/1.1", &[400]),
        ("GET /healthz", &[400]),
        ("GET /heal thz HTTP/1.1", &[400]),
        ("GET  /healthz HTTP/1.1", &[400]),
        ("GET  HTTP/1.1", &[400]),
        ("GE(T /healthz HTTP/1.1", &[400]),
        ("get /healthz HTTP/1.1", &[405, 200]),
        ("POST /healthz HTTP/1.1\r\nContent-Length: 0", &[405, 200]),
        ("TRACE /healthz HTTP/1.1", &[405, 200]),
        ("GET http://HOST/healthz HTTP/1.1", &[200, 200]),
        ("GET http://evil.example/healthz HTTP/1.1", &[403, 200]),
        ("GET http://a@HOST/healthz HTTP/1.1", &[403, 200]),
        ("GET HOST HTTP/1.1", &[400, 200]),
        ("GET healthz HTTP/1.1", &[400, 200]),
        ("CONNECT HOST HTTP/1.1", &[400, 200]),
        ("OPTIONS * HTTP/1.1", &[204, 200]),
        ("GET * HTTP/1.1", &[400, 200]),
        ("\x16\x03\x01\x02", &[400]),
    ];
    run(cases, |line| format!("{line}\r\nHost: HOST\r\n\r\n")).await;
    // Who speaks HTTP/2 is not understood, and sees that at once.
    run(&[("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", &[])], str::to_owned).await;
}

#[tokio::test]
async fn a_request_is_for_one_host() {
    let cases: &[Case] = &[
        ("GET /healthz HTTP/1.1", &[400, 200]),
        ("GET /healthz HTTP/1.0", &[400]),
        ("GET http://HOST/healthz HTTP/1.1", &[400, 200]),
        ("GET http://HOST/healthz HTTP/1.1\r\nHost: evil.example", &[200, 200]),
        ("GET /healthz HTTP/1.1\r\nHost: HOST\r\nHost: HOST", &[400, 200]),
        ("GET /healthz HTTP/1.1\r\nHost: HOST, HOST", &[400, 200]),
        ("GET /healthz HTTP/1.1\r\nHost: HOST evil", &[400, 200]),
        ("GET /healthz HTTP/1.1\r\nHost:", &[403, 200]),
        ("GET /healthz HTTP/1.1\r\nHost: a@HOST", &[403, 200]),
    ];
    run(cases, |head| format!("{head}\r\n\r\n")).await;
}

#[tokio::test]
async fn requests_in_a_row_are_answered_in_order_and_a_head_has_no_body() {
    let lab = Lab::start(|_| {});
    let requests = ["GET /healthz", "GET /none", "HEAD /healthz", "POST /healthz"];
    let requests = requests.map(|it| format!("{it} HTTP/1.1\r\nHost: HOST\r\n\r\n")).concat();
    let answer = answer(&lab, &requests).await;
    assert_eq!(statuses(&answer), [200, 404, 200, 405, 200]);
    let answers: Vec<_> = answer.split("HTTP/1.1 ").collect();
    assert!(answers[1].ends_with("\r\n\r\nok\n"), "{answer}");
    assert!(answers[3].ends_with("\r\n\r\n") && answers[3].contains("content-length: 3\r\n"), "{answer}");
    assert!(answers[4].contains("allow: GET,HEAD\r\n"), "{answer}");
    assert!(answers[2].ends_with("\r\n\r\nthere is nothing here under this path\n"), "{answer}");
    assert!(
        answers[4].ends_with("\r\n\r\nthis is answered to GET and HEAD and to no other method\n"),
        "{answer}"
    );
}

#[tokio::test]
async fn a_handshake_is_whole_and_has_nothing_behind_it() {
    let version = "Sec-WebSocket-Version: 13\r\n";
    let key = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
    let whole = format!("Connection: Upgrade\r\nUpgrade: websocket\r\n{version}{key}");
    let cases: &[Case] = &[
        // What comes behind it is no frame.
        (&whole, &[101]),
        (&format!("{whole}Content-Length: 0\r\n"), &[101]),
        (&format!("{whole}Content-Length: 5\r\n\r\nhello"), &[400, 200]),
        (&format!("{whole}Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n"), &[400, 200]),
        (&format!("{whole}{key}"), &[400, 200]),
        (&whole.replace("Connection: Upgrade\r\n", ""), &[400, 200]),
        (&whole.replace("Upgrade: websocket\r\n", ""), &[400, 200]),
        (&whole.replace(version, ""), &[426, 200]),
        (&whole.replace("13", "8"), &[426, 200]),
        (&whole.replace(key, ""), &[400, 200]),
    ];
    let ended = |head: &str| if head.ends_with("hello") { "" } else { "\r\n" };
    run(cases, |head| format!("GET /ws HTTP/1.1\r\nHost: HOST\r\n{head}{}", ended(head))).await;
    run(&[(&whole, &[426])], |head| format!("GET /ws HTTP/1.0\r\nHost: HOST\r\n{head}\r\n")).await;
    run(&[(&whole, &[405, 200])], |head| format!("POST /ws HTTP/1.1\r\nHost: HOST\r\n{head}\r\n")).await;
    let lab = Lab::start(|_| {});
    let head = whole.replace("13", "8");
    let told = answer(&lab, &format!("GET /ws HTTP/1.1\r\nHost: HOST\r\n{head}\r\n")).await;
    assert!(told.contains("sec-websocket-version: 13\r\n"), "{told}");
}
