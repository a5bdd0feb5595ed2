//! The scripts that Slurm runs.
//!
//! In: paths of the program, the plan and the results. Out: text for a POSIX shell; and the names of the scripts, which say
//! what their tasks train. Slurm keeps the name of a job's script, so that the queue alone tells later which shards of which
//! plan are still to come, whatever a job is called.

use sha2::{Digest, Sha256};

use super::quoted;
use crate::experiment::Trial;

/// The folder of scripts and logs within the results of an experiment.
pub const FOLDER: &str = "slurm";

/// The folder of logs within that folder.
pub const LOGS: &str = "logs";

/// The name of the script that joins what the tasks have stored.
pub const MERGE: &str = "merge.sh";

/// How long the merge job looks for trials that are not there yet, as `overfit merge --wait` wants it: a network file system
/// may show for a minute what was there before.
const PATIENCE: &str = "90s";

/// The fingerprint of a plan: of its trials, on which alone it depends what is in a shard.
pub fn fingerprint(trials: &[Trial]) -> String {
    /// Letters, of which each tells sixteen plans apart: a folder has some plans, at most.
    const LENGTH: usize = 12;
    let mut hash = Sha256::new();
    trials.iter().for_each(|trial| hash.update(trial.id.to_string()));
    let digest = hash.finalize();
    let text: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    text[..LENGTH].to_owned()
}

/// The name of the file with the resolved settings of a plan.
pub fn plan_name(plan: &str) -> String {
    format!("plan-{plan}.toml")
}

/// What the tasks of an array train, as the name of their script tells it: task i trains shard `offset` + i of `count`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ScriptName {
    /// The fingerprint of the plan.
    pub plan: String,
    /// How many shards the plan is divided into.
    pub count: usize,
    /// The shard of the task with index 0.
    pub offset: usize,
    /// Whether trials that failed are trained again.
    pub retry_failed: bool,
}

impl ScriptName {
    /// The name of the file.
    pub fn file_name(&self) -> String {
        let Self { plan, count, offset, retry_failed } = self;
        let kind = if *retry_failed { "retries" } else { "tasks" };
        format!("{kind}-{plan}-{count}-from-{offset}.sh")
    }

    /// What a name says; nothing where it is no name of ours.
    pub fn read(file_name: &str) -> Option<Self> {
        let parts: Vec<&str> = file_name.strip_suffix(".sh")?.split('-').collect();
        let [kind, plan, count, "from", offset] = parts[..] else { return None };
        let retry_failed = match kind {
            "tasks" => false,
            "retries" => true,
            _ => return None,
        };
        let name = Self {
            plan: plan.to_owned(),
            count: count.parse().ok().filter(|&count| count > 0)?,
            offset: offset.parse().ok()?,
            retry_failed,
        };
        // One name for one meaning: no signs, no leading zeros.
        (name.file_name() == file_name).then_some(name)
    }
}

/// What a task runs, all paths absolute.
#[derive(Debug, Clone, Copy)]
pub struct Task<'a> {
    /// The program.
    pub program: &'a str,
    /// The resolved settings.
    pub plan: &'a str,
    /// The folder of the results.
    pub results: &'a str,
    /// What it trains.
    pub name: &'a ScriptName,
}

impl Task<'_> {
    /// The script of the tasks of an array.
    pub fn script(&self) -> String {
        let ScriptName { count, offset, retry_failed, .. } = self.name;
        let [program, plan, results] = [self.program, self.plan, self.results].map(quoted);
        let retry = if *retry_failed { " --retry-failed" } else { "" };
        format!(
            "#!/bin/sh\n\
             # Written by `overfit submit`: a task of an array job trains one shard of {count}, and leaves out what is stored.\n\
             # However often it runs, and wherever else it runs at the same time, it does no harm.\n\
             shard=$((${{SLURM_ARRAY_TASK_ID:?must be the index of the task}} + {offset}))\n\
             # Trials at a time: the processors that were asked for, or all that the task was given.\n\
             jobs=${{SLURM_CPUS_PER_TASK:-${{SLURM_CPUS_ON_NODE:-1}}}}\n\
             echo \"shard $shard/{count} on ${{SLURMD_NODENAME:-this machine}}, $jobs at a time\"\n\
             # In place of the shell, so that the signal which ends the task comes to the program.\n\
             exec {program} run {plan} --out {results} \\\n    \
             --shard \"$shard/{count}\" --jobs \"$jobs\"{retry} --store-only --progress plain\n"
        )
    }
}

/// The script of the job that writes what is derived, after all tasks.
pub fn merge_script(program: &str, results: &str) -> String {
    format!(
        "#!/bin/sh\n\
         # Written by `overfit submit`: after all tasks, writes the derived files; ends with 3 where trials are missing.\n\
         exec {} merge {} --wait {PATIENCE}\n",
        quoted(program),
        quoted(results)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name() -> ScriptName {
        ScriptName { plan: "0a1b2c3d4e5f".to_owned(), count: 1500, offset: 1001, retry_failed: false }
    }

    #[test]
    fn a_task_runs_its_shard_with_every_path_quoted() {
        let task = Task {
            program: "/opt/my tools/overfit",
            plan: "/home/a/it's/slurm/plan-0a1b2c3d4e5f.toml",
            results: "/home/a/it's",
            name: &name(),
        };
        assert_eq!(
            task.script(),
            r#"#!/bin/sh
# Written by `overfit submit`: a task of an array job trains one shard of 1500, and leaves out what is stored.
# However often it runs, and wherever else it runs at the same time, it does no harm.
shard=$((${SLURM_ARRAY_TASK_ID:?must be the index of the task} + 1001))
# Trials at a time: the processors that were asked for, or all that the task was given.
jobs=${SLURM_CPUS_PER_TASK:-${SLURM_CPUS_ON_NODE:-1}}
echo "shard $shard/1500 on ${SLURMD_NODENAME:-this machine}, $jobs at a time"
# In place of the shell, so that the signal which ends the task comes to the program.
exec '/opt/my tools/overfit' run '/home/a/it'\''s/slurm/plan-0a1b2c3d4e5f.toml' --out '/home/a/it'\''s' \
    --shard "$shard/1500" --jobs "$jobs" --store-only --progress plain
"#
        );
        let retries = ScriptName { retry_failed: true, ..name() };
        assert!(Task { name: &retries, ..task }.script().contains("--jobs \"$jobs\" --retry-failed --store-only"));
    }

    #[test]
    fn the_merge_job_waits_for_what_a_file_system_shows_late() {
        assert_eq!(
            merge_script("/usr/bin/overfit", "/data/my results"),
            "#!/bin/sh\n\
             # Written by `overfit submit`: after all tasks, writes the derived files; ends with 3 where trials are missing.\n\
             exec /usr/bin/overfit merge '/data/my results' --wait 90s\n"
        );
    }

    #[test]
    fn the_name_of_a_script_tells_what_its_tasks_train() {
        assert_eq!(name().file_name(), "tasks-0a1b2c3d4e5f-1500-from-1001.sh");
        for name in [name(), ScriptName { retry_failed: true, offset: 0, ..name() }] {
            assert_eq!(ScriptName::read(&name.file_name()), Some(name));
        }
        for other in [
            "",
            "merge.sh",
            "tasks-0a-0-from-0.sh",
            "tasks-0a-+5-from-0.sh",
            "tasks-0a-5-from-00.sh",
            "x-0a-5-from-0.sh",
        ] {
            assert_eq!(ScriptName::read(other), None, "{other}");
        }
    }
}
