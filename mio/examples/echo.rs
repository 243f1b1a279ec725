//! An echo server. Try it: `cargo run --package bufferevent-mio --example echo`, then `nc 127.0.0.1 5555`.

use bufferevent::{BuffereventOptions, Callbacks, Dialect, Directions, Due, Evbuffer};
use bufferevent_mio::{Driver, Listener};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let address = std::env::args().nth(1).unwrap_or_else(|| "127.0.0.1:5555".into());
    let dialect = std::env::args().nth(2).map_or(Ok(Dialect::V2_1), |dialect| dialect.parse())?;
    let mut driver = Driver::new(dialect)?;
    let mut listener = Listener::bind(&mut driver, address)?;
    println!("listening on {}", listener.address()?);
    let options = BuffereventOptions { close_on_free: true, ..BuffereventOptions::default() };
    let mut answer = Evbuffer::new();
    while let Some(due) = driver.next_callback()? {
        match due {
            Due::Application(event, _) if listener.is_about(event) => {
                while let Some((handle, _)) = listener.accept(&mut driver) {
                    let id = driver.base.bufferevent_new(Some(handle), Callbacks::ALL, options);
                    driver.base.get_mut(id)?.enable(Directions::READ)?;
                }
            }
            Due::Read(id) => {
                let mut bufferevent = driver.base.get_mut(id)?;
                bufferevent.read_buffer(&mut answer)?;
                bufferevent.write_buffer(&mut answer)?;
            }
            Due::Application(..) | Due::Write(_) | Due::Buffer(..) => {}
            Due::Event(id, _) => driver.free(id)?,
        }
    }
    Ok(())
}
