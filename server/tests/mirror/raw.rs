//! A WebSocket client that writes its frames by hand, right ones and wrong ones.

use std::io::{ErrorKind, Result};
use std::net::SocketAddr;

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio::net::tcp::OwnedReadHalf;
use tokio::sync::mpsc;
use tokio::time::timeout;

use super::support::GUARD;

/// The bit of a frame's first byte that says that it ends its message, and what its other end says: RFC 6455, 5.2.
pub(crate) const FIN: u8 = 0x80;
pub(crate) const CONTINUATION: u8 = 0;
pub(crate) const TEXT: u8 = 1;
pub(crate) const BINARY: u8 = 2;
pub(crate) const CLOSE: u8 = 8;
pub(crate) const PING: u8 = 9;
pub(crate) const PONG: u8 = 10;

/// What RFC 6455, 7.1.5, calls the code of a close frame that has none.
pub(crate) const NO_CODE: u16 = 1005;

const MASK: [u8; 4] = [0x37, 0xfa, 0x21, 0x3d];

/// A frame as a client sends it: this first byte, and a mask.
pub(crate) fn frame(first: u8, payload: &[u8]) -> Vec<u8> {
    claimed(first, payload.len(), payload)
}

/// A frame of so many bytes, of which these come.
pub(crate) fn claimed(first: u8, length: usize, payload: &[u8]) -> Vec<u8> {
    let mut frame = vec![first];
    match (u8::try_from(length), u16::try_from(length)) {
        (Ok(short @ ..126), _) => frame.push(0x80 | short),
        (_, Ok(middle)) => {
            frame.push(0x80 | 126);
            frame.extend(middle.to_be_bytes());
        }
        _ => {
            frame.push(0x80 | 127);
            frame.extend((length as u64).to_be_bytes());
        }
    }
    frame.extend(MASK);
    frame.extend(payload.iter().zip(MASK.iter().cycle()).map(|(byte, mask)| byte ^ mask));
    frame
}

/// A text message.
pub(crate) fn text(payload: &[u8]) -> Vec<u8> {
    frame(FIN | TEXT, payload)
}

/// A close frame with a code, and a reason that need not be text.
pub(crate) fn close(code: u16, reason: &[u8]) -> Vec<u8> {
    frame(FIN | CLOSE, &[&code.to_be_bytes()[..], reason].concat())
}

/// What such a client sees. Of the mirror's own messages only `pong` is an answer.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Seen {
    /// A frame that answers a ping frame.
    Pong(Vec<u8>),
    /// The message `pong`, which answers the message `ping`.
    Heard,
    Close(u16, String),
    /// The server has ended the connection, in peace.
    End,
    /// The connection was reset: behind a network, what the server said last may be lost in that.
    Reset,
}

pub(crate) struct Raw {
    reader: BufReader<OwnedReadHalf>,
    writes: mpsc::UnboundedSender<Vec<u8>>,
}

impl Raw {
    /// A viewer that was greeted.
    pub(crate) async fn connect(http: SocketAddr) -> Self {
        let stream = TcpStream::connect(http).await.unwrap();
        stream.set_nodelay(true).unwrap();
        let (reader, mut writer) = stream.into_split();
        let (writes, mut written) = mpsc::unbounded_channel::<Vec<u8>>();
        // On the side: what is sent may find no room before the answer is read, or nobody who takes it.
        tokio::spawn(async move {
            while let Some(bytes) = written.recv().await {
                let _ = writer.write_all(&bytes).await;
            }
        });
        let mut raw = Self { reader: BufReader::new(reader), writes };
        let request = format!(
            "GET /ws HTTP/1.1\r\nHost: {http}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
             Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
        );
        raw.send(request.into_bytes());
        let mut head = String::new();
        while !head.ends_with("\r\n\r\n") {
            let read = timeout(GUARD, raw.reader.read_line(&mut head)).await.unwrap().unwrap();
            assert!(read > 0, "{head}");
        }
        assert!(head.starts_with("HTTP/1.1 101 "), "{head}");
        raw
    }

    pub(crate) fn send(&self, bytes: Vec<u8>) {
        self.writes.send(bytes).unwrap();
    }

    /// Sends it so many bytes at a time.
    pub(crate) fn chop(&self, bytes: &[u8], size: usize) {
        bytes.chunks(size).for_each(|chunk| self.send(chunk.to_vec()));
    }

    /// The next answer.
    pub(crate) async fn next(&mut self) -> Seen {
        loop {
            let (opcode, payload) = match timeout(GUARD, self.frame()).await.expect("the mirror speaks") {
                Ok(frame) => frame,
                Err(error) if error.kind() == ErrorKind::UnexpectedEof => return Seen::End,
                Err(_) => return Seen::Reset,
            };
            match opcode {
                TEXT if payload == br#"{"kind":"pong"}"# => return Seen::Heard,
                TEXT => {}
                PONG => return Seen::Pong(payload),
                CLOSE => return closed(&payload),
                other => panic!("a frame of kind {other}: {payload:x?}"),
            }
        }
    }

    /// The server's frames are whole messages without a mask.
    async fn frame(&mut self) -> Result<(u8, Vec<u8>)> {
        let [first, second] = [self.reader.read_u8().await?, self.reader.read_u8().await?];
        assert_eq!((first & 0xf0, second & 0x80), (FIN, 0), "{first:x} {second:x}");
        let length = match second {
            126 => u64::from(self.reader.read_u16().await?),
            127 => self.reader.read_u64().await?,
            short => u64::from(short),
        };
        let mut payload = vec![0; usize::try_from(length).expect("not so long")];
        self.reader.read_exact(&mut payload).await?;
        Ok((first & 0x0f, payload))
    }
}

fn closed(payload: &[u8]) -> Seen {
    let Some((code, reason)) = payload.split_first_chunk() else {
        assert_eq!(payload, b"", "a code has two bytes");
        return Seen::Close(NO_CODE, String::new());
    };
    Seen::Close(u16::from_be_bytes(*code), String::from_utf8(reason.to_vec()).expect("reasons are UTF-8"))
}
