//! An echo server as one is written with tokio: a task for each connection, on one thread.

use std::io;

use bufferevent_bench::peer::{READ, Service, announce};
use clap::Parser;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpSocket, TcpStream};

async fn serve(service: Service, mut socket: TcpStream) -> io::Result<()> {
    let mut answers = Vec::new();
    let mut room = Vec::new();
    loop {
        // A quiet connection keeps no room to read into.
        socket.readable().await?;
        room.resize(READ, 0);
        let bytes = socket.read(&mut room).await?;
        if bytes == 0 {
            return Ok(());
        }
        service.answer(&room[..bytes], &mut answers);
        socket.write_all(&answers).await?;
        answers.clear();
    }
}

fn listen() -> io::Result<TcpListener> {
    let socket = TcpSocket::new_v4()?;
    socket.bind(([127, 0, 0, 1], 0).into())?;
    socket.listen(4096)
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> io::Result<()> {
    let service = Service::parse();
    let listener = listen()?;
    announce(listener.local_addr()?)?;
    loop {
        let (socket, _) = listener.accept().await?;
        socket.set_nodelay(true)?;
        tokio::spawn(serve(service, socket));
    }
}
