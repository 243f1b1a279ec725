//! A server that hangs up on who says nothing, and a timer of its own.
//!
//! `cargo run --package bufferevent-mio --example timeouts`, then `nc 127.0.0.1 5555`: each line is answered with how many
//! seconds the server has run; after three seconds of silence it says goodbye. A read timeout starts again with each
//! read, not with each message, and says what happened in the event callback.

use std::time::Duration;

use bufferevent::{BuffereventOptions, Callbacks, Dialect, Directions, Due, EventFlags, What};
use bufferevent_mio::{Driver, Listener};

/// How long a client may be silent.
const SILENCE: Duration = Duration::from_secs(3);

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let address = std::env::args().nth(1).unwrap_or_else(|| "127.0.0.1:5555".into());
    let dialect = std::env::args().nth(2).map_or(Ok(Dialect::V2_1), |dialect| dialect.parse())?;
    let mut driver = Driver::new(dialect)?;
    let mut listener = Listener::bind(&mut driver, address)?;
    println!("listening on {}", listener.address()?);
    let options = BuffereventOptions { close_on_free: true, ..BuffereventOptions::default() };

    let second = Duration::from_secs(1);
    let clock = driver.base.event_new(None, EventFlags::PERSIST);
    driver.base.event_mut(clock)?.add(Some(second))?;
    let mut seconds = 0;
    while let Some(due) = driver.next_callback()? {
        match due {
            Due::Application(event, _) if event == clock => seconds += 1,
            Due::Application(event, _) if listener.is_about(event) => {
                while let Some((handle, _)) = listener.accept(&mut driver) {
                    let id = driver.base.bufferevent_new(Some(handle), Callbacks::ALL, options);
                    let mut bufferevent = driver.base.get_mut(id)?;
                    bufferevent.set_timeouts(Some(SILENCE), None);
                    bufferevent.enable(Directions::READ)?;
                }
            }
            Due::Read(id) => {
                let mut bufferevent = driver.base.get_mut(id)?;
                bufferevent.drain(usize::MAX)?;
                bufferevent.write(format!("{seconds} s\n").as_bytes())?;
            }
            // The last byte is out: who was told goodbye is let go.
            Due::Write(id) => {
                if driver.base.get(id).is_ok_and(|it| !it.enabled().read) {
                    driver.free(id)?;
                }
            }
            // A timeout has disabled reading.
            Due::Event(id, what) if what.contains(What::TIMEOUT) => {
                driver.base.get_mut(id)?.write(b"goodbye\n")?;
            }
            Due::Event(id, _) => driver.free(id)?,
            Due::Application(..) | Due::Buffer(..) => {}
        }
    }
    Ok(())
}
