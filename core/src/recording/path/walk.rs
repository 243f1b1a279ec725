//! The records of one internal callback, on their way through its choices.

use super::row::{Known, Row, Then, Way};
use super::{Choice, Internal, Turn, Walk, table};
use crate::recording::{ConnectionPicture, Recording};
use crate::{EventName, MarkName, Record, Step};

/// What watches input changes nothing else.
pub(super) const fn is_of_watch(step: &Step) -> bool {
    matches!(
        step,
        Step::WatermarkChecked { mark: MarkName::ReadHigh, .. }
            | Step::PressureRemoved
            | Step::Suspended { .. }
            | Step::Unsuspended { .. }
            | Step::EventArmed { event: EventName::Read }
            | Step::EventDisarmed { event: EventName::Read }
            | Step::EventDeactivated { event: EventName::Read }
            | Step::TimerSet { event: EventName::Read, .. }
            | Step::TimerRestarted { event: EventName::Read, .. }
            | Step::TimerCancelled { event: EventName::Read }
    )
}

/// The choices that a dialect has, and how far the records have come.
struct Going {
    known: Known,
    rows: Vec<&'static Row>,
    choices: Vec<Choice>,
    /// The next choice that is open; none when the callback has nothing more to decide.
    next: Option<usize>,
}

impl Recording {
    /// The callback that began with this record, as far as a position.
    pub(super) fn walk(&mut self, began: u64, position: u64, internal: Internal) -> Option<Walk> {
        let connection = self.record_at(began)?.connection?;
        let mut going = Going::new(internal, self.seek(began).connections.get(&connection)?);
        let mut depth = 0_usize;
        for at in began..=position {
            let record = self.record_at(at)?;
            if record.connection == Some(connection) {
                going.learn(&record.step);
            }
            match record.step {
                Step::CallbackLeft { .. } => depth = depth.saturating_sub(1),
                Step::EventReturned { .. } if depth == 0 => going.returned(),
                _ if depth == 0 && record.connection == Some(connection) => going.take(at, record),
                _ => {}
            }
            if matches!(record.step, Step::CallbackEntered { .. }) {
                depth += 1;
            }
        }
        // It is at its end with the last record that is of it: a change of the buffer goes on after that.
        if internal == Internal::Watch
            && !self.record_at(position + 1).is_some_and(|next| goes_on(next, connection))
        {
            going.returned();
        }
        let function = match internal {
            Internal::Read => "bufferevent_readcb".into(),
            Internal::Write => "bufferevent_writecb".into(),
            Internal::ReadTimeout => "bufferevent_generic_read_timeout_cb".into(),
            Internal::WriteTimeout => "bufferevent_generic_write_timeout_cb".into(),
            Internal::Deferred => "bufferevent_run_deferred_callbacks_locked".into(),
            Internal::Watch => self.record_at(began)?.function.clone(),
        };
        Some(Walk { internal, function, connection, began, choices: going.finish() })
    }
}

/// The next record is of what watches input, too.
fn goes_on(next: &Record, connection: u64) -> bool {
    let begins_anew = matches!(next.step, Step::WatermarkChecked { .. });
    next.connection == Some(connection) && is_of_watch(&next.step) && !begins_anew
}

impl Going {
    fn new(internal: Internal, connection: &ConnectionPicture) -> Self {
        let rules = connection.dialect.rules();
        let rows: Vec<&Row> = table::of(internal).iter().filter(|row| (row.has)(rules)).collect();
        let branches = |row: &Row| {
            let mut branches = Vec::new();
            for way in row.ways.iter().filter(|way| (way.has)(rules)) {
                if !branches.contains(&way.branch) {
                    branches.push(way.branch);
                }
            }
            branches
        };
        let open = |row: &&Row| Choice {
            turn: row.turn,
            branches: branches(row),
            taken: None,
            position: None,
            function: None,
            passed: false,
        };
        let choices = rows.iter().map(open).collect();
        let known = Known { rules, writes: connection.write.enabled };
        Self { known, rows, choices, next: Some(0) }
    }

