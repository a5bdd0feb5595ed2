//! What is queued of a sweep.
//!
//! In: the answer of `squeue`. Out: the tasks whose scripts are in a folder of results, and how they stand. It tells only
//! what is still to be expected: a controller forgets jobs, runs them twice, holds them. What is done the store says.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::script::{FOLDER, ScriptName};
use crate::experiment::{Experiment, Trial, TrialId};
use crate::lab::Shard;

/// What `squeue -o` is asked for: the job, the index of its task, state, reason, nodes, and the command, which may hold
/// anything.
pub const QUEUE_FORMAT: &str = "%F|%K|%T|%r|%N|%o";

/// How a task stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// It has processors.
    Running,
    /// It waits for them.
    Pending,
    /// It waits for someone to let it go on.
    Held,
    /// It has ended, or nobody knows how it stands: nothing is to be expected of it.
    Ending,
}

/// A task in the queue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueuedTask {
    /// The number of its job.
    pub job: String,
    /// Its index in an array job.
    pub index: Option<usize>,
    /// How it stands.
    pub phase: Phase,
    /// Why it waits, in Slurm's words.
    pub reason: String,
    /// Where it runs.
    pub nodes: String,
    /// What its script trains; nothing for the job that merges.
    pub script: Option<ScriptName>,
}

impl QueuedTask {
    /// How Slurm's commands call it.
    pub fn id(&self) -> String {
        self.index.map_or_else(|| self.job.clone(), |index| format!("{}_{index}", self.job))
    }

    /// Whether it will train something, as far as is known.
    fn is_expected(&self) -> bool {
        matches!(self.phase, Phase::Running | Phase::Pending)
    }
}

/// All tasks of a folder that are queued.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Queue {
    /// In the order of the answer.
    pub tasks: Vec<QueuedTask>,
}

/// Which part of a plan queued tasks will train, as far as is known.
#[derive(Debug, Default)]
pub struct QueueParts {
    /// The trials.
    pub trials: HashSet<TrialId>,
    /// The array jobs that train them.
    pub jobs: Vec<String>,
    /// How many shards the plan was divided into, where it was one number.
    pub count: Option<usize>,
    /// How many tasks there are.
    pub tasks: usize,
    /// Whether a job will merge what is stored.
    pub is_merged: bool,
}

impl Queue {
    /// Reads the answer to [`QUEUE_FORMAT`]: tasks whose script is in the folder of scripts of `results`, an absolute path.
    /// Lines that cannot be read are of nobody.
    pub fn read(answer: &str, results: &str) -> Self {
        let folder = format!("{results}/{FOLDER}/");
        Self { tasks: answer.lines().filter_map(|line| task(line, &folder)).collect() }
    }

    /// What queued tasks will train of a plan. With `retry_failed` those that leave out what has failed do not count.
    pub fn parts(&self, plan: &str, experiment: &Experiment, trials: &[Trial], retry_failed: bool) -> QueueParts {
        let mut shards: BTreeMap<usize, HashSet<usize>> = BTreeMap::new();
        let is_merge = |task: &QueuedTask| task.script.is_none() && task.is_expected();
        let mut parts = QueueParts { is_merged: self.tasks.iter().any(is_merge), ..QueueParts::default() };
        for task in self.tasks.iter().filter(|task| task.is_expected()) {
            let (Some(script), Some(index)) = (&task.script, task.index) else { continue };
            if script.plan != plan || retry_failed && !script.retry_failed {
                continue;
            }
            shards.entry(script.count).or_default().insert(script.offset + index);
            parts.tasks += 1;
            if !parts.jobs.contains(&task.job) {
                parts.jobs.push(task.job.clone());
            }
        }
        for (&count, queued) in &shards {
            let dealt = Shard::deal(experiment, trials, count);
            parts.trials.extend(dealt.into_iter().filter(|(_, shard)| queued.contains(shard)).map(|(trial, _)| trial));
        }
        parts.count = shards.keys().next().copied().filter(|_| shards.len() == 1);
        let held: HashSet<&str> =
            self.tasks.iter().filter(|task| task.phase == Phase::Held).map(|task| task.job.as_str()).collect();
        // What waits for a job with a held task waits for ever.
        parts.jobs.retain(|job| !held.contains(job.as_str()));
        parts
    }

    /// Tasks by how they stand.
    pub fn count(&self, phase: Phase) -> usize {
        self.of(phase).count()
    }

    /// The tasks that stand so.
    pub fn of(&self, phase: Phase) -> impl Iterator<Item = &QueuedTask> {
        self.tasks.iter().filter(move |task| task.phase == phase)
    }

