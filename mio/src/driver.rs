//! An event base with its sockets, one callback after the other.

use std::io;

use bufferevent::{BuffereventId, Dialect, Due, EventBase, Gone, Handle, NoObserver, Observer};

use crate::{EventLoop, Sockets};

/// An event base that waits by itself: `event_base_dispatch`, handed out one callback at a time.
///
/// Everything in it is open to its user: bufferevents are made and used on `base`, sockets opened and ended on `sockets`.
#[derive(Debug)]
pub struct Driver<O: Observer = NoObserver> {
    /// The engine.
    pub base: EventBase<O>,
    /// The sockets behind it.
    pub sockets: Sockets,
    event_loop: EventLoop,
    /// A pass has begun and is not at its end.
    in_pass: bool,
    /// The exit that the last pass came to was told.
    told_exit: bool,
}

impl Driver {
    /// A base of this dialect that nobody watches, without sockets.
    ///
    /// # Errors
    /// What the operating system says: no descriptor is left.
    pub fn new(dialect: Dialect) -> io::Result<Self> {
        Self::with_base(EventBase::new(dialect))
    }
}

impl<O: Observer> Driver<O> {
    /// Drives this base, whose handles are all of this driver's sockets.
    ///
    /// # Errors
    /// What the operating system says: no descriptor is left.
    pub fn with_base(base: EventBase<O>) -> io::Result<Self> {
        let (event_loop, sockets) = EventLoop::new()?;
        Ok(Self { base, sockets, event_loop, in_pass: false, told_exit: false })
    }

    /// The next callback that is due, waiting for as long as it takes; asking says that the one before has returned.
    /// None when [`EventBase::loopexit`] was called and its pass is over, or nothing is left to wait for. The first is told
    /// once: asked again, it goes on, as a loop does that is dispatched again.
    ///
    /// # Errors
    /// What the operating system says; nothing that a caller could repair.
    pub fn next_callback(&mut self) -> io::Result<Option<Due>> {
        loop {
            if self.in_pass {
                if let Some(due) = self.base.poll_callback(&mut self.sockets) {
                    return Ok(Some(due));
                }
                self.in_pass = false;
            }
            let exits = self.base.exit_requested() && !std::mem::replace(&mut self.told_exit, true);
            if exits || !self.base.has_events() {
                return Ok(None);
            }
            self.event_loop.wait(&mut self.base, &mut self.sockets)?;
            self.base.begin_pass(self.event_loop.now());
            self.in_pass = true;
            // In 1.4 what was told stands until the loop comes to its top again.
            self.told_exit = self.base.exit_requested();
        }
    }

    /// Frees a bufferevent that was made with `close_on_free`, and sees to it that its connection is closed in every dialect:
    /// in 2.x the loop closes it, once no callback of it is under way. 1.4 knows no such option and leaves the connection to the
    /// application, so that `free` alone would leave it open for ever; there it is closed here, whatever the bufferevent was
    /// made with.
    ///
    /// # Errors
    /// [`Gone`] when it was freed before.
    pub fn free(&mut self, id: BuffereventId) -> Result<(), Gone> {
        let bufferevent = self.base.get_mut(id)?;
        let handle = bufferevent.handle();
        bufferevent.free();
        if let Some(handle) = handle.filter(|_| !self.base.dialect().can_close_on_free()) {
            self.close(handle);
        }
        Ok(())
    }

    /// Closes a connection that no bufferevent has, or whose bufferevent was made without `close_on_free` and is freed.
    pub fn close(&mut self, handle: Handle) {
        self.sockets.close(handle);
        self.base.forget_handle(handle);
    }
}
