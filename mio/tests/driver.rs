//! A driver that was told to stop, and goes on; and how connections are closed.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use bufferevent::{
    BuffereventId, BuffereventOptions, Callbacks, Dialect, Directions, Due, EventFlags, Gone, Readiness,
};
use bufferevent_mio::{Driver, Listener};

#[test]
fn after_loopexit_was_told_the_driver_goes_on_when_asked_again() {
    for dialect in Dialect::ALL {
        let mut driver = Driver::new(dialect).unwrap();
        let timer = driver.base.event_new(None, EventFlags::NONE);
        driver.base.event_mut(timer).unwrap().add(Some(Duration::from_secs(3600))).unwrap();
        for _ in 0..2 {
            driver.base.loopexit();
            assert_eq!(driver.next_callback().unwrap(), None, "{dialect}: it stops, though a timer runs");
        }
        driver.base.event_mut(timer).unwrap().add(Some(Duration::ZERO)).unwrap();
        let due = driver.next_callback().unwrap();
        assert!(matches!(due, Some(Due::Application(event, _)) if event == timer), "{dialect}: {due:?}");
        assert_eq!(driver.next_callback().unwrap(), None, "{dialect}: nothing is left to wait for");
    }
}

#[test]
fn a_closed_listener_turns_away_who_comes_and_leaves_those_inside() {
    let mut driver = Driver::new(Dialect::V2_1).unwrap();
    let mut listener = Listener::bind(&mut driver, "127.0.0.1:0").unwrap();
    let address = listener.address().unwrap();
    let mut inside = TcpStream::connect(address).unwrap();
    let Some(Due::Application(event, _)) = driver.next_callback().unwrap() else { panic!("somebody waits") };
    assert!(listener.is_about(event));
    let (handle, _) = listener.accept(&mut driver).unwrap();
    let id = driver.base.bufferevent_new(Some(handle), Callbacks::ALL, BuffereventOptions::default());
    driver.base.get_mut(id).unwrap().enable(Directions::READ).unwrap();
    listener.close(&mut driver);
    assert!(TcpStream::connect(address).is_err());
    inside.write_all(b"hello").unwrap();
    assert_eq!(driver.next_callback().unwrap(), Some(Due::Read(id)));
    driver.base.get_mut(id).unwrap().write(b"you").unwrap();
    assert_eq!(driver.next_callback().unwrap(), Some(Due::Write(id)));
    let mut got = [0; 3];
    inside.read_exact(&mut got).unwrap();
    assert_eq!(&got, b"you");
}

/// A driver with one client inside, and that client.
fn with_one_inside(dialect: Dialect) -> (Driver, BuffereventId, TcpStream) {
    let mut driver = Driver::new(dialect).unwrap();
    let mut listener = Listener::bind(&mut driver, "127.0.0.1:0").unwrap();
    let client = TcpStream::connect(listener.address().unwrap()).unwrap();
    assert!(
        matches!(driver.next_callback().unwrap(), Some(Due::Application(event, _)) if listener.is_about(event))
    );
    let (handle, _) = listener.accept(&mut driver).unwrap();
    listener.close(&mut driver);
    let options = BuffereventOptions { close_on_free: true, ..BuffereventOptions::default() };
    let id = driver.base.bufferevent_new(Some(handle), Callbacks::ALL, options);
    driver.base.get_mut(id).unwrap().enable(Directions::READ).unwrap();
    (driver, id, client)
}

#[test]
fn whom_the_driver_frees_is_closed_in_every_dialect_and_once() {
    for dialect in Dialect::ALL {
        let (mut driver, id, mut client) = with_one_inside(dialect);
        client.write_all(b"hello").unwrap();
        assert_eq!(driver.next_callback().unwrap(), Some(Due::Read(id)), "{dialect}");
        driver.base.get_mut(id).unwrap().drain(5).unwrap();
        driver.free(id).unwrap();
        assert_eq!(driver.free(id), Err(Gone), "{dialect}");
        assert_eq!(driver.next_callback().unwrap(), None, "{dialect}: nothing is left to wait for");
        assert_eq!(driver.sockets.closed(), 1, "{dialect}");
        assert_eq!(client.read(&mut [0]).unwrap(), 0, "{dialect}: the stream has ended");
    }
}

#[test]
fn a_connection_that_no_bufferevent_has_is_closed_and_forgotten() {
    let (mut driver, id, mut client) = with_one_inside(Dialect::V2_1);
    let handle = driver.base.get(id).unwrap().handle().unwrap();
    driver.base.get_mut(id).unwrap().setfd(None);
    driver.base.note_ready(handle, Readiness::BOTH);
    driver.close(handle);
    assert_eq!((driver.sockets.closed(), client.read(&mut [0]).unwrap()), (1, 0));
    // The next with its number is not taken for ready.
    driver.base.get_mut(id).unwrap().setfd(Some(handle));
    assert_eq!(driver.base.next_wait(), None);
}
