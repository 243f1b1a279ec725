//! Viewers that stall, vanish and flood, in virtual time: each record that happens reaches each viewer that watches it, or
//! is in a gap that it is told of.
//!
//! A run is one seed: a loop in which things happen, in calm or in bursts, and some viewers with tempers of their own.
//! Everything between the two is what runs in a server; the queues are short, so that all of them overflow.
//! What fails names its seed; `FAULTS_SEED=SEED FAULTS_RUNS=1 cargo test --package bufferevent-server --lib faults`
//! runs it alone, and `FAULTS_RUNS=100000` with `--release` many more than the test does by itself.
//!
//! `guest` is one of the viewers, `random` the numbers of a seed.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::env;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use bufferevent::recording::{ConnectionPicture, PayloadPolicy, Picture, Watched};
use bufferevent::{Dialect, EventBase, Observer, Record, Step, Time};
use bufferevent_mio::{EventLoop, Waker, Wakeups};
use futures_util::sink::unfold;
use tokio::runtime::Builder;
use tokio::sync::mpsc;
use tokio::task::{LocalSet, spawn_local};
use tokio::time::sleep;

use super::hub::Hub;
use super::observer::{Link, MirrorObserver};
use super::outbox::Call;
use super::queue::Queue;
use super::viewer;
use super::viewer_queue::ViewerQueue;

mod guest;
#[path = "../../../tests/faults/random.rs"]
mod random;

use guest::{Guest, Happened};
use random::Random;

/// Something is about one of these connections or about the loop.
const CONNECTIONS: u64 = 4;

/// Once nothing happens any more and nobody stalls, everybody has taken all within so much time.
const CALM: Duration = Duration::from_secs(5);

fn setting(name: &str, otherwise: u64) -> u64 {
    env::var(name).map_or(otherwise, |text| text.parse().expect("a number"))
}

#[derive(Debug, Clone, Copy)]
enum Temper {
    Quick,
    Slow,
    /// It takes nothing for a long while now and then.
    Stalls,
    /// So long that it is let go.
    Hangs,
}

struct World {
    seed: u64,
    random: RefCell<Random>,
    happened: RefCell<Vec<Happened>>,
    /// Nobody is slow any more.
    calm: Cell<bool>,
    /// How many connections a picture shows: those that things happen on, or many more.
    shown: u64,
}

/// What came of all runs: each of these has to happen for them to mean anything.
#[derive(Debug, Default)]
struct Sum {
    records: usize,
    gaps: usize,
    gone: usize,
    stayed: usize,
    unrecorded: usize,
}

impl World {
    fn draw<T>(&self, draw: impl FnOnce(&mut Random) -> T) -> T {
        draw(&mut self.random.borrow_mut())
    }

    fn up_to(&self, most: usize) -> u64 {
        self.draw(|random| random.up_to(most)) as u64
    }

    /// The echo thread: things happen, and what is wanted of them is handed over after each turn.
    async fn echo(&self, link: Arc<Link>, guests: &[Rc<RefCell<Guest>>], most: usize) {
        let mut observer = MirrorObserver::new(Arc::clone(&link), PayloadPolicy::Head);
        let (turns, burst) = (self.up_to(150), self.draw(|random| random.of(&[3, 30, 200])));
        for turn in 0.. {
            self.calm.set(turn >= turns);
            if !self.calm.get() && self.draw(|random| random.happens(700)) {
                for _ in 0..self.up_to(burst) {
                    self.happen(&mut observer);
                }
            }
            if observer.hands_over() {
                let took = Duration::from_millis(self.draw(|random| random.of(&[0, 0, 1, 5])));
                observer.show(self.picture(), took);
            }
            assert!(link.queue.waiting() <= most, "seed {}: too much waits for the hub", self.seed);
            guests.iter().for_each(|guest| guest.borrow().check_memory(self.seed));
            let pause = if self.calm.get() { 20 } else { self.draw(|random| random.of(&[0, 1, 10, 60])) };
            sleep(Duration::from_millis(pause)).await;
        }
    }

    fn happen(&self, observer: &mut MirrorObserver) {
        let number = self.draw(|random| random.below(CONNECTIONS as usize + 1)) as u64;
        let connection = (number > 0).then_some(number);
        let recorded = observer.is_for(connection);
        let mut happened = self.happened.borrow_mut();
        happened.push(Happened { connection, recorded });
        if recorded {
            observer.record(Record {
                seq: 0,
                time: Time::from_micros(happened.len() as u64),
                connection,
                step: Step::PassBegan { pass: 1 },
                function: "".into(),
                file: "".into(),
                line: 1,
            });
        }
    }

    fn picture(&self) -> Picture {
        let connection = |number| (number, ConnectionPicture { number, ..ConnectionPicture::default() });
        let connections: BTreeMap<_, _> = (1..=self.shown).map(connection).collect();
        let time = Time::from_micros(self.happened.borrow().len() as u64);
        Picture { time, connections, ..Picture::default() }
    }

    /// How long a viewer takes for a message.
    fn delay(&self, temper: Temper) -> Duration {
        if self.calm.get() {
            return Duration::ZERO;
        }
        let seldom = self.draw(|random| random.happens(100));
        Duration::from_millis(match temper {
            Temper::Quick => 0,
            Temper::Slow => self.up_to(200),
            Temper::Stalls if seldom => self.up_to(20_000),
            Temper::Hangs if seldom => 30_001,
            Temper::Stalls | Temper::Hangs => 0,
        })
    }

