//! Load for the echo server: connections that each send a message, wait for its answer, and send the next.
//!
//! With the server under `strace -f -c`, its system calls divided by the messages say what one message costs:
//!
//! ```text
//! strace -f -c -o calls.txt target/release/bufferevent-server --quiet &
//! cargo run --release --example load -- --messages 400
//! kill %1; cat calls.txt
//! ```

use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::thread;
use std::time::Instant;

use bufferevent_server::echo::PREFIX;
use clap::Parser;

/// Keeps connections to the echo server busy.
#[derive(Debug, Clone, Parser)]
struct Load {
    /// The server, which answers with the tutorial's prefix
    #[arg(value_name = "ADDRESS:PORT", default_value = "127.0.0.1:5555")]
    address: String,
    /// How many connections
    #[arg(long, default_value_t = 50)]
    connections: usize,
    /// How many messages on each
    #[arg(long, default_value_t = 1000)]
    messages: usize,
    /// Bytes of a message
    #[arg(long, default_value_t = 10)]
    size: usize,
}

fn main() -> io::Result<()> {
    let load = Load::parse();
    let started = Instant::now();
    let connections: Vec<_> = (0..load.connections)
        .map(|_| {
            let load = load.clone();
            thread::spawn(move || load.converse())
        })
        .collect();
    for connection in connections {
        connection.join().map_err(|_| io::Error::other("a connection failed"))??;
    }
    let (messages, took) = (load.connections * load.messages, started.elapsed().as_secs_f64());
    println!("{messages} messages in {took:.2} s, {:.0} a second", messages as f64 / took);
    Ok(())
}

impl Load {
    fn converse(&self) -> io::Result<()> {
        let mut socket = TcpStream::connect(&self.address)?;
        socket.set_nodelay(true)?;
        let message = vec![b'x'; self.size];
        let mut answer = vec![0; PREFIX.len() + self.size];
        for _ in 0..self.messages {
            socket.write_all(&message)?;
            socket.read_exact(&mut answer)?;
        }
        Ok(())
    }
}
