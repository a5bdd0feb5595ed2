//! What the user gives to `sbatch` beside what is given by us.
//!
//! In: arguments. Out: those that matter here, or why one cannot be given.

/// The options of `sbatch` that say how much a task gets.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Options {
    /// `--partition`, one or several.
    pub partition: Option<String>,
    /// `--cpus-per-task`.
    pub cpus_per_task: Option<usize>,
}

/// What is set for every submission, with the reason.
const OURS: [(&str, Option<char>, &str); 6] = [
    (
        "array",
        Some('a'),
        "tasks are numbered by what is to be trained: --shards and --max-running say how many there are",
    ),
    ("chdir", Some('D'), "tasks work in the folder of the results"),
    ("wrap", None, "what a task does is in the script that is written for it"),
    ("wait", Some('W'), "submit returns at once"),
    (
        "clusters",
        Some('M'),
        "squeue and scontrol must ask the same cluster: set SLURM_CLUSTERS, which all of them know",
    ),
    ("test-only", None, "--dry-run shows what would be submitted"),
];

impl Options {
    /// Reads the arguments.
    ///
    /// # Errors
    /// Where one contradicts what is set for every submission.
    pub fn read(arguments: &[String]) -> Result<Self, String> {
        if let Some(script) = arguments.first().filter(|argument| !argument.starts_with('-')) {
            return Err(format!("must be options of sbatch, found {script:?}: submit writes the script itself"));
        }
        for (long, short, reason) in OURS {
            if find(arguments, long, short).is_some() {
                let name = short.map_or_else(|| format!("--{long}"), |short| format!("--{long} or -{short}"));
                return Err(format!("must not have {name}: {reason}"));
            }
        }
        let value = |long, short| find(arguments, long, Some(short)).and_then(|found| found.map(str::to_owned));
        let cpus_per_task = value("cpus-per-task", 'c').and_then(|count| count.parse().ok());
        Ok(Self { partition: value("partition", 'p'), cpus_per_task })
    }
}

/// The last option of that name, with its value if there is one: `--name=value`, `--name value`, `-nvalue`, `-n value`.
fn find<'a>(arguments: &'a [String], long: &str, short: Option<char>) -> Option<Option<&'a str>> {
    let next = |place: usize| arguments.get(place + 1).map(String::as_str);
    arguments.iter().enumerate().rev().find_map(|(place, argument)| {
        if let Some(rest) = argument.strip_prefix("--") {
            return match rest.split_once('=') {
                Some((name, value)) if name == long => Some(Some(value)),
                None if rest == long => Some(next(place)),
                _ => None,
            };
        }
        let rest = argument.strip_prefix('-')?.strip_prefix(short?)?;
        Some(if rest.is_empty() { next(place) } else { Some(rest) })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> Result<Options, String> {
        Options::read(&line.split_whitespace().map(str::to_owned).collect::<Vec<_>>())
    }

    #[test]
    fn an_option_is_read_however_it_is_written() {
        for line in
            ["-p long -c 4", "-plong -c4", "--partition=long --cpus-per-task=4", "--partition long --cpus-per-task 4"]
        {
            let wanted = Options { partition: Some("long".to_owned()), cpus_per_task: Some(4) };
            assert_eq!(read(line), Ok(wanted), "{line}");
        }
        assert_eq!(read("-c 2 --mem=4G -c 8").unwrap().cpus_per_task, Some(8), "the last one counts");
        assert_eq!(read(""), Ok(Options::default()));
    }

    #[test]
    fn what_is_set_for_every_submission_is_refused_with_the_reason() {
        for line in
            ["--array=0-3", "-a 0-3", "-a0-3", "--chdir /x", "-D/x", "--wrap=ls", "-W", "--wait", "-M x", "--test-only"]
        {
            assert!(read(line).unwrap_err().starts_with("must not have --"), "{line}");
        }
        assert!(read("-t 10 --account=a --dependency=afterok:7 --wait-all-nodes=1 -A a").is_ok());
        assert!(read("job.sh --time=3").unwrap_err().contains("found \"job.sh\""));
    }
}
