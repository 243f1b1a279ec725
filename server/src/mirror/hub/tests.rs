use bufferevent::recording::ConnectionPicture;
use bufferevent::sim::{Scenario, Simulation};
use bufferevent::{Dialect, EventBase};
use bufferevent_mio::{EventLoop, Wakeups};

use super::*;

/// An echo thread whose snapshots take so long, and one that asks for one after the other for each of so many viewers;
/// gives how many snapshots were made in ten virtual seconds.
async fn snapshots_made(viewers: u64, took: Duration) -> u32 {
    let (event_loop, mut sockets) = EventLoop::new().unwrap();
    let (_wakeups, waker) = Wakeups::listen(&mut EventBase::new(Dialect::default()), &mut sockets).unwrap();
    let link = Arc::<Link>::default();
    let (call, calls) = mpsc::channel(1024);
    tokio::spawn(Hub::new(Arc::clone(&link), waker, Arc::default()).run(calls));
    let outboxes: Vec<_> = (0..viewers).map(|_| Arc::new(Outbox::new(1 << 20))).collect();
    for (outbox, number) in outboxes.iter().zip(0..) {
        call.send(Call::Join(number, Arc::clone(outbox))).await.unwrap();
    }
    let mut made = 0;
    for _ in 0..10_000 {
        for (outbox, number) in outboxes.iter().zip(0..) {
            call.send(Call::Watch(number, Watched::All)).await.unwrap();
            // It takes everything at once.
            while outbox.with(ViewerQueue::pop).is_some() {}
            if outbox.with(ViewerQueue::wants_snapshot) {
                call.send(Call::Snapshot(number)).await.unwrap();
            }
        }
        if link.takes_wish() {
            made += 1;
            link.queue.push(Mark::Snapshot { picture: Box::default(), took });
        }
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    drop(event_loop);
    made
}

#[tokio::test(start_paused = true)]
async fn a_viewer_gets_a_few_snapshots_a_second_however_often_it_asks() {
    let made = snapshots_made(1, Duration::from_micros(1)).await;
    assert!((30..=41).contains(&made), "{made}");
}

#[tokio::test(start_paused = true)]
async fn many_viewers_share_the_snapshots_that_the_echo_thread_has_time_for() {
    let took = Duration::from_millis(50);
    let made = snapshots_made(20, took).await;
    let share = f64::from(made) * took.as_secs_f64() / 10.0;
    assert!((0.03..=0.055).contains(&share), "{made} snapshots, {share} of its time");
}

#[tokio::test]
async fn what_is_lost_before_the_viewers_is_told_to_each_and_counted_there_only() {
    let (_event_loop, mut sockets) = EventLoop::new().unwrap();
    let (_wakeups, waker) = Wakeups::listen(&mut EventBase::new(Dialect::default()), &mut sockets).unwrap();
    let mut hub = Hub::new(Arc::default(), waker, Arc::default());
    let outboxes = [(); 2].map(|()| Arc::new(Outbox::new(1 << 20)));
    for (outbox, number) in outboxes.iter().zip(0..) {
        hub.answer(Call::Join(number, Arc::clone(outbox)));
    }
    hub.viewers.values_mut().for_each(|viewer| viewer.wish = Wish::Asked);
    hub.hand_out_snapshot(&Picture::default(), Duration::ZERO);
    hub.hand_out_loss(&HashMap::from([(Some(1), 5)]));
    assert_eq!(outboxes.map(|outbox| outbox.with(|queue| queue.seq())), [5, 5]);
    assert_eq!(hub.counters.lost.load(Ordering::Relaxed), 0);
}

#[tokio::test]
async fn a_wish_that_comes_while_a_snapshot_is_made_is_for_the_next() {
    let (_event_loop, mut sockets) = EventLoop::new().unwrap();
    let (_wakeups, waker) = Wakeups::listen(&mut EventBase::new(Dialect::default()), &mut sockets).unwrap();
    let mut hub = Hub::new(Arc::default(), waker, Arc::default());
    let outbox = Arc::new(Outbox::new(1 << 20));
    hub.answer(Call::Join(0, Arc::clone(&outbox)));
    hub.answer(Call::Watch(0, Watched::some([1])));
    assert!(outbox.with(ViewerQueue::wants_snapshot));
    hub.answer(Call::Snapshot(0));
    assert_eq!(hub.interest, Interest::of([&Watched::some([1])]));
    hub.answer(Call::Watch(0, Watched::All));
    hub.hand_out_snapshot(&Picture::default(), Duration::ZERO);
    assert_eq!(hub.viewers[&0].watched, Watched::some([1]), "nothing else was recorded since");
    while outbox.with(ViewerQueue::pop).is_some() {}
    assert!(outbox.with(ViewerQueue::wants_snapshot), "it is asked for again");
    assert_eq!(hub.viewers[&0].next, Some(Watched::All));
}

#[tokio::test]
async fn a_snapshot_that_viewers_share_is_counted_once() {
    let (_event_loop, mut sockets) = EventLoop::new().unwrap();
    let (_wakeups, waker) = Wakeups::listen(&mut EventBase::new(Dialect::default()), &mut sockets).unwrap();
    let mut hub = Hub::new(Arc::default(), waker, Arc::default());
    let connection = |number| (number, ConnectionPicture { number, ..ConnectionPicture::default() });
    let picture = Picture { connections: (1..=100).map(connection).collect(), ..Picture::default() };
    let outboxes: Vec<_> = (0..3).map(|_| Arc::new(Outbox::new(1 << 20))).collect();
    let mut bytes = Vec::new();
    for (outbox, number) in outboxes.iter().zip(0..) {
        hub.answer(Call::Join(number, Arc::clone(outbox)));
        hub.viewers.values_mut().for_each(|viewer| viewer.wish = Wish::Asked);
        // What the round before left is taken.
        outboxes.iter().for_each(|outbox| while outbox.with(ViewerQueue::pop).is_some() {});
        hub.hand_out_snapshot(&picture, Duration::ZERO);
        bytes.push(hub.snapshot_bytes());
    }
    assert!(bytes[0] > 0 && bytes.iter().all(|&sum| sum == bytes[0]), "{bytes:?}");
}

#[test]
fn seq_is_the_first_key_of_a_record() {
    let simulation = Simulation::new(Scenario::tutorial(), Vec::<Record>::new());
    let record = &simulation.observer()[0];
    let json = format!("{{\"seq\":{},{}", record.seq, without_seq(record, &mut Vec::new()));
    assert_eq!(&serde_json::from_str::<Record>(&json).unwrap(), record);
}
