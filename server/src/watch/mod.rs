//! A mirror's records as lines: for a person, for another program, or into a file.

mod line;

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::PathBuf;

use bufferevent::Record;
use bufferevent::recording::{Picture, RecordingWriter, SCHEMA, ServerMessage};
use futures_util::StreamExt;
use tokio_tungstenite::connect_async;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::error::Error;

/// What to watch, and where to put it.
#[derive(Debug, Clone, PartialEq, Eq, clap::Args)]
#[group(requires = "watch")]
pub struct WatchConfig {
    /// Print what a server's engine does instead, from its WebSocket
    #[arg(long, value_name = "ws://ADDRESS:PORT/ws", conflicts_with = "address")]
    pub watch: String,

    /// Print it as JSON Lines: each message of the wire, records one a line
    #[arg(long)]
    pub json: bool,

    /// Keep it as a recording that the page opens
    #[arg(long, value_name = "FILE")]
    pub record: Option<PathBuf>,
}

/// Prints until the server ends or the output is closed.
///
/// # Errors
/// The server cannot be reached, speaks another schema, or the file cannot be written.
pub fn run(config: &WatchConfig, output: impl Write) -> io::Result<()> {
    let file = config.record.as_ref().map(|path| {
        let problem = |error: io::Error| io::Error::new(error.kind(), format!("{}: {error}", path.display()));
        File::create(path).map_err(problem)
    });
    let recording = file.transpose()?.map(|file| RecordingWriter::new(BufWriter::new(file))).transpose()?;
    let sink = Sink { json: config.json, output: BufWriter::new(output), recording, lost: 0 };
    tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(follow(&config.watch, sink))
}

async fn follow(url: &str, mut sink: Sink<impl Write, impl Write>) -> io::Result<()> {
    let (mut socket, _) = connect_async(url).await.map_err(|error| unreachable(url, &error))?;
    while let Some(message) = socket.next().await {
        match message {
            Ok(Message::Text(text)) => {
                let message = serde_json::from_str(&text).map_err(|error| not_understood(url, &error))?;
                match sink.take(&message) {
                    Err(error) if error.kind() == io::ErrorKind::BrokenPipe => return Ok(()),
                    result => result?,
                }
            }
            Ok(Message::Close(Some(frame))) if !frame.reason.is_empty() => {
                return Err(io::Error::other(format!("{url}: {}", frame.reason)));
            }
            Ok(Message::Close(_)) => break,
            Ok(_) => {}
            // The server ended without a word: what came is whole.
            Err(Error::ConnectionClosed | Error::Protocol(_) | Error::Io(_)) => break,
            Err(error) => return Err(unreachable(url, &error)),
        }
    }
    let _ = socket.close(None).await;
    Ok(())
}

fn unreachable(url: &str, error: &Error) -> io::Error {
    match error {
        Error::Io(error) => io::Error::new(error.kind(), format!("cannot watch {url}: {error}")),
        Error::Http(response) => {
            let body = response.body().as_deref().map(String::from_utf8_lossy).unwrap_or_default();
            io::Error::other(format!("cannot watch {url}: {} {}", response.status(), body.trim()))
        }
        error => io::Error::other(format!("cannot watch {url}: {error}")),
    }
}

fn not_understood(url: &str, error: &serde_json::Error) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, format!("{url} sent what is not understood: {error}"))
}

struct Sink<W: Write, F: Write> {
    json: bool,
    output: W,
    recording: Option<RecordingWriter<F>>,
    /// How many records were lost so far.
    lost: u64,
}

impl<W: Write, F: Write> Sink<W, F> {
    fn take(&mut self, message: &ServerMessage) -> io::Result<()> {
        if let ServerMessage::Hello { schema, .. } = message
            && *schema != SCHEMA
        {
            let problem = format!("the server speaks schema {schema}, this program schema {SCHEMA}");
            return Err(io::Error::other(problem));
        }
        self.keep(message)?;
        match message {
            ServerMessage::Records { records } => records.iter().try_for_each(|record| self.print(record))?,
            other if self.json => {
                serde_json::to_writer(&mut self.output, other)?;
                self.output.write_all(b"\n")?;
            }
            ServerMessage::Gap { lost } => writeln!(self.output, "{lost} records were lost")?,
            ServerMessage::Snapshot { picture } => {
                let open = picture.connections.len();
                writeln!(self.output, "{:>14}  {open} connections are open", line::time(picture.time_us))?;
            }
            ServerMessage::Hello { .. } | ServerMessage::Pong => {}
        }
        self.output.flush()
    }

    fn keep(&mut self, message: &ServerMessage) -> io::Result<()> {
        let Some(recording) = &mut self.recording else { return Ok(()) };
        match message {
            ServerMessage::Snapshot { picture } => {
                recording.snapshot(&Picture { lost: self.lost, ..Picture::clone(picture) })?;
            }
            ServerMessage::Records { records } => {
                records.iter().try_for_each(|record| recording.record(record))?;
            }
            // The snapshot that follows says how many.
            ServerMessage::Gap { lost } => self.lost += lost,
            ServerMessage::Hello { .. } | ServerMessage::Pong => return Ok(()),
        }
        recording.flush()
    }

    fn print(&mut self, record: &Record) -> io::Result<()> {
        if self.json {
            serde_json::to_writer(&mut self.output, record)?;
            return self.output.write_all(b"\n");
        }
        writeln!(self.output, "{}", line::of(record))
    }
}

#[cfg(test)]
mod tests {
    use bufferevent::recording::Recording;
    use bufferevent::sim::{Scenario, Simulation};

    use super::*;

    #[test]
    fn a_gap_is_counted_in_the_file_and_said_to_the_person() {
        let simulation = Simulation::new(Scenario::tutorial(), Vec::<Record>::new());
        let records = simulation.observer().clone();
        let (mut output, mut file) = (Vec::new(), Vec::new());
        let recording = Some(RecordingWriter::new(&mut file).unwrap());
        let mut sink = Sink { json: false, output: &mut output, recording, lost: 0 };
        let mut picture = Box::<Picture>::default();
        sink.take(&ServerMessage::Snapshot { picture: picture.clone() }).unwrap();
        sink.take(&ServerMessage::Gap { lost: 7 }).unwrap();
        picture.seq = 7;
        sink.take(&ServerMessage::Snapshot { picture }).unwrap();
        let records: Vec<_> =
            records.into_iter().map(|record| Record { seq: record.seq + 7, ..record }).collect();
        sink.take(&ServerMessage::Records { records: records.clone() }).unwrap();
        drop(sink);

        assert!(String::from_utf8(output).unwrap().contains("\n7 records were lost\n"));
        let imported = Recording::import(&file[..]).unwrap();
        assert_eq!(imported.damage, None);
        assert_eq!(imported.recording.len(), records.len());
        assert_eq!(imported.recording.end().lost, 7);
    }
}
