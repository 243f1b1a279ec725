//! A server with its mirror, clients and viewers, all in this process on free ports.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use bufferevent::recording::{Heard, Picture, Station};
use bufferevent::{Dialect, Record, recording};
use bufferevent_mio::Waker;
use bufferevent_server::Printer;
use bufferevent_server::echo::{Config, EchoServer, Output, PREFIX};
use bufferevent_server::mirror::{Mirror, MirrorConfig, MirrorObserver, Serving};
use futures_util::{SinkExt, StreamExt};
use tokio::net::TcpStream as AsyncStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};

/// Nothing here takes so long: a guard against a test that hangs, not a measure.
pub(crate) const GUARD: Duration = Duration::from_secs(60);

pub(crate) struct Lab {
    pub(crate) echo: SocketAddr,
    pub(crate) http: SocketAddr,
    nudger: Waker,
    serving: Serving,
    over: Arc<AtomicBool>,
    /// Connections so far, which is the number of the last.
    opened: AtomicU64,
    thread: JoinHandle<EchoServer<MirrorObserver>>,
}

impl Lab {
    pub(crate) fn start(adjust: impl FnOnce(&mut MirrorConfig)) -> Self {
        Self::start_as(Dialect::V1_4, adjust)
    }

    pub(crate) fn start_as(dialect: Dialect, adjust: impl FnOnce(&mut MirrorConfig)) -> Self {
        Self::start_with(Config { dialect, ..Config::default() }, adjust)
    }

    pub(crate) fn start_with(config: Config, adjust: impl FnOnce(&mut MirrorConfig)) -> Self {
        let config = Config { listen: "127.0.0.1:0".into(), quiet: true, ..config };
        let dialect = config.dialect;
        let mut settings = MirrorConfig { http: "127.0.0.1:0".into(), ..MirrorConfig::default() };
        adjust(&mut settings);
        let mirror = Mirror::bind(settings).expect("a free port");
        let http = mirror.address().expect("it listens");
        let printer = || Printer::new(std::io::sink()).expect("a thread");
        let output = Output::new(printer(), printer());
        let server = EchoServer::bind(config, mirror.observer(), output).expect("a free port");
        let (echo, nudger, over) = (server.address(), server.nudger(), Arc::new(AtomicBool::new(false)));
        let serving = mirror.start(dialect, server.counters(), nudger.clone()).expect("a thread");
        let stop = Arc::clone(&over);
        let thread = std::thread::spawn(move || {
            server.run_while(|| !stop.load(Ordering::Acquire)).expect("the loop goes on")
        });
        Self { echo, http, nudger, serving, over, opened: AtomicU64::new(0), thread }
    }

    /// Ends the loop and gives the engine's state as it was at rest.
    pub(crate) fn stop(self) -> Picture {
        self.over.store(true, Ordering::Release);
        self.nudger.wake();
        self.thread.join().expect("the loop did not panic").base().snapshot()
    }

    /// Ends the loop and then the mirror, as the program does.
    pub(crate) async fn end(self) {
        self.over.store(true, Ordering::Release);
        self.nudger.wake();
        let ended = tokio::task::spawn_blocking(|| {
            self.thread.join().expect("the loop did not panic");
            self.serving.finish(GUARD)
        });
        ended.await.expect("no panic").expect("nothing is published");
    }

    pub(crate) fn client(&self) -> Client {
        self.opened.fetch_add(1, Ordering::Relaxed);
        let stream = TcpStream::connect(self.echo).expect("the server accepts");
        stream.set_read_timeout(Some(GUARD)).expect("a timeout");
        stream.set_nodelay(true).expect("an option");
        Client(stream)
    }

    pub(crate) async fn viewer(&self) -> Viewer {
        let url = format!("ws://{}/ws", self.http);
        let (socket, _) = tokio_tungstenite::connect_async(url).await.expect("the mirror accepts");
        let ear = recording::Viewer::new();
        Viewer { socket, ear, picture: Picture::default(), records: Vec::new(), lost: 0, snapshots: 0 }
    }

    /// A connection that comes and goes: who has seen it end has seen everything before. Gives its number.
    pub(crate) fn mark(&self) -> u64 {
        let mut client = self.client();
        client.say(b"mark");
        client.end();
        self.opened.load(Ordering::Relaxed)
    }

