//! What concerns the whole process: signals and limits.

use std::io;
use std::os::fd::AsFd;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::flag;

use bufferevent_mio::Waker;

/// SIGINT, SIGTERM and SIGHUP wake the waker; the second of them ends the process at once, with the exit status that a shell
/// gives for that signal.
///
/// # Errors
/// What the operating system says.
pub fn stop_on_signals(waker: &Waker) -> io::Result<()> {
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
