//! What a cluster has.
//!
//! In: the answers of `scontrol show config` and of `sinfo`. Out: the largest array, and processors.

use super::Options;

/// Slurm's own `MaxArraySize`, where the cluster does not tell.
pub const USUAL_MAX_ARRAY_SIZE: usize = 1001;

/// `MaxArraySize` in the answer of `scontrol show config`: the index of a task must be smaller. 0 means that there are no
/// array jobs.
pub fn max_array_size(config: &str) -> Option<usize> {
    config.lines().find_map(|line| {
        let (key, value) = line.split_once('=')?;
        (key.trim() == "MaxArraySize").then(|| value.trim().parse().ok()).flatten()
    })
}

/// The processors that jobs with these options may get, busy or not, in the answer of `sinfo -h -o '%P|%C'`: a line for
/// each partition, `name*|allocated/idle/other/total`, where the star marks the default. Those that are down do not count.
pub fn cpus(partitions: &str, options: &Options) -> Option<usize> {
    let read = |line: &str| {
        let (name, counts) = line.trim().rsplit_once('|')?;
        let counts: Vec<usize> = counts.split('/').map(|count| count.parse().ok()).collect::<Option<_>>()?;
        let [allocated, idle, _other, _total] = counts[..] else { return None };
        Some((name.to_owned(), allocated + idle))
    };
    let known: Vec<(String, usize)> = partitions.lines().filter_map(read).collect();
    let wanted: Vec<&str> = options.partition.iter().flat_map(|names| names.split(',')).collect();
    let is_meant = |name: &str| match wanted.is_empty() {
        true => name.ends_with('*'),
        false => wanted.contains(&name.trim_end_matches('*')),
    };
    let cpus = known.iter().filter(|(name, _)| is_meant(name)).map(|(_, cpus)| cpus).sum();
    (cpus > 0).then_some(cpus)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_largest_array_is_read_from_the_configuration() {
        let config =
            "Configuration data as of 2026-01-01T00:00:00\nMaxArraySize            = 1001\nMaxJobCount = 10000\n";
        assert_eq!(max_array_size(config), Some(1001));
        for odd in ["", "MaxArraySize", "MaxArraySize = many", "XMaxArraySize = 7", "slurm_load_ctl_conf error"] {
            assert_eq!(max_array_size(odd), None, "{odd}");
        }
    }

    #[test]
    fn processors_of_the_partition_that_is_asked_for_or_of_the_default_count() {
        let answer = "debug|0/8/0/8\nbatch*|100/20/40/160\nlong|10/0/0/10\n";
        let of = |partition: Option<&str>| {
            cpus(answer, &Options { partition: partition.map(str::to_owned), ..Options::default() })
        };
        assert_eq!([of(None), of(Some("debug")), of(Some("long,debug"))], [Some(120), Some(8), Some(18)]);
        assert_eq!(of(Some("other")), None);
    }

    #[test]
    fn an_odd_answer_tells_nothing() {
        for odd in ["", "sinfo: error: no controller", "batch*|1/2/3", "batch*|a/b/c/d", "batch*|0/0/8/8"] {
            assert_eq!(cpus(odd, &Options::default()), None, "{odd}");
        }
    }
}
