//! A mirror's records as lines: for a person (`line`), for another program, or into a file. `words` - what went wrong on the way.

mod line;
#[cfg(test)]
mod tests;
mod words;

use std::fmt::Display;
use std::fs::{self, File, Metadata, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use bufferevent::Record;
use bufferevent::recording::{Heard, Names, RecordingWriter, ServerMessage, Viewer, ViewerMessage, Watched};
use futures_util::{SinkExt, Stream, StreamExt};
use tokio::net::TcpStream;
use tokio::time::{MissedTickBehavior, timeout, timeout_at};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::error::{Error, ProtocolError};
use tokio_tungstenite::tungstenite::http::Uri;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

use crate::escaped;
use crate::publish::{PublishConfig, Publisher, TICK};

/// How long a server may take until it speaks WebSocket.
const HANDSHAKE_WITHIN: Duration = Duration::from_secs(10);

/// How long it may then take until it says what it is: ours does at once. Whether it is there at all is no answer.
const HELLO_WITHIN: Duration = Duration::from_secs(10);

/// A server that says nothing for so long is gone: ours asks every 15 seconds whether we are there.
const SILENT: Duration = Duration::from_secs(60);

/// How much is shown of what a server says that is none of ours, in bytes.
const SHOWN: usize = 200;

/// What to watch, and where to put it.
#[derive(Debug, Clone, PartialEq, Eq, clap::Args)]
#[group(requires = "watch")]
pub struct WatchConfig {
    /// Print what a server's engine does instead, from its WebSocket
    #[arg(long, value_name = "ws://ADDRESS:PORT/ws", conflicts_with = "address", value_parser = address)]
    pub watch: String,

    /// Watch this connection alone, by its number; may be given several times
    #[arg(long, value_name = "NUMBER")]
    pub connection: Vec<u64>,

    /// Print it as JSON Lines: each message of the wire, records one a line
    #[arg(long)]
    pub json: bool,

    /// Keep it as a recording that the page opens, in a new file
    #[arg(long, value_name = "FILE")]
    pub record: Option<PathBuf>,
}

/// An address that can be watched: what is wrong with it is said before anybody is asked.
fn address(text: &str) -> Result<String, String> {
    let problem = "expected ws://ADDRESS:PORT/ws";
    let uri: Uri = text.parse().map_err(|error| format!("{error}: {problem}"))?;
    match uri.scheme_str() {
        Some("ws") => {}
        Some(scheme) => return Err(format!("{scheme}:// is not spoken: {problem}")),
        None => return Err(problem.into()),
    }
    let authority = uri.authority().ok_or(problem)?;
    let host = authority.as_str().rsplit('@').next().unwrap_or_default();
    match host.strip_prefix(authority.host()).unwrap_or_default().strip_prefix(':') {
        // Passed over, it would be port 80 that is asked.
        Some(port) if port.parse::<u16>().is_err() => Err(format!("{port:?} is no port: {problem}")),
        _ => Ok(text.into()),
    }
}

/// Prints until the server ends, the output is closed or `stop` says so, and publishes what is printed where that is asked for.
///
/// # Errors
/// The server cannot be reached, speaks another schema or breaks off, or the output, the file or the folder cannot be written.
pub fn run(
    config: &WatchConfig,
    publish: &PublishConfig,
    output: impl Write,
    stop: impl Future<Output = ()>,
) -> io::Result<()> {
    let record = config.record.as_deref();
    // Before anybody is asked: what a person has typed wrong is said at once.
    record.map_or(Ok(()), expect_new)?;
    let watched = if config.connection.is_empty() {
        Watched::All
    } else {
        Watched::some(config.connection.iter().copied())
    };
    let publisher = Publisher::open(publish, Instant::now())?;
    let mut sink = Sink::new(config.json, BufWriter::new(output), None, watched);
    sink.publisher = publisher;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let followed = runtime.block_on(async {
        tokio::select! {
            followed = async {
                let socket = connect(&config.watch).await?;
                // No sooner: without a server there is nothing to keep.
                sink.recording = record.map(Kept::create).transpose()?;
                follow(&config.watch, socket, &mut sink).await
            } => followed,
            () = stop => Ok(()),
        }
    });
    // Whatever ended it: what came is published.
    let ended = sink.end();
    followed.and(ended)
}

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

async fn connect(url: &str) -> io::Result<Socket> {
    let connected = timeout(HANDSHAKE_WITHIN, connect_async(url)).await.map_err(|_| {
        let seconds = HANDSHAKE_WITHIN.as_secs();
        io::Error::other(format!("cannot watch {url}: it did not answer within {seconds} seconds"))
    })?;
    connected.map(|(socket, _)| socket).map_err(|error| unreachable(url, &error))
}

async fn follow(url: &str, mut socket: Socket, sink: &mut Sink<impl Write, impl Write>) -> io::Result<()> {
    if sink.watched != Watched::All {
        let watch = ViewerMessage::Watch { connections: sink.watched.clone() };
        let words = Message::text(serde_json::to_string(&watch)?);
        socket.send(words).await.map_err(|error| unreachable(url, &error))?;
    }
    let followed = listen(url, &mut socket, sink).await;
    // The server may have gone first.
    let _ = socket.close(None).await;
    followed
}

/// Hears what the server says, to its end.
async fn listen(
    url: &str,
    socket: &mut (impl Stream<Item = Result<Message, Error>> + Unpin),
    sink: &mut Sink<impl Write, impl Write>,
) -> io::Result<()> {
    let failed = |problem: &dyn Display| io::Error::other(format!("{url}: {problem}"));
    let broken = |problem: &dyn Display| failed(&format_args!("the server broke the protocol: {problem}"));
    let mut viewer = Viewer::new();
    let begun = tokio::time::Instant::now();
    let mut silent = begun + SILENT;
    let mut tick = tokio::time::interval(TICK);
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        let greeted = viewer.hello().is_some();
        let limit = if greeted { silent } else { begun + HELLO_WITHIN };
        let message = tokio::select! {
            message = timeout_at(limit, socket.next()) => message,
            _ = tick.tick(), if sink.publisher.is_some() => {
                sink.tick();
                continue;
            }
        };
        let Ok(message) = message else {
            if !greeted {
                let seconds = HELLO_WITHIN.as_secs();
                return Err(failed(&format_args!(
                    "the server did not say what it is within {seconds} seconds"
                )));
            }
            let seconds = SILENT.as_secs();
            return Err(failed(&format_args!("the connection was lost: nothing came for {seconds} seconds")));
        };
        silent = tokio::time::Instant::now() + SILENT;
        match message {
            Some(Ok(Message::Text(text))) => {
                let heard = viewer
                    .hear(text.as_bytes())
                    .map_err(|problem| failed(&escaped(problem.to_string().as_bytes(), SHOWN)))?;
                match sink.take(heard, &viewer) {
                    Err(error) if error.kind() == io::ErrorKind::BrokenPipe => return Ok(()),
                    result => result?,
                }
            }
            Some(Ok(Message::Close(frame))) => return parted(frame).map_err(|problem| failed(&problem)),
            Some(Ok(Message::Binary(_))) => return Err(broken(&"a message is not text")),
            Some(Ok(Message::Ping(_) | Message::Pong(_) | Message::Frame(_))) => {}
            Some(Err(Error::Protocol(ProtocolError::ResetWithoutClosingHandshake))) | None => {
                return Err(failed(&"the connection was lost"));
            }
            Some(Err(Error::Io(error))) => {
                return Err(failed(&format_args!("the connection was lost: {error}")));
            }
            Some(Err(error)) => return Err(broken(&words::of(&error))),
        }
    }
}

