//! Taking lines, by each rule of where one ends.

use bufferevent::EolStyle::{Any, Crlf, CrlfStrict, Lf, Nul};
use bufferevent::{EolStyle, Evbuffer};

/// Reads lines as long as there are any; `_` stands for one that is not there yet.
fn lines(buf: &mut Evbuffer, style: EolStyle) -> Vec<String> {
    let mut lines = Vec::new();
    loop {
        buf.assert_invariants();
        match buf.readln(style).unwrap() {
            Some(line) => lines.push(line.escape_ascii().to_string()),
            None => return lines,
        }
    }
}

fn all_lines(text: &[u8], style: EolStyle) -> (Vec<String>, usize) {
    let mut buf = Evbuffer::from(text);
    (lines(&mut buf, style), buf.len())
}

#[test]
fn any_run_of_cr_and_lf_ends_a_line() {
    let (found, rest) = all_lines(b"a tangled end\r\n\n\r\n\n\rmore\0\n", Any);
    assert_eq!((found, rest), (vec!["a tangled end".into(), "more\\x00".into()], 0));
    assert_eq!(all_lines(b"\nno end", Any), (vec![String::new()], 6));
}

#[test]
fn crlf_takes_an_lf_with_or_without_a_cr() {
    let (found, rest) = all_lines(b"one with\rin it\none with both\r\n\nlast\n", Crlf);
    assert_eq!(
        (found, rest),
        (vec!["one with\\rin it".into(), "one with both".into(), String::new(), "last".into()], 0)
    );
    assert_eq!(all_lines(b"x", Crlf), (vec![], 1));
}

#[test]
fn strict_crlf_waits_for_both() {
    let mut buf = Evbuffer::from(&b"x, not an\nend, but this is\r\n\r\nMore\r"[..]);
    assert_eq!(lines(&mut buf, CrlfStrict), ["x, not an\\nend, but this is", ""]);
    buf.add(b"\n").unwrap();
    assert_eq!((lines(&mut buf, CrlfStrict), buf.len()), (vec!["More".to_owned()], 0));
    buf.add(b"A CR\r inside is none\r\nNor is nothing").unwrap();
    assert_eq!(lines(&mut buf, CrlfStrict), ["A CR\\r inside is none"]);
    buf.add(b"\r\n").unwrap();
    assert_eq!((lines(&mut buf, CrlfStrict), buf.len()), (vec!["Nor is nothing".to_owned()], 0));
}

#[test]
fn lf_alone_leaves_the_cr_in_the_line() {
    let mut buf = Evbuffer::from(&b"A\rand an lf\n\nText"[..]);
    assert_eq!(lines(&mut buf, Lf), ["A\\rand an lf", ""]);
    buf.add(b"\n").unwrap();
    assert_eq!(lines(&mut buf, Lf), ["Text"]);
}

#[test]
fn a_zero_byte_ends_a_line() {
    let (found, rest) = all_lines(b"N\n\0\0the zeros that fill\0time\0 and media", Nul);
    assert_eq!(
        (found, rest),
        (vec!["N\\n".into(), String::new(), "the zeros that fill".into(), "time".into()], 10)
    );
}

#[test]
fn an_end_of_line_may_lie_across_moved_buffers() {
    let mut buf = Evbuffer::new();
    for piece in [&b" not an\nend, but this is\r"[..], b"\n\r", b"\nMore\r"] {
        buf.add_buffer(&mut Evbuffer::from(piece)).unwrap();
    }
    assert_eq!(lines(&mut buf, CrlfStrict), [" not an\\nend, but this is", ""]);
    buf.add(b"\n").unwrap();
    assert_eq!((lines(&mut buf, CrlfStrict), buf.len()), (vec!["More".to_owned()], 0));
}

#[test]
fn an_end_of_line_is_found_from_any_position() {
    let buf = Evbuffer::from(&b"a line! \r\n\r\nx\n"[..]);
    assert_eq!([0, 8, 9].map(|from| buf.search_eol(from, Crlf)), [Some((8, 2)), Some((8, 2)), Some((9, 1))]);
    assert_eq!(buf.search_eol(9, CrlfStrict), Some((10, 2)));
    assert_eq!([0, 9, 10].map(|from| buf.search_eol(from, Lf)), [Some((9, 1)), Some((9, 1)), Some((11, 1))]);
    assert_eq!(buf.search_eol(buf.len(), Lf), None);
}
