//! The same moment in two runs of one script.
//!
//! Two libevents take other steps to do the same. Both runs are cut where the script cuts them, at the ends of its steps
//! and of passes of the loop; between two cuts, the records that are of one sort on both sides, in one order, are the
//! same moments.

use std::ops::Range;

use imara_diff::{Algorithm, Diff, Hunk, InternedInput};

use super::experiment::{Boundary, Experiment, Place};
use crate::{Record, Rule};

/// What parts two runs at a moment.
#[derive(Clone, Copy)]
enum Parting {
    /// The record of this run at this position, which the other has not.
    Ours(u64),
    /// The record of the other which this run has not, counted from where its stretch begins.
    Theirs(u32),
}

impl Experiment {
    /// The position in another run of the same script at which as much has happened as at this one here: behind the last
    /// record that both have. At the end of a step or a pass it is the end of the same there.
    #[must_use]
    pub fn counterpart(&self, position: u64, other: &Self) -> u64 {
        let (here, there) = self.stretch(position, other);
        if position >= here.end {
            return there.end;
        }
        let passed = (position - here.start) as u32;
        let (mut ours, mut theirs, mut met) = (0, 0, 0);
        for Hunk { before, after } in self.diff(&here, other, &there) {
            if before.start > ours && ours < passed {
                met = theirs + before.start.min(passed) - ours;
            }
            (ours, theirs) = (before.end, after.end);
        }
        if ours < passed {
            met = theirs + passed - ours;
        }
        there.start + u64::from(met)
    }

    /// The nearest position after this one at which both runs part: its record is one that the other does not have, or
    /// the other has another before it. None when both go on alike to the end.
    #[must_use]
    pub fn next_difference(&self, position: u64, other: &Self) -> Option<u64> {
        let mut at = position;
        while at < self.recording().end_position() {
            let (here, there) = self.stretch(at + 1, other);
            let parts = self.diff(&here, other, &there).into_iter();
            let mut parts = parts.map(|part| (here.start + u64::from(part.before.start) + 1).min(here.end));
            if let Some(found) = parts.find(|found| *found > position) {
                return Some(found);
            }
            at = here.end;
        }
        None
    }

    /// The rules that decided that both runs part at this position: with these taken over from the other libevent, and not
    /// with fewer of them, this run has not the record that the other has not; or, where it has nothing of its own, it has
    /// the first that only the other has. Mostly it is one rule; where several would do alone, it is the one that else changes least of this
    /// run. Empty where both do not part.
    #[must_use]
    pub fn parted_by(&self, position: u64, other: &Self) -> Vec<Rule> {
        let (ours, theirs) = (self.scenario().dialect, other.scenario().dialect);
        let Some((place, parting)) = self.parting(position, other) else { return Vec::new() };
        let mended = |rules: &[Rule]| {
            let mixed = self.mixed(rules, theirs, place.step)?;
            let cut = mixed.boundaries().iter().find(|cut| cut.place == place)?.position;
            let parts = match parting {
                // It has the record too, and the other still has not.
                Parting::Ours(at) => self.met(at, &mixed).is_some_and(|at| mixed.met(at, other).is_none()),
                Parting::Theirs(at) => mixed.lacks(cut, at, other),
            };
            (!parts).then_some(mixed)
        };
        let all = Rule::between(ours, theirs);
        // A rule on which much else rests takes away, with all that, also what another rule brought.
        let alone = all.iter().filter_map(|rule| Some((*rule, mended(&[*rule])?)));
        if let Some((rule, _)) = alone.min_by_key(|(_, mixed)| self.changed(mixed, place)) {
            return vec![rule];
        }
        let mends = |rules: &[Rule]| mended(rules).is_some();
        // Those that can be left out one by one are not needed.
        let mut needed = all.clone();
        for rule in all {
            let fewer: Vec<Rule> = needed.iter().copied().filter(|other| *other != rule).collect();
            if mends(&fewer) {
                needed = fewer;
            }
        }
        needed
    }