    /// How many pending tasks give which reason, the most frequent first.
    pub fn reasons(&self) -> Vec<(&str, usize)> {
        let mut counts: HashMap<&str, usize> = HashMap::new();
        self.of(Phase::Pending).for_each(|task| *counts.entry(task.reason.as_str()).or_default() += 1);
        let mut counts: Vec<(&str, usize)> = counts.into_iter().collect();
        counts.sort_by_key(|&(reason, count)| (usize::MAX - count, reason));
        counts
    }
}

/// A line of the answer.
fn task(line: &str, folder: &str) -> Option<QueuedTask> {
    let mut fields = line.splitn(6, '|').map(str::trim);
    let mut next = || fields.next();
    let (job, index, state, reason, nodes, command) = (next()?, next()?, next()?, next()?, next()?, next()?);
    let file_name = command.strip_prefix(folder)?;
    if file_name.contains('/') || !job.bytes().all(|byte| byte.is_ascii_digit()) || job.is_empty() {
        return None;
    }
    Some(QueuedTask {
        job: job.to_owned(),
        index: index.parse().ok(),
        phase: phase(state, reason),
        reason: reason.to_owned(),
        nodes: nodes.to_owned(),
        script: ScriptName::read(file_name),
    })
}

/// What a state means for what is to be expected.
fn phase(state: &str, reason: &str) -> Phase {
    match state {
        "RUNNING" | "CONFIGURING" | "SUSPENDED" | "STOPPED" | "SIGNALING" | "RESIZING" | "STAGE_OUT" => Phase::Running,
        "PENDING" | "REQUEUED" | "REQUEUE_FED" if is_held(reason) => Phase::Held,
        "PENDING" | "REQUEUED" | "REQUEUE_FED" => Phase::Pending,
        "REQUEUE_HOLD" | "SPECIAL_EXIT" => Phase::Held,
        // Completing: what it was to store is stored, or it was called off.
        _ => Phase::Ending,
    }
}

/// Whether a job that waits for this reason waits for ever, unless someone lets it go on.
fn is_held(reason: &str) -> bool {
    let reason = reason.to_ascii_lowercase();
    reason.contains("held") || ["jobholdmaxrequeue", "dependencyneversatisfied"].contains(&reason.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    const ANSWER: &str = "\
12|0|RUNNING|None|n1|/r/it's/slurm/tasks-0a1b-4-from-0.sh
12|1|PENDING|Resources||/r/it's/slurm/tasks-0a1b-4-from-0.sh
12|2|PENDING|Priority||/r/it's/slurm/tasks-0a1b-4-from-0.sh
12|3|PENDING|Resources||/r/it's/slurm/tasks-0a1b-4-from-0.sh
13|1|PENDING|launch failed requeued held||/r/it's/slurm/retries-0a1b-9-from-3.sh
14|N/A|PENDING|Dependency||/r/it's/slurm/merge.sh
15|0|COMPLETING|None|n2|/r/it's/slurm/tasks-0a1b-4-from-0.sh
16|0|RUNNING|None|n2|/r/it's/slurm/deeper/tasks-0a1b-4-from-0.sh
17|N/A|RUNNING|None|n2|/other/slurm/tasks-0a1b-4-from-0.sh
18|N/A|RUNNING|None|n2|(null)
slurm_load_jobs error: Unable to contact slurm controller
|||||
";

    #[test]
    fn tasks_of_the_folder_are_found_by_their_scripts() {
        let queue = Queue::read(ANSWER, "/r/it's");
        let ids: Vec<String> = queue.tasks.iter().map(QueuedTask::id).collect();
        assert_eq!(ids, ["12_0", "12_1", "12_2", "12_3", "13_1", "14", "15_0"]);
        let counts = [Phase::Running, Phase::Pending, Phase::Held, Phase::Ending].map(|phase| queue.count(phase));
        assert_eq!(counts, [1, 4, 1, 1]);
        assert_eq!(queue.reasons(), [("Resources", 2), ("Dependency", 1), ("Priority", 1)]);
        let script = ScriptName { plan: "0a1b".into(), count: 9, offset: 3, retry_failed: true };
        assert_eq!((queue.tasks[4].script.as_ref(), queue.tasks[5].script.as_ref()), (Some(&script), None));
        assert_eq!(Queue::read("", "/r"), Queue::default());
    }

    #[test]
    fn what_is_held_after_a_requeue_is_not_waited_for() {
        let held = [
            ("PENDING", "launch failed requeued held"),
            ("PENDING", "launch_failed_requeued_held"),
            ("PENDING", "JobHeldUser"),
            ("PENDING", "JobHoldMaxRequeue"),
            ("PENDING", "DependencyNeverSatisfied"),
            ("REQUEUE_HOLD", "None"),
            ("SPECIAL_EXIT", "None"),
        ];
        assert!(held.iter().all(|(state, reason)| phase(state, reason) == Phase::Held));
        assert_eq!(phase("PENDING", "BeginTime"), Phase::Pending, "that is how long a requeued job waits");
    }
}
