//! Lines of C under construction, and the places of the scenario that they stand for.

use super::Span;
use super::literal;

/// No line of a comment goes beyond it, a tab counting as four.
const WIDTH: usize = 100;

/// A piece of the program.
#[derive(Debug, Default)]
pub(super) struct Text {
    lines: Vec<String>,
    spans: Vec<Span>,
    depth: usize,
}

impl Text {
    /// A line at the present depth, or several; further ones of a statement are one deeper by their own tab.
    pub(super) fn line(&mut self, text: impl AsRef<str>) {
        for line in text.as_ref().split('\n') {
            let tabs = if line.is_empty() { 0 } else { self.depth };
            self.lines.push("\t".repeat(tabs) + line.trim_end());
        }
    }

    /// An empty line, unless there is one or a block has just begun.
    pub(super) fn gap(&mut self) {
        if self.lines.last().is_some_and(|line| !line.is_empty() && !line.ends_with('{')) {
            self.lines.push(String::new());
        }
    }

    /// A comment of as many lines as it takes.
    pub(super) fn comment(&mut self, text: &str) {
        let lines = wrapped(text, WIDTH - 4 * self.depth - "/*  */".len());
        self.line(format!("/* {} */", lines.join("\n * ")));
    }

    /// A comment of several paragraphs, for the top of a file.
    pub(super) fn heading(&mut self, paragraphs: &[String]) {
        self.line("/*");
        for (index, paragraph) in paragraphs.iter().enumerate() {
            if index > 0 {
                self.line(" *");
            }
            wrapped(paragraph, WIDTH - " * ".len()).iter().for_each(|line| self.line(format!(" * {line}")));
        }
        self.line(" */");
    }

    /// What stands one deeper: a block's inside.
    pub(super) fn inside(&mut self, write: impl FnOnce(&mut Self)) {
        self.depth += 1;
        write(self);
        self.depth -= 1;
    }

    /// A block with its braces.
    pub(super) fn block(&mut self, head: &str, write: impl FnOnce(&mut Self)) {
        self.line(format!("{head} {{"));
        self.inside(write);
        self.line("}");
    }

    /// What is done only if this holds, braces where it is more than one line.
    pub(super) fn only_if(&mut self, condition: &str, write: impl FnOnce(&mut Self)) {
        let mut then = Self::default();
        write(&mut then);
        match then.lines.len() {
            0 => {}
            1 => {
                self.line(format!("if ({condition})"));
                self.inside(|text| text.append(then));
            }
            _ => self.block(&format!("if ({condition})"), |text| text.append(then)),
        }
    }

    /// What is written stands for this place. Nothing written is no span.
    pub(super) fn place(&mut self, place: impl Into<String>, write: impl FnOnce(&mut Self)) {
        let (first, at) = (self.lines.len(), self.spans.len());
        write(self);
        let last = self.lines.len();
        if last > first {
            // Before those inside.
            let number = |line: usize| u32::try_from(line).unwrap_or(u32::MAX);
            self.spans.insert(at, Span { place: place.into(), first: number(first + 1), last: number(last) });
        }
    }

    /// Another piece below this one, as deep as this one is.
    pub(super) fn append(&mut self, other: Self) {
        let by = u32::try_from(self.lines.len()).unwrap_or(u32::MAX);
        other.lines.iter().for_each(|line| self.line(line));
        let moved = |span: Span| Span { first: span.first + by, last: span.last + by, ..span };
        self.spans.extend(other.spans.into_iter().map(moved));
    }

    /// Some line has this.
    pub(super) fn mentions(&self, word: &str) -> bool {
        self.lines.iter().any(|line| line.contains(word))
    }

    /// The text, which ends with a line's end, and the spans in its order.
    pub(super) fn finish(self) -> (String, Vec<Span>) {
        (self.lines.join("\n") + "\n", self.spans)
    }
}

/// The words in lines of at most so many bytes, where no word is longer.
fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in literal::comment(text).split_whitespace() {
        let line = lines.last_mut().expect("there is one");
        if !line.is_empty() && line.len() + 1 + word.len() > width {
            lines.push(word.to_owned());
        } else {
            line.push_str(if line.is_empty() { "" } else { " " });
            line.push_str(word);
        }
    }
    lines
}