    /// The cut behind a position at which both part, and how they do.
    fn parting(&self, position: u64, other: &Self) -> Option<(Place, Parting)> {
        let (here, there) = self.stretch(position, other);
        let place = self.boundaries().iter().find(|cut| cut.position >= position)?.place;
        let at = (position.checked_sub(1)?).checked_sub(here.start)? as u32;
        // What only the other has at the end of a stretch is found at the last record here: see `next_difference`.
        let last = (here.end - here.start).saturating_sub(1) as u32;
        let parts = self.diff(&here, other, &there);
        let is_here = |part: &Hunk| part.before.contains(&at) || part.before.start.min(last) == at;
        let Hunk { before, after } = parts.into_iter().find(is_here)?;
        // What only one has may stand right beside what only the other has, for another rule.
        let parting =
            if before.contains(&at) { Parting::Ours(position) } else { Parting::Theirs(after.start) };
        Some((place, parting))
    }

    /// The same record in another run of the script; none where that run has not this one.
    fn met(&self, record: u64, other: &Self) -> Option<u64> {
        let (here, there) = self.stretch(record, other);
        let at = (record.checked_sub(1)?).checked_sub(here.start)? as u32;
        let (mut ours, mut theirs) = (0, 0);
        for Hunk { before, after } in self.diff(&here, other, &there) {
            if at < before.start {
                break;
            }
            if at < before.end {
                return None;
            }
            (ours, theirs) = (before.end, after.end);
        }
        Some(there.start + u64::from(theirs + at - ours) + 1)
    }

    /// Whether this run, before this cut, has not what the other has there.
    fn lacks(&self, cut: u64, theirs: u32, other: &Self) -> bool {
        let (here, there) = self.stretch(cut, other);
        self.diff(&here, other, &there).iter().any(|part| part.after.contains(&theirs))
    }

    /// How many records of one of both the other has not, up to a place in the script.
    fn changed(&self, other: &Self, place: Place) -> u64 {
        let cuts = self.boundaries().iter().take_while(|cut| cut.place <= place);
        let stretches = cuts.map(|cut| self.stretch(cut.position, other));
        let parts = stretches.flat_map(|(here, there)| self.diff(&here, other, &there));
        parts
            .map(|Hunk { before, after }| u64::from(before.end - before.start + after.end - after.start))
            .sum()
    }

    /// What lies between the two cuts around a position, here and there.
    fn stretch(&self, position: u64, other: &Self) -> (Range<u64>, Range<u64>) {
        let (ours, theirs) = (self.boundaries(), other.boundaries());
        let index = ours.partition_point(|cut| cut.position < position).min(ours.len() - 1);
        let place = ours[index].place;
        let start =
            |cuts: &[Boundary], index: usize| index.checked_sub(1).map_or(0, |before| cuts[before].position);
        let met = theirs.partition_point(|cut| cut.place < place);
        let from = start(theirs, met);
        // A run that never came so far has nothing there.
        let to = theirs.get(met).filter(|cut| cut.place == place).map_or(from, |cut| cut.position);
        (start(ours, index)..ours[index].position, from..to)
    }

    /// Where the stretches are not alike, in their order.
    fn diff(&self, here: &Range<u64>, other: &Self, there: &Range<u64>) -> Vec<Hunk> {
        let mut both = InternedInput::default();
        both.update_before(sorts(self, here));
        both.update_after(sorts(other, there));
        Diff::compute(Algorithm::MyersMinimal, &both).hunks().collect()
    }
}

/// What of a record says that it is the same moment: whom it concerns, what happened, and to which part.
type Sort = (Option<u64>, &'static str, String);

fn sorts(experiment: &Experiment, range: &Range<u64>) -> impl Iterator<Item = Sort> {
    let recording = experiment.recording();
    (range.start + 1..=range.end).filter_map(|at| recording.record_at(at)).map(sort)
}

fn sort(record: &Record) -> Sort {
    let part = record.step.part().map_or_else(String::new, |part| format!("{part:?}"));
    (record.connection, record.step.kind(), part)
}
