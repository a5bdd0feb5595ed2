//! The file of a compressed network, and the way back.
//!
//! In: layers with shared weights. Out: bytes, one layer behind the other, and from the bytes the layers again. Numbers
//! have their highest bit first; each line of this table begins with a whole byte:
//!
//! | of a layer | bits |
//! | --- | --- |
//! | outputs, inputs, entries | 3 × 32 |
//! | bits of a weight, bits of a gap, shared weights | 3 × 8 |
//! | code book | shared weights × 32 |
//! | gaps: table of the Huffman code, gaps | 2^bits × 6, then each its code |
//! | weights: table of the Huffman code, codes | 2^bits × 6, then each its code |
//! | biases | outputs × 32 |

use thiserror::Error;

use super::bit_stream::{BitReader, BitWriter};
use super::huffman::Code;
use super::shared_weights::{CodeBits, SharedLayer};
use crate::nn::Layer;

/// Bytes of what stands in front of a layer's code book.
pub(super) const HEADER_BYTES: usize = 3 * 4 + 3;

/// Why bytes are not those of a compressed network.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[expect(missing_docs, reason = "the messages name every field")]
pub enum DecodeError {
    #[error("layer {layer} of a compressed network is cut off")]
    CutOff { layer: usize },
    #[error("the {what} of layer {layer} of a compressed network must have 1 to 8 bits, found {found}")]
    Bits { layer: usize, what: &'static str, found: u32 },
    #[error("layer {layer} of a compressed network has entries that its shape or its code book do not hold")]
    Entries { layer: usize },
}

/// The bytes of one layer.
pub(super) fn encode(layer: &SharedLayer) -> Vec<u8> {
    let mut out = BitWriter::default();
    for number in [layer.outputs, layer.inputs, layer.codes.len()] {
        out.push(u64::from(u32::try_from(number).expect("a layer has less than 2^32 weights")), 32);
    }
    for number in [u64::from(layer.bits.weight), u64::from(layer.bits.gap), layer.book.len() as u64] {
        out.push(number, 8);
    }
    let float = |out: &mut BitWriter, value: &f32| out.push(u64::from(value.to_bits()), 32);
    layer.book.iter().for_each(|weight| float(&mut out, weight));
    write_symbols(&layer.gaps, layer.bits.gap, &mut out);
    write_symbols(&layer.codes, layer.bits.weight, &mut out);
    layer.bias.iter().for_each(|bias| float(&mut out, bias));
    out.finish()
}

/// The layers of a compressed network, from the bytes of [`Compression::file`](super::Compression::file).
///
/// # Errors
/// If the bytes are no such file, with what is wrong with the first layer that is.
pub fn decode(bytes: &[u8]) -> Result<Vec<Layer>, DecodeError> {
    let mut bits = BitReader::new(bytes);
    let mut layers = Vec::new();
    while !bits.is_at_end() {
        let layer = layers.len();
        let shared = read_layer(&mut bits, layer)?;
        layers.push(shared.to_layer().ok_or(DecodeError::Entries { layer })?);
    }
    Ok(layers)
}

fn read_layer(bits: &mut BitReader<'_>, layer: usize) -> Result<SharedLayer, DecodeError> {
    let cut_off = DecodeError::CutOff { layer };
    let mut number = |width| bits.take(width).map(|number| number as usize).ok_or(cut_off);
    let (outputs, inputs, entries) = (number(32)?, number(32)?, number(32)?);
    let (weight, gap, shared_weights) = (number(8)? as u32, number(8)? as u32, number(8)?);
    for (what, found) in [("weights", weight), ("gaps", gap)] {
        if !(1..=8).contains(&found) {
            return Err(DecodeError::Bits { layer, what, found });
        }
    }
    // Before anything is made room for.
    let holds = |weights: usize| entries <= weights && u32::try_from(weights).is_ok();
    if !outputs.checked_mul(inputs).is_some_and(holds) {
        return Err(DecodeError::Entries { layer });
    }
    let book = read_floats(bits, shared_weights).ok_or(cut_off)?;
    let gaps = read_symbols(bits, gap, entries).ok_or(cut_off)?;
    let codes = read_symbols(bits, weight, entries).ok_or(cut_off)?;
    let bias = read_floats(bits, outputs).ok_or(cut_off)?;
    Ok(SharedLayer { outputs, inputs, bits: CodeBits { weight, gap }, gaps, codes, book, bias })
}

/// How often each symbol of so many bits occurs.
pub(super) fn count(symbols: &[u8], bits: u32) -> Vec<u64> {
    let mut counts = vec![0; 1 << bits];
    symbols.iter().for_each(|&symbol| counts[usize::from(symbol)] += 1);
    counts
}

fn write_symbols(symbols: &[u8], bits: u32, out: &mut BitWriter) {
    let code = Code::of(&count(symbols, bits));
    code.write_table(out);
    out.align();
    symbols.iter().for_each(|&symbol| code.write(symbol, out));
    out.align();
}

fn read_symbols(bits: &mut BitReader<'_>, width: u32, count: usize) -> Option<Vec<u8>> {
    let code = Code::read_table(bits, 1 << width)?;
    bits.align();
    let symbols: Option<Vec<u8>> = (0..count).map(|_| code.read(bits)).collect();
    bits.align();
    symbols
}

fn read_floats(bits: &mut BitReader<'_>, count: usize) -> Option<Vec<f32>> {
    (0..count).map(|_| bits.take(32).map(|float| f32::from_bits(float as u32))).collect()
}

#[cfg(test)]
mod tests {
    use ndarray::{Array1, Array2};
    use proptest::prelude::*;

