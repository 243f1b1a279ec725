//! Who watches decides what is recorded.
#![cfg(feature = "sim")]
#![expect(clippy::unwrap_used, reason = "a test fails where something is missing")]

use std::io::{IoSlice, IoSliceMut};

use bufferevent::sim::{KernelSpec, SimKernel};
use bufferevent::{
    BuffereventId, BuffereventOptions, Callbacks, Dialect, Directions, Due, Errno, EventBase, Handle, Kernel,
    NoObserver, Observer, Readiness, Record, Step, Time, Transfer,
};

/// Wants one connection, no more than two bytes of payload, and no pass in which nothing happens to it.
#[derive(Default)]
struct Picky {
    wanted: u64,
    records: Vec<Record>,
}

impl Observer for Picky {
    fn wants(&self, connection: Option<BuffereventId>) -> bool {
        connection.is_none_or(|id| id.number() == self.wanted)
    }

    fn wants_idle_passes(&self) -> bool {
        false
    }

    fn payload_limit(&self) -> usize {
        2
    }

    fn record(&mut self, record: Record) {
        self.records.push(record);
    }
}

struct Two {
    base: EventBase<Picky>,
    kernel: SimKernel,
}

impl Two {
    /// Connections 1 and 2, of which `wanted` is watched.
    fn watching(wanted: u64) -> Self {
        let (mut kernel, mut base) =
            (SimKernel::new(), EventBase::with_observer(Dialect::V1_4, Picky::default()));
        for _ in 0..2 {
            let handle = kernel.open(KernelSpec::default());
            let id = base.bufferevent_new(Some(handle), Callbacks::ALL, BuffereventOptions::default());
            base.get_mut(id).unwrap().enable(Directions::READ).unwrap();
        }
        base.observer_mut().wanted = wanted;
        base.observer_mut().records.clear();
        Self { base, kernel }
    }

    fn send_to(&mut self, connection: u32) -> Vec<Record> {
        self.kernel.peer_send(Handle(connection - 1), b"hello");
        self.base.begin_pass(Time::ZERO);
        while self.base.poll_callback(&mut self.kernel).is_some() {}
        std::mem::take(&mut self.base.observer_mut().records)
    }
}

#[test]
fn only_what_is_wanted_is_recorded() {
    let records = Two::watching(2).send_to(2);
    assert!(records.iter().all(|record| record.connection.is_none_or(|number| number == 2)));
    assert!(records.iter().any(|record| matches!(record.step, Step::Received { .. })));
}

#[test]
fn a_pass_in_which_nothing_wanted_happens_leaves_no_record() {
    assert_eq!(Two::watching(2).send_to(1), []);
}

#[test]
fn a_pass_in_which_something_wanted_happens_is_recorded_from_its_beginning() {
    let mut two = Two::watching(2);
    two.send_to(1);
    let records = two.send_to(2);
    assert!(matches!(records[0].step, Step::PassBegan { pass: 2 }));
    assert!(matches!(records.last().unwrap().step, Step::PassEnded { .. }));
    let seqs: Vec<u64> = records.iter().map(|record| record.seq).collect();
    assert!(seqs.is_sorted_by(|a, b| a + 1 == *b), "{seqs:?}");
}

#[test]
fn what_is_wanted_may_change_between_passes() {
    let mut two = Two::watching(2);
    assert_eq!(two.send_to(1), []);
    two.base.observer_mut().wanted = 1;
    assert!(!two.send_to(1).is_empty());
}

#[test]
fn a_base_goes_on_under_another_observer() {
    let mut two = Two::watching(1);
    let last = two.send_to(1).last().unwrap().seq;
    let (mut unwatched, observer) = two.base.replace_observer(NoObserver);
    two.kernel.peer_send(Handle(1), b"unseen");
    unwatched.begin_pass(Time::ZERO);
    assert!(matches!(unwatched.poll_callback(&mut two.kernel), Some(Due::Read(_))));
    // In the middle of a callback: its return is recorded for whoever watches then.
    let (base, _) = unwatched.replace_observer(observer);
    let mut two = Two { base, ..two };
    two.base.observer_mut().wanted = 2;
    while two.base.poll_callback(&mut two.kernel).is_some() {}
    let records = std::mem::take(&mut two.base.observer_mut().records);
    assert!(matches!(records[0].step, Step::CallbackLeft { .. }));
    assert_eq!(records[0].seq, last + 1);
}

