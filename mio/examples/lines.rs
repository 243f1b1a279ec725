//! A protocol of messages with a length before each: the low watermark is how many bytes the next one needs, so that the
//! read callback runs once a whole message is there, however it arrives.
//!
//! A message is four digits and as many bytes. `cargo run --package bufferevent-mio --example lines`, then
//! `printf '0005hello0003you' | nc -N 127.0.0.1 5555` answers `HELLO` and `YOU`, each on a line of its own.

use bufferevent::{
    BuffereventId, BuffereventOptions, Callbacks, Dialect, Directions, Due, EventBase, Watermarks,
};
use bufferevent_mio::{Driver, Listener};

/// Bytes of the header.
const HEADER: usize = 4;

type Failure = Box<dyn std::error::Error>;

fn main() -> Result<(), Failure> {
    let address = std::env::args().nth(1).unwrap_or_else(|| "127.0.0.1:5555".into());
    let dialect = std::env::args().nth(2).map_or(Ok(Dialect::V2_1), |dialect| dialect.parse())?;
    let mut driver = Driver::new(dialect)?;
    let mut listener = Listener::bind(&mut driver, address)?;
    println!("listening on {}", listener.address()?);
    let options = BuffereventOptions { close_on_free: true, ..BuffereventOptions::default() };
    while let Some(due) = driver.next_callback()? {
        match due {
            Due::Application(event, _) if listener.is_about(event) => {
                while let Some((handle, _)) = listener.accept(&mut driver) {
                    let id = driver.base.bufferevent_new(Some(handle), Callbacks::ALL, options);
                    wait_for(&mut driver.base, id, HEADER)?;
                    driver.base.get_mut(id)?.enable(Directions::READ)?;
                }
            }
            Due::Read(id) => on_read(&mut driver, id)?,
            Due::Application(..) | Due::Write(_) | Due::Buffer(..) => {}
            Due::Event(id, _) => driver.free(id)?,
        }
    }
    Ok(())
}

/// The next read callback is due when so many bytes are there.
fn wait_for(base: &mut EventBase, id: BuffereventId, bytes: usize) -> Result<(), Failure> {
    base.get_mut(id)?.setwatermark(Directions::READ, Watermarks::new(bytes, 0));
    Ok(())
}

/// The callback runs once a read, not once a message: it takes every message that is whole.
fn on_read(driver: &mut Driver, id: BuffereventId) -> Result<(), Failure> {
    loop {
        let base = &mut driver.base;
        let bufferevent = base.get(id)?;
        let mut header = [0; HEADER];
        let there = bufferevent.input().len();
        if bufferevent.input().copyout(&mut header) < HEADER {
            return wait_for(base, id, HEADER);
        }
        let Some(len) = std::str::from_utf8(&header).ok().and_then(|digits| digits.parse::<usize>().ok())
        else {
            println!("{:?} is no length", String::from_utf8_lossy(&header));
            return Ok(driver.free(id)?);
        };
        if there < HEADER + len {
            return wait_for(base, id, HEADER + len);
        }
        let mut message = vec![0; HEADER + len];
        let mut bufferevent = base.get_mut(id)?;
        bufferevent.read(&mut message)?;
        message.make_ascii_uppercase();
        bufferevent.write(&message[HEADER..])?;
        bufferevent.write(b"\n")?;
    }
}
