//! An echo server on io_uring, as one is written with compio: a task for each connection, on one thread. What there is beyond
//! the floor for who asks the kernel for completions instead of readiness.

use std::io;

use bufferevent_bench::peer::{READ, Service, announce};
use clap::Parser;
use compio::BufResult;
use compio::io::{AsyncRead, AsyncWriteExt};
use compio::net::{TcpListener, TcpStream};

async fn serve(service: Service, mut socket: TcpStream) -> io::Result<()> {
    let (mut room, mut answers) = (Vec::with_capacity(READ), Vec::new());
    loop {
        let bytes;
        BufResult(bytes, room) = socket.read(room).await;
        if bytes? == 0 {
            return Ok(());
        }
        service.answer(&room, &mut answers);
        let sent;
        BufResult(sent, answers) = socket.write_all(answers).await;
        sent?;
        answers.clear();
        room.clear();
    }
}

#[compio::main]
async fn main() -> io::Result<()> {
    let service = Service::parse();
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    rustix::net::listen(&listener, 4096)?;
    announce(listener.local_addr()?)?;
    loop {
        let (socket, _) = listener.accept().await?;
        rustix::net::sockopt::set_tcp_nodelay(&socket, true)?;
        compio::runtime::spawn(serve(service, socket)).detach();
    }
}
