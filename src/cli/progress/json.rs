//! Progress for programs: one JSON object per line, told apart by its key `event`.
//!
//! `planned`, `trial_started`, `epoch`, `trial_finished` and `trial_skipped` tell how far the trials are; `message` and
//! `warning` hold a `text`; `error` and `interrupted`, the last event where there is one, a `message` and the `exit_code`.

use std::io::Write;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use serde_json::{Value, json};

use super::tally::Tally;
use super::{Display, Finished, Kind};

/// The shortest time between two epochs that a worker tells, in milliseconds.
const PAUSE: u64 = 1000;

/// A line of text as an event; `exit_code` is that of what ends the program.
pub fn event(kind: Kind, text: &str, exit_code: Option<u8>) -> Value {
    match kind {
        Kind::Message => json!({ "event": "message", "text": text }),
        Kind::Warning => json!({ "event": "warning", "text": text }),
        Kind::Error => json!({ "event": "error", "message": text, "exit_code": exit_code }),
        Kind::Interrupted => json!({ "event": "interrupted", "message": text, "exit_code": exit_code }),
    }
}

/// JSON lines into `out`; without `shows_progress` warnings only.
pub(super) struct Json<W> {
    shows_progress: bool,
    out: Mutex<W>,
    begin: Instant,
    /// When each worker may tell an epoch again, in milliseconds since `begin`.
    next_epoch: Vec<AtomicU64>,
}

impl<W: Write> Json<W> {
    pub fn new(out: W, workers: usize, shows_progress: bool) -> Self {
        let next_epoch = (0..workers).map(|_| AtomicU64::new(PAUSE)).collect();
        Self { shows_progress, out: Mutex::new(out), begin: Instant::now(), next_epoch }
    }

    /// Writes an event of progress.
    fn tell(&self, event: &Value) {
        if self.shows_progress {
            self.write(event);
        }
    }

    fn write(&self, event: &Value) {
        let mut out = self.out.lock().unwrap_or_else(PoisonError::into_inner);
        // As for plain lines: training goes on where nobody listens any more.
        let _ = out.write_all(format!("{event}\n").as_bytes()).and_then(|()| out.flush());
    }
}

impl<W: Write + Send> Display for Json<W> {
    fn planned(&self, tally: &Tally) {
        self.tell(&json!({ "event": "planned", "total": tally.total(), "stored": tally.stored() }));
    }

    fn started(&self, worker: usize, label: &str) {
        self.tell(&json!({ "event": "trial_started", "worker": worker, "label": label }));
    }

    fn epoch(&self, worker: usize, epoch: usize, epochs: usize) {
        let Some(next) = self.next_epoch.get(worker) else { return };
        let now = self.begin.elapsed().as_millis() as u64;
        if now >= next.load(Relaxed) {
            next.store(now + PAUSE, Relaxed);
            self.tell(&json!({ "event": "epoch", "worker": worker, "epoch": epoch, "epochs": epochs }));
        }
    }

    fn finished(&self, worker: usize, finished: &Finished<'_>, tally: &Tally) {
        self.tell(&json!({
            "event": "trial_finished",
            "worker": worker,
            "label": finished.label,
            "status": finished.status,
            "seconds": finished.seconds,
            "result": finished.result,
            "done": tally.done(),
            "total": tally.total(),
            "seconds_left": tally.time_left().map(|left| left.as_secs_f64()),
        }));
    }

    fn skipped(&self, worker: usize, tally: &Tally) {
        self.tell(&json!({
            "event": "trial_skipped",
            "worker": worker,
            "done": tally.done(),
            "total": tally.total(),
        }));
    }

    fn line(&self, kind: Kind, text: &str) {
        if self.shows_progress || kind != Kind::Message {
            self.write(&event(kind, text, None));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lab::Status;

    #[test]
    fn every_line_is_an_object_with_its_event() {
        let json = Json::new(Vec::new(), 1, true);
        let tally = Tally::new(1);
        tally.plan(2, 1);
        json.planned(&tally);
        json.started(0, "none \"x\"\nseed 0");
        (1..=1000).for_each(|epoch| json.epoch(0, epoch, 1000));
        tally.finish(0);
        json.finished(
            0,
            &Finished { label: "none", status: Status::StoppedEarly, seconds: 0.5, result: "87.3%" },
            &tally,
        );
        tally.skip();
        json.skipped(0, &tally);
        json.line(Kind::Warning, "odd");
        let text = String::from_utf8(json.out.into_inner().unwrap()).unwrap();
        let events: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        let of = |event: &str| events.iter().find(|found| found["event"] == event).unwrap();
        assert_eq!((&of("planned")["total"], &of("planned")["stored"]), (&json!(2), &json!(1)));
        assert_eq!(of("trial_started")["label"], "none \"x\"\nseed 0");
        let finished = of("trial_finished");
        assert_eq!((&finished["status"], &finished["done"]), (&json!("stopped_early"), &json!(2)));
        assert_eq!((&of("trial_skipped")["worker"], &of("trial_skipped")["done"]), (&json!(0), &json!(3)));
        assert_eq!(of("warning")["text"], "odd");
        assert!(events.len() < 100, "one line for each epoch");
    }

    #[test]
    fn a_quiet_run_tells_warnings_alone() {
        let json = Json::new(Vec::new(), 1, false);
        json.planned(&Tally::new(1));
        json.line(Kind::Message, "hello");
        json.line(Kind::Warning, "odd");
        let text = String::from_utf8(json.out.into_inner().unwrap()).unwrap();
        assert_eq!(text, "{\"event\":\"warning\",\"text\":\"odd\"}\n");
    }

    #[test]
    fn what_ends_the_program_has_its_exit_code() {
        let error = event(Kind::Error, "disk \"full\"\nin x", Some(1)).to_string();
        assert_eq!(error, r#"{"event":"error","message":"disk \"full\"\nin x","exit_code":1}"#);
        assert_eq!(event(Kind::Interrupted, "", Some(130))["event"], "interrupted");
    }
}
