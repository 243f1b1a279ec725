//! The rules of the simulated socket, one test each.
#![cfg(feature = "sim")]

use std::io::{IoSlice, IoSliceMut};

use bufferevent::sim::{KernelSpec, SimKernel};
use bufferevent::{Direction, Errno, Handle, Kernel, Readiness, Tanks, Transfer};
use proptest::prelude::*;

/// One socket of a kernel, with both of its ends.
struct Fixture {
    kernel: SimKernel,
    socket: Handle,
}

impl Fixture {
    fn new(rx_capacity: u32, tx_capacity: u32) -> Self {
        let mut kernel = SimKernel::new();
        let socket = kernel.open(KernelSpec { rx_capacity, tx_capacity });
        Self { kernel, socket }
    }

    fn peer_send(&mut self, text: &str) -> usize {
        self.kernel.peer_send(self.socket, text.as_bytes())
    }

    fn peer_recv(&mut self, limit: usize) -> String {
        String::from_utf8(self.kernel.peer_recv(self.socket, limit)).expect("text")
    }

    fn receive(&mut self, limit: usize) -> Result<String, Errno> {
        let mut bytes = vec![0; limit];
        let transfer = self.kernel.receive(self.socket, &mut [IoSliceMut::new(&mut bytes)])?;
        assert!(!transfer.exhausted);
        bytes.truncate(transfer.bytes);
        Ok(String::from_utf8(bytes).expect("text"))
    }

    fn send(&mut self, text: &str) -> Result<usize, Errno> {
        let Transfer { bytes, exhausted } =
            self.kernel.send(self.socket, &[IoSlice::new(text.as_bytes())])?;
        assert!(!exhausted);
        Ok(bytes)
    }

    fn readiness(&mut self) -> Readiness {
        let mut reports = Vec::new();
        self.kernel.poll(&mut |handle, readiness| reports.push((handle, readiness)));
        assert_eq!(reports.len(), 1);
        assert_eq!(reports[0].0, self.socket);
        reports[0].1
    }

    fn tanks(&self) -> (usize, usize, usize) {
        let Tanks { rx, tx, backlog } = self.kernel.tanks(self.socket).expect("an open socket");
        (rx, tx, backlog)
    }
}

#[test]
fn a_new_socket_is_writable_and_has_nothing_to_read() {
    let mut it = Fixture::new(10, 10);
    assert_eq!(it.readiness(), Readiness::WRITABLE);
    assert_eq!(it.receive(5), Err(Errno::Again));
    assert_eq!(it.kernel.readable_bytes(it.socket), Some(0));
}

#[test]
fn a_receive_takes_in_order_and_at_most_what_was_asked() {
    let mut it = Fixture::new(10, 10);
    assert_eq!(it.peer_send("hello"), 5);
    assert_eq!(it.kernel.readable_bytes(it.socket), Some(5));
    assert_eq!(it.readiness(), Readiness::BOTH);
    assert_eq!(it.receive(3), Ok("hel".to_owned()));
    assert_eq!(it.receive(9), Ok("lo".to_owned()));
    assert_eq!(it.receive(9), Err(Errno::Again));
}

#[test]
fn a_receive_fills_the_slices_one_after_the_other() {
    let mut it = Fixture::new(10, 10);
    it.peer_send("abcdef");
    let (mut first, mut second, mut third) = ([0; 2], [0; 3], [0; 4]);
    let mut slices = [IoSliceMut::new(&mut first), IoSliceMut::new(&mut second), IoSliceMut::new(&mut third)];
    assert_eq!(it.kernel.receive(it.socket, &mut slices), Ok(Transfer { bytes: 6, exhausted: false }));
    assert_eq!((&first, &second, &third), (b"ab", b"cde", b"f\0\0\0"));
}

#[test]
fn bytes_beyond_the_capacity_wait_in_the_backlog_and_follow_in_order() {
    let mut it = Fixture::new(4, 10);
    assert_eq!(it.peer_send("abcdefg"), 7);
    it.peer_send("hi");
    assert_eq!(it.tanks(), (4, 0, 5));
    assert_eq!(it.receive(1), Ok("a".to_owned()));
    assert_eq!(it.tanks(), (4, 0, 4));
    assert_eq!(it.receive(9), Ok("bcde".to_owned()));
    assert_eq!(it.receive(9), Ok("fghi".to_owned()));
    assert_eq!(it.tanks(), (0, 0, 0));
}

