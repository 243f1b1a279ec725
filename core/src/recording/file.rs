//! A recording as a file: JSON Lines with a header.
//!
//! The first line is the header, then come records, one a line, each with the `seq` that follows; a number that is left out is a
//! record that is missing, and the file damaged. A blank line is nothing. A line `{"snapshot": PICTURE}` says where a stretch
//! starts that the records before do not lead to: at the beginning, and after a gap that whoever recorded knew of.

use std::fmt;
use std::io::{self, BufRead, Write};

use serde::{Deserialize, Serialize};

use super::text::Text;
use super::{Picture, Recording, SCHEMA};
use crate::object::Object;
use crate::said::{Said, said};
use crate::{Record, words};

/// The name in a header, by which a recording is known.
const NAME: &str = "bufferevent";

/// The longest line that is read, in bytes: a snapshot of many connections fits.
const MAX_LINE: usize = 64 * 1024 * 1024;

/// What some editors put before text in UTF-8.
const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

/// The first line of a recording.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Header {
    /// Always `bufferevent`.
    pub recording: String,
    /// The version of the schema.
    pub schema: u32,
    /// The version of the engine that wrote it.
    pub engine: String,
}

#[derive(Serialize)]
struct SnapshotLine<'a> {
    snapshot: &'a Picture,
}

#[derive(Deserialize)]
struct Snapshot {
    snapshot: Object<Picture>,
}

/// How a line with a snapshot begins; every other line is a record.
const SNAPSHOT: &[u8] = br#"{"snapshot""#;

/// How a header begins: files were put together where one comes later.
const HEADER: &[u8] = br#"{"recording""#;

/// What was read of a file.
#[derive(Debug)]
pub struct Imported {
    /// Everything that is whole.
    pub recording: Recording,
    /// What is not.
    pub damage: Option<Damage>,
}

/// Lines that could not be read and were passed over, or before which others are missing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Damage {
    /// The first of them, from 1.
    pub line: u64,
    /// What is wrong with it.
    pub problem: Said,
    /// How many there are.
    pub lines: u64,
}

impl From<&Damage> for Said {
    fn from(Damage { line, problem, lines }: &Damage) -> Self {
        let first = said!("line {}: ", line).then(problem.clone());
        match lines {
            1 => first,
            lines => first.then(said!(" ({} damaged lines in all)", lines)),
        }
    }
}

impl fmt::Display for Damage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Said::from(self).fmt(f)
    }
}

/// Why a file is no recording at all.
#[derive(Debug)]
pub enum ImportError {
    /// It could not be read.
    Io(io::Error),
    /// Its first line is no header.
    NoHeader(Said),
    /// It follows another version of the schema.
    OtherSchema(u32),
}

impl From<&ImportError> for Said {
    fn from(error: &ImportError) -> Self {
        match error {
            ImportError::Io(error) => said!("the recording cannot be read: {}", error),
            ImportError::NoHeader(problem) => {
                said!("line {}: ", 1).then(said!("not the header of a recording: ")).then(problem.clone())
            }
            ImportError::OtherSchema(schema) => said!("line {}: ", 1).then(said!(
                "the recording has schema {}, this version reads schema {}",
                schema,
                SCHEMA
            )),
        }
    }
}

impl fmt::Display for ImportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Said::from(self).fmt(f)
    }
}

impl std::error::Error for ImportError {}

impl From<io::Error> for ImportError {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

impl Header {
    /// The header that this version writes.
    #[must_use]
    pub fn current() -> Self {
        Self { recording: NAME.into(), schema: SCHEMA, engine: env!("CARGO_PKG_VERSION").into() }
    }
}

/// Writes a recording line by line, as it comes.
#[derive(Debug)]
pub struct RecordingWriter<W: Write> {
    to: W,
    /// Kept for its memory.
    line: Text,
}

impl<W: Write> RecordingWriter<W> {
    /// Writes the header.
    ///
    /// # Errors
    /// What the writer says, here and below.
    pub fn new(mut to: W) -> io::Result<Self> {
        let mut line = Text::default();
        write_line(&mut to, &mut line, &Header::current())?;
        Ok(Self { to, line })
    }

    /// The picture that the next records start from: first of all, and after a gap.
    ///
    /// # Errors
    /// What the writer says.
    pub fn snapshot(&mut self, snapshot: &Picture) -> io::Result<()> {
        write_line(&mut self.to, &mut self.line, &SnapshotLine { snapshot })
    }

