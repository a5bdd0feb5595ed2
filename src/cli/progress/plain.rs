//! Progress for a pipe or a log: a line now and then.
//!
//! `12/70 trials, 3.4 s, about 15 s left`: at most one a second, the first after a second, and one at the end.

use std::io::Write;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::duration::{left, spoken};
use super::tally::Tally;
use super::{Display, Finished, Kind};

/// The shortest time between two lines.
const PAUSE: Duration = Duration::from_secs(1);

/// Lines into `out`; without `shows_progress` messages and warnings only.
pub(super) struct Plain<W> {
    shows_progress: bool,
    state: Mutex<State<W>>,
}

struct State<W> {
    out: W,
    /// When the last line on how far the trials are was written; at first when the plan was known.
    last: Instant,
}

impl<W: Write> Plain<W> {
    pub fn new(out: W, shows_progress: bool) -> Self {
        Self { shows_progress, state: Mutex::new(State { out, last: Instant::now() }) }
    }

    fn write(&self, line: &str) {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).write(line);
    }

    /// A line on how far the trials are, where one is due.
    fn tell(&self, tally: &Tally) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let is_due = state.last.elapsed() >= PAUSE || tally.is_complete();
        if self.shows_progress && is_due {
            state.last = Instant::now();
            state.write(&line(tally));
        }
    }
}

impl<W: Write> State<W> {
    /// Training goes on where nobody listens any more: a closed stderr is no reason to lose it.
    fn write(&mut self, line: &str) {
        let _ = self.out.write_all(line.as_bytes()).and_then(|()| self.out.flush());
    }
}

impl<W: Write + Send> Display for Plain<W> {
    fn planned(&self, tally: &Tally) {
        if self.shows_progress {
            let stored = match tally.stored() {
                0 => String::new(),
                stored => format!(", {stored} stored already"),
            };
            let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
            state.last = Instant::now();
            state.write(&format!("{} trials{stored}\n", tally.total()));
        }
    }

    fn finished(&self, _worker: usize, _finished: &Finished<'_>, tally: &Tally) {
        self.tell(tally);
    }

    fn skipped(&self, _worker: usize, tally: &Tally) {
        self.tell(tally);
    }

    fn line(&self, kind: Kind, text: &str) {
        if self.shows_progress || kind != Kind::Message {
            self.write(&kind.line(text));
        }
    }
}

fn line(tally: &Tally) -> String {
    let rest =
        left(tally.time_left().filter(|_| !tally.is_complete())).map_or(String::new(), |left| format!(", {left}"));
    format!("{}/{} trials, {}{rest}\n", tally.done(), tally.total(), spoken(tally.elapsed()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lab::Status;

    const FINISHED: Finished<'_> = Finished { label: "none", status: Status::Ok, seconds: 0.1, result: "" };

    fn lines(shows_progress: bool) -> Vec<String> {
        let plain = Plain::new(Vec::new(), shows_progress);
        let tally = Tally::new(1);
        tally.plan(100, 2);
        plain.planned(&tally);
        plain.line(Kind::Message, "hello");
        plain.line(Kind::Warning, "data.csv:3: odd");
        for trial in 0..98 {
            if trial == 1 {
                plain.state.lock().unwrap().last -= PAUSE;
            }
            tally.finish(0);
            plain.finished(0, &FINISHED, &tally);
        }
        let text = String::from_utf8(plain.state.into_inner().unwrap().out).unwrap();
        text.lines().map(str::to_owned).collect()
    }

    #[test]
    fn says_a_line_after_a_second_and_the_last_one() {
        let lines = lines(true);
        assert_eq!(lines[..3], ["100 trials, 2 stored already", "hello", "warning: data.csv:3: odd"]);
        // Of the first trial nothing is said: what it tells of the rest is mere chance.
        assert!(lines[3].starts_with("4/100 trials, ") && lines[3].ends_with(" left"), "{}", lines[3]);
        let last = lines.last().unwrap();
        assert!(last.starts_with("100/100 trials, ") && !last.contains("left"), "{last}");
        assert!(lines.len() < 98, "one line for each trial");
    }

    #[test]
    fn warnings_are_shown_where_progress_is_not() {
        assert_eq!(lines(false), ["warning: data.csv:3: odd"]);
    }
}