/// Whether the server has ended in order, or why not.
fn parted(frame: Option<CloseFrame>) -> Result<(), String> {
    match frame {
        Some(CloseFrame { code: CloseCode::Normal | CloseCode::Away, reason }) if reason.is_empty() => Ok(()),
        Some(CloseFrame { code, reason }) if reason.is_empty() => {
            Err(format!("the connection was lost: the server closed it with code {code}"))
        }
        Some(CloseFrame { reason, .. }) => Err(escaped(reason.as_bytes(), SHOWN)),
        None => Err("the connection was lost: the server closed it without a code".into()),
    }
}

fn unreachable(url: &str, error: &Error) -> io::Error {
    match error {
        Error::Io(error) => io::Error::new(error.kind(), format!("cannot watch {url}: {error}")),
        Error::Http(response) => {
            let body = response.body().as_deref().unwrap_or_default().trim_ascii();
            let said = escaped(body, SHOWN);
            io::Error::other(format!("cannot watch {url}: {} {said}", response.status()))
        }
        error => io::Error::other(format!("cannot watch {url}: {}", words::of(error))),
    }
}

/// Tells a person something, where there is something to tell.
fn say(line: Option<String>) {
    if let Some(line) = line {
        // Nobody who could be told that nobody can be told.
        let _ = writeln!(io::stderr(), "bufferevent-client: {line}");
    }
}