    /// One record.
    ///
    /// # Errors
    /// What the writer says.
    pub fn record(&mut self, record: &Record) -> io::Result<()> {
        write_line(&mut self.to, &mut self.line, record)
    }

    /// Where it is written to.
    pub const fn get_ref(&self) -> &W {
        &self.to
    }

    /// The same, with nothing more to come.
    pub fn into_inner(self) -> W {
        self.to
    }

    /// Has the writer pass on what it holds back.
    ///
    /// # Errors
    /// What the writer says.
    pub fn flush(&mut self) -> io::Result<()> {
        self.to.flush()
    }
}

impl Recording {
    /// Writes the recording as JSON Lines.
    ///
    /// # Errors
    /// What the writer says.
    pub fn export(&self, to: impl Write) -> io::Result<()> {
        let mut writer = RecordingWriter::new(to)?;
        writer.snapshot(self.start())?;
        let mut cuts = self.cuts().peekable();
        // Where records are missing, what is known there: it is no damage of the file that is written.
        let mut picture = self.has_gaps().then(|| self.start().clone());
        for (position, record) in (self.start_position()..).zip(self.records()) {
            while let Some((_, snapshot)) = cuts.next_if(|(at, _)| *at <= position) {
                writer.snapshot(snapshot)?;
                picture = picture.map(|_| snapshot.clone());
            }
            if let Some(picture) = &mut picture {
                if let Some(missing @ 1..) = record.seq.checked_sub(picture.seq.saturating_add(1)) {
                    picture.note_lost(missing);
                    picture.seq = record.seq - 1;
                    writer.snapshot(picture)?;
                }
                picture.fold(record);
            }
            writer.record(record)?;
        }
        cuts.try_for_each(|(_, snapshot)| writer.snapshot(snapshot))?;
        writer.flush()
    }

    /// Whether records are missing that no snapshot stands for; a snapshot of its own may be taken for one.
    fn has_gaps(&self) -> bool {
        let mut before = self.start().seq;
        self.records()
            .any(|record| std::mem::replace(&mut before, record.seq).checked_add(1) != Some(record.seq))
    }

    /// Reads a recording. Lines that cannot be read are passed over and reported; what they would have told is marked
    /// as uncertain in the pictures after them.
    ///
    /// # Errors
    /// [`ImportError`] when it is no recording, or one of another schema.
    pub fn import(from: impl BufRead) -> Result<Imported, ImportError> {
        let mut recording = Self::default();
        let (damage, begun) = recording.append_text(from)?;
        let nothing = || Damage { line: 1, problem: said!("nothing comes after the header"), lines: 1 };
        let damage = damage.or_else(|| (!begun).then(nothing));
        Ok(Imported { recording, damage })
    }

    /// Reads a recording that goes on where this one ends, or, with a gap between them, somewhere later. Gives what could
    /// not be read of it.
    ///
    /// # Errors
    /// [`ImportError`] when it is no recording, or one of another schema. A file that cannot be read to its end is there as
    /// far as it was read.
    pub fn append_file(&mut self, from: impl BufRead) -> Result<Option<Damage>, ImportError> {
        self.append_text(from).map(|(damage, _)| damage)
    }

    /// Gives besides whether there was anything.
    fn append_text(&mut self, mut from: impl BufRead) -> Result<(Option<Damage>, bool), ImportError> {
        let mut bytes = Vec::new();
        if read_line(&mut from, &mut bytes)? == Line::TooLong {
            return Err(ImportError::NoHeader(too_long()));
        }
        let text = bytes.strip_prefix(BYTE_ORDER_MARK).unwrap_or(&bytes).trim_ascii_end();
        let Object(header): Object<Header> = serde_json::from_slice(text)
            .map_err(|error| ImportError::NoHeader(words::placed(text, &error)))?;
        if header.recording != NAME {
            return Err(ImportError::NoHeader(said!("recording is {}", format!("{:?}", header.recording))));
        }
        if header.schema != SCHEMA {
            return Err(ImportError::OtherSchema(header.schema));
        }
        let damage = self.append_lines(from, &mut bytes);
        self.settle();
        damage
    }

