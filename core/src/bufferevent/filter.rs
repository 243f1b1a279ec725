//! Filters: a bufferevent on top of another (2.x). What comes up from below goes through one function, what goes down
//! through another.
//!
//! A filter's internal callbacks are the user callbacks of the bufferevent below, which nobody else hears then. Bytes move
//! inside the call that makes it possible: a write to the filter, a callback of the one below, a drain of input that was
//! full, a flush. The user's callbacks run inside these calls, so a filter goes on piece by piece (see `owed`). Its
//! internal events are mere timers, as those of a pair.

use super::owed::Marks;
use super::{Bufferevent, BuffereventOptions, Callbacks, Engine, Link, Work};
use crate::dialect::NoFunction;
use crate::filters::Run;
use crate::{
    BufferName, BuffereventId, Callback, Direction, Directions, End, FilterKind, Filtered, FlushMode,
    Observer, Payload, Step, SuspendBits,
};

const NEW: &str = "bufferevent_filter_new";

/// What a filter is made of, besides what every bufferevent is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Filter {
    /// The bufferevent below. Invariant: it is not released before the filter is.
    pub(crate) underlying: BuffereventId,
    input: FilterKind,
    output: FilterKind,
    /// Input was full with bytes left below: when it is drained, the input function runs again.
    watches_input: bool,
    /// Whether what is added to output runs the output function, as it does but while that runs already.
    watches_output: bool,
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

    const fn filter_mut(&mut self) -> Option<&mut Filter> {
        match &mut self.link {
            Link::Filter(filter) => Some(filter),
            Link::Socket | Link::Pair(_) => None,
        }
    }
}

/// A function of a filter that is under way: `be_filter_process_input` or `be_filter_process_output`.
#[derive(Debug)]
pub(crate) struct Filtering {
    id: BuffereventId,
    direction: Direction,
    mode: FlushMode,
    stage: Stage,
    /// The function moved something since the user heard of it last.
    processed: bool,
    /// The function moved something.
    processed_any: bool,
    /// It was the bufferevent below that had read: the user hears of what came of it.
    by_readcb: bool,
    /// Of a flush: what it is about in all.
    flush: Directions,
}

#[derive(Debug)]
enum Stage {
    /// Whether there is anything to do.
    Begin,
    /// Runs the function.
    Run,
    /// What it took from one buffer goes to the other.
    Give(Vec<u8>),
    /// Whether to run it again.
    Judge(Filtered),
    /// Output: the same, once the write callback has returned.
    Told(Filtered),
    /// Input: once the read callback has returned.
    Read,
    /// A flush goes on below.
    FlushBelow,
}

impl Filtering {
    const fn new(id: BuffereventId, direction: Direction, mode: FlushMode) -> Self {
        Self {
            id,
            direction,
            mode,
            stage: Stage::Begin,
            processed: false,
            processed_any: false,
            by_readcb: false,
            flush: Directions::NONE,
        }
    }

    /// The buffer that the function takes from.
    const fn source(&self, filter: &Filter) -> (BuffereventId, BufferName) {
        match self.direction {
            Direction::Read => (filter.underlying, BufferName::Input),
            Direction::Write => (self.id, BufferName::Output),
        }
    }

    /// The buffer that it gives to.
    const fn destination(&self, filter: &Filter) -> (BuffereventId, BufferName) {
        match self.direction {
            Direction::Read => (self.id, BufferName::Input),
            Direction::Write => (filter.underlying, BufferName::Output),
        }
    }

