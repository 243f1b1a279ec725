//! For a system whose connections are opened from within.

use std::convert::Infallible;
use std::fmt;
use std::io;
use std::marker::PhantomData;
use std::net::SocketAddr;

use bufferevent_mio::{Door, Socket};
use mio::event::Source;
use mio::{Interest, Registry, Token};

/// Nobody comes in by one, and there is none.
#[derive(Debug)]
pub(crate) struct NoDoor<S>(Infallible, PhantomData<S>);

impl<S> Source for NoDoor<S> {
    fn register(&mut self, _: &Registry, _: Token, _: Interest) -> io::Result<()> {
        match self.0 {}
    }

    fn reregister(&mut self, _: &Registry, _: Token, _: Interest) -> io::Result<()> {
        match self.0 {}
    }

    fn deregister(&mut self, _: &Registry) -> io::Result<()> {
        match self.0 {}
    }
}

impl<S: Socket + fmt::Debug> Door for NoDoor<S> {
    type Socket = S;

    fn accept(&self) -> io::Result<(S, SocketAddr)> {
        match self.0 {}
    }

    fn address(&self) -> io::Result<SocketAddr> {
        match self.0 {}
    }
}
