//! What mirroring costs the echo: `cargo bench --package bufferevent-server --bench mirror`.
//!
//! Servers in one run take turns under the same load, 50 busy connections: one without a mirror, one whose mirror nobody
//! watches, one with a viewer of one of the 50, one with a viewer of all that reads, one with a viewer of all that never
//! does. Two ratios of the same run: the processor time of the
//! echo thread is what bounds its throughput where the rest has processors of its own; the wall shows what is left of it
//! where load, server, mirror and viewer share what this machine has.

use std::fs;
use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::PathBuf;
use std::sync::{Arc, mpsc};
use std::time::Instant;

use bufferevent::recording::{Heard, Viewer, ViewerMessage, Watched};
use bufferevent::{Dialect, NoObserver};
use bufferevent_server::Printer;
use bufferevent_server::echo::{Config, Counters, EchoServer, LoopObserver, Output, PREFIX};
use bufferevent_server::mirror::{Mirror, MirrorConfig};
use tokio_tungstenite::tungstenite::{self, Message};

type Fault = Box<dyn std::error::Error>;

const CONNECTIONS: usize = 50;
const MESSAGES: usize = 500;
const ROUNDS: usize = 40;

struct Subject {
    name: &'static str,
    clients: Vec<TcpStream>,
    /// `/proc` says here how long the echo thread has run.
    schedstat: PathBuf,
    cpu: Vec<f64>,
    wall: Vec<f64>,
    counters: Arc<Counters>,
}

impl Subject {
    fn start(
        name: &'static str,
        server: EchoServer<impl LoopObserver + Send + 'static>,
    ) -> Result<Self, Fault> {
        let (address, counters) = (server.address(), server.counters());
        let (tell, told) = mpsc::channel();
        std::thread::spawn(move || {
            let sent = fs::read_link("/proc/thread-self").map(|thread| tell.send(thread));
            sent.is_ok().then(|| server.run())
        });
        let schedstat = PathBuf::from("/proc").join(told.recv()?).join("schedstat");
        let clients = (0..CONNECTIONS).map(|_| connect(address)).collect::<Result<_, _>>()?;
        Ok(Self { name, clients, schedstat, cpu: Vec::new(), wall: Vec::new(), counters })
    }

    fn cpu_nanos(&self) -> Result<f64, Fault> {
        let text = fs::read_to_string(&self.schedstat)?;
        Ok(text.split(' ').next().unwrap_or_default().parse()?)
    }

    /// One message on each connection at a time, so that all are busy at once.
    fn round(&mut self) -> Result<(), Fault> {
        let mut answer = vec![0; PREFIX.len() + 10];
        let (before, start) = (self.cpu_nanos()?, Instant::now());
        for _ in 0..MESSAGES {
            self.clients.iter_mut().try_for_each(|client| client.write_all(b"0123456789"))?;
            self.clients.iter_mut().try_for_each(|client| client.read_exact(&mut answer))?;
        }
        self.wall.push(start.elapsed().as_nanos() as f64);
        self.cpu.push(self.cpu_nanos()? - before);
        Ok(())
    }
}

fn connect(address: SocketAddr) -> io::Result<TcpStream> {
    let stream = TcpStream::connect(address)?;
    stream.set_nodelay(true)?;
    Ok(stream)
}

fn config() -> Config {
    Config { listen: "127.0.0.1:0".into(), quiet: true, ..Config::default() }
}

fn output() -> io::Result<Output> {
    Ok(Output::new(Printer::new(io::sink())?, Printer::new(io::sink())?))
}

fn mirrored(name: &'static str) -> Result<(Subject, SocketAddr), Fault> {
    let mirror = Mirror::bind(MirrorConfig { http: "127.0.0.1:0".into(), ..MirrorConfig::default() })?;
    let http = mirror.address()?;
    let server = EchoServer::bind(config(), mirror.observer(), output()?)?;
    mirror.start(Dialect::V1_4, server.counters(), server.nudger())?;
    Ok((Subject::start(name, server)?, http))
}

