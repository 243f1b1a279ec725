//! Where in its text something wrong with a scenario stands: an editor shows it beside the line.

use super::error::{Problem, ScenarioError};

impl ScenarioError {
    /// The line of the text that this was found in, from 1: that of the key or value, or of the object that lacks a key.
    #[must_use]
    pub fn line_in(&self, text: &str) -> usize {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let path = match &self.problem {
            Problem::Malformed { line, .. } => return (*line).max(1),
            Problem::UnknownKey { key, .. } | Problem::DuplicateKey(key) if self.place.is_empty() => {
                key.clone()
            }
            Problem::UnknownKey { key, .. } | Problem::DuplicateKey(key) => format!("{}.{key}", self.place),
            Problem::Missing | Problem::Value(_) => self.place.clone(),
        };
        let last = matches!(self.problem, Problem::DuplicateKey(_));
        let offset = Scan { bytes: text.as_bytes(), at: 0, last }.find(&path);
        1 + text.as_bytes()[..offset.min(text.len())].iter().filter(|byte| **byte == b'\n').count()
    }
}

/// Goes through a document that is known to be JSON. In one that is none it only ends early.
#[derive(Clone, Copy)]
struct Scan<'a> {
    bytes: &'a [u8],
    at: usize,
    /// Of two keys of one name, the last is looked for.
    last: bool,
}

impl<'a> Scan<'a> {
    /// The offset of what a path leads to, or of the innermost value on the way to it.
    fn find(mut self, mut path: &str) -> usize {
        loop {
            self.space();
            let start = self.at;
            let inner = match self.here() {
                b'{' if !path.is_empty() => self.key(path),
                b'[' if !path.is_empty() => self.item(path),
                _ => None,
            };
            match inner {
                Some((at, "")) => return at,
                Some((_, rest)) => path = rest,
                None => return start,
            }
        }
    }

    /// Goes to the value of the key that the path begins with; gives where the key stands, and the rest of the path.
    fn key<'p>(&mut self, path: &'p str) -> Option<(usize, &'p str)> {
        let mut found = None;
        self.at += 1;
        loop {
            self.space();
            let at = self.at;
            if self.here() != b'"' {
                break;
            }
            let key = self.string();
            self.space();
            self.at += 1;
            if let Some(rest) = key.as_deref().and_then(|key| rest_after(path, key)) {
                found = Some((at, self.at, rest));
                if !self.last {
                    break;
                }
            }
            self.skip();
            self.space();
            if self.here() != b',' {
                break;
            }
            self.at += 1;
        }
        found.map(|(key, value, rest)| {
            self.at = value;
            (key, rest)
        })
    }

    /// Goes to the item of a list that the path begins with.
    fn item<'p>(&mut self, path: &'p str) -> Option<(usize, &'p str)> {
        let (index, rest) = path.strip_prefix('[')?.split_once(']')?;
        self.at += 1;
        for _ in 0..index.parse::<usize>().ok()? {
            self.skip();
            self.space();
            if self.here() != b',' {
                return None;
            }
            self.at += 1;
        }
        self.space();
        Some((self.at, rest.strip_prefix('.').unwrap_or(rest)))
    }

    fn here(&self) -> u8 {
        self.bytes.get(self.at).copied().unwrap_or_default()
    }

    fn space(&mut self) {
        while self.here().is_ascii_whitespace() {
            self.at += 1;
        }
    }

    /// A string, with its quotes read away.
    fn string(&mut self) -> Option<String> {
        let start = self.at;
        self.at += 1;
        while self.at < self.bytes.len() && self.here() != b'"' {
            self.at += if self.here() == b'\\' { 2 } else { 1 };
        }
        self.at = (self.at + 1).min(self.bytes.len());
        serde_json::from_slice(&self.bytes[start..self.at]).ok()
    }

    /// Passes over one value.
    fn skip(&mut self) {
        let mut depth = 0_usize;
        self.space();
        while self.at < self.bytes.len() {
            match self.here() {
                b'"' => {
                    self.string();
                    self.at -= 1;
                }
                b'{' | b'[' => depth += 1,
                b'}' | b']' if depth == 0 => return,
                b'}' | b']' => depth -= 1,
                b',' if depth == 0 => return,
                _ => {}
            }
            self.at += 1;
        }
    }
}

/// What follows a key at the beginning of a path. Names of bufferevents are keys, and may have dots in them.
fn rest_after<'p>(path: &'p str, key: &str) -> Option<&'p str> {
    let rest = path.strip_prefix(key)?;
    match rest.chars().next() {
        None | Some('[') => Some(rest),
        Some('.') => Some(&rest[1..]),
        Some(_) => None,
    }
}