    const fn function(&self) -> &'static str {
        match self.direction {
            Direction::Read => "be_filter_process_input",
            Direction::Write => "be_filter_process_output",
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

    /// `be_filter_read_nolock_`.
    fn filter_read(&mut self, id: BuffereventId) {
        let filtering = Filtering::new(id, Direction::Read, FlushMode::Normal);
        self.owe(Work::Filter(Filtering { by_readcb: true, ..filtering }));
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

    /// `be_filter_flush`.
    pub(crate) fn filter_flush(&mut self, id: BuffereventId, directions: Directions, mode: FlushMode) {
        let first = if directions.read { Direction::Read } else { Direction::Write };
        let flushing = Filtering { flush: directions, ..Filtering::new(id, first, mode) };
        let stage = if directions == Directions::NONE { Stage::FlushBelow } else { Stage::Begin };
        self.owe(Work::Filter(Filtering { stage, ..flushing }));
        self.owe(Work::Release(id));
    }

    /// A flush takes up writing after reading, and then goes on below. That reading moved something counts for writing, too.
    fn filter_flush_on(&mut self, filtering: &Filtering) {
        let writes = filtering.direction == Direction::Read && filtering.flush.write;
        let (direction, stage) = match filtering.flush {
            Directions::NONE => return,
            _ if writes => (Direction::Write, Stage::Begin),
            _ => (filtering.direction, Stage::FlushBelow),
        };
        self.owe(Work::Filter(Filtering { direction, stage, processed: false, ..*filtering }));
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

    /// Does one stage, and owes what follows.
    pub(crate) fn filter_go_on(&mut self, mut filtering: Filtering) {
        let id = filtering.id;
        let Link::Filter(filter) = self.state.bufferevents[id.0].link else { return };
        match std::mem::replace(&mut filtering.stage, Stage::Run) {
            Stage::Begin => {
                if filtering.mode == FlushMode::Normal && !self.filter_begins(&filter, &filtering) {
                    return self.filter_flush_on(&filtering);
                }
                if filtering.direction == Direction::Write {
                    self.watch_filter_output(id, false);
                }
                self.owe(Work::Filter(filtering));
            }
            Stage::Run => self.filter_run(&filter, filtering),
            Stage::Give(bytes) => {
                self.filter_give(&filter, &filtering, &bytes);
                filtering.stage = Stage::Judge(Filtered::Ok);
                self.owe(Work::Filter(filtering));
            }
            Stage::Judge(result) => self.filter_judge(&filter, filtering, result),
            Stage::Told(result) => {
                if result == Filtered::Ok && self.filter_goes_on(&filter, &filtering) {
                    filtering.processed = false;
                    self.owe(Work::Filter(filtering));
                } else {
                    self.filter_end(filtering);
                }
            }
            Stage::Read => {
                let left = !self.state.bufferevents[filter.underlying.0].input.is_empty();
                let bufferevent = &mut self.state.bufferevents[id.0];
                if left
                    && bufferevent.is_input_full()
                    && let Some(filter) = bufferevent.filter_mut()
                {
                    filter.watches_input = true;
                }
            }
            Stage::FlushBelow => {
                // What the one below answers is not looked at.
                let _ = self.bufferevent_flush(filter.underlying, filtering.flush, filtering.mode);
            }
        }
    }

    /// Whether a function runs at all, unless it is urged.
    fn filter_begins(&self, filter: &Filter, filtering: &Filtering) -> bool {
        let bufferevent = &self.state.bufferevents[filtering.id.0];
        let something = filtering.direction == Direction::Read || !bufferevent.output.is_empty();
        something
            && bufferevent.enabled.contains(filtering.direction)
            && !self.is_filter_full(filter, filtering)
    }

    /// Whether a function that moved something runs again.
    fn filter_goes_on(&self, filter: &Filter, filtering: &Filtering) -> bool {
        let bufferevent = &self.state.bufferevents[filtering.id.0];
        let (from, name) = filtering.source(filter);
        bufferevent.enabled.contains(filtering.direction)
            && !self.state.bufferevents[from.0].buffer(name).is_empty()
            && !self.is_filter_full(filter, filtering)
    }

    /// The room in the buffer that the function gives to, where a mark bounds it.
    fn filter_limit(&self, filter: &Filter, filtering: &Filtering) -> Option<usize> {
        let (to, name) = filtering.destination(filter);
        let to = &self.state.bufferevents[to.0];
        let high = match name {
            BufferName::Input => to.wm_read.high,
            BufferName::Output => to.wm_write.high,
        };
        let high = high.filter(|_| filtering.mode == FlushMode::Normal)?;
        Some(high.get().saturating_sub(to.buffer(name).len()))
    }

    fn is_filter_full(&self, filter: &Filter, filtering: &Filtering) -> bool {
        self.filter_limit(filter, filtering) == Some(0)
    }

    fn filter_run(&mut self, filter: &Filter, mut filtering: Filtering) {
        let limit = self.filter_limit(filter, &filtering);
        let (from, from_name) = filtering.source(filter);
        let (to, to_name) = filtering.destination(filter);
        let source = self.state.bufferevents[from.0].buffer(from_name);
        let destination = self.state.bufferevents[to.0].buffer(to_name);
        let (direction, mode) = (filtering.direction, filtering.mode);
        let kind = match direction {
            Direction::Read => filter.input,
            Direction::Write => filter.output,
        };
        let frozen = source.is_frozen(End::Start) || destination.is_frozen(End::End);
        let run = if frozen { Run::Stays(Filtered::Error) } else { kind.run(direction, source, limit, mode) };
        let result = run.result();
        self.record(Some(filtering.id), filtering.function(), move || Step::FilterRan {
            direction,
            mode,
            result,
        });
        match run {
            Run::Stays(_) => filtering.stage = Stage::Judge(result),
            Run::Passes => {
                self.filter_pass(filter, &filtering, limit);
                filtering.stage = Stage::Judge(result);
            }
            Run::Moves { take, give } => {
                self.filter_take(filter, &filtering, take);
                filtering.stage = Stage::Give(give);
            }
        }
        self.owe(Work::Filter(filtering));
    }

    fn filter_judge(&mut self, filter: &Filter, mut filtering: Filtering, result: Filtered) {
        if result == Filtered::Ok {
            (filtering.processed, filtering.processed_any) = (true, true);
            if self.filter_goes_on(filter, &filtering) {
                return self.owe(Work::Filter(filtering));
            }
        }
        if filtering.direction == Direction::Write && filtering.processed {
            self.owe(Work::CallByMark(filtering.id, Callback::Write, Marks::Kept));
            filtering.stage = Stage::Told(result);
            return self.owe(Work::Filter(filtering));
        }
        self.filter_end(filtering);
    }

    fn filter_end(&mut self, mut filtering: Filtering) {
        let Filtering { id, direction, processed_any, by_readcb, flush, .. } = filtering;
        if direction == Direction::Write {
            self.watch_filter_output(id, true);
        }
        if processed_any {
            self.restart_generic_timer(id, direction);
        }
        if processed_any && by_readcb {
            self.owe(Work::CallByMark(id, Callback::Read, Marks::Kept));
            filtering.stage = Stage::Read;
            self.owe(Work::Filter(filtering));
        } else if flush != Directions::NONE {
            self.filter_flush_on(&filtering);
        }
    }

    fn watch_filter_output(&mut self, id: BuffereventId, watches: bool) {
        if let Some(filter) = self.state.bufferevents[id.0].filter_mut() {
            filter.watches_output = watches;
        }
    }
}

/// What moves.
impl<O: Observer> Engine<O> {
    fn filter_take(&mut self, filter: &Filter, filtering: &Filtering, bytes: usize) {
        let (from, name) = filtering.source(filter);
        let mut taken = vec![0; bytes];
        let source = self.state.bufferevents[from.0].buffer_mut(name);
        // Its start was looked at just now.
        let _ = source.remove(&mut taken);
        let left = source.len();
        taken.truncate(self.payload_limit());
        self.record_filter_took(filtering, from, Payload { len: bytes, bytes: taken }, left);
        self.buffer_changed(from, name);
    }

    fn filter_give(&mut self, filter: &Filter, filtering: &Filtering, bytes: &[u8]) {
        let (to, name) = filtering.destination(filter);
        let destination = self.state.bufferevents[to.0].buffer_mut(name);
        let old_len = destination.len();
        // One that was frozen since then takes nothing, and the bytes are gone.
        if bytes.is_empty() || destination.add(bytes).is_err() {
            return;
        }
        self.record_filter_gave(filtering, to, old_len, bytes.len());
        self.buffer_changed(to, name);
    }

    /// The null filter: `evbuffer_remove_buffer`. Held bytes go likewise.
    fn filter_pass(&mut self, filter: &Filter, filtering: &Filtering, limit: Option<usize>) {
        let (from, into) = (filtering.source(filter), filtering.destination(filter));
        // Neither end is frozen, or the function would not have been called.
        let moving = self.begin_move(from, into, limit.unwrap_or(usize::MAX), filtering.function());
        if let Some(moving) = moving.ok().filter(|moving| moving.bytes() > 0) {
            self.owe_changes(moving);
        }
    }

    fn record_filter_took(
        &mut self,
        filtering: &Filtering,
        from: BuffereventId,
        payload: Payload,
        left: usize,
    ) {
        let direction = filtering.direction;
        self.record(Some(from), filtering.function(), move || match direction {
            Direction::Read => {
                Step::BufferDrained { buffer: BufferName::Input, bytes: payload.len, len: left }
            }
            Direction::Write => Step::Sent { payload, output: left, tanks: None },
        });
    }

    fn record_filter_gave(&mut self, filtering: &Filtering, to: BuffereventId, had: usize, given: usize) {
        if !self.is_watched(Some(to)) {
            return;
        }
        let name = match filtering.direction {
            Direction::Read => BufferName::Input,
            Direction::Write => BufferName::Output,
        };
        let buffer = self.state.bufferevents[to.0].buffer(name);
        let mut bytes = vec![0; given.min(self.payload_limit())];
        buffer.copyout_from(had, &mut bytes);
        let (payload, len) = (Payload { len: given, bytes }, buffer.len());
        let step = match filtering.direction {
            Direction::Read => Step::Received { payload, input: len, tanks: None },
            Direction::Write => Step::BufferAdded { buffer: BufferName::Output, payload, len },
        };
        self.record(Some(to), filtering.function(), move || step);
    }
}