/// How a viewer behaves.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Reads {
    Everything,
    Nothing,
}

/// Watches these connections for as long as the process lives; returns when it sees them.
///
/// The viewer stands for another machine and should cost this one as little as may be: once it is told of, it only
/// empties its socket.
fn watch(http: SocketAddr, connections: &Watched, reads: Reads) -> Result<(), Fault> {
    let stream = TcpStream::connect(http)?;
    let (mut socket, _) = tungstenite::client(format!("ws://{http}/ws"), stream)?;
    let message = ViewerMessage::Watch { connections: connections.clone() };
    socket.send(Message::text(serde_json::to_string(&message)?))?;
    let mut viewer = Viewer::new();
    loop {
        let message = socket.read()?;
        let Heard::Snapshot(picture) = viewer.hear(&message.into_data())? else { continue };
        if picture.connections.keys().all(|&number| connections.includes(Some(number))) {
            break;
        }
    }
    let mut stream = socket.get_ref().try_clone()?;
    std::thread::spawn(move || {
        let _ = rustix::process::nice(19);
        let mut buffer = vec![0; 1 << 20];
        while reads == Reads::Everything && stream.read(&mut buffer).is_ok_and(|bytes| bytes > 0) {}
        // It stays connected.
        std::thread::park();
    });
    Ok(())
}

/// One of the mirror's own figures.
fn metric(http: SocketAddr, name: &str) -> Result<f64, Fault> {
    let mut stream = TcpStream::connect(http)?;
    write!(stream, "GET /metrics HTTP/1.0\r\nHost: {http}\r\n\r\n")?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    let line = answer.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
    Ok(line.ok_or("no such figure")?.parse()?)
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// The median over the rounds of this one's figure to the first one's in the same round.
fn ratio(of: &[f64], to: &[f64]) -> f64 {
    median(of.iter().zip(to).map(|(of, to)| of / to).collect())
}

fn main() -> Result<(), Fault> {
    let plain = Subject::start("without a mirror", EchoServer::bind(config(), NoObserver, output()?)?)?;
    let (unwatched, _) = mirrored("with a mirror, no viewer")?;
    let (watched, http) = mirrored("with a viewer of one connection")?;
    watch(http, &Watched::some([1]), Reads::Everything)?;
    let (all, http_of_all) = mirrored("with a viewer of all")?;
    watch(http_of_all, &Watched::All, Reads::Everything)?;
    let (stalled, http_of_stalled) = mirrored("with one of all that never reads")?;
    watch(http_of_stalled, &Watched::All, Reads::Nothing)?;
    let mut subjects = [plain, unwatched, watched, all, stalled];
    for round in 0..=ROUNDS {
        for subject in &mut subjects {
            subject.round()?;
            if round == 0 {
                // The first one warms up.
                subject.cpu.clear();
                subject.wall.clear();
            }
        }
    }
    let [plain, ..] = &subjects;
    for subject in &subjects {
        let each = median(subject.cpu.clone()) / (CONNECTIONS * MESSAGES) as f64;
        println!(
            "{:<32} {each:>6.0} ns of the echo thread and {:.2} waits a message; to the first: processor {:.3}, wall {:.3}",
            subject.name,
            subject.counters.waits() as f64 / ((ROUNDS + 1) * CONNECTIONS * MESSAGES) as f64,
            ratio(&subject.cpu, &plain.cpu),
            ratio(&subject.wall, &plain.wall)
        );
    }
    let (records, lost) =
        (metric(http, "bufferevent_records_total")?, metric(http, "bufferevent_records_dropped_total")?);
    let busy: f64 = subjects[2].wall.iter().sum::<f64>() / 1e9;
    println!("the viewer of one was sent {:.0} records a second of load and lost {lost}", records / busy);
    let lost = metric(http_of_all, "bufferevent_records_dropped_total")?;
    let records = metric(http_of_all, "bufferevent_records_total")?;
    println!("of {records} records the viewer of all lost {lost}");
    Ok(())
}
