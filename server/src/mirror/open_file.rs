//! A file that is being served: what its bytes are read from, and what was known of it when it was opened.

use std::future::{Ready, ready};
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncSeek, ReadBuf};
use tower_http::services::fs::{File, Metadata};

#[derive(Debug)]
pub(super) struct OpenFile<Bytes, About> {
    pub(super) bytes: Bytes,
    pub(super) about: About,
}

impl<Bytes: AsyncRead + Unpin, About: Unpin> AsyncRead for OpenFile<Bytes, About> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        into: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.bytes).poll_read(context, into)
    }
}

impl<Bytes: AsyncSeek + Unpin, About: Unpin> AsyncSeek for OpenFile<Bytes, About> {
    fn start_seek(mut self: Pin<&mut Self>, position: io::SeekFrom) -> io::Result<()> {
        Pin::new(&mut self.bytes).start_seek(position)
    }

    fn poll_complete(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<u64>> {
        Pin::new(&mut self.bytes).poll_complete(context)
    }
}

impl<Bytes, About> File for OpenFile<Bytes, About>
where
    Bytes: AsyncRead + AsyncSeek + Unpin + Send + Sync,
    About: Metadata + Clone + Unpin + Send + Sync,
{
    type Metadata = About;
    type MetadataFuture<'a>
        = Ready<io::Result<About>>
    where
        Self: 'a;

    fn metadata(&self) -> Self::MetadataFuture<'_> {
        ready(Ok(self.about.clone()))
    }
}
