//! The jobs of a submission: what is written, what is submitted, in which order; and the same as text for `--dry-run`.

use std::fs;
use std::path::{Path, PathBuf};

use super::place::Place;
use crate::cli::arguments::SubmitArguments;
use crate::cli::derived::Derived;
use crate::cli::error::CliError;
use crate::cli::session::Session;
use crate::cli::slurm;
use crate::lab::cluster::{
    Array, FOLDER, LOGS, MERGE, ScriptName, Submission, Task, merge_script, plan_name, quoted, ranges,
};
use crate::lab::{Store, remove_leftovers};
use crate::report;

/// The jobs.
pub(super) struct Batch<'a> {
    pub session: &'a Session,
    pub arguments: &'a SubmitArguments,
    pub place: &'a Place,
    /// The fingerprint of the plan.
    pub plan: &'a str,
    /// How many shards the plan is divided into.
    pub count: usize,
    pub arrays: Vec<Array>,
    /// Jobs of the plan that are queued already.
    pub after: Vec<String>,
}

impl Batch<'_> {
    /// Writes settings and scripts, and makes the folder of logs, without which no task would start.
    pub fn write(&self, store: &Store) -> Result<(), CliError> {
        let folder = &self.session.folder;
        remove_leftovers(folder);
        Derived::new(self.session.plan(), folder).begin(store)?;
        let scripts = folder.join(FOLDER);
        let logs = scripts.join(LOGS);
        fs::create_dir_all(&logs)
            .map_err(|error| CliError::Submission(format!("cannot make {}: {error}", logs.display())))?;
        // Tasks train from a file of their own: the config, and that of the results, may be another's when they start.
        report::write_text(&scripts.join(plan_name(self.plan)), &self.session.plan().resolved(&scripts))?;
        for (path, text) in self.scripts() {
            report::write_text(&path, &text)?;
        }
        Ok(())
    }

    /// Submits everything; a line for each job.
    ///
    /// # Errors
    /// Where a job cannot be submitted: with those that were, and what is to be done.
    pub fn submit(&self) -> Result<Vec<String>, CliError> {
        let mut done: Vec<(String, String)> = Vec::new();
        for array in &self.arrays {
            let shards = format!("shards {} of {}", ranges(&array.shards()), self.count);
            let previous = done.last().map(|(job, _)| job.as_str());
            match slurm::submit(&self.array_arguments(array, previous)) {
                Ok(job) => done.push((job, shards)),
                Err(reason) => return Err(partly(&format!("{shards} were not submitted: {reason}"), &done)),
            }
        }
        let after: Vec<String> = self.after.iter().cloned().chain(done.iter().map(|(job, _)| job.clone())).collect();
        let merge = slurm::submit(&self.merge_arguments(&after)).map_err(|reason| {
            let what = format!(
                "the job that merges was not submitted: {reason}\nonce the tasks have ended, `overfit merge {}` does its work",
                quoted(&self.place.results)
            );
            partly(&what, &done)
        })?;
        let mut lines: Vec<String> = done.iter().map(|(job, what)| format!("submitted job {job}: {what}")).collect();
        let order = if after.is_empty() { String::new() } else { format!(", after {}", after.join(", ")) };
        lines.push(format!("submitted job {merge}: merge{order}"));
        Ok(lines)
    }

    /// Settings, scripts and commands, as a shell script that would do it all once the files are written.
    pub fn shown(&self) -> String {
        let plan = self.folder().join(plan_name(self.plan));
        let mut text = format!("# {}: the resolved settings, from which the tasks train\n", plan.display());
        for (path, script) in self.scripts() {
            text.push_str(&format!("\n# {}\n{script}", path.display()));
        }
        text.push_str("\n# commands\n");
        // A job's number is known only once it is submitted.
        let job = |number: usize| format!("${{job{number}}}");
        let line = |arguments: &[String]| {
            let word = |argument: &String| match argument.contains("${job") {
                true => format!("\"{argument}\""),
                false => quoted(argument),
            };
            format!("{} {}", slurm::SBATCH, arguments.iter().map(word).collect::<Vec<_>>().join(" "))
        };
        for (number, array) in self.arrays.iter().enumerate() {
            let previous = number.checked_sub(1).map(job);
            let arguments = self.array_arguments(array, previous.as_deref());
            text.push_str(&format!("job{number}=$({})\n", line(&arguments)));
        }
        let after: Vec<String> = self.after.iter().cloned().chain((0..self.arrays.len()).map(job)).collect();
        text + &line(&self.merge_arguments(&after)) + "\n"
    }

    /// The absolute path of the folder of scripts.
    fn folder(&self) -> PathBuf {
        Path::new(&self.place.results).join(FOLDER)
    }

    fn script_name(&self, array: &Array) -> ScriptName {
        ScriptName {
            plan: self.plan.to_owned(),
            count: self.count,
            offset: array.offset,
            retry_failed: self.arguments.retry_failed,
        }
    }

    /// The scripts with their paths.
    fn scripts(&self) -> Vec<(PathBuf, String)> {
        let Place { program, results } = self.place;
        let plan = format!("{results}/{FOLDER}/{}", plan_name(self.plan));
        let of_array = |array: &Array| {
            let name = self.script_name(array);
            let script = Task { program, plan: &plan, results, name: &name }.script();
            (self.folder().join(name.file_name()), script)
        };
        let merge = (self.folder().join(MERGE), merge_script(program, results));
        self.arrays.iter().map(of_array).chain([merge]).collect()
    }

    fn array_arguments(&self, array: &Array, previous: Option<&str>) -> Vec<String> {
        let SubmitArguments { max_running, experiment, .. } = self.arguments;
        // Each array knows its own limit only: where there is one, arrays come one after the other.
        let after = previous.filter(|_| max_running.is_some());
        let script = format!("{}/{FOLDER}/{}", self.place.results, self.script_name(array).file_name());
        let cpus = experiment.jobs.map(usize::from);
        self.submission(&self.name(""), &script).array(&array.specification(*max_running), cpus, after)
    }

    fn merge_arguments(&self, after: &[String]) -> Vec<String> {
        let script = format!("{}/{FOLDER}/{MERGE}", self.place.results);
        self.submission(&self.name("-merge"), &script).merge(after)
    }

    fn submission<'b>(&'b self, name: &'b str, script: &'b str) -> Submission<'b> {
        Submission { name, results: &self.place.results, arguments: &self.arguments.sbatch, script }
    }

    /// What a job is called in the queue.
    fn name(&self, end: &str) -> String {
        let name = self.session.experiment.name.replace(|letter: char| letter.is_control(), " ");
        format!("overfit-{name}{end}")
    }
}

/// A submission that broke off: what is in the queue by now, and how to go on.
fn partly(what: &str, done: &[(String, String)]) -> CliError {
    if done.is_empty() {
        return CliError::Submission(format!("{what}\nno job was submitted"));
    }
    let submitted: Vec<String> = done.iter().map(|(job, shards)| format!("job {job}, {shards}")).collect();
    let jobs: Vec<&str> = done.iter().map(|(job, _)| job.as_str()).collect();
    CliError::Submission(format!(
        "{what}\nsubmitted before that: {}\nthe same command again submits what is neither stored nor queued; `scancel {}` \
         takes back what was submitted",
        submitted.join("; "),
        jobs.join(" ")
    ))
}
