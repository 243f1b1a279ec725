//! Folders in which somebody else has been.

use serde_json::{Value, json};

use super::*;

const SEGMENT: &str = "0123456789abcdef0123456789abcdef.jsonl";
const CHAPTER: &str = "0123456789abcdef0123456789abcdef.json";

/// A folder to publish to, beside a file that is none of the publisher's business.
struct Yard(Scratch);

impl Yard {
    /// With an index of nothing, but for these fields.
    fn new(changes: &Value) -> Self {
        let yard = Self(Scratch::new());
        std::fs::create_dir_all(yard.folder()).unwrap();
        std::fs::write(yard.victim(), "somebody's").unwrap();
        let mut index = serde_json::to_value(Index::new(1000)).unwrap();
        changes.as_object().unwrap().iter().for_each(|(field, value)| index[field] = value.clone());
        std::fs::write(yard.folder().join(INDEX), index.to_string()).unwrap();
        yard
    }

    fn folder(&self) -> PathBuf {
        self.0.0.join("live")
    }

    fn victim(&self) -> PathBuf {
        self.0.0.join("victim.jsonl")
    }

    fn open(&self) -> Result<Publisher, String> {
        // The least that the programs allow.
        let config = PublishConfig {
            publish: Some(self.folder()),
            publish_max_bytes: 4_194_304,
            ..PublishConfig::default()
        };
        Publisher::open(&config, Instant::now()).map(Option::unwrap).map_err(|error| error.to_string())
    }

    fn assert_refused(&self, reason: &str) {
        let before = std::fs::read(self.folder().join(INDEX)).unwrap();
        let problem = self.open().unwrap_err();
        assert!(problem.contains(reason), "{problem}");
        assert_eq!(std::fs::read(self.folder().join(INDEX)).unwrap(), before);
        self.assert_victim_lives();
    }

    fn assert_victim_lives(&self) {
        assert_eq!(std::fs::read_to_string(self.victim()).unwrap(), "somebody's");
    }
}

/// More than the folder may have.
fn segment(name: &str) -> Value {
    json!({ "name": name, "run": 1, "after": 0, "last": 2, "from_us": 0, "to_us": 1, "bytes": 5_000_000 })
}

#[test]
fn a_name_that_is_none_of_ours_is_refused_wherever_it_stands_and_nothing_is_removed() {
    let absolute = std::env::temp_dir().join("victim.jsonl");
    for name in [
        "../victim.jsonl",
        absolute.to_str().unwrap(),
        "",
        ".",
        "00.jsonl",
        "index.json",
        "0123456789abcdef0123456789abcde/.jsonl",
        "0123456789ABCDEF0123456789ABCDEF.jsonl",
        "0123456789abcdef0123456789abcdef.txt",
        "0123456789abcdef0123456789abcdef.jsonl/../../victim.jsonl",
    ] {
        let segments = json!({ "segments": [segment(name), segment(SEGMENT)] });
        for changes in [segments, json!({ "older": name })] {
            Yard::new(&changes).assert_refused("is no name of a segment or a chapter");
        }
    }
}

#[test]
fn names_of_the_other_kind_and_counts_that_no_publisher_comes_to_are_refused() {
    for (changes, reason) in [
        (json!({ "older": SEGMENT }), "is no name of a chapter"),
        (json!({ "segments": [segment(CHAPTER)] }), "is no name of a segment"),
        (json!({ "run": u64::MAX }), "run is 18446744073709551615"),
        (json!({ "dropped": u64::MAX }), "dropped is 18446744073709551615"),
    ] {
        Yard::new(&changes).assert_refused(reason);
    }
}

#[test]
fn an_index_of_something_else_is_named_by_what_it_says_that_it_is() {
    for (index, reason) in [
        (r#"{"publication":"x"}"#, r#"publication is "x", and has to be "bufferevent""#),
        (r#"{"publication":7,"format":1}"#, "publication is 7"),
        (r#"{"publication":"bufferevent","format":9}"#, "its format is 9, this program's is 1"),
        (r#"{"name":"a package","version":"1.0.0"}"#, "this is no publication's"),
        (r#"{"publication":"bufferevent"}"#, "missing field `format`"),
        ("[]", "this is no publication's"),
        ("{", "the text ends"),
    ] {
        let yard = Yard::new(&json!({}));
        std::fs::write(yard.folder().join(INDEX), index).unwrap();
        yard.assert_refused(reason);
    }
}

#[test]
fn a_chapter_that_leads_out_of_the_folder_is_refused() {
    for (older, segments) in [(Some("../../etc/passwd"), vec![]), (None, vec![segment("../victim.jsonl")])] {
        let yard = Yard::new(&json!({}));
        let chapter =
            json!({ "publication": "bufferevent", "format": 1, "older": older, "segments": segments });
        let name = Folder::open(&yard.folder()).unwrap().put(chapter.to_string().as_bytes(), Kind::Chapter);
        let index = Index { older: Some(name.unwrap()), ..Index::new(1000) };
        std::fs::write(yard.folder().join(INDEX), serde_json::to_vec(&index).unwrap()).unwrap();
        yard.assert_refused("is no name of a segment or a chapter");
    }
}

/// It would be followed for ever.
#[test]
fn a_chapter_that_leads_back_to_itself_is_refused() {
    let yard = Yard::new(&json!({ "older": CHAPTER }));
    let circle = json!({ "publication": "bufferevent", "format": 1, "older": CHAPTER, "segments": [] });
    std::fs::write(yard.folder().join(CHAPTER), circle.to_string()).unwrap();
    yard.assert_refused("its content is not what it is named by");
}

/// Added up, what the index says would be more than can be counted.
#[test]
fn the_size_of_a_file_is_what_it_has_and_not_what_the_index_says() {
    let claim = |name| {
        let mut segment = segment(name);
        segment["bytes"] = json!(u64::MAX);
        segment
    };
    let missing = "00000000000000000000000000000000.jsonl";
    let yard = Yard::new(&json!({ "segments": [claim(missing), claim(SEGMENT), claim(SEGMENT)] }));
    std::fs::write(yard.folder().join(SEGMENT), "12345").unwrap();
    assert_eq!(yard.open().unwrap().bytes, 2 * 5);
}

#[cfg(unix)]
#[test]
fn what_a_link_leads_to_is_not_written_to() {
    let yard = Yard::new(&json!({}));
    for name in ["lock", "temporary"] {
        std::os::unix::fs::symlink(yard.victim(), yard.folder().join(name)).unwrap();
    }
    yard.open().unwrap().end(Instant::now()).unwrap();
    let index = std::fs::read_to_string(yard.folder().join(INDEX)).unwrap();
    assert!(index.contains(r#""ended":true"#), "{index}");
    yard.assert_victim_lives();
}
