//! Why a watermark stands where it does, and what it decided last.

use super::trail::{Chain, Trail};
use super::{Because, Reason};
use crate::{Direction, MarkName, Step};

impl Trail<'_> {
    pub(super) fn mark(&self, mark: MarkName) -> Vec<Because> {
        let direction = match mark {
            MarkName::ReadLow | MarkName::ReadHigh => Direction::Read,
            MarkName::WriteLow => Direction::Write,
        };
        let set = self.marks_set(self.at, direction);
        let chain = match set {
            Some(set) => {
                let within = self.callback_around(set);
                Chain::default().decided(Reason::MarksSet, set).link_if(Reason::Called, within)
            }
            None => Chain::default().decided_if(Reason::Created, self.created()),
        };
        let compared =
            self.last(self.at, |step| matches!(step, Step::WatermarkChecked { mark: of, .. } if *of == mark));
        let reached = compared.and_then(|compared| self.step(compared)).is_some_and(is_reached);
        let reason = match (mark, reached) {
            (MarkName::ReadHigh, true) => Reason::HighMarkReached,
            (MarkName::ReadHigh, false) => Reason::BelowHighMark,
            (MarkName::ReadLow | MarkName::WriteLow, true) => Reason::LowMarkReached,
            (MarkName::ReadLow, false) => Reason::BelowLowMark,
            (MarkName::WriteLow, false) => Reason::AboveLowMark,
        };
        // 1.4 compares after a read without a word, and stops by that.
        let stopped = self.last_after(compared.unwrap_or(0), self.at, |step| {
            matches!(step, Step::PressureInstalled | Step::Suspended { .. })
        });
        match stopped.filter(|_| mark == MarkName::ReadHigh && !reached) {
            Some(stopped) => chain.link(Reason::StoppedAtHighMark, stopped).end(),
            None => chain.link_if(reason, compared).end(),
        }
    }
}

const fn is_reached(step: &Step) -> bool {
    matches!(step, Step::WatermarkChecked { reached: true, .. })
}
