//! The commands that submit.
//!
//! In: scripts, tasks and what the user gives to `sbatch`. Out: its arguments, and the job's number in its answer.
//!
//! The order of the arguments decides, since of two equal ones the last counts: what a cluster may need otherwise comes
//! before what the user gives, what must be so comes after.

use super::script::{FOLDER, LOGS};

/// A job that is to be submitted.
#[derive(Debug, Clone, Copy)]
pub struct Submission<'a> {
    /// What it is called in the queue.
    pub name: &'a str,
    /// The absolute path of the folder of the results.
    pub results: &'a str,
    /// What is given to `sbatch` besides.
    pub arguments: &'a [String],
    /// The script.
    pub script: &'a str,
}

impl Submission<'_> {
    /// The arguments for an array job: its tasks as `--array` wants them; processors for each task, where they are asked for;
    /// the job that it must wait for, if there is one.
    pub fn array(&self, tasks: &str, cpus: Option<usize>, after: Option<&str>) -> Vec<String> {
        let mut arguments = self.common("%A_%a");
        arguments.extend(cpus.map(|cpus| format!("--cpus-per-task={cpus}")));
        arguments.extend_from_slice(self.arguments);
        arguments.extend(after.map(|job| format!("--dependency=afterany:{job}")));
        arguments.push(format!("--array={tasks}"));
        self.ended(arguments)
    }

    /// The arguments for the job that merges once all these have ended. Not `afterok`: after one failed task it would be
    /// pending for ever.
    pub fn merge(&self, after: &[String]) -> Vec<String> {
        let mut arguments = self.common("%j-merge");
        arguments.extend_from_slice(self.arguments);
        arguments.push("--cpus-per-task=1".to_owned());
        if !after.is_empty() {
            arguments.push(format!("--dependency=afterany:{}", after.join(":")));
        }
        self.ended(arguments)
    }

    /// A requeued task goes on with its log.
    fn common(&self, log: &str) -> Vec<String> {
        // In the name of a log % begins what Slurm replaces, also where it stands in the folder.
        let folder = self.results.replace('%', "%%");
        vec![
            format!("--job-name={}", self.name),
            format!("--output={folder}/{FOLDER}/{LOGS}/{log}.log"),
            "--requeue".to_owned(),
            "--open-mode=append".to_owned(),
        ]
    }

    fn ended(&self, mut arguments: Vec<String>) -> Vec<String> {
        arguments.extend([format!("--chdir={}", self.results), "--parsable".to_owned(), self.script.to_owned()]);
        arguments
    }
}

/// The job's number in the answer of `sbatch --parsable`: `12`, or `12;cluster`.
pub fn job_id(answer: &str) -> Option<String> {
    let last = answer.lines().map(str::trim).rfind(|line| !line.is_empty())?;
    let id = last.split(';').next()?;
    (!id.is_empty() && id.bytes().all(|byte| byte.is_ascii_digit())).then(|| id.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn submission(arguments: &[String]) -> Submission<'_> {
        Submission { name: "overfit-digits", results: "/r/50% off", arguments, script: "/r/50% off/slurm/t.sh" }
    }

    #[test]
    fn what_must_be_so_comes_after_what_the_user_gives_and_the_rest_before_it() {
        let user = ["--no-requeue".to_owned(), "-pdebug".to_owned()];
        assert_eq!(
            submission(&user).array("0-3%2", Some(4), Some("11")),
            [
                "--job-name=overfit-digits",
                "--output=/r/50%% off/slurm/logs/%A_%a.log",
                "--requeue",
                "--open-mode=append",
                "--cpus-per-task=4",
                "--no-requeue",
                "-pdebug",
                "--dependency=afterany:11",
                "--array=0-3%2",
                "--chdir=/r/50% off",
                "--parsable",
                "/r/50% off/slurm/t.sh",
            ]
        );
        assert!(!submission(&[]).array("0", None, None).iter().any(|argument| argument.starts_with("--cpus")));
    }

    #[test]
    fn the_merge_job_comes_after_all_arrays_however_they_end() {
        let arguments = submission(&[]).merge(&["12".to_owned(), "13".to_owned()]);
        assert!(arguments.contains(&"--dependency=afterany:12:13".to_owned()), "{arguments:?}");
        assert!(arguments.contains(&"--output=/r/50%% off/slurm/logs/%j-merge.log".to_owned()), "{arguments:?}");
    }

    #[test]
    fn the_number_of_a_job_is_what_sbatch_prints_last() {
        assert_eq!(job_id("12\n").as_deref(), Some("12"));
        assert_eq!(job_id("12;cluster\n").as_deref(), Some("12"));
        assert_eq!(job_id("sbatch: welcome\n\n13\n").as_deref(), Some("13"));
        for odd in ["", "\n", "Submitted batch job 12", "12a", ";x"] {
            assert_eq!(job_id(odd), None, "{odd}");
        }
    }
}
