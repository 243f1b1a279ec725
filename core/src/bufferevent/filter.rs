//! Filters: a bufferevent on top of another (2.x). What comes up from below goes through one function, what goes down
//! through another.
//!
//! A filter's internal callbacks are the user callbacks of the bufferevent below, which nobody else hears then. Bytes move
//! inside the call that makes it possible: a write to the filter, a callback of the one below, a drain of input that was
//! full, a flush. The user's callbacks run inside these calls, so a filter goes on piece by piece (see `owed`). Its
//! internal events are mere timers, as those of a pair.

use super::filtering::Filtering;
use super::{Bufferevent, BuffereventOptions, Callbacks, Engine, Link, Work};
use crate::dialect::NoFunction;
use crate::{
    BuffereventId, Callback, Direction, Directions, FilterKind, FlushMode, Observer, Step, SuspendBits,
};

const NEW: &str = "bufferevent_filter_new";

/// What a filter is made of, besides what every bufferevent is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Filter {
    /// The bufferevent below. Invariant: it is not released before the filter is.
    pub(crate) underlying: BuffereventId,
    pub(super) input: FilterKind,
    pub(super) output: FilterKind,
    /// Input was full with bytes left below: when it is drained, the input function runs again.
    pub(super) watches_input: bool,
    /// Whether what is added to output runs the output function, as it does but while that runs already.
    pub(super) watches_output: bool,
    /// BEV_OPT_CLOSE_ON_FREE: the bufferevent below is freed with the filter.
    frees_underlying: bool,
}

/// Why there is no filter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FilterError {
    /// This libevent has no filters.
    NoFunction(NoFunction),
    /// The bufferevent below was freed.
    Gone,
    /// There is a filter over it already. libevent would take its callbacks away from that one.
    Filtered,
}

impl std::fmt::Display for FilterError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::NoFunction(none) => none.fmt(f),
            Self::Gone => f.write_str("the bufferevent below was freed"),
            Self::Filtered => f.write_str("there is a filter over this bufferevent already"),
        }
    }
}

impl std::error::Error for FilterError {}

impl From<NoFunction> for FilterError {
    fn from(none: NoFunction) -> Self {
        Self::NoFunction(none)
    }
}

impl Bufferevent {
    /// Of a filter the bufferevent below: `bufferevent_get_underlying`.
    #[must_use]
    pub const fn get_underlying(&self) -> Option<BuffereventId> {
        match self.link {
            Link::Filter(filter) => Some(filter.underlying),
            Link::Socket | Link::Pair(_) => None,
        }
    }

    pub(super) const fn filter_mut(&mut self) -> Option<&mut Filter> {
        match &mut self.link {
            Link::Filter(filter) => Some(filter),
            Link::Socket | Link::Pair(_) => None,
        }
    }
}

impl<O: Observer> Engine<O> {
    pub(crate) fn bufferevent_filter_new(
        &mut self,
        underlying: BuffereventId,
        [input, output]: [FilterKind; 2],
        callbacks: Callbacks,
        options: BuffereventOptions,
    ) -> Result<BuffereventId, FilterError> {
        self.since_2(NEW)?;
        let below = self.state.live(underlying).ok_or(FilterError::Gone)?;
        if below.private().is_some_and(|private| private.filter.is_some()) {
            return Err(FilterError::Filtered);
        }
        let link = Link::Filter(Filter {
            underlying,
            input,
            output,
            watches_input: false,
            watches_output: true,
            frees_underlying: options.close_on_free,
        });
        let id = self.make_bufferevent(link, None, callbacks, options, NEW);
        let number = underlying.number();
        self.record(Some(id), NEW, move || Step::FilterMade { underlying: number, input, output });
        self.set_callbacks(underlying, Callbacks::ALL);
        if let Some(private) = self.state.bufferevents[underlying.0].private_mut() {
            private.filter = Some(id);
            private.filter_hears = true;
        }
        // 2.x adds events whatever their handle: this cannot fail.
        let _ = self.enable_directions(underlying, Directions::BOTH);
        self.suspend_reading(underlying, SuspendBits::FILTER);
        Ok(id)
    }

    /// A user callback of the bufferevent below runs: it is the filter's.
    pub(crate) fn filter_hears(&mut self, underlying: BuffereventId, callback: Callback) {
        let function = match callback {
            Callback::Read => "be_filter_readcb",
            Callback::Write => "be_filter_writecb",
            _ => "be_filter_eventcb",
        };
        self.record(Some(underlying), function, move || Step::FilterCalled { callback });
        if let Some(id) = self.filter_in_use(underlying) {
            match callback {
                Callback::Read => self.filter_read(id),
                Callback::Write => {
                    self.owe(Work::Filter(Filtering::new(id, Direction::Write, FlushMode::Normal)));
                }
                _ => self.owe(Work::Call(id, callback)),
            }
        }
        if callback == Callback::Read {
            self.owe(Work::AfterRead(underlying));
        }
    }

    /// The filter over a bufferevent, unless only its release is left.
    fn filter_in_use(&self, underlying: BuffereventId) -> Option<BuffereventId> {
        let id = self.state.bufferevents[underlying.0].private()?.filter?;
        let released = self.state.bufferevents[id.0].private()?.finalizer.is_some();
        (!released).then_some(id)
    }

    /// `bufferevent_filtered_inbuf_cb`: there may be room for what was left below.
    pub(crate) fn filter_input_changed(&mut self, id: BuffereventId) {
        let bufferevent = &mut self.state.bufferevents[id.0];
        let full = bufferevent.is_input_full();
        let Some(filter) = bufferevent.filter_mut() else { return };
        if !filter.watches_input || full {
            return;
        }
        filter.watches_input = false;
        let underlying = filter.underlying;
        let in_use = self.filter_in_use(underlying).is_some();
        if in_use && !self.state.bufferevents[underlying.0].input.is_empty() {
            self.filter_read(id);
        }
    }

    /// `bufferevent_filtered_outbuf_cb`.
    pub(crate) fn filter_output_added(&mut self, id: BuffereventId) {
        let Link::Filter(filter) = self.state.bufferevents[id.0].link else { return };
        if filter.watches_output {
            self.owe(Work::Filter(Filtering::new(id, Direction::Write, FlushMode::Normal)));
            self.owe(Work::Release(id));
        }
    }

    /// `be_filter_enable`.
    pub(crate) fn filter_start(&mut self, id: BuffereventId, underlying: BuffereventId, started: Directions) {
        if started.write {
            self.restart_generic_timer(id, Direction::Write);
        }
        if started.read {
            self.restart_generic_timer(id, Direction::Read);
            self.unsuspend_reading(underlying, SuspendBits::FILTER);
        }
    }

    /// `be_filter_unlink`: the last reference to the filter has gone.
    pub(crate) fn filter_unlink(&mut self, filter: Filter) {
        let Filter { underlying, frees_underlying, .. } = filter;
        let below = &self.state.bufferevents[underlying.0];
        if frees_underlying {
            // Freed already it has no reference left that the filter could take.
            if !below.freed {
                self.bufferevent_free(underlying);
            }
            return;
        }
        if below.private().is_some_and(|private| private.filter_hears) {
            self.set_callbacks(underlying, Callbacks::NONE);
        }
        self.unsuspend_reading(underlying, SuspendBits::FILTER);
    }

    /// The filter itself is gone: nothing holds the bufferevent below any more.
    pub(crate) fn filter_let_go(&mut self, underlying: BuffereventId) {
        if let Some(private) = self.state.bufferevents[underlying.0].private_mut() {
            private.filter = None;
        }
        self.finalize_when_unused(underlying);
    }
}