    /// An answer that shows that the echo goes on, byte for byte.
    pub(crate) fn assert_echoes(&self) {
        self.client().say(b"still here");
    }
}

pub(crate) struct Client(TcpStream);

impl Client {
    pub(crate) fn send(&mut self, bytes: &[u8]) {
        self.0.write_all(bytes).expect("the server takes it");
    }

    pub(crate) fn expect(&mut self, bytes: &[u8]) {
        let mut answer = vec![0; bytes.len()];
        self.0.read_exact(&mut answer).expect("the server answers");
        assert_eq!(answer, bytes);
    }

    /// Ends the connection and waits until the server has, too.
    pub(crate) fn end(mut self) {
        self.0.shutdown(std::net::Shutdown::Write).expect("it is open");
        assert_eq!(self.0.read_to_end(&mut Vec::new()).expect("the server closes"), 0);
    }

    /// Sends at most ten bytes and waits for their answer.
    pub(crate) fn say(&mut self, bytes: &[u8]) {
        self.send(bytes);
        self.expect(&[PREFIX.as_bytes(), bytes].concat());
    }
}

pub(crate) struct Viewer {
    pub(crate) socket: WebSocketStream<MaybeTlsStream<AsyncStream>>,
    pub(crate) ear: recording::Viewer,
    /// Folded from what came.
    pub(crate) picture: Picture,
    pub(crate) records: Vec<Record>,
    pub(crate) lost: u64,
    pub(crate) snapshots: usize,
}

impl Viewer {
    /// The next message, folded into the picture; none once the server has closed, with its reason.
    pub(crate) async fn next(&mut self) -> Result<Heard, String> {
        // Not of each frame: pings come for ever.
        tokio::time::timeout(GUARD, self.heard()).await.expect("the mirror speaks")
    }

    async fn heard(&mut self) -> Result<Heard, String> {
        loop {
            match self.socket.next().await {
                Some(Ok(Message::Text(text))) => {
                    let heard = self.ear.hear(text.as_bytes()).expect("it follows the schema");
                    self.fold(&heard);
                    return Ok(heard);
                }
                Some(Ok(Message::Close(frame))) => {
                    return Err(
                        frame.map_or_else(String::new, |frame| format!("{} {}", frame.code, frame.reason))
                    );
                }
                Some(Ok(_)) => {}
                Some(Err(error)) => return Err(error.to_string()),
                None => return Err("ended".into()),
            }
        }
    }

    fn fold(&mut self, heard: &Heard) {
        match heard {
            Heard::Snapshot(picture) => {
                assert_eq!(picture.seq, self.picture.seq, "the viewer's own count goes on");
                self.picture = (**picture).clone();
                self.snapshots += 1;
            }
            Heard::Records(records) => {
                records.iter().for_each(|record| self.picture.fold(record));
                self.records.extend(records.iter().cloned());
            }
            Heard::Gap { lost, .. } => {
                self.lost += lost;
                self.picture.seq += lost;
            }
            Heard::Hello | Heard::Part | Heard::Pong => {}
        }
    }

    /// Reads on until the picture is so.
    pub(crate) async fn until(&mut self, reached: impl Fn(&Self) -> bool) {
        while !reached(self) {
            self.next().await.expect("the mirror goes on");
        }
    }

    pub(crate) async fn joined(&mut self) {
        self.until(|viewer| viewer.snapshots > 0).await;
    }

    pub(crate) async fn say(&mut self, text: &str) {
        self.socket.send(Message::text(text)).await.expect("the mirror listens");
    }

    /// Reads until that connection was seen to end, and with it everything before.
    pub(crate) async fn until_gone(&mut self, number: u64) {
        let gone = |viewer: &Self| {
            let connections = &viewer.picture.connections;
            let ended = connections.get(&number).is_some_and(|connection| connection.freed);
            // A picture that was taken after its end does not show it at all.
            let passed = viewer.snapshots > 1 && !connections.contains_key(&number);
            (ended || passed) && viewer.picture.event_loop.station == Station::Idle
        };
        self.until(gone).await;
    }
}
