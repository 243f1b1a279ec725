//! What a bufferevent of one libevent has and of another has not.

use super::deferred::Deferral;
use super::watch::Watches;
use super::{Bufferevent, MAX_SINGLE};
use crate::arena::Key;
use crate::dialect::{HighMark, Rules};
use crate::{BuffereventId, SuspendBits};

/// The part that differs.
#[derive(Debug)]
pub(crate) enum Own {
    /// Reading stops by a callback: whether the pressure callback watches input.
    Pressure { installed: bool },
    /// Reading is suspended: 2.x's `struct bufferevent_private`.
    Private(Private),
}

/// What only 2.x has.
#[derive(Debug)]
pub(crate) struct Private {
    /// Input is watched for its high mark. Invariant: so it is exactly while there is one, once set.
    pub(crate) watching: bool,
    /// Why reading is suspended. Invariant: while there is a reason, `ev_read` is not armed.
    pub(crate) suspended: SuspendBits,
    pub(crate) max_single_read: usize,
    pub(crate) max_single_write: usize,
    pub(crate) deferral: Deferral,
    pub(crate) close_on_free: bool,
    /// A connection was begun, and its outcome is not known. Meanwhile `ev_write` stays whatever is disabled.
    pub(crate) connecting: bool,
    /// A read found that the connection was refused: the next look at it is told so.
    pub(crate) connection_refused: bool,
    /// Who watches its buffers.
    pub(crate) watches: Watches,
    /// The filter over it, which holds on to it until that is released itself.
    pub(crate) filter: Option<BuffereventId>,
    /// Its callbacks are the filter's, not the application's.
    pub(crate) filter_hears: bool,
    /// The event that stands for the queued release.
    pub(crate) finalizer: Option<Key>,
}

impl Own {
    pub(super) fn new(rules: &Rules) -> Self {
        match rules.high_mark {
            HighMark::PressureCallback => Self::Pressure { installed: false },
            HighMark::Suspends => Self::Private(Private {
                watching: false,
                suspended: SuspendBits::NONE,
                max_single_read: MAX_SINGLE,
                max_single_write: MAX_SINGLE,
                deferral: Deferral::default(),
                close_on_free: false,
                connecting: false,
                connection_refused: false,
                watches: Watches::default(),
                filter: None,
                filter_hears: false,
                finalizer: None,
            }),
        }
    }
}

impl Bufferevent {
    /// What only 2.x has.
    pub(crate) const fn private(&self) -> Option<&Private> {
        match &self.own {
            Own::Private(private) => Some(private),
            Own::Pressure { .. } => None,
        }
    }

    pub(crate) const fn private_mut(&mut self) -> Option<&mut Private> {
        match &mut self.own {
            Own::Private(private) => Some(private),
            Own::Pressure { .. } => None,
        }
    }

    /// Whether every callback is put off.
    pub(crate) fn defers_callbacks(&self) -> bool {
        self.private().is_some_and(|private| private.deferral.always)
    }

    /// The event that stands for the queued call of deferred callbacks, once there was one.
    pub(crate) fn deferred_event(&self) -> Option<Key> {
        self.private()?.deferral.event
    }
}