#[test]
fn a_send_takes_what_there_is_room_for() {
    let mut it = Fixture::new(10, 5);
    assert_eq!(it.send("abc"), Ok(3));
    assert_eq!(it.kernel.send(it.socket, &[IoSlice::new(b"d"), IoSlice::new(b"efg")]).unwrap().bytes, 2);
    assert_eq!(it.readiness(), Readiness::NONE);
    assert_eq!(it.send("x"), Err(Errno::Again));
    assert_eq!(it.peer_recv(2), "ab");
    assert_eq!(it.readiness(), Readiness::WRITABLE);
    assert_eq!(it.send("xyz"), Ok(2));
    assert_eq!(it.peer_recv(4096), "cdexy");
    assert_eq!(it.peer_recv(4096), "");
}

#[test]
fn end_of_file_comes_after_a_shutdown_once_rx_and_backlog_are_empty() {
    let mut it = Fixture::new(2, 10);
    it.peer_send("abc");
    it.kernel.peer_shutdown(it.socket);
    assert_eq!(it.receive(2), Ok("ab".to_owned()));
    assert_eq!(it.receive(2), Ok("c".to_owned()));
    assert_eq!(it.readiness(), Readiness::BOTH);
    assert_eq!(it.receive(2), Ok(String::new()));
    assert_eq!(it.receive(2), Ok(String::new()));
}

#[test]
fn after_a_shutdown_the_peer_still_receives_but_sends_no_more() {
    let mut it = Fixture::new(10, 10);
    it.kernel.peer_shutdown(it.socket);
    assert_eq!(it.peer_send("lost"), 0);
    assert_eq!(it.send("reply"), Ok(5));
    assert_eq!(it.peer_recv(10), "reply");
    assert_eq!(it.tanks(), (0, 0, 0));
}

#[test]
fn a_reset_drops_every_queue_and_makes_the_socket_ready_for_both() {
    let mut it = Fixture::new(2, 3);
    it.peer_send("abc");
    assert_eq!(it.send("xyz"), Ok(3));
    it.kernel.peer_reset(it.socket);
    assert_eq!(it.tanks(), (0, 0, 0));
    assert_eq!(it.readiness(), Readiness::BOTH);
    assert_eq!(it.peer_send("lost"), 0);
    assert_eq!(it.peer_recv(10), "");
}

#[test]
fn a_reset_is_told_once_and_is_then_end_of_file() {
    let mut it = Fixture::new(10, 10);
    it.kernel.peer_reset(it.socket);
    assert_eq!(it.send("x"), Err(Errno::BrokenPipe));
    assert_eq!(it.receive(5), Err(Errno::ConnectionReset));
    it.kernel.peer_reset(it.socket);
    it.kernel.peer_shutdown(it.socket);
    assert_eq!(it.receive(5), Ok(String::new()));
    assert_eq!(it.send("x"), Err(Errno::BrokenPipe));
}

#[test]
fn a_reset_after_a_shutdown_is_still_a_reset() {
    let mut it = Fixture::new(10, 10);
    it.kernel.peer_shutdown(it.socket);
    assert_eq!(it.receive(5), Ok(String::new()));
    it.kernel.peer_reset(it.socket);
    assert_eq!(it.receive(5), Err(Errno::ConnectionReset));
}

#[test]
fn injected_errors_come_in_order_and_move_no_bytes() {
    let mut it = Fixture::new(10, 10);
    it.peer_send("abc");
    it.kernel.inject(it.socket, Direction::Read, Errno::Interrupted, 2);
    it.kernel.inject(it.socket, Direction::Read, Errno::TimedOut, 0);
    it.kernel.inject(it.socket, Direction::Read, Errno::Again, 1);
    assert_eq!(it.readiness(), Readiness::BOTH);
    assert_eq!(it.receive(5), Err(Errno::Interrupted));
    assert_eq!(it.receive(5), Err(Errno::Interrupted));
    assert_eq!(it.receive(5), Err(Errno::Again));
    assert_eq!(it.receive(5), Ok("abc".to_owned()));
}

