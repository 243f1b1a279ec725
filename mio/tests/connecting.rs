//! A bufferevent connects, and hears of that before anything else.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener};

use bufferevent::{
    BuffereventId, BuffereventOptions, Callbacks, Connect, Dialect, Directions, Due, Errno, What,
};
use bufferevent_mio::Driver;

fn connecting(address: SocketAddr) -> (Driver, BuffereventId) {
    let mut driver = Driver::new(Dialect::V2_1).expect("descriptors are left");
    let id = driver.base.bufferevent_new(None, Callbacks::ALL, BuffereventOptions::default());
    let handle = driver.sockets.connect(address).expect("it is not decided at once");
    let mut bufferevent = driver.base.get_mut(id).expect("it was not freed");
    bufferevent.write(b"hello").expect("nothing is frozen");
    bufferevent.enable(Directions::READ).expect("2.1 needs no handle");
    bufferevent.socket_connect(handle, Connect::Pending).expect("2.1 connects");
    (driver, id)
}

#[test]
fn what_was_written_before_follows_the_connection() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let (mut driver, id) = connecting(listener.local_addr().unwrap());
    let mut peer = listener.accept().unwrap().0;
    assert_eq!(driver.next_callback().unwrap(), Some(Due::Event(id, What::CONNECTED)));
    assert_eq!(driver.next_callback().unwrap(), Some(Due::Write(id)));
    let mut got = [0; 5];
    peer.read_exact(&mut got).unwrap();
    peer.write_all(b"you").unwrap();
    assert_eq!((&got, driver.next_callback().unwrap()), (b"hello", Some(Due::Read(id))));
}

#[test]
fn a_refused_connection_is_an_error_with_its_reason() {
    // Who asks for any port is not given this one.
    let (mut driver, id) = connecting(SocketAddr::from(([127, 0, 0, 1], 1)));
    assert_eq!(driver.next_callback().unwrap(), Some(Due::Event(id, What::ERROR)));
    let handle = driver.base.get(id).unwrap().handle().unwrap();
    assert_eq!(driver.sockets.last_error(handle), Some(Errno::ConnectionRefused));
}
