//! The bytes that the final network takes in a file by Deep Compression, and what sharing its weights costs.
//!
//! The network is compressed as it is: shared weights are not tuned afterwards. Of several networks each is stored for itself:
//! bytes are summed, and the accuracy is that of the vote of all with shared weights.

use super::super::Interrupted;
use super::probe::Probe;
use super::score::{by_task, score, summed_up};
use super::{Entry, Measurement, Subject};
use crate::model::compression::{CodeBits, Compression, LayerCompression, StageBytes, compress};
use crate::nn::Ensemble;

pub(super) const ENTRY: Entry = Entry {
    names: &[
        "stored_bytes_dense",
        "stored_bytes_pruned",
        "stored_bytes_quantized",
        "stored_bytes_coded",
        "quantized_accuracy",
        "quantized_r2",
        "stored_weight_bits",
        "stored_weight_entropy",
        "stored_gap_bits",
        "stored_gap_entropy",
    ],
    key: Some("compression"),
    idea: "bytes of the network in a file: all weights as f32 (dense), those that are not 0 with the gaps between them (pruned), \
           with few shared values (quantized), both Huffman coded (coded); accuracy (r2) with shared values; by layer the mean \
           length of the codes and the entropy, in bits per stored weight and gap; of several networks the bytes of all, the vote, the \
           mean over them",
    is_time: false,
    measure,
};

fn measure(subject: &Subject<'_>) -> Result<Vec<Measurement>, Interrupted> {
    let Some(settings) = subject.settings.compression else { return Ok(Vec::new()) };
    let bits = CodeBits { weight: settings.weight_bits, gap: settings.gap_bits };
    let networks = &subject.outcome.ensemble.members;
    let compressed: Result<Vec<Compression>, _> = networks.iter().map(|network| compress(network, bits)).collect();
    // A weight that is not finite has no shared value: such a network has nothing that could be measured.
    let Ok(compressed) = compressed else { return Ok(Vec::new()) };
    let sum = |stage: fn(StageBytes) -> usize| compressed.iter().map(|one| stage(one.bytes())).sum::<usize>();
    let stages = [
        ("stored_bytes_dense", sum(|bytes| bytes.dense)),
        ("stored_bytes_pruned", sum(|bytes| bytes.pruned)),
        ("stored_bytes_quantized", sum(|bytes| bytes.quantized)),
        ("stored_bytes_coded", sum(|bytes| bytes.coded)),
    ];
    let mut found: Vec<Measurement> = stages.map(|(name, bytes)| Measurement::of(name, bytes as f64)).to_vec();
    let quantized = Ensemble { members: compressed.iter().map(|one| one.quantized.clone()).collect() };
    found.extend(quality(subject, &quantized)?);
    found.extend((0..networks[0].layers.len()).flat_map(|index| streams(index, &compressed)));
    Ok(found)
}

/// Accuracy or r2 of the network with shared weights, where there are test rows.
fn quality(subject: &Subject<'_>, quantized: &Ensemble) -> Result<Option<Measurement>, Interrupted> {
    let (data, test) = (subject.data, &subject.data.test);
    if test.rows.is_empty() {
        return Ok(None);
    }
    let mut sum = 0.0;
    Probe::of(subject, quantized).run(
        test.rows.len(),
        |row, values| data.encode(test.rows[row], values),
        |row, outputs| sum += score(&test.targets, row, outputs),
    )?;
    let name = by_task(data.task(), ["quantized_accuracy", "quantized_r2"]);
    Ok(Some(Measurement::of(name, summed_up(&test.targets, sum))))
}

/// Mean length and entropy of a layer's codes, the mean over the networks.
fn streams(index: usize, compressed: &[Compression]) -> [Measurement; 4] {
    let mean = |bits: fn(&LayerCompression) -> f64| {
        compressed.iter().map(|one| bits(&one.layers[index])).sum::<f64>() / compressed.len() as f64
    };
    [
        ("stored_weight_bits", mean(|layer| layer.weights.mean_bits)),
        ("stored_weight_entropy", mean(|layer| layer.weights.entropy)),
        ("stored_gap_bits", mean(|layer| layer.gaps.mean_bits)),
        ("stored_gap_entropy", mean(|layer| layer.gaps.entropy)),
    ]
    .map(|(name, bits)| Measurement::of_layer(name, index, bits))
}

#[cfg(test)]
mod tests {
    use super::super::fixtures::Case;
    use super::*;
    use crate::recipe;

    fn compressed(mut case: Case, weight_bits: u32) -> Vec<Measurement> {
        case.settings.compression = Some(recipe::Compression { weight_bits, gap_bits: 5 });
        measure(&case.subject()).unwrap()
    }

    fn value(found: &[Measurement], name: &str) -> f64 {
        found.iter().find(|row| row.measure == name).unwrap_or_else(|| panic!("no {name} in {found:?}")).value
    }

    #[test]
    fn a_line_of_one_weight_worked_by_hand() {
        let found = compressed(Case::regression(), 5);
        assert_eq!(value(&found, "stored_bytes_dense"), 8.0, "a weight and a bias");
        // A header of 15 bytes, the bias of 4, a gap of 5 bits, and the weight of 4 bytes.
        assert_eq!(value(&found, "stored_bytes_pruned"), 15.0 + 4.0 + 1.0 + 4.0);
        // A code of 5 bits, and a code book of one value.
        assert_eq!(value(&found, "stored_bytes_quantized"), 15.0 + 4.0 + 1.0 + 1.0 + 4.0);
        assert_eq!(value(&found, "quantized_r2"), 1.0, "one weight shares its value with no other");
        assert_eq!(value(&found, "stored_weight_entropy"), 0.0);
        let lengths = found.iter().filter(|row| row.layer == Some(1));
        assert_eq!(lengths.count(), 4);
    }

    #[test]
    fn what_few_shared_weights_leave_of_the_accuracy_is_seen_on_the_test_rows() {
        let found = compressed(Case::classification(), 5);
        assert_eq!(value(&found, "quantized_accuracy"), 1.0, "eight weights of four values lose nothing");
        let found = compressed(Case::classification(), 1);
        assert_eq!(value(&found, "quantized_accuracy"), 0.5, "with one value for all weights both outputs are alike");
    }

    #[test]
    fn the_codes_are_at_least_as_long_as_the_entropy_and_less_than_a_bit_longer() {
        for row in compressed(Case::classification(), 3).iter().filter(|row| row.measure.ends_with("_bits")) {
            let name = row.measure.replace("_bits", "_entropy");
            let entropy = compressed(Case::classification(), 3)
                .into_iter()
                .find(|other| other.measure == name && other.layer == row.layer)
                .expect("each stream has its entropy");
            assert!((entropy.value..entropy.value + 1.0).contains(&row.value), "{row:?} {entropy:?}");
        }
    }

    #[test]
    fn nothing_is_measured_where_it_is_not_asked_for_or_a_weight_is_not_finite() {
        let mut case = Case::classification();
        assert_eq!(measure(&case.subject()), Ok(vec![]));
        case.outcome.ensemble.members[0].layers[0].weights[[0, 0]] = f32::NAN;
        assert_eq!(compressed(case, 5), []);
    }
}
