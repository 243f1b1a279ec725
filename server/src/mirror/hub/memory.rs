//! What the mirror holds when a viewer has fallen behind and caught up, or has gone: what it held before, and nothing.

use bufferevent::recording::{ConnectionPicture, PayloadPolicy};
use bufferevent::{Dialect, EventBase, Observer, Step, Time};
use bufferevent_mio::{EventLoop, Wakeups};

use super::*;
use crate::mirror::entry::Entry;
use crate::mirror::observer::MirrorObserver;
use crate::mirror::queue::KEPT;

/// Where little happens, each list of records may hold so much: that of a turn, and two that go back and forth.
const AT_REST: usize = 3 * KEPT * size_of::<Record>();

const LIMIT: usize = 1 << 20;

/// Both ends of the mirror, and a viewer. What each of them does is done by hand.
struct Lab {
    hub: Hub,
    observer: MirrorObserver,
    outbox: Arc<Outbox>,
    _event_loop: EventLoop,
}

impl Lab {
    fn new() -> Self {
        let (event_loop, mut sockets) = EventLoop::new().unwrap();
        let (_, waker) = Wakeups::listen(&mut EventBase::new(Dialect::default()), &mut sockets).unwrap();
        let link = Arc::<Link>::default();
        let observer = MirrorObserver::new(Arc::clone(&link), PayloadPolicy::Full);
        let mut hub = Hub::new(link, waker, Arc::default());
        let outbox = Arc::new(Outbox::new(LIMIT));
        hub.answer(Call::Join(1, Arc::clone(&outbox)));
        Self { hub, observer, outbox, _event_loop: event_loop }
    }

    /// Turns of the loop with so many records each, and a tick of the hub after every one.
    async fn turns(&mut self, turns: usize, records: usize) {
        for _ in 0..turns {
            self.turn(records);
            self.hub.tick().await;
            tokio::time::sleep(TICK).await;
        }
    }

    fn turn(&mut self, records: usize) {
        for number in 1..=records as u64 {
            if self.observer.is_for(Some(number)) {
                self.observer.record(record(number));
            }
        }
        if self.observer.hands_over() {
            let connection = |number| (number, ConnectionPicture { number, ..ConnectionPicture::default() });
            let connections = (1..=1000).map(connection).collect();
            self.observer.show(Picture { connections, ..Picture::default() }, Duration::ZERO);
        }
    }

    /// The viewer takes what there is: how many losses it is told of.
    fn take(&mut self) -> usize {
        let mut losses = 0;
        while let Some(entry) = self.outbox.with(ViewerQueue::pop) {
            losses += usize::from(matches!(entry, Entry::Gap { .. }));
        }
        if self.outbox.with(ViewerQueue::wants_snapshot) {
            self.hub.answer(Call::Snapshot(1));
        }
        losses
    }

    /// Little happens for two seconds, and the viewer takes all of it.
    async fn calm(&mut self) -> usize {
        let mut losses = 0;
        for _ in 0..80 {
            self.turns(1, 10).await;
            losses += self.take();
        }
        losses
    }

    fn held(&self) -> usize {
        self.hub.held() + self.hub.link.queue.held() + self.observer.held() + self.outbox.with(|it| it.held())
    }
}

fn record(number: u64) -> Record {
    let step = Step::PassBegan { pass: 1 };
    Record {
        seq: 0,
        time: Time::ZERO,
        connection: Some(number),
        step,
        function: "".into(),
        file: "".into(),
        line: 1,
    }
}

#[tokio::test(start_paused = true)]
async fn who_has_fallen_behind_and_caught_up_leaves_nothing_behind() {
    let mut lab = Lab::new();
    assert_eq!(lab.calm().await, 0);
    let before = lab.held();
    for _ in 0..3 {
        // More than the queue to the hub holds, and far more than the viewer's.
        (0..8).for_each(|_| lab.turn(20_000));
        let most = lab.held();
        assert!(most > 10 * AT_REST, "{most} bytes");
        assert!(lab.calm().await > 0, "it is told of a loss");
        let after = lab.held();
        assert!(after <= before.max(AT_REST), "{before} bytes before, {after} after, {most} meanwhile");
    }
}

#[tokio::test(start_paused = true)]
async fn of_the_last_viewer_nothing_is_left_whenever_it_goes() {
    for (turns, left) in [(0, 0), (3, 0), (0, 8), (3, 8)] {
        let mut lab = Lab::new();
        lab.calm().await;
        // It goes with all queues full, while the loop does not know of it yet; a picture is asked for.
        lab.turns(turns, 20_000).await;
        lab.hub.answer(Call::Snapshot(1));
        (0..left).for_each(|_| lab.turn(20_000));
        lab.hub.answer(Call::Leave(1));
        assert_eq!(Arc::strong_count(&lab.outbox), 1);
        lab.outbox = Arc::new(Outbox::new(LIMIT));
        lab.turns(40, 10).await;
        assert_eq!((lab.held(), lab.hub.rests), (0, true), "after {turns} and {left} turns");
        lab.hub.answer(Call::Join(1, Arc::clone(&lab.outbox)));
        assert!(!lab.hub.rests);
        lab.calm().await;
        assert!(lab.outbox.with(|it| it.seq()) > 0, "another one is served as the first was");
    }
}