    /// What the application does meanwhile decides, too.
    const fn learn(&mut self, step: &Step) {
        if let Step::Enabled { enabled, .. } | Step::Disabled { enabled, .. } = step {
            self.known.writes = enabled.write;
        }
    }

    /// A record decides the next choice that it shows, and those after it that it shows, too. Those before it went the way
    /// that leaves no record.
    fn take(&mut self, at: u64, record: &Record) {
        let mut decides = false;
        while let Some((index, way)) = self.shown_by(&record.step, !decides) {
            while let Some(before) = self.next.filter(|next| *next < index) {
                let Some(silent) = self.silent(before) else { break };
                self.decide(before, silent, None);
            }
            let function = (!record.function.is_empty()).then(|| record.function.clone());
            self.decide(index, way, Some((at, function)));
            decides = true;
        }
    }

    /// The choice that the step shows, where the way to it leads over silent ones alone.
    fn shown_by(&self, step: &Step, over_silent: bool) -> Option<(usize, &'static Way)> {
        let mut next = self.next;
        loop {
            let index = next?;
            let shows = |way: &&'static Way| way.shown_by.is_some_and(|shown_by| shown_by(&self.known, step));
            if let Some(way) = self.ways(index).find(shows) {
                return Some((index, way));
            }
            let silent = self.silent(index).filter(|_| over_silent)?;
            next = self.after(index, silent.then);
        }
    }

    fn ways(&self, index: usize) -> impl Iterator<Item = &'static Way> + use<> {
        let rules = self.known.rules;
        let ways: &'static [Way] = self.rows[index].ways;
        ways.iter().filter(move |way| (way.has)(rules))
    }

    fn silent(&self, index: usize) -> Option<&'static Way> {
        self.ways(index).find(|way| way.shown_by.is_none())
    }

    fn after(&self, index: usize, then: Then) -> Option<usize> {
        match then {
            Then::GoOn => Some(index + 1).filter(|next| *next < self.rows.len()),
            Then::To(turn) => self.place_of(turn),
            Then::Return => None,
        }
    }

    fn place_of(&self, turn: Turn) -> Option<usize> {
        self.rows.iter().position(|row| row.turn == turn)
    }

    fn decide(
        &mut self,
        index: usize,
        way: &Way,
        shown: Option<(u64, Option<std::borrow::Cow<'static, str>>)>,
    ) {
        let choice = &mut self.choices[index];
        choice.taken = Some(way.branch);
        if let Some((at, function)) = shown {
            (choice.position, choice.function) = (Some(at), function);
        }
        self.next = self.after(index, way.then);
        let upto = self.next.unwrap_or(self.choices.len());
        self.choices[index + 1..upto].iter_mut().for_each(|choice| choice.passed = true);
    }

    /// The callback is over: what was open went the way that leaves no record.
    fn returned(&mut self) {
        while let Some(index) = self.next {
            let Some(silent) = self.silent(index) else { break };
            self.decide(index, silent, None);
        }
    }

    /// Without those that are not worth a word.
    fn finish(self) -> Vec<Choice> {
        let Self { known: Known { rules, .. }, rows, choices, .. } = self;
        let is_silent = |row: &Row, choice: &Choice| {
            let mut ways = row.ways.iter().filter(|way| (way.has)(rules) && way.shown_by.is_none());
            choice.taken.is_none() || ways.any(|way| Some(way.branch) == choice.taken)
        };
        let kept =
            rows.into_iter().zip(choices).filter(|(row, choice)| !row.is_rare || !is_silent(row, choice));
        let without_rare = |(row, mut choice): (&Row, Choice)| {
            let is_rare = |branch| row.ways.iter().any(|way| way.branch == branch && way.is_rare);
            choice.branches.retain(|branch| choice.taken == Some(*branch) || !is_rare(*branch));
            choice
        };
        kept.map(without_rare).collect()
    }
}
