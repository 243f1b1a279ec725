//! The least that an echo server does: one thread, edges, a read and a write for what has come.

use std::io::{self, Read, Write};

use bufferevent_bench::peer::{READ, Service, announce};
use clap::Parser;
use mio::net::{TcpListener, TcpStream};
use mio::{Events, Interest, Poll, Token};

const LISTENER: Token = Token(usize::MAX);

struct Connection {
    socket: TcpStream,
    answers: Vec<u8>,
    sent: usize,
}

impl Connection {
    /// Answers what there is. False when the connection is over.
    fn serve(&mut self, service: Service, room: &mut [u8]) -> io::Result<bool> {
        loop {
            while self.sent < self.answers.len() {
                self.sent += self.socket.write(&self.answers[self.sent..])?;
            }
            self.sent = 0;
            self.answers.clear();
            let bytes = self.socket.read(room)?;
            if bytes == 0 {
                return Ok(false);
            }
            service.answer(&room[..bytes], &mut self.answers);
            if bytes < room.len() {
                self.sent = self.socket.write(&self.answers)?;
                if self.sent == self.answers.len() {
                    return Ok(true);
                }
            }
        }
    }
}

fn main() -> io::Result<()> {
    let service = Service::parse();
    let mut poll = Poll::new()?;
    let mut listener = TcpListener::bind(([127, 0, 0, 1], 0).into())?;
    rustix::net::listen(&listener, 4096)?;
    poll.registry().register(&mut listener, LISTENER, Interest::READABLE)?;
    announce(listener.local_addr()?)?;
    let (mut connections, mut free) = (Vec::<Option<Connection>>::new(), Vec::new());
    let (mut events, mut room) = (Events::with_capacity(1024), vec![0; READ]);
    loop {
        poll.poll(&mut events, None)?;
        for event in &events {
            if event.token() == LISTENER {
                while let Ok((mut socket, _)) = listener.accept() {
                    socket.set_nodelay(true)?;
                    let place = free.pop().unwrap_or(connections.len());
                    poll.registry().register(
                        &mut socket,
                        Token(place),
                        Interest::READABLE | Interest::WRITABLE,
                    )?;
                    let connection = Some(Connection { socket, answers: Vec::new(), sent: 0 });
                    if place == connections.len() {
                        connections.push(connection);
                    } else {
                        connections[place] = connection;
                    }
                }
            } else if let Some(connection) = &mut connections[event.token().0] {
                let goes_on = match connection.serve(service, &mut room) {
                    Err(error) if error.kind() == io::ErrorKind::WouldBlock => true,
                    served => served.unwrap_or(false),
                };
                if !goes_on {
                    connections[event.token().0] = None;
                    free.push(event.token().0);
                }
            }
        }
    }
}
