//! Shards as tasks of array jobs.
//!
//! In: the shards that are to be run, and the cluster's `MaxArraySize`. Out: arrays. `MaxArraySize` caps the index of a task
//! and not their number: what lies beyond goes into further arrays, whose tasks add an offset to their index.

/// The tasks of one array job.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Array {
    /// Shard of the task with index 0.
    pub offset: usize,
    /// Index of each task, ascending.
    pub indices: Vec<usize>,
}

impl Array {
    /// The tasks as `sbatch --array` wants them: `0-3,7`, and with a limit of tasks at a time `0-3,7%2`.
    pub fn specification(&self, max_running: Option<usize>) -> String {
        let limit = max_running.map(|most| format!("%{most}")).unwrap_or_default();
        format!("{}{limit}", ranges(&self.indices))
    }

    /// The shards of its tasks, ascending.
    pub fn shards(&self) -> Vec<usize> {
        self.indices.iter().map(|index| index + self.offset).collect()
    }
}

/// Packs shards, which are in ascending order, into arrays whose indices are below `max_array_size`, at least 1.
pub fn arrays(shards: &[usize], max_array_size: usize) -> Vec<Array> {
    let mut arrays: Vec<Array> = Vec::new();
    for shard in shards {
        let (offset, index) = (shard - shard % max_array_size, shard % max_array_size);
        match arrays.last_mut().filter(|last| last.offset == offset) {
            Some(last) => last.indices.push(index),
            None => arrays.push(Array { offset, indices: vec![index] }),
        }
    }
    arrays
}

/// Ascending numbers as people and `sbatch` write them: `0-3,7,9-10`.
pub fn ranges(numbers: &[usize]) -> String {
    let mut parts: Vec<(usize, usize)> = Vec::new();
    for &number in numbers {
        match parts.last_mut() {
            Some((_, last)) if *last + 1 == number => *last = number,
            _ => parts.push((number, number)),
        }
    }
    let shown = parts.iter().map(|(first, last)| match first == last {
        true => first.to_string(),
        false => format!("{first}-{last}"),
    });
    shown.collect::<Vec<_>>().join(",")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_is_beyond_the_largest_index_goes_into_another_array() {
        let shards: Vec<usize> = (0..7).collect();
        let split: Vec<(usize, String)> =
            arrays(&shards, 3).iter().map(|array| (array.offset, array.specification(Some(2)))).collect();
        assert_eq!(split, [(0, "0-2%2".into()), (3, "0-2%2".into()), (6, "0%2".into())]);
        assert_eq!(arrays(&shards, 1001), [Array { offset: 0, indices: shards }]);
    }

    #[test]
    fn arrays_without_a_task_are_left_out() {
        let split = arrays(&[1, 8, 9, 30], 10);
        let shown: Vec<(usize, String)> = split.iter().map(|array| (array.offset, array.specification(None))).collect();
        assert_eq!(shown, [(0, "1,8-9".into()), (30, "0".into())]);
    }

    proptest! {
        #[test]
        fn every_shard_is_in_one_task_and_no_index_is_too_large(
            shards in prop::collection::btree_set(0usize..5000, 0..200), most in 1usize..1500,
        ) {
            let shards: Vec<usize> = shards.into_iter().collect();
            let arrays = arrays(&shards, most);
            prop_assert_eq!(arrays.iter().flat_map(Array::shards).collect::<Vec<_>>(), shards);
            prop_assert!(arrays.iter().flat_map(|array| &array.indices).all(|&index| index < most));
        }
    }
}
