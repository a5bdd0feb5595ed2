//! What the user sees while trials run.
//!
//! In: what happens, told by the workers through [`Progress`]. Out: bars on a terminal, a line now and then on a pipe, one
//! JSON object per line for programs, or nothing; always on stderr, since stdout is for results. Warnings go the same way,
//! so that they do not tear the bars, and are shown in every mode. Names come from config and data files, and may hold
//! anything: every text is made harmless in here.

mod bars;
mod colour;
mod duration;
mod json;
mod plain;
mod tally;

use std::io::{IsTerminal, stderr};
use std::sync::Arc;

use self::bars::Bars;
pub use self::colour::colour_allowed;
pub use self::duration::spoken;
use self::json::Json;
pub(super) use self::json::event;
use self::plain::Plain;
use self::tally::Tally;
use crate::lab::Status;
use crate::report::harmless;

/// `--progress`
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub enum Mode {
    /// Bars on a terminal, plain lines elsewhere.
    #[default]
    Auto,
    /// A line now and then.
    Plain,
    /// One JSON object per line.
    Json,
    /// Warnings only.
    None,
}

/// A trial that has ended.
#[derive(Debug, Clone, Copy)]
pub struct Finished<'a> {
    /// The trial, as a person calls it: `dropout hidden=0.5 seed 3`.
    pub label: &'a str,
    /// How it ended.
    pub status: Status,
    /// How long it took, in seconds.
    pub seconds: f64,
    /// What came out, in a line; of a failed trial the reason.
    pub result: &'a str,
}

/// Where the workers tell what happens. All methods may be called from any thread.
pub struct Progress {
    display: Box<dyn Display>,
    tally: Arc<Tally>,
}

impl Progress {
    /// A display for so many workers, numbered from 0; a quiet one shows warnings only.
    pub fn new(mode: Mode, is_quiet: bool, workers: usize) -> Self {
        let tally = Arc::new(Tally::new(workers));
        let dumb = std::env::var_os("TERM").is_some_and(|terminal| terminal == "dumb");
        let display: Box<dyn Display> = match mode {
            Mode::Json => Box::new(Json::new(stderr(), workers, !is_quiet)),
            _ if is_quiet => Box::new(Plain::new(stderr(), false)),
            Mode::Auto if stderr().is_terminal() && !dumb => {
                Box::new(Bars::new(workers, Arc::clone(&tally), colour_allowed(true)))
            }
            Mode::Auto | Mode::Plain => Box::new(Plain::new(stderr(), true)),
            Mode::None => Box::new(Plain::new(stderr(), false)),
        };
        Self { display, tally }
    }

    /// The plan is known: `total` trials, of which `stored` are finished already, none of them here. The clock starts. May be
    /// called again where more is known later.
    pub fn planned(&self, total: usize, stored: usize) {
        if self.tally.plan(total, stored) {
            self.display.planned(&self.tally);
        }
    }

    /// A worker begins a trial.
    pub fn trial_started(&self, worker: usize, label: &str) {
        self.display.started(worker, &harmless(label));
    }

    /// A worker has trained `epoch` of `epochs`. Cheap enough for every epoch of the smallest network.
    pub fn epoch(&self, worker: usize, epoch: usize, epochs: usize) {
        self.tally.advance(worker, epoch, epochs);
        self.display.epoch(worker, epoch, epochs);
    }

    /// A worker has finished a trial; a failed one is said in a warning.
    pub fn trial_finished(&self, worker: usize, finished: Finished<'_>) {
        let (label, result) = (harmless(finished.label), harmless(finished.result));
        let finished = Finished { label: &label, result: &result, ..finished };
        self.tally.finish(worker);
        self.display.finished(worker, &finished, &self.tally);
        if finished.status == Status::Failed {
            self.warning(&format!("{label} failed: {result}"));
        }
    }

    /// A worker leaves a trial out, which another process has stored meanwhile.
    pub fn trial_skipped(&self, worker: usize) {
        self.tally.skip();
        self.display.skipped(worker, &self.tally);
    }

    /// Something that the user may want to know.
    pub fn message(&self, text: &str) {
        self.display.line(Kind::Message, &harmless(text));
    }

    /// Something that the user should know: a line that begins with `warning:`.
    pub fn warning(&self, text: &str) {
        self.display.line(Kind::Warning, &harmless(text));
    }

    /// Takes the bars away; lines may still follow.
    pub fn end(&self) {
        self.display.end();
    }
}

impl Drop for Progress {
    /// An error on the way leaves no bars behind.
    fn drop(&mut self) {
        self.end();
    }
}

/// A way to show progress.
trait Display: Send + Sync {
    fn planned(&self, _tally: &Tally) {}
    fn started(&self, _worker: usize, _label: &str) {}
    fn epoch(&self, _worker: usize, _epoch: usize, _epochs: usize) {}
    fn finished(&self, _worker: usize, _finished: &Finished<'_>, _tally: &Tally) {}
    fn skipped(&self, _worker: usize, _tally: &Tally) {}
    fn line(&self, kind: Kind, text: &str);
    fn end(&self) {}
}

/// What a line on stderr is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// What the user may want to know.
    Message,
    /// What the user should know.
    Warning,
    /// Why the program ends.
    Error,
    /// That the user called it off.
    Interrupted,
}

impl Kind {
    /// The line as it stands on stderr.
    pub fn line(self, text: &str) -> String {
        match self {
            Kind::Message => format!("{text}\n"),
            Kind::Warning => format!("warning: {text}\n"),
            Kind::Error | Kind::Interrupted => format!("error: {text}\n"),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;

    /// Keeps every text that would be shown.
    struct Recorder(Arc<Mutex<Vec<String>>>);

    impl Recorder {
        fn note(&self, text: String) {
            self.0.lock().unwrap().push(text);
        }
    }

    impl Display for Recorder {
        fn started(&self, _worker: usize, label: &str) {
            self.note(label.to_owned());
        }

        fn finished(&self, _worker: usize, finished: &Finished<'_>, _tally: &Tally) {
            self.note(format!("{} {}", finished.label, finished.result));
        }

        fn line(&self, kind: Kind, text: &str) {
            self.note(kind.line(text));
        }
    }

    #[test]
    fn no_text_moves_the_cursor_or_begins_a_line_of_its_own() {
        let shown = Arc::default();
        let progress = Progress { display: Box::new(Recorder(Arc::clone(&shown))), tally: Arc::new(Tally::new(1)) };
        let name = "a\u{1b}[2J\nb";
        progress.planned(1, 0);
        progress.trial_started(0, name);
        progress.message(name);
        progress.warning(name);
        progress.trial_finished(0, Finished { label: name, status: Status::Failed, seconds: 0.1, result: "x\ry" });
        let name = "a\u{fffd}[2J\u{fffd}b";
        assert_eq!(
            *shown.lock().unwrap(),
            [
                name.to_owned(),
                format!("{name}\n"),
                format!("warning: {name}\n"),
                format!("{name} x\u{fffd}y"),
                format!("warning: {name} failed: x\u{fffd}y\n"),
            ]
        );
    }
}
