//! What an engine's queue says of the trials that are missing.
//!
//! In: the queue. Out: sentences for people, and JSON. Whether a trial is done is never read from it.

use serde_json::{Map, Value, json};

use super::harmless;
use crate::lab::cluster::{Phase, Queue, QueuedTask};

/// What is queued of a folder.
#[derive(Debug)]
pub struct Queued {
    /// The tasks.
    pub queue: Queue,
    /// How many of the missing trials they will train, as far as is known.
    pub expected: usize,
}

/// So many tasks that are held are named for people.
const NAMED: usize = 5;

impl Queued {
    /// Where there are tasks, how they stand, what they wait for, and whether they will train all that is missing.
    pub fn sentences(&self, missing: usize) -> Vec<String> {
        let mut sentences = vec![self.standing()];
        let held: Vec<&QueuedTask> = self.queue.of(Phase::Held).collect();
        for task in held.iter().take(NAMED) {
            let (id, reason) = (task.id(), harmless(&task.reason));
            sentences.push(format!("{id} is held ({reason}): `scontrol release {id}` lets it go on."));
        }
        if held.len() > NAMED {
            sentences.push(format!("{} more are held.", held.len() - NAMED));
        }
        match missing - self.expected.min(missing) {
            0 => {}
            left => sentences.push(format!(
                "{left} of {missing} missing trials are of no task that is running or pending: the same `overfit submit` \
                 submits them."
            )),
        }
        sentences
    }

    fn standing(&self) -> String {
        let Queue { tasks } = &self.queue;
        let mut parts = Vec::new();
        let running: Vec<&str> = self.queue.of(Phase::Running).map(|task| task.nodes.as_str()).collect();
        if !running.is_empty() {
            let mut nodes = running.clone();
            nodes.sort_unstable();
            nodes.dedup();
            parts.push(format!("{} running on {}", running.len(), harmless(&nodes.join(", "))));
        }
        let reasons: Vec<String> =
            self.queue.reasons().iter().map(|(reason, count)| format!("{count} {}", harmless(reason))).collect();
        if !reasons.is_empty() {
            parts.push(format!("{} pending ({})", self.queue.count(Phase::Pending), reasons.join(", ")));
        }
        for (phase, what) in [(Phase::Held, "held"), (Phase::Ending, "ending")] {
            match self.queue.count(phase) {
                0 => {}
                count => parts.push(format!("{count} {what}")),
            }
        }
        match tasks.is_empty() {
            true => "Queue: no task of this folder.".to_owned(),
            false => format!("Queue: {}.", parts.join(", ")),
        }
    }

    /// The same for programs, with every task.
    pub fn json(&self) -> Value {
        let counts = PHASES.iter().map(|&(phase, name)| (name.to_owned(), json!(self.queue.count(phase))));
        let mut object: Map<String, Value> = counts.collect();
        let reasons = self.queue.reasons().into_iter().map(|(reason, count)| (reason.to_owned(), json!(count)));
        object.insert("reasons".to_owned(), Value::Object(reasons.collect()));
        object.insert("expected_trials".to_owned(), json!(self.expected));
        let task = |task: &QueuedTask| {
            let state = PHASES.iter().find(|(phase, _)| *phase == task.phase).map_or("", |(_, name)| name);
            json!({ "task": task.id(), "state": state, "reason": task.reason, "nodes": task.nodes })
        };
        object.insert("tasks".to_owned(), self.queue.tasks.iter().map(task).collect());
        Value::Object(object)
    }
}

/// How tasks stand, in a word.
const PHASES: [(Phase, &str); 4] =
    [(Phase::Running, "running"), (Phase::Pending, "pending"), (Phase::Held, "held"), (Phase::Ending, "ending")];

#[cfg(test)]
mod tests {
    use super::*;

    const ANSWER: &str = "\
12|0|RUNNING|None|n3|/r/slurm/tasks-0a1b-6-from-0.sh
12|1|RUNNING|None|n1|/r/slurm/tasks-0a1b-6-from-0.sh
12|2|PENDING|Resources||/r/slurm/tasks-0a1b-6-from-0.sh
12|3|PENDING|launch failed requeued held||/r/slurm/tasks-0a1b-6-from-0.sh
13|N/A|PENDING|Dependency||/r/slurm/merge.sh
";

    fn queued(answer: &str, expected: usize) -> Queued {
        Queued { queue: Queue::read(answer, "/r"), expected }
    }

    #[test]
    fn people_read_what_runs_where_what_waits_for_what_and_what_nobody_will_train() {
        assert_eq!(
            queued(ANSWER, 6).sentences(8),
            [
                "Queue: 2 running on n1, n3, 2 pending (1 Dependency, 1 Resources), 1 held.",
                "12_3 is held (launch failed requeued held): `scontrol release 12_3` lets it go on.",
                "2 of 8 missing trials are of no task that is running or pending: the same `overfit submit` submits them.",
            ]
        );
        assert_eq!(queued("", 0).sentences(0), ["Queue: no task of this folder."]);
    }

    #[test]
    fn programs_read_every_task() {
        let value = queued(ANSWER, 6).json();
        assert_eq!((&value["running"], &value["held"], &value["expected_trials"]), (&json!(2), &json!(1), &json!(6)));
        assert_eq!(value["reasons"], json!({ "Dependency": 1, "Resources": 1 }));
        assert_eq!(value["tasks"][1], json!({ "task": "12_1", "state": "running", "reason": "None", "nodes": "n1" }));
    }
}