#[test]
fn each_system_call_has_its_own_injected_errors() {
    let mut it = Fixture::new(10, 10);
    it.kernel.inject(it.socket, Direction::Write, Errno::BrokenPipe, 1);
    it.kernel.inject(it.socket, Direction::Read, Errno::TimedOut, 1);
    let pending: Vec<_> = it.kernel.socket(it.socket).unwrap().pending_errors(Direction::Write).collect();
    assert_eq!(pending, [(Errno::BrokenPipe, 1)]);
    assert_eq!(it.receive(5), Err(Errno::TimedOut));
    assert_eq!(it.send("x"), Err(Errno::BrokenPipe));
    assert_eq!(it.send("x"), Ok(1));
}

#[test]
fn an_injected_error_does_not_use_up_the_reset() {
    let mut it = Fixture::new(10, 10);
    it.kernel.peer_reset(it.socket);
    it.kernel.inject(it.socket, Direction::Read, Errno::Again, 1);
    assert_eq!(it.receive(5), Err(Errno::Again));
    assert_eq!(it.receive(5), Err(Errno::ConnectionReset));
}

#[test]
fn closing_leaves_the_queues_to_the_peer() {
    let mut it = Fixture::new(10, 10);
    assert_eq!(it.send("last"), Ok(4));
    it.kernel.close(it.socket);
    assert!(it.kernel.socket(it.socket).unwrap().is_closed());
    assert_eq!(it.peer_send("late"), 4);
    assert_eq!(it.tanks(), (4, 4, 0));
    assert_eq!(it.peer_recv(10), "last");
    it.kernel.poll(&mut |handle, _| panic!("{handle:?} is closed"));
}

#[test]
fn a_larger_rx_takes_the_backlog_in_and_a_smaller_one_loses_nothing() {
    let mut it = Fixture::new(2, 4);
    it.peer_send("abcdef");
    assert_eq!(it.send("wxyz"), Ok(4));
    it.kernel.set_capacities(it.socket, KernelSpec { rx_capacity: 5, tx_capacity: 1 });
    assert_eq!(it.tanks(), (5, 4, 1));
    assert_eq!(it.send("!"), Err(Errno::Again));
    it.kernel.set_capacities(it.socket, KernelSpec { rx_capacity: 1, tx_capacity: 1 });
    assert_eq!(it.receive(9), Ok("abcde".to_owned()));
    assert_eq!(it.receive(9), Ok("f".to_owned()));
}

#[test]
fn sockets_do_not_know_of_each_other() {
    let mut kernel = SimKernel::new();
    let handles = [kernel.open(KernelSpec::default()), kernel.open(KernelSpec::default())];
    kernel.peer_send(handles[1], b"abc");
    assert_eq!(handles.map(|handle| kernel.rx_len(handle)), [0, 3]);
    let mut reports = Vec::new();
    kernel.poll(&mut |handle, readiness| reports.push((handle, readiness)));
    assert_eq!(reports, [(handles[0], Readiness::WRITABLE), (handles[1], Readiness::BOTH)]);
}

#[test]
fn a_handle_that_was_never_opened_is_refused() {
    let mut it = Fixture { kernel: SimKernel::new(), socket: Handle(7) };
    assert_eq!(it.receive(5), Err(Errno::Other(9)));
    assert_eq!(it.send("x"), Err(Errno::Other(9)));
    assert_eq!((it.peer_send("x"), it.peer_recv(5)), (0, String::new()));
    assert_eq!(it.kernel.readable_bytes(it.socket), None);
    assert_eq!(it.kernel.tanks(it.socket), None);
}

proptest! {
    #[test]
    fn no_byte_is_lost_or_reordered_in_either_direction(
        capacity in 1..20_u32,
        sizes in prop::collection::vec((0..50_usize, 0..30_usize, 0..30_usize), 1..40),
    ) {
        let mut it = Fixture::new(capacity, capacity);
        let alphabet: String = ('a'..='z').cycle().take(50 * 40).collect();
        let (mut sent, mut received, mut written, mut taken) = (0, String::new(), 0, String::new());
        for (send, receive, recv) in sizes {
            sent += it.peer_send(&alphabet[sent..sent + send]);
            received += &it.receive(receive).unwrap_or_default();
            written += it.send(&alphabet[written..written + send]).unwrap_or(0);
            taken += &it.peer_recv(recv);
            let (rx, tx, backlog) = it.tanks();
            prop_assert!(rx <= capacity as usize && tx <= capacity as usize);
            prop_assert_eq!((received.len() + rx + backlog, taken.len() + tx), (sent, written));
        }
        prop_assert!(alphabet.starts_with(&received) && alphabet.starts_with(&taken));
    }
}
