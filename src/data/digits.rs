//! Numbers of few digits, which most are, read without a branch for each digit.
//!
//! In: a cell as one word, a byte for each letter. Out: its value. The decimal sign is taken out, and the digits are added up
//! side by side within a word.

/// Whole numbers up to the 15th power of ten, and powers up to the 22nd, are exact in f64.
pub(super) const TENS: [f64; 16] =
    [1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15];

/// A byte in every place of a word.
const fn everywhere(byte: u8) -> u64 {
    u64::from_le_bytes([byte; 8])
}

/// The number that a cell is, where it is a hyphen or none, and up to eight digits with a decimal sign among them or not. Not
/// where a zero stands before other digits alone: that may be a name.
///
/// `text` has the `len` letters of the cell in its highest bytes, the last one the highest, and zeros below. The quotient of two
/// numbers that are exact is rounded once: it is the number that the standard library reads.
#[inline(always)]
pub(super) fn few_digits(text: u64, len: usize, decimal: u8) -> Option<f64> {
    if len == 0 {
        return None;
    }
    let free = 64 - 8 * len as u32;
    let first = (text >> free) as u8;
    let is_negative = first == b'-';
    // A hyphen becomes a zero, as all is below it.
    let hyphen = u64::from(is_negative) * u64::from(b'-' ^ b'0');
    let mut digits = text ^ (everywhere(b'0') ^ hyphen) << free;
    let sign = digits ^ everywhere(decimal ^ b'0');
    let signs = sign.wrapping_sub(everywhere(1)) & !sign & everywhere(0x80); // the lowest is right, others do not count
    let (mut places, mut is_whole) = (0, true);
    if signs != 0 {
        let at = signs.trailing_zeros() & !7;
        let before = (1 << at) - 1;
        digits = (digits & before) << 8 | (digits & !before & !(0xff << at));
        (places, is_whole) = (7 - at / 8, false);
    }
    let others = usize::from(is_negative) + usize::from(!is_whole);
    let may_be_a_name = first == b'0' && len > 1 && is_whole;
    // A byte above 9 sets its highest bit here, or has it.
    let is_other = (digits.wrapping_add(everywhere(0x7f - 9)) | digits) & everywhere(0x80) != 0;
    if len == others || may_be_a_name || is_other {
        return None;
    }
    // Pairs, then pairs of pairs and their pair: each weighs its own power of ten.
    const EVEN: u64 = 0x0000_00ff_0000_00ff;
    let pairs = digits.wrapping_mul(10) + (digits >> 8);
    let upper = (pairs & EVEN).wrapping_mul(100 + (1_000_000 << 32));
    let lower = (pairs >> 16 & EVEN).wrapping_mul(1 + (10_000 << 32));
    let mut number = f64::from((upper.wrapping_add(lower) >> 32) as u32);
    if places > 0 {
        number /= TENS[places as usize];
    }
    Some(if is_negative { -number } else { number })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::field::Field;
    use super::*;

    fn read(text: &str, decimal: u8) -> Option<f64> {
        few_digits(Field::from(text.as_bytes()).in_highest_bytes()?, text.len(), decimal)
    }

    #[test]
    fn few_digits_with_a_sign_and_a_fraction_are_numbers() {
        for (text, value) in [
            ("0", 0.0),
            ("7", 7.0),
            ("255", 255.0),
            ("12345678", 12_345_678.0),
            ("-9999999", -9_999_999.0),
            ("0.25", 0.25),
            (".5", 0.5),
            ("5.", 5.0),
            ("-10.0001", -10.0001),
            ("1234567.", 1_234_567.0),
            ("-05", -5.0),
            ("00.5", 0.5),
        ] {
            assert_eq!(read(text, b'.'), Some(value), "{text}");
        }
        assert_eq!((read("-1,5", b','), read("1.5", b',')), (Some(-1.5), None));
    }

    #[test]
    fn all_else_is_left_to_others() {
        for text in [
            "",
            "-",
            ".",
            "-.",
            "+1",
            "007",
            "00",
            "1.2.3",
            "1e3",
            "5%",
            " 5",
            "5 ",
            "x",
            "1/2",
            "1:2",
            "123456789",
            "1-",
            "--1",
            "\u{b5}1",
            "1\u{fffd}",
        ] {
            assert_eq!(read(text, b'.'), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn they_have_the_bits_that_the_standard_library_gives(text in r"-?(0|[1-9][0-9]{0,6})?(\.[0-9]{0,4})?") {
            let known = text.parse::<f64>().ok().filter(|_| text.len() <= 8).map(f64::to_bits);
            prop_assert_eq!(read(&text, b'.').map(f64::to_bits), known, "{}", text);
        }

        #[test]
        fn bytes_of_any_kind_are_a_number_only_where_they_are_one(bytes in prop::collection::vec(any::<u8>(), 0..10)) {
            let text = String::from_utf8_lossy(&bytes);
            if let Some(x) = read(&text, b'.') {
                prop_assert_eq!(text.parse(), Ok(x));
            }
        }
    }
}