    use super::*;

    fn layers() -> impl Strategy<Value = (Layer, CodeBits)> {
        let weight = prop_oneof![3 => Just(0.0_f32), 1 => -1.0_f32..1.0];
        let values = (1usize..12, 1usize..30).prop_flat_map(move |(outputs, inputs)| {
            let weights = prop::collection::vec(weight.clone(), outputs * inputs);
            (Just((outputs, inputs)), weights, prop::collection::vec(-1.0_f32..1.0, outputs))
        });
        (values, 1u32..=8, 1u32..=8).prop_map(|((shape, weights, bias), weight, gap)| {
            let weights = Array2::from_shape_vec(shape, weights).unwrap();
            (Layer::new(weights, Array1::from_vec(bias)), CodeBits { weight, gap })
        })
    }

    #[test]
    fn a_layer_of_one_weight_takes_these_bytes() {
        let layer = Layer::new(ndarray::array![[1.0]], ndarray::array![-2.0]);
        let bytes = encode(&SharedLayer::of(&layer, CodeBits { weight: 2, gap: 1 }));
        let header = [0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 2, 1, 1];
        let book = [0x3f, 0x80, 0, 0];
        // Gap 0 and code 1 are alone in their streams: 0 bits each, which the tables hold as 1, and no others.
        let gaps = [0b0000_0100, 0b0000_0000];
        let codes = [0b0000_0000, 0b0001_0000, 0b0000_0000];
        let bias = [0xc0, 0, 0, 0];
        assert_eq!(bytes, [&header[..], &book, &gaps, &codes, &bias].concat());
        assert_eq!(decode(&bytes), Ok(vec![layer]));
    }

    #[test]
    fn bits_that_no_code_has_are_refused() {
        let layer = Layer::new(ndarray::array![[1.0]], ndarray::array![-2.0]);
        let mut bytes = encode(&SharedLayer::of(&layer, CodeBits::default()));
        bytes[13] = 9;
        assert_eq!(decode(&bytes), Err(DecodeError::Bits { layer: 0, what: "gaps", found: 9 }));
        bytes[11] = 2;
        bytes[13] = 5;
        assert_eq!(decode(&bytes), Err(DecodeError::Entries { layer: 0 }), "two entries for one weight");
        bytes[0] = 0xff;
        bytes[4] = 0xff;
        assert_eq!(decode(&bytes), Err(DecodeError::Entries { layer: 0 }), "more weights than any layer has");
    }

    proptest! {
        #[test]
        fn what_is_decoded_is_what_was_encoded(cases in prop::collection::vec(layers(), 1..4)) {
            let shared: Vec<SharedLayer> = cases.iter().map(|(layer, bits)| SharedLayer::of(layer, *bits)).collect();
            let bytes: Vec<u8> = shared.iter().flat_map(encode).collect();
            let expected: Vec<Layer> = shared.iter().map(|layer| layer.to_layer().unwrap()).collect();
            prop_assert_eq!(decode(&bytes), Ok(expected));
        }

        #[test]
        fn a_file_that_is_cut_off_is_an_error((layer, bits) in layers(), share in 0.0..1.0) {
            let bytes = encode(&SharedLayer::of(&layer, bits));
            let left = 1 + (share * (bytes.len() - 1) as f64) as usize;
            prop_assume!(left < bytes.len());
            prop_assert_eq!(decode(&bytes[..left]), Err(DecodeError::CutOff { layer: 0 }));
        }

        #[test]
        fn a_bit_that_is_wrong_never_panics((layer, bits) in layers(), place in any::<prop::sample::Index>()) {
            let mut bytes = encode(&SharedLayer::of(&layer, bits));
            let place = place.index(8 * (bytes.len() - HEADER_BYTES)) + 8 * HEADER_BYTES;
            bytes[place / 8] ^= 1 << (place % 8);
            drop(decode(&bytes));
        }
    }
}