/// A file that keeps what is heard.
struct Kept<F: Write> {
    path: PathBuf,
    recording: RecordingWriter<F>,
}

/// Nothing would be lost by recording there: what is there is no file, or has nothing in it.
fn expect_new(path: &Path) -> io::Result<()> {
    // Where nothing can be seen there, the attempt to write says why.
    fs::metadata(path).map_or(Ok(()), |about| expect_empty(path, &about))
}

fn expect_empty(path: &Path, about: &Metadata) -> io::Result<()> {
    if about.is_file() && about.len() > 0 {
        let there = "the file is there already and would be lost: remove it, or name another";
        return Err(not_kept(path, &there));
    }
    Ok(())
}

impl Kept<BufWriter<File>> {
    fn create(path: &Path) -> io::Result<Self> {
        let file = OpenOptions::new().write(true).create(true).truncate(false).open(path);
        let file = file.map_err(|error| not_kept(path, &error))?;
        // Looked at once more, now that it is open: somebody may have written it meanwhile.
        let about = file.metadata().map_err(|error| not_kept(path, &error))?;
        expect_empty(path, &about)?;
        let file = RecordingWriter::new(BufWriter::new(file));
        let recording = file.map_err(|error| not_kept(path, &error))?;
        Ok(Self { path: path.to_owned(), recording })
    }
}

impl<F: Write> Kept<F> {
    fn keep(&mut self, heard: &Heard) -> io::Result<()> {
        let recording = &mut self.recording;
        let kept = match heard {
            // It says how many were lost before it.
            Heard::Snapshot(picture) => recording.snapshot(picture),
            Heard::Records(records) => records.iter().try_for_each(|record| recording.record(record)),
            Heard::Hello | Heard::Gap { .. } | Heard::Pong | Heard::Part => return Ok(()),
        };
        kept.and_then(|()| recording.flush()).map_err(|error| not_kept(&self.path, &error))
    }
}

/// Not of its own kind: an output that is closed is a reason to end well, and this is not that.
fn not_kept(path: &Path, error: &dyn Display) -> io::Error {
    io::Error::other(format!("cannot record to {}: {error}", path.display()))
}

struct Sink<W: Write, F: Write> {
    json: bool,
    output: W,
    recording: Option<Kept<F>>,
    publisher: Option<Publisher>,
    watched: Watched,
    /// There was a picture of what is watched and of nothing else. A server shows everything until it was told.
    begun: bool,
    /// Those of the last snapshot that had any.
    names: Names,
}

impl<W: Write, F: Write> Sink<W, F> {
    fn new(json: bool, output: W, recording: Option<Kept<F>>, watched: Watched) -> Self {
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
        self.tell(heard, viewer)
            .and_then(|()| self.output.flush())
            .map_err(|error| io::Error::new(error.kind(), format!("cannot print what is watched: {error}")))
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
        self.recording.as_mut().map_or(Ok(()), |recording| recording.keep(heard))
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
