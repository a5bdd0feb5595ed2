//! k-means of numbers: which few values stand for many?
//!
//! In: numbers, and how many clusters. Out: the centroids, ascending, and which of them stands for which number. The
//! first centroids lie at equal distances from the smallest number to the largest, which the paper found to be better
//! than random ones and than quantiles: it keeps a centroid near the few large weights, which matter most.

/// Rounds of assigning and averaging after which it ends all the same; scikit-learn's default.
const MOST_ROUNDS: usize = 300;

/// Clusters of numbers, none of them empty.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Clusters {
    /// The mean of each cluster, ascending; never 0.
    pub(super) centroids: Vec<f32>,
    /// The largest number of each cluster, ascending.
    largest: Vec<f32>,
}

impl Clusters {
    /// At most `count` clusters of numbers that are finite and not 0, by Lloyd's algorithm; a number between two
    /// centroids goes to the lower one. A centroid that attracts nothing stays where it is, and is left out in the end.
    pub(super) fn of(values: impl Iterator<Item = f32>, count: usize) -> Self {
        let mut sorted: Vec<f32> = values.collect();
        sorted.sort_unstable_by(f32::total_cmp);
        let mut clusters = Self { centroids: Vec::new(), largest: Vec::new() };
        let mut begin = 0;
        for (mean, end) in lloyd(&sorted, count) {
            if end > begin {
                clusters.centroids.push(not_zero(mean as f32, &sorted[begin..end]));
                clusters.largest.push(sorted[end - 1]);
            }
            begin = end;
        }
        clusters
    }

    /// The cluster of a number that the clusters were made of.
    pub(super) fn cluster(&self, value: f32) -> usize {
        self.largest.partition_point(|&largest| largest < value)
    }
}

/// The mean of each cluster, and where it ends among the sorted values; it begins where the one before ends.
fn lloyd(sorted: &[f32], count: usize) -> Vec<(f64, usize)> {
    let (Some(&least), Some(&most)) = (sorted.first(), sorted.last()) else { return Vec::new() };
    let (least, most) = (f64::from(least), f64::from(most));
    let steps = count.saturating_sub(1).max(1) as f64;
    let mut means: Vec<f64> = (0..count).map(|index| least + (most - least) * index as f64 / steps).collect();
    let mut ends = Vec::new();
    for _ in 0..MOST_ROUNDS {
        let new_ends = assign(sorted, &means);
        if new_ends == ends {
            break;
        }
        let mut begin = 0;
        for (mean, &end) in means.iter_mut().zip(&new_ends) {
            if end > begin {
                *mean = average(&sorted[begin..end]);
            }
            begin = end;
        }
        ends = new_ends;
    }
    means.into_iter().zip(ends).collect()
}

/// Where the values nearest to each mean end. The means ascend, so that the values of each are neighbours.
fn assign(sorted: &[f32], means: &[f64]) -> Vec<usize> {
    let borders = means.windows(2).map(|pair| (pair[0] + pair[1]) / 2.0);
    let ends = borders.map(|border| sorted.partition_point(|&value| f64::from(value) <= border));
    ends.chain(std::iter::once(sorted.len())).collect()
}

fn average(values: &[f32]) -> f64 {
    values.iter().map(|&value| f64::from(value)).sum::<f64>() / values.len() as f64
}

/// `mean`, or where it is 0 the member nearest to 0: a weight that became 0 would count as pruned.
fn not_zero(mean: f32, members: &[f32]) -> f32 {
    if mean != 0.0 {
        return mean;
    }
    let nearest = members.iter().copied().min_by(|a, b| a.abs().total_cmp(&b.abs()));
    nearest.expect("a cluster that is kept has members")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn clusters(values: &[f32], count: usize) -> Clusters {
        Clusters::of(values.iter().copied(), count)
    }

    #[test]
    fn centroids_move_to_the_means_of_what_is_nearest() {
        // From −2 and 4: 1 lies in the middle and goes to the lower one. The means are −0.325 and 3.5, and 1 stays.
        let found = clusters(&[-2.0, 3.0, 1.0, 4.0, 0.5, -0.8], 2);
        assert_eq!(found.centroids, [-0.325, 3.5]);
        assert_eq!([-2.0, 1.0, 3.0].map(|value| found.cluster(value)), [0, 0, 1]);
    }

    #[test]
    fn agrees_with_scikit_learn() {
        // KMeans(4, init=np.linspace(x.min(), x.max(), 4).reshape(-1, 1), n_init=1, tol=0).fit(x.reshape(-1, 1))
        // of x = [((i * i * 37) % 101 - 50) / 64 for i in range(1, 41)], centres sorted.
        let values: Vec<f32> = (1..=40).map(|i| ((i * i * 37) % 101 - 50) as f32 / 64.0).collect();
        let expected = [-0.56960225, -0.10369318, 0.36789772, 0.68080354];
        let found = clusters(&values, 4).centroids;
        for (found, expected) in found.iter().zip(expected) {
            assert!((found - expected).abs() < 1e-6, "{found} {expected}");
        }
        assert_eq!(found.len(), 4);
    }

    #[test]
    fn no_centroid_is_zero() {
        assert_eq!(clusters(&[-1.0, 1.0], 1).centroids, [-1.0]);
        assert_eq!(clusters(&[-3.0, 1.0, 2.0], 1).centroids, [1.0]);
    }

    #[test]
    fn what_attracts_nothing_is_left_out() {
        assert_eq!(clusters(&[1.0, 1.0, 9.0], 5).centroids, [1.0, 9.0]);
        assert_eq!(clusters(&[2.5; 7], 31).centroids, [2.5]);
        assert!(clusters(&[], 31).centroids.is_empty());
    }

    proptest! {
        #[test]
        fn each_value_is_nearest_to_its_own_centroid(
            values in prop::collection::vec((-1.0_f32..1.0).prop_filter("not 0", |value| *value != 0.0), 1..200),
            count in 1usize..40,
        ) {
            let found = clusters(&values, count);
            prop_assert!(found.centroids.len() <= count);
            prop_assert!(found.centroids.is_sorted() && !found.centroids.contains(&0.0));
            for &value in &values {
                let distance = |centroid: &f32| (centroid - value).abs();
                let own = distance(&found.centroids[found.cluster(value)]);
                let least = found.centroids.iter().map(distance).fold(f32::INFINITY, f32::min);
                // One that is not 0 in place of a mean of 0 may be farther away.
                prop_assert!(own <= least + 1e-6 || found.centroids.len() == 1);
            }
        }

        #[test]
        fn the_order_of_the_values_does_not_matter(
            values in prop::collection::vec(0.1_f32..1.0, 1..100).prop_shuffle(), count in 1usize..20,
        ) {
            let mut reversed = values.clone();
            reversed.reverse();
            prop_assert_eq!(clusters(&values, count), clusters(&reversed, count));
        }
    }
}
