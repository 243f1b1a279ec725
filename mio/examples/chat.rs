//! A chat: what one says in a line, all others read.
//!
//! `cargo run --package bufferevent-mio --example chat`, then `nc 127.0.0.1 5555` in several terminals.

use std::collections::BTreeMap;
use std::net::SocketAddr;

use bufferevent::{BuffereventId, BuffereventOptions, Callbacks, Dialect, Directions, Due, EolStyle};
use bufferevent_mio::{Driver, Listener};

/// Who has so much unread falls out: one slow reader must not fill the memory.
const MOST_UNREAD: usize = 1024 * 1024;

/// The longest line, in bytes.
const LONGEST: usize = 4096;

type Failure = Box<dyn std::error::Error>;

struct Chat {
    driver: Driver,
    people: BTreeMap<BuffereventId, SocketAddr>,
}

impl Chat {
    fn on_read(&mut self, id: BuffereventId) -> Result<(), Failure> {
        loop {
            let line = self.driver.base.get_mut(id)?.edit_input(|input| input.readln(EolStyle::Crlf))?;
            let Some(line) = line else { break };
            let said = format!("{}: {}\n", self.people[&id], String::from_utf8_lossy(&line).escape_debug());
            self.tell_others(id, &said)?;
        }
        let rest = self.driver.base.get(id).map_or(0, |it| it.input().len());
        if rest > LONGEST { self.leave(id) } else { Ok(()) }
    }

    fn tell_others(&mut self, from: BuffereventId, said: &str) -> Result<(), Failure> {
        let others: Vec<_> = self.people.keys().copied().filter(|&id| id != from).collect();
        for id in others {
            self.driver.base.get_mut(id)?.write(said.as_bytes())?;
            if self.driver.base.get(id).is_ok_and(|it| it.output().len() > MOST_UNREAD) {
                self.leave(id)?;
            }
        }
        Ok(())
    }

    fn leave(&mut self, id: BuffereventId) -> Result<(), Failure> {
        self.people.remove(&id);
        Ok(self.driver.free(id)?)
    }
}

fn main() -> Result<(), Failure> {
    let address = std::env::args().nth(1).unwrap_or_else(|| "127.0.0.1:5555".into());
    let dialect = std::env::args().nth(2).map_or(Ok(Dialect::V2_1), |dialect| dialect.parse())?;
    let mut driver = Driver::new(dialect)?;
    let mut listener = Listener::bind(&mut driver, address)?;
    println!("listening on {}", listener.address()?);
    let options = BuffereventOptions { close_on_free: true, ..BuffereventOptions::default() };
    let mut chat = Chat { driver, people: BTreeMap::new() };
    while let Some(due) = chat.driver.next_callback()? {
        match due {
            Due::Application(event, _) if listener.is_about(event) => {
                while let Some((handle, peer)) = listener.accept(&mut chat.driver) {
                    let id = chat.driver.base.bufferevent_new(Some(handle), Callbacks::ALL, options);
                    chat.driver.base.get_mut(id)?.enable(Directions::READ)?;
                    chat.people.insert(id, peer);
                }
            }
            Due::Read(id) => chat.on_read(id)?,
            Due::Application(..) | Due::Write(_) | Due::Buffer(..) => {}
            Due::Event(id, _) => chat.leave(id)?,
        }
    }
    Ok(())
}
