//! Progress on a terminal: a bar for all trials, and a line for each worker.
//!
//! Workers set numbers; indicatif draws them at most twenty times a second.

use std::fmt;
use std::io::{Write, stderr};
use std::sync::Arc;
use std::time::Duration;

use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};

use super::duration::{left, spoken};
use super::tally::Tally;
use super::{Display, Finished, Kind};

/// How often the clock moves when nothing else does.
const TICK: Duration = Duration::from_millis(250);

/// Filled, tip, empty.
const GLYPHS: &str = "━╸─";

/// Bars on stderr.
pub(super) struct Bars {
    all: MultiProgress,
    overall: ProgressBar,
    workers: Vec<ProgressBar>,
}

impl Bars {
    pub fn new(workers: usize, tally: Arc<Tally>, colour: bool) -> Self {
        Self::with_target(ProgressDrawTarget::stderr(), workers, tally, colour)
    }

    fn with_target(target: ProgressDrawTarget, workers: usize, tally: Arc<Tally>, colour: bool) -> Self {
        let all = MultiProgress::with_draw_target(target);
        let overall = all.add(ProgressBar::new(0).with_style(overall_style(tally, colour)));
        let workers = (0..workers).map(|_| all.add(ProgressBar::new(1).with_style(worker_style(colour)))).collect();
        Self { all, overall, workers }
    }
}

impl Display for Bars {
    fn planned(&self, tally: &Tally) {
        self.overall.set_length(tally.total() as u64);
        self.overall.set_position(tally.done() as u64);
        self.overall.enable_steady_tick(TICK);
    }

    fn started(&self, worker: usize, label: &str) {
        if let Some(bar) = self.workers.get(worker) {
            bar.set_position(0);
            bar.set_message(label.to_owned());
        }
    }

    fn epoch(&self, worker: usize, epoch: usize, epochs: usize) {
        let Some(bar) = self.workers.get(worker) else { return };
        if bar.length() != Some(epochs as u64) {
            bar.set_length(epochs as u64);
        }
        bar.set_position(epoch as u64);
    }

    /// The worker's line is left alone: it may show the next trial already.
    fn finished(&self, _: usize, _: &Finished<'_>, tally: &Tally) {
        self.overall.set_position(tally.done() as u64);
    }

    fn skipped(&self, _: usize, tally: &Tally) {
        self.overall.set_position(tally.done() as u64);
    }

    fn line(&self, kind: Kind, text: &str) {
        // Nobody can be told that stderr is closed.
        self.all.suspend(|| {
            let _ = stderr().write_all(kind.line(text).as_bytes());
        });
    }

    fn end(&self) {
        self.workers.iter().chain([&self.overall]).for_each(ProgressBar::finish_and_clear);
        // As above.
        let _ = self.all.clear();
    }
}

fn overall_style(tally: Arc<Tally>, colour: bool) -> ProgressStyle {
    let bar = if colour { "{bar:30.cyan/dim}" } else { "{bar:30}" };
    style(&format!("{bar} {{pos}}/{{len}} trials, {{times}}")).with_key(
        "times",
        move |_: &ProgressState, out: &mut dyn fmt::Write| {
            let rest = left(tally.time_left()).map_or(String::new(), |left| format!(", {left}"));
            // What cannot be written into the line's buffer is drawn with the next one.
            let _ = write!(out, "{}{rest}", spoken(tally.elapsed()));
        },
    )
}

fn worker_style(colour: bool) -> ProgressStyle {
    let bar = if colour { "{bar:18.blue/dim}" } else { "{bar:18}" };
    style(&format!("  {bar} epoch {{pos}}/{{len}} {{wide_msg}}"))
}

fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template).expect("the templates are constants").progress_chars(GLYPHS)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lab::Status;

    #[test]
    fn bars_follow_the_trials() {
        let tally = Arc::new(Tally::new(2));
        let bars = Bars::with_target(ProgressDrawTarget::hidden(), 2, Arc::clone(&tally), true);
        tally.plan(5, 1);
        bars.planned(&tally);
        assert_eq!((bars.overall.position(), bars.overall.length()), (1, Some(5)));
        bars.started(1, "none seed 0");
        bars.epoch(1, 30, 40);
        assert_eq!((bars.workers[1].position(), bars.workers[1].length()), (30, Some(40)));
        tally.finish(1);
        bars.finished(1, &Finished { label: "none seed 0", status: Status::Ok, seconds: 1.0, result: "87.3%" }, &tally);
        assert_eq!(bars.overall.position(), 2);
        assert_eq!(bars.workers[1].message(), "none seed 0", "it may show the next trial already");
        bars.end();
        assert!(bars.overall.is_finished());
    }
}
