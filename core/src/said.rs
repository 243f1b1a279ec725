//! What is said of something wrong, so that it can be said in another language too: words with gaps, and what stands in these.

use std::fmt::{self, Display};

use serde::Serialize;

/// What is said of something wrong. Displays in English.
///
/// It is parts, one after the other; each is words with gaps, `{}`, and what stands in these, in their order. The words are the
/// same for the same kind of thing, so that whoever speaks another language looks them up. What stands in a gap is what somebody
/// wrote or a number, or words that can be looked up as well. As JSON it is a list of lists: `[["must be at least {}", ["1"]]]`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
#[serde(transparent)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(type = "[words: string, gaps: string[]][]"))]
pub struct Said(Vec<Part>);

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct Part(&'static str, Vec<String>);

impl Said {
    /// These words, with these in their gaps.
    pub(crate) fn new(words: &'static str, gaps: &[&dyn Display]) -> Self {
        debug_assert_eq!(words.matches("{}").count(), gaps.len(), "{words}");
        Self(vec![Part(words, gaps.iter().map(ToString::to_string).collect())])
    }

    /// This, and then more.
    #[must_use]
    pub(crate) fn then(mut self, more: impl Into<Self>) -> Self {
        self.0.extend(more.into().0);
        self
    }
}

impl Display for Said {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for Part(words, gaps) in &self.0 {
            let mut gaps = gaps.iter();
            for (index, words) in words.split("{}").enumerate() {
                if index > 0 {
                    f.write_str(gaps.next().map_or("", String::as_str))?;
                }
                f.write_str(words)?;
            }
        }
        Ok(())
    }
}

/// What nobody need look up: it is said as it is.
impl From<&str> for Said {
    fn from(text: &str) -> Self {
        text.to_owned().into()
    }
}

/// The same.
impl From<String> for Said {
    fn from(text: String) -> Self {
        Self(vec![Part("{}", vec![text])])
    }
}

/// Words with gaps as [`Said`], and what stands in these.
macro_rules! said {
    ($words:literal $(, $gap:expr)* $(,)?) => {
        $crate::said::Said::new($words, &[$(&$gap),*])
    };
}

/// Words that stand in a gap of others, and can be looked up as well.
macro_rules! phrase {
    ($words:literal) => {
        $words
    };
}

pub(crate) use {phrase, said};

#[cfg(test)]
mod tests {
    #[test]
    fn gaps_are_filled_in_their_order_and_with_what_looks_like_one() {
        let said =
            said!("{} is above {}", "{}", 3).then(said!("; did you mean {}?", "{x}")).then("!".to_owned());
        assert_eq!(said.to_string(), "{} is above 3; did you mean {x}?!");
        let json = r#"[["{} is above {}",["{}","3"]],["; did you mean {}?",["{x}"]],["{}",["!"]]]"#;
        assert_eq!(crate::recording::to_json(&said).unwrap(), json);
    }
}
