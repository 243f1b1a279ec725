//! A value within a JSON value, by its JSON pointer (RFC 6901): to look at it, and to change it.

use super::json::Json;

impl Json {
    /// The value that a JSON pointer leads to.
    pub(super) fn pointer(&self, path: &str) -> Option<&Self> {
        tokens(path)?.try_fold(self, |at, token| match at {
            Self::Object(entries) => entries.iter().find(|(key, _)| *key == token).map(|(_, value)| value),
            Self::List(items) => items.get(token.parse::<usize>().ok()?),
            _ => None,
        })
    }

    /// The same, to change it.
    pub(super) fn pointer_mut(&mut self, path: &str) -> Option<&mut Self> {
        tokens(path)?.try_fold(self, |at, token| match at {
            Self::Object(entries) => {
                entries.iter_mut().find(|(key, _)| *key == token).map(|(_, value)| value)
            }
            Self::List(items) => items.get_mut(token.parse::<usize>().ok()?),
            _ => None,
        })
    }

    /// Gives a key of an object this value, whether it was there or not. Nothing becomes of it in what is no object.
    pub(super) fn put(&mut self, key: &str, value: Self) {
        let Self::Object(entries) = self else { return };
        match entries.iter_mut().find(|(there, _)| there == key) {
            Some((_, old)) => *old = value,
            None => entries.push((key.to_owned(), value)),
        }
    }
}

/// The parts of a JSON pointer; nothing where the text is none.
fn tokens(path: &str) -> Option<impl Iterator<Item = String> + use<'_>> {
    let tokens = path.split('/').map(|token| token.replace("~1", "/").replace("~0", "~"));
    (path.is_empty() || path.starts_with('/')).then(|| tokens.skip(1))
}
