//! The server and the client on real sockets. Every test of the server runs in every dialect.
//!
//! Nothing sleeps to let something happen: a test waits for bytes, for lines of the server or for records of its
//! engine. Timeouts on reads only keep a failing test from hanging.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

/// Makes a test for each dialect of each function named.
macro_rules! in_every_dialect {
    ($($test:ident,)*) => {
        mod dialect_1_4 {
            $(#[test] fn $test() { super::$test(bufferevent::Dialect::V1_4); })*
        }
        mod dialect_2_1 {
            $(#[test] fn $test() { super::$test(bufferevent::Dialect::V2_1); })*
        }
        mod dialect_2_2 {
            $(#[test] fn $test() { super::$test(bufferevent::Dialect::V2_2); })*
        }
        /// A dialect more is a module more: this does not compile without it.
        const _: [bufferevent::Dialect; 3] = bufferevent::Dialect::ALL;
    };
}

mod answers;
mod back_pressure;
mod child;
mod client;
mod descriptors;
mod ends;
mod hostile;
mod idle;
mod limits;
mod output;
mod page;
mod publish;
mod server;
mod signals;
