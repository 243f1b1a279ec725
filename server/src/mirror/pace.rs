//! How often a viewer is heard.

use std::time::Duration;

use tokio::time::{Instant, sleep_until};

/// Lets so many things happen at once and then one an interval: who asks for more waits.
#[derive(Debug)]
pub(super) struct Pace {
    interval: Duration,
    burst: u32,
    /// When everything that was let through would have been, one an interval.
    paid: Instant,
}

impl Pace {
    /// At first `burst` at once. To be called in a runtime, whose clock it uses.
    pub(super) fn new(burst: u32, interval: Duration) -> Self {
        Self { interval, burst, paid: Instant::now() }
    }

    /// Returns when the next may happen.
    pub(super) async fn wait(&mut self) {
        let credit = self.interval * self.burst;
        self.paid = self.paid.max(Instant::now()) + self.interval;
        let Some(due) = self.paid.checked_sub(credit) else { return };
        sleep_until(due).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// How many happen within so many milliseconds of virtual time.
    async fn happen(pace: &mut Pace, within: u64) -> usize {
        let end = Instant::now() + Duration::from_millis(within);
        let mut count = 0;
        while tokio::time::timeout_at(end, pace.wait()).await.is_ok() && Instant::now() < end {
            count += 1;
        }
        count
    }

    #[tokio::test(start_paused = true)]
    async fn a_burst_and_then_one_an_interval() {
        let mut pace = Pace::new(32, Duration::from_millis(50));
        let first = happen(&mut pace, 1000).await;
        assert!((51..=52).contains(&first), "{first}");
        let steady = happen(&mut pace, 1000).await;
        assert!((19..=20).contains(&steady), "{steady}");
        tokio::time::sleep(Duration::from_secs(10)).await;
        let rested = happen(&mut pace, 1000).await;
        assert!((51..=52).contains(&rested), "{rested}");
    }
}