    /// What comes after the header. The last record is not in the picture after it yet.
    fn append_lines(
        &mut self,
        mut from: impl BufRead,
        bytes: &mut Vec<u8>,
    ) -> Result<(Option<Damage>, bool), ImportError> {
        let mut damage: Option<Damage> = None;
        // What goes on where another file ended needs no start of its own.
        let mut lines = Lines { begun: !self.is_empty(), hidden: 0 };
        let mut number = 1;
        loop {
            let problem = match read_line(&mut from, bytes)? {
                Line::None => break,
                Line::TooLong => {
                    lines.hidden += 1;
                    Err(too_long())
                }
                Line::Whole | Line::Cut if bytes.trim_ascii().is_empty() => Ok(()),
                line @ (Line::Whole | Line::Cut) => lines.append_to(self, bytes, line == Line::Cut),
            };
            number += 1;
            if let Err(problem) = problem {
                damage.get_or_insert(Damage { line: number, problem, lines: 0 }).lines += 1;
            }
        }
        Ok((damage, lines.begun))
    }
}

/// What is known of the lines that were read.
struct Lines {
    /// There was a snapshot, or records that one leads to.
    begun: bool,
    /// So many lines since the last that was good are not: as many records that are missing are in them.
    hidden: u64,
}

impl Lines {
    /// Appends what a line has; the reason where it has nothing that can be, or something is missing before it. `cut` where
    /// the file ends in it.
    fn append_to(&mut self, recording: &mut Recording, line: &[u8], cut: bool) -> Result<(), Said> {
        // What is missing is missing in this line, and not in the next.
        let line = line.trim_ascii_end();
        let told = |error: serde_json::Error| match cut && error.is_eof() {
            true => said!("the file is cut off in this line"),
            false => words::placed(line, &error),
        };
        let known = self.hidden;
        // Until it is read.
        self.hidden += 1;
        if line.starts_with(SNAPSHOT) {
            let Snapshot { snapshot: Object(snapshot) } = serde_json::from_slice(line).map_err(told)?;
            recording.settle();
            // What the records before lead to is no new start.
            if recording.is_empty() || snapshot != *recording.end() {
                recording.append_snapshot(snapshot);
            }
            *self = Self { begun: true, hidden: 0 };
            return Ok(());
        }
        if line.starts_with(HEADER) {
            self.hidden = known;
            return Err(said!("another recording begins here"));
        }
        let record: Record = serde_json::from_slice(line).map_err(told)?;
        let (before, seq) = (recording.end().seq, record.seq);
        if seq <= before {
            self.hidden = known;
            return Err(said!("seq is {} after {}, and has to rise", seq, before));
        }
        recording.append_in_passing(record);
        let Self { begun, .. } = std::mem::replace(self, Self { begun: true, hidden: 0 });
        match seq - before - 1 {
            _ if !begun && known == 0 => Err(said!("the snapshot that it starts from is missing before it")),
            // The snapshot may be in what could not be read: nobody knows what is missing besides.
            _ if !begun => Ok(()),
            missing if missing <= known => Ok(()),
            1 => Err(said!("record {} is missing before it", before + 1)),
            _ => Err(said!("records {} to {} are missing before it", before + 1, seq - 1)),
        }
    }
}

fn write_line(mut to: impl Write, line: &mut Text, value: &impl Serialize) -> io::Result<()> {
    line.clear();
    line.add(value)?;
    line.end_line();
    to.write_all(line.as_bytes())
}

/// What was read of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Line {
    /// Nothing: the file is at its end.
    None,
    /// All of it.
    Whole,
    /// All that there is; the file ends in it.
    Cut,
    /// Its beginning, as far as a line may go. The rest was passed over.
    TooLong,
}

fn too_long() -> Said {
    said!("longer than {} bytes", MAX_LINE)
}

/// Reads the next line, with its end.
fn read_line(from: &mut impl BufRead, into: &mut Vec<u8>) -> io::Result<Line> {
    into.clear();
    io::Read::take(&mut *from, MAX_LINE as u64 + 1).read_until(b'\n', into)?;
    if into.ends_with(b"\n") {
        Ok(Line::Whole)
    } else if into.len() > MAX_LINE {
        from.skip_until(b'\n')?;
        Ok(Line::TooLong)
    } else {
        Ok(if into.is_empty() { Line::None } else { Line::Cut })
    }
}
