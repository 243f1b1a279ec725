//! Measures the echo server beside others in one run: `cargo xtask bench`.
//!
//! The peers answer alike and are a few dozen lines each: `peers/libevent.c` on libevent, `src/bin/peer-tokio.rs` on tokio, and
//! `src/bin/peer-floor.rs`, the least that an echo server does (one thread, edge-triggered epoll, a read and a write for what has
//! come). What a server costs beyond the floor is its own; what it costs less than libevent is the engine's. Beyond the floor is
//! `uring`, on io_uring by way of compio, a workspace of its own: what there would be to gain from another kernel interface.
//!
//! # Method
//!
//! The server has one processor, the load another. For each load the servers take turns, a fresh process each time, in
//! another order each round, so that what else happens on the machine meets all alike. What is compared is the ratio in a
//! round; the table has the median over the rounds and how far the middle half of them spreads. Times come from two kinds of
//! load, see [`load`]: closed for how much a server does, open for how long a message takes at a rate that all can bear.
//! On a machine with other work rates say little, since the server waits for its processor: there the ratio of processor times
//! holds. `bufferevent*` is ours with `--read-limit 65536`, which reads as much at once as the other peers and more than its
//! libevent. Processor time is that of the server's threads as the scheduler counts it, system calls are counted by `strace` in a run of
//! their own, memory is what the process alone holds (`Pss_Anon`).
//!
//! `soak` is another thing: it measures nothing and looks, for long, whether every byte comes back.
//! Evbuffers are compared alone, too, operation by operation: [`evbuffer`]. There the ratio is of times, so that more is better
//! everywhere.
//!
//! What the kernel tells of a process and its processors is Linux's: elsewhere `compare`, `counts`, `server` and `soak` are missing, and the programs
//! that measure say that they cannot.
//!
//! - `compare`: the whole of it; `counts`: instructions and system calls alone, for a machine that others use; [`plan`]: which loads; [`peer`]: what the peers share; `server`: one that runs; [`load`]; [`report`]: tables, JSON, plot.

#[cfg(target_os = "linux")]
pub mod compare;
#[cfg(target_os = "linux")]
pub mod counts;
pub mod evbuffer;
pub mod load;
pub mod peer;
pub mod plan;
pub mod report;
#[cfg(target_os = "linux")]
pub mod server;
#[cfg(target_os = "linux")]
pub mod soak;

/// What a program says that measures, where it cannot.
#[cfg(not(target_os = "linux"))]
pub const NEEDS_LINUX: &str =
    "it measures by what Linux alone tells of a process: memory, processors, system calls";
