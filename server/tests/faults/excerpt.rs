//! Bytes as a failure shows them: some of them, where they matter.

/// So many on each side.
const AROUND: usize = 24;

/// How many there are, and those around this place.
pub(crate) fn around(bytes: &[u8], place: usize) -> String {
    let (from, to) = (place.saturating_sub(AROUND).min(bytes.len()), bytes.len().min(place + AROUND));
    let [before, after] = [from, bytes.len() - to].map(|left_out| if left_out > 0 { "..." } else { "" });
    format!("{before}\"{}\"{after} of {} bytes", bytes[from..to].escape_ascii(), bytes.len())
}

/// Where the first of these is not how the second begins: the first place, with what is around it in both.
pub(crate) fn difference(got: &[u8], expected: &[u8]) -> Option<String> {
    let same = got.iter().zip(expected).take_while(|(got, expected)| got == expected).count();
    (same < got.len())
        .then(|| format!("from byte {same} on {} instead of {}", around(got, same), around(expected, same)))
}

#[test]
fn a_difference_is_shown_where_it_is_and_not_as_a_whole() {
    let (long, mut other) = (vec![b'x'; 10_000], vec![b'x'; 5000]);
    assert_eq!((difference(&other, &long), difference(b"", b"a")), (None, None));
    other[100] = b'\n';
    let shown = difference(&other, &long).unwrap();
    let (xs, rest) = ("x".repeat(24), "x".repeat(23));
    let expected = format!(
        "from byte 100 on ...\"{xs}\\n{rest}\"... of 5000 bytes instead of ...\"{xs}x{rest}\"... of 10000 bytes"
    );
    assert_eq!(shown, expected);
    assert_eq!(
        difference(b"ab", b"a").unwrap(),
        "from byte 1 on \"ab\" of 2 bytes instead of \"a\" of 1 bytes"
    );
}
