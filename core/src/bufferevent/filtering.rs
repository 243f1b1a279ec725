//! A function of a filter that is under way: piece by piece, as the user's callbacks run inside it.

use super::filter::Filter;
use super::owed::Marks;
use super::{Engine, Link, Work};
use crate::filters::Run;
use crate::{
    BufferName, BuffereventId, Callback, Direction, Directions, End, Filtered, FlushMode, Observer, Payload,
    Step,
};

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
    pub(super) const fn new(id: BuffereventId, direction: Direction, mode: FlushMode) -> Self {
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
    /// `be_filter_read_nolock_`.
    pub(super) fn filter_read(&mut self, id: BuffereventId) {
        let filtering = Filtering::new(id, Direction::Read, FlushMode::Normal);
        self.owe(Work::Filter(Filtering { by_readcb: true, ..filtering }));
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
                #[cfg(feature = "sim")]
                {
                    self.state.calls.filtered += bytes.len() as u64;
                }
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
            && self.state.bufferevents[from.0].buffer(name).held() > 0
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
        // One that was frozen since then takes nothing, and the bytes are gone.
        if bytes.is_empty() || destination.add(bytes).is_err() {
            return;
        }
        self.record_filter_gave(filtering, to, bytes.len());
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

    fn record_filter_gave(&mut self, filtering: &Filtering, to: BuffereventId, given: usize) {
        if !self.is_watched(Some(to)) {
            return;
        }
        let name = match filtering.direction {
            Direction::Read => BufferName::Input,
            Direction::Write => BufferName::Output,
        };
        let buffer = self.state.bufferevents[to.0].buffer(name);
        let mut bytes = vec![0; given.min(self.payload_limit())];
        buffer.copyout_from(buffer.held() - given, &mut bytes);
        let (payload, len) = (Payload { len: given, bytes }, buffer.len());
        let step = match filtering.direction {
            Direction::Read => Step::Received { payload, input: len, tanks: None },
            Direction::Write => Step::BufferAdded { buffer: BufferName::Output, payload, len },
        };
        self.record(Some(to), filtering.function(), move || step);
    }
}
