//! A mirror's records as lines: for a person, for another program, or into a file.

mod line;

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::PathBuf;
use std::time::Instant;

use bufferevent::Record;
use bufferevent::recording::{Heard, Names, RecordingWriter, ServerMessage, Viewer, ViewerMessage, Watched};
use futures_util::{SinkExt, Stream, StreamExt};
use tokio::time::MissedTickBehavior;
use tokio_tungstenite::connect_async;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::error::Error;

use crate::publish::{PublishConfig, Publisher, TICK};

/// What to watch, and where to put it.
#[derive(Debug, Clone, PartialEq, Eq, clap::Args)]
#[group(requires = "watch")]
pub struct WatchConfig {
    /// Print what a server's engine does instead, from its WebSocket
    #[arg(long, value_name = "ws://ADDRESS:PORT/ws", conflicts_with = "address")]
    pub watch: String,

    /// Watch this connection alone, by its number; may be given several times
    #[arg(long, value_name = "NUMBER")]
    pub connection: Vec<u64>,

    /// Print it as JSON Lines: each message of the wire, records one a line
    #[arg(long)]
    pub json: bool,

    /// Keep it as a recording that the page opens
    #[arg(long, value_name = "FILE")]
    pub record: Option<PathBuf>,
}

/// Prints until the server ends or the output is closed, and publishes what is printed where that is asked for.
///
/// # Errors
/// The server cannot be reached, speaks another schema, or the file or folder cannot be written.
pub fn run(config: &WatchConfig, publish: &PublishConfig, output: impl Write) -> io::Result<()> {
    let file = config.record.as_ref().map(|path| {
        let problem = |error: io::Error| io::Error::new(error.kind(), format!("{}: {error}", path.display()));
        File::create(path).map_err(problem)
    });
    let recording = file.transpose()?.map(|file| RecordingWriter::new(BufWriter::new(file))).transpose()?;
    let watched = if config.connection.is_empty() {
        Watched::All
    } else {
        Watched::some(config.connection.iter().copied())
    };
    let publisher = Publisher::open(publish, Instant::now())?;
    let mut sink = Sink::new(config.json, BufWriter::new(output), recording, watched);
    sink.publisher = publisher;
    tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(follow(&config.watch, sink))
}

async fn follow(url: &str, mut sink: Sink<impl Write, impl Write>) -> io::Result<()> {
    let (mut socket, _) = connect_async(url).await.map_err(|error| unreachable(url, &error))?;
    if sink.watched != Watched::All {
        let watch = ViewerMessage::Watch { connections: sink.watched.clone() };
        let words = Message::text(serde_json::to_string(&watch)?);
        socket.send(words).await.map_err(|error| unreachable(url, &error))?;
    }
    let followed = listen(url, &mut socket, &mut sink).await;
    // The server may have gone first.
    let _ = socket.close(None).await;
    // Whatever ended it: what came is published.
    let ended = sink.end();
    followed.and(ended)
}

/// Hears what the server says, to its end.
async fn listen(
    url: &str,
    socket: &mut (impl Stream<Item = Result<Message, Error>> + Unpin),
    sink: &mut Sink<impl Write, impl Write>,
) -> io::Result<()> {
    let mut viewer = Viewer::new();
    let mut tick = tokio::time::interval(TICK);
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        let message = tokio::select! {
            message = socket.next() => message,
            _ = tick.tick(), if sink.publisher.is_some() => {
                sink.tick();
                continue;
            }
        };
        match message {
            Some(Ok(Message::Text(text))) => {
                let problem =
                    |problem| io::Error::new(io::ErrorKind::InvalidData, format!("{url}: {problem}"));
                let heard = viewer.hear(text.as_bytes()).map_err(problem)?;
                match sink.take(heard, &viewer) {
                    Err(error) if error.kind() == io::ErrorKind::BrokenPipe => return Ok(()),
                    result => result?,
                }
            }
            Some(Ok(Message::Close(Some(frame)))) if !frame.reason.is_empty() => {
                return Err(io::Error::other(format!("{url}: {}", frame.reason)));
            }
            Some(Ok(Message::Close(_))) | None => return Ok(()),
            Some(Ok(_)) => {}
            // The server ended without a word: what came is whole.
            Some(Err(Error::ConnectionClosed | Error::Protocol(_) | Error::Io(_))) => return Ok(()),
            Some(Err(error)) => return Err(unreachable(url, &error)),
        }
    }
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

/// Tells a person something, where there is something to tell.
fn say(line: Option<String>) {
    if let Some(line) = line {
        // Nobody who could be told that nobody can be told.
        let _ = writeln!(io::stderr(), "bufferevent-client: {line}");
    }
}

struct Sink<W: Write, F: Write> {
    json: bool,
    output: W,
    recording: Option<RecordingWriter<F>>,
    publisher: Option<Publisher>,
    watched: Watched,
    /// There was a picture of what is watched and of nothing else. A server shows everything until it was told.
    begun: bool,
    /// Those of the last snapshot that had any.
    names: Names,
}

impl<W: Write, F: Write> Sink<W, F> {
    fn new(json: bool, output: W, recording: Option<RecordingWriter<F>>, watched: Watched) -> Self {
        Self { json, output, recording, publisher: None, watched, begun: false, names: Names::default() }
    }

    fn take(&mut self, heard: Heard, viewer: &Viewer) -> io::Result<()> {
        if let Heard::Snapshot(picture) = &heard {
            self.begun |= picture.connections.keys().all(|&number| self.watched.includes(Some(number)));
            if !picture.names.is_empty() {
                self.names.clone_from(&picture.names);
            }
        }
        if !self.begun && !matches!(heard, Heard::Hello) {
            return Ok(());
        }
        self.keep(&heard)?;
        if let Some(publisher) = &mut self.publisher {
            say(publisher.take(&heard, viewer, Instant::now()));
        }
        self.tell(heard, viewer)?;
        self.output.flush()
    }