    /// A viewer from when it comes until it goes or is let go.
    async fn visit(&self, number: u64, guest: &RefCell<Guest>, calls: mpsc::Sender<Call>) {
        let outbox = Arc::clone(&guest.borrow().outbox);
        let temper =
            self.draw(|random| random.of(&[Temper::Quick, Temper::Slow, Temper::Stalls, Temper::Hangs]));
        sleep(Duration::from_millis(self.up_to(2000))).await;
        calls.send(Call::Join(number, Arc::clone(&outbox))).await.unwrap();
        let mut sink = std::pin::pin!(unfold((), async |(), message| {
            let delay = self.delay(temper);
            if delay > Duration::ZERO {
                guest.borrow_mut().stalls = true;
                sleep(delay).await;
                guest.borrow_mut().stalls = false;
            }
            guest.borrow_mut().take(&message, self);
            Ok::<_, ()>(())
        }));
        tokio::select! {
            biased;
            goodbye = viewer::speak(&mut sink, number, &outbox, &calls) => {
                assert!(matches!(temper, Temper::Hangs), "seed {}: {goodbye:?}", self.seed);
            }
            () = self.act(number, guest, &calls) => {}
        }
        guest.borrow_mut().gone = true;
        calls.send(Call::Leave(number)).await.unwrap();
    }

    /// What a viewer says besides, until it vanishes.
    async fn act(&self, number: u64, guest: &RefCell<Guest>, calls: &mpsc::Sender<Call>) {
        loop {
            sleep(Duration::from_millis(self.up_to(2000))).await;
            if self.calm.get() {
                return std::future::pending().await;
            }
            match self.draw(|random| random.below(10)) {
                0 => return,
                1..=3 => {
                    let pings = self.draw(|random| random.of(&[1, 1000]));
                    guest.borrow_mut().pings += pings;
                    (0..pings).for_each(|_| guest.borrow().outbox.ring(ViewerQueue::push_pong));
                }
                4..=7 => {
                    let chosen = |&number: &u64| self.draw(|random| random.happens(number as usize * 200));
                    let some = Watched::Some((1..=CONNECTIONS).filter(chosen).collect());
                    let wish = if self.draw(|random| random.happens(300)) { Watched::All } else { some };
                    guest.borrow_mut().wish = wish.clone();
                    guest.borrow_mut().wishes.push(wish.clone());
                    calls.send(Call::Watch(number, wish)).await.unwrap();
                }
                _ => {}
            }
        }
    }
}

/// One run, to its end.
fn run(seed: u64, waker: &Waker, sum: &mut Sum) {
    let mut random = Random::new(seed);
    let most = random.of(&[8, 100, 65_536]);
    let shown = random.of(&[CONNECTIONS, CONNECTIONS, CONNECTIONS, 70]);
    let limits: Vec<_> = (0..random.up_to(4)).map(|_| random.of(&[200, 2000, 20_000, 1 << 20])).collect();
    let guests: Vec<_> = limits.into_iter().map(|limit| Rc::new(RefCell::new(Guest::new(limit)))).collect();
    let world = Rc::new(World {
        seed,
        random: RefCell::new(random),
        happened: RefCell::default(),
        calm: Cell::new(false),
        shown,
    });
    let runtime = Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
    let link = Arc::new(Link::new(Queue::with_room(most)));
    LocalSet::new().block_on(&runtime, async {
        let (calls, heard) = mpsc::channel(1024);
        spawn_local(Hub::new(Arc::clone(&link), waker.clone(), Arc::default()).run(heard));
        let visit = |(number, guest): (u64, &Rc<RefCell<Guest>>)| {
            let (world, guest, calls) = (Rc::clone(&world), Rc::clone(guest), calls.clone());
            spawn_local(async move { world.visit(number, &guest, calls).await })
        };
        let visits: Vec<_> = (1..).zip(&guests).map(visit).collect();
        let end = async {
            let stalls = |guest: &Rc<RefCell<Guest>>| guest.borrow().stalls && !guest.borrow().gone;
            while !world.calm.get() || guests.iter().any(stalls) {
                sleep(Duration::from_millis(100)).await;
            }
            sleep(CALM).await;
        };
        tokio::select! {
            biased;
            () = world.echo(Arc::clone(&link), &guests, most) => {}
            () = end => {}
        }
        for visit in visits {
            visit.abort();
            // A check that failed is a test that does.
            if let Err(error) = visit.await
                && error.is_panic()
            {
                std::panic::resume_unwind(error.into_panic());
            }
        }
    });
    for guest in &guests {
        let guest = guest.borrow();
        if !guest.gone {
            guest.check_end(&world);
        }
        sum.records += guest.records;
        sum.gaps += guest.gaps;
        sum.gone += usize::from(guest.gone);
        sum.stayed += usize::from(!guest.gone);
    }
    sum.unrecorded += world.happened.borrow().iter().filter(|it| !it.recorded).count();
}

#[test]
fn each_record_reaches_each_viewer_that_watches_it_or_is_in_a_gap() {
    let (_event_loop, mut sockets) = EventLoop::new().unwrap();
    let (_wakeups, waker) = Wakeups::listen(&mut EventBase::new(Dialect::default()), &mut sockets).unwrap();
    let mut sum = Sum::default();
    let first = setting("FAULTS_SEED", 1);
    for seed in first..first + setting("FAULTS_RUNS", 200) {
        run(seed, &waker, &mut sum);
    }
    println!("{sum:?}");
    let Sum { records, gaps, gone, stayed, unrecorded } = sum;
    let seen = [records, gaps, gone, stayed, unrecorded];
    assert!(seen.iter().all(|&count| count > 0) || env::var("FAULTS_RUNS").is_ok(), "{seen:?}");
}
