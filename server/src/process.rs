//! What concerns the whole process: signals and limits.

use std::future;
use std::io::{self, Read, Write};
use std::os::fd::AsFd;
use std::os::unix::net::UnixStream;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::thread;
use std::time::Duration;

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::flag;
use tokio::sync::oneshot;

/// SIGINT, SIGTERM and SIGHUP write a byte to `waker`; the second of them ends the process at once, with the exit status that a shell
/// gives for that signal.
///
/// # Errors
/// What the operating system says.
pub fn stop_on_signals(waker: &impl AsFd) -> io::Result<()> {
    let signals = [SIGINT, SIGTERM, SIGHUP];
    let told = Arc::new(AtomicBool::new(false));
    for signal in signals {
        // They run in the order in which they are registered, so the first signal finds nothing told.
        flag::register_conditional_shutdown(signal, 128 + signal, Arc::clone(&told))?;
    }
    for signal in signals {
        flag::register(signal, Arc::clone(&told))?;
    }
    for signal in signals {
        signal_hook::low_level::pipe::register(signal, waker.as_fd().try_clone_to_owned()?)?;
    }
    Ok(())
}

/// What ends with the first of those signals. Where the process has not ended by itself so long after it, `late` is said and
/// the exit status is 1: an output that nobody takes, or a disk, may hold up the thread that should end it.
///
/// # Errors
/// What the operating system says.
pub fn first_signal(within: Duration, late: &'static str) -> io::Result<impl Future<Output = ()>> {
    let (mut signals, waker) = UnixStream::pair()?;
    stop_on_signals(&waker)?;
    let (tell, told) = oneshot::channel();
    thread::Builder::new().name("signals".into()).spawn(move || {
        if signals.read_exact(&mut [0]).is_ok() && tell.send(()).is_ok() {
            thread::sleep(within);
            // Nobody who could be told that nobody can be told.
            let _ = writeln!(io::stderr(), "{late}");
            std::process::exit(1);
        }
    })?;
    Ok(async {
        if told.await.is_err() {
            future::pending::<()>().await;
        }
    })
}

/// Lets the process have so many descriptors, or as many as it may. Often it may have many more than it is given at
/// first.
pub fn raise_descriptor_limit(wanted: u64) {
    let limit = getrlimit(Resource::Nofile);
    let most = limit.maximum.map_or(wanted, |most| wanted.min(most));
    if limit.current.is_some_and(|current| current < most) {
        // Without them, connections are refused later, and the server says so.
        let _ = setrlimit(Resource::Nofile, Rlimit { current: Some(most), maximum: limit.maximum });
    }
}

/// How many descriptors the process may have.
#[must_use]
pub fn descriptor_limit() -> usize {
    let limit = getrlimit(Resource::Nofile).current;
    limit.and_then(|limit| usize::try_from(limit).ok()).unwrap_or(usize::MAX)
}