    fn tick(&mut self) {
        if let Some(publisher) = &mut self.publisher {
            say(publisher.tick(Instant::now()));
        }
    }

    fn end(self) -> io::Result<()> {
        self.publisher.map_or(Ok(()), |publisher| publisher.end(Instant::now()))
    }

    fn keep(&mut self, heard: &Heard) -> io::Result<()> {
        let Some(recording) = &mut self.recording else { return Ok(()) };
        match heard {
            // It says how many were lost before it.
            Heard::Snapshot(picture) => recording.snapshot(picture)?,
            Heard::Records(records) => records.iter().try_for_each(|record| recording.record(record))?,
            Heard::Hello | Heard::Gap { .. } | Heard::Pong | Heard::Part => return Ok(()),
        }
        recording.flush()
    }

    fn tell(&mut self, heard: Heard, viewer: &Viewer) -> io::Result<()> {
        match heard {
            Heard::Records(records) => records.iter().try_for_each(|record| self.print(record)),
            Heard::Hello => match viewer.hello() {
                Some(hello) if self.json => self.print_json(&ServerMessage::Hello(hello.clone())),
                _ => Ok(()),
            },
            Heard::Snapshot(picture) if self.json => {
                self.print_json(&ServerMessage::Snapshot { picture, more: false })
            }
            Heard::Snapshot(picture) => {
                let open = picture.connections.len();
                writeln!(self.output, "{:>14}  {open} connections are open", line::time(picture.time))
            }
            Heard::Gap { lost, at_least } if self.json => {
                self.print_json(&ServerMessage::Gap { lost, at_least })
            }
            Heard::Gap { lost, at_least } => {
                let at_least = if at_least { "at least " } else { "" };
                writeln!(self.output, "{at_least}{lost} records were lost")
            }
            Heard::Pong | Heard::Part => Ok(()),
        }
    }

    fn print_json(&mut self, message: &ServerMessage) -> io::Result<()> {
        serde_json::to_writer(&mut self.output, message)?;
        self.output.write_all(b"\n")
    }

    fn print(&mut self, record: &Record) -> io::Result<()> {
        if self.json {
            serde_json::to_writer(&mut self.output, record)?;
            return self.output.write_all(b"\n");
        }
        writeln!(self.output, "{}", line::of(record, &self.names))
    }
}

#[cfg(test)]
mod tests {
    use bufferevent::recording::{Picture, Recording};
    use bufferevent::sim::{Scenario, Simulation};

    use super::*;

    #[test]
    fn a_gap_is_counted_in_the_file_and_said_to_the_person() {
        let simulation = Simulation::new(Scenario::tutorial(), Vec::<Record>::new());
        let records = simulation.observer().clone();
        let (mut output, mut file) = (Vec::new(), Vec::new());
        let recording = Some(RecordingWriter::new(&mut file).unwrap());
        let mut sink = Sink::new(false, &mut output, recording, Watched::All);
        let mut viewer = Viewer::new();
        let mut say = |message: &ServerMessage| {
            let heard = viewer.hear(&serde_json::to_vec(message).unwrap()).unwrap();
            sink.take(heard, &viewer).unwrap();
        };
        let mut picture = Box::<Picture>::default();
        say(&ServerMessage::Snapshot { picture: picture.clone(), more: false });
        say(&ServerMessage::Gap { lost: 7, at_least: false });
        picture.seq = 7;
        say(&ServerMessage::Snapshot { picture, more: false });
        let records: Vec<_> =
            records.into_iter().map(|record| Record { seq: record.seq + 7, ..record }).collect();
        say(&ServerMessage::Records { records: records.clone() });
        drop(sink);

        assert!(String::from_utf8(output).unwrap().contains("\n7 records were lost\n"));
        let imported = Recording::import(&file[..]).unwrap();
        assert_eq!(imported.damage, None);
        assert_eq!(imported.recording.len(), records.len());
        assert_eq!(imported.recording.end().lost, 7);
    }

    #[test]
    fn several_bufferevents_of_a_program_have_their_names_in_the_lines_and_in_the_file() {
        let scenario = r#"{"format":2,"dialect":"2.1","bufferevents":{"client":{"pair_with":"server"},"server":{}},
            "timers":{"tick":{"after_ms":5,"do":[[{"write":"x","of":"client"}]]}},"script":[{"advance_ms":5},{"turn":2}]}"#;
        let mut simulation = Simulation::new(Scenario::from_json(scenario).unwrap(), Vec::<Record>::new());
        let names = simulation.names();
        while simulation.run_step() {}
        let (mut output, mut file) = (Vec::new(), Vec::new());
        let recording = Some(RecordingWriter::new(&mut file).unwrap());
        let mut sink = Sink::new(false, &mut output, recording, Watched::All);
        let mut viewer = Viewer::new();
        let records = simulation.observer().clone();
        for message in [
            ServerMessage::Snapshot {
                picture: Box::new(Picture::default().with_names(names.clone())),
                more: false,
            },
            ServerMessage::Records { records },
        ] {
            let heard = viewer.hear(&serde_json::to_vec(&message).unwrap()).unwrap();
            sink.take(heard, &viewer).unwrap();
        }
        drop(sink);

        let output = String::from_utf8(output).unwrap();
        for part in ["conn 1 client ", "conn 2 server ", ":tick"] {
            assert!(output.contains(part), "{part} is not in\n{output}");
        }
        assert_eq!(Recording::import(&file[..]).unwrap().recording.end().names, names);
    }
}