#[test]
fn payload_is_cut_to_the_limit_and_its_length_is_told() {
    let records = Two::watching(1).send_to(1);
    let payload = records.iter().find_map(|record| match &record.step {
        Step::Received { payload, .. } => Some((payload.len, payload.bytes.clone())),
        _ => None,
    });
    assert_eq!(payload, Some((5, b"he".to_vec())));
}

#[test]
fn every_record_names_the_line_that_made_it() {
    for record in Two::watching(1).send_to(1) {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(record.file.as_ref());
        let source = std::fs::read_to_string(&path).unwrap();
        let line = source.lines().nth(record.line as usize - 1).unwrap();
        assert!(line.contains("record"), "{}:{} is {line:?}", record.file, record.line);
    }
}

/// Counts how often it is asked what can be read.
struct Asked {
    kernel: SimKernel,
    times: usize,
}

impl Kernel for Asked {
    fn receive(&mut self, handle: Handle, into: &mut [IoSliceMut<'_>]) -> Result<Transfer, Errno> {
        self.kernel.receive(handle, into)
    }

    fn send(&mut self, handle: Handle, from: &[IoSlice<'_>]) -> Result<Transfer, Errno> {
        self.kernel.send(handle, from)
    }

    fn readable_bytes(&mut self, handle: Handle) -> Option<usize> {
        self.times += 1;
        self.kernel.readable_bytes(handle)
    }

    fn poll(&mut self, report: &mut dyn FnMut(Handle, Readiness)) {
        self.kernel.poll(report);
    }
}

/// What is in input after each pass to which so many bytes have come, with the size that 1.4's block has then, and how often the
/// kernel was asked what can be read. Input is drained once it has `kept` bytes.
fn reads(observer: impl Observer, come: &[usize], kept: usize) -> (Vec<(usize, usize)>, usize) {
    let mut kernel = Asked { kernel: SimKernel::new(), times: 0 };
    let mut base = EventBase::with_observer(Dialect::V1_4, observer);
    let handle = kernel.kernel.open(KernelSpec::default());
    let id = base.bufferevent_new(Some(handle), Callbacks::ALL, BuffereventOptions::default());
    base.get_mut(id).unwrap().enable(Directions::READ).unwrap();
    let mut seen = Vec::new();
    for &bytes in come {
        kernel.kernel.peer_send(handle, &vec![b'x'; bytes]);
        base.begin_pass(Time::ZERO);
        while base.poll_callback(&mut kernel).is_some() {}
        let mut bufferevent = base.get_mut(id).unwrap();
        seen.push((bufferevent.input().len(), bufferevent.input().allocated_1_4()));
        if bufferevent.input().len() >= kept {
            bufferevent.drain(usize::MAX).unwrap();
        }
    }
    (seen, kernel.times)
}

#[test]
fn a_read_takes_the_same_whether_the_kernel_was_asked_or_not() {
    let come = [64, 1000, 0, 5000, 0, 64, 1, 1024, 20_000, 0, 0, 64, 3000];
    for kept in [0, 100, 2000, 30_000] {
        let (watched, asked) = reads(Vec::<Record>::new(), &come, kept);
        let (unwatched, asked_unwatched) = reads(NoObserver, &come, kept);
        assert_eq!(unwatched, watched, "drained at {kept}");
        assert!(asked_unwatched < asked, "{asked_unwatched} of {asked} at {kept}");
    }
}

#[test]
fn the_kernel_is_asked_what_can_be_read_where_somebody_sees_it_or_it_decides() {
    assert_eq!(reads(Vec::<Record>::new(), &[64; 5], 0).1, 5);
    assert_eq!(reads(NoObserver, &[64; 5], 0).1, 0);
    // The block has 1024 bytes, of which four times as many are what is read anyway.
    assert_eq!(reads(NoObserver, &[1000, 5, 5], 0).1, 0);
    // The block has 2048 bytes after the first, so that more than 4096 may be read.
    assert_eq!(reads(NoObserver, &[2000, 64, 64], 0).1, 2);
}
