//! `regress.tsv` names every entry of libevent's two lists once, and a test that exists or a reason for each.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

const TABLE: &str = include_str!("regress.tsv");

/// A line of the table.
struct Entry {
    list: &'static str,
    name: &'static str,
    is_ported: bool,
    /// The tests, or the reason.
    what: &'static str,
}

fn entries() -> impl Iterator<Item = Entry> {
    TABLE.lines().filter(|line| !line.starts_with('#')).map(|line| {
        let mut words = line.split('\t');
        let mut word = || words.next().unwrap_or_else(|| panic!("{line:?} has too few columns"));
        let [list, name, fate, what] = [word(), word(), word(), word()];
        assert_eq!(words.next(), None, "{line:?} has too many columns");
        assert!(["ported as", "not ported"].contains(&fate), "{line:?} says neither");
        Entry { list, name, is_ported: fate == "ported as", what }
    })
}

/// The tests of this list, as `module::name`.
fn tests(list: &str) -> BTreeSet<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join(format!("regress_{list}"));
    let mut tests = BTreeSet::new();
    for file in fs::read_dir(&folder).expect("the list has a folder of tests") {
        let path = file.expect("the folder can be read").path();
        let module = path.file_stem().expect("it is a file").to_string_lossy().into_owned();
        let source = fs::read_to_string(&path).expect("the file can be read");
        let names = source.split("#[test]\nfn ").skip(1).filter_map(|rest| rest.split('(').next());
        tests.extend(names.map(|name| format!("{module}::{name}")));
    }
    tests
}

#[test]
fn every_entry_of_the_library_is_there_once() {
    for (list, count) in [("bufferevent", 35), ("evbuffer", 59)] {
        let names: Vec<&str> = entries().filter(|entry| entry.list == list).map(|entry| entry.name).collect();
        assert_eq!(names.len(), count, "entries of {list}");
        assert_eq!(names.iter().collect::<BTreeSet<_>>().len(), count, "an entry of {list} is there twice");
    }
    assert_eq!(entries().count(), 35 + 59);
}

#[test]
fn what_is_ported_exists_and_stands_for_an_entry() {
    for list in ["bufferevent", "evbuffer"] {
        let ported = entries().filter(|entry| entry.list == list && entry.is_ported);
        let named: BTreeSet<String> =
            ported.flat_map(|entry| entry.what.split(", ")).map(str::to_owned).collect();
        assert_eq!(named, tests(list), "named in the table, and there are");
    }
}

#[test]
fn what_is_not_ported_has_a_reason() {
    const REASONS: [&str; 4] = ["locks: ", "zlib: ", "files: ", "filters: "];
    for entry in entries().filter(|entry| !entry.is_ported) {
        assert!(
            REASONS.iter().any(|reason| entry.what.starts_with(reason)),
            "{}: {}",
            entry.name,
            entry.what
        );
    }
}
