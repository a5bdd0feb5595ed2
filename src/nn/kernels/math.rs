//! The transcendental functions of single precision that the kernels need, made of additions, multiplications and fused
//! multiply-adds, so that they run on vectors and give the same bits on each.
//!
//! The polynomials are those of Cephes (Moshier 1992); errors are below two units in the last place.

/// e^x; 0 where that is below the smallest normal number, infinite where it is too large.
#[inline(always)]
pub(super) fn exp(x: f32) -> f32 {
    const LOG2_E: f32 = std::f32::consts::LOG2_E;
    /// ln 2 in two parts, the first of which has so few bits that n times it is exact.
    const LN2_HIGH: f32 = 0.693_359_4;
    const LN2_LOW: f32 = -2.121_944_4e-4;
    /// Added and taken away again, it rounds to a whole number: 1.5 · 2^23.
    const ROUND: f32 = 12_582_912.0;
    /// ln of the smallest normal number, and of the largest.
    const LEAST: f32 = -87.336_54;
    const MOST: f32 = 88.722_83;
    let clamped = x.clamp(LEAST, MOST);
    let shifted = clamped.mul_add(LOG2_E, ROUND);
    let n = shifted - ROUND;
    let r = n.mul_add(-LN2_LOW, n.mul_add(-LN2_HIGH, clamped));
    let mut p = 1.987_569_1e-4f32;
    for coefficient in [1.398_199_9e-3, 8.333_452e-3, 4.166_579_6e-2, 1.666_666_5e-1, 0.5] {
        p = p.mul_add(r, coefficient);
    }
    let p = p.mul_add(r * r, r) + 1.0;
    // 2^n in two factors, since 2^128 is not a number; the low bits of `shifted` are n.
    let n = (shifted.to_bits() as i32).wrapping_sub(ROUND.to_bits() as i32);
    let half = n >> 1;
    let power = |n: i32| f32::from_bits(((n.wrapping_add(127)) as u32) << 23);
    let result = p * power(half) * power(n.wrapping_sub(half));
    if x < LEAST {
        0.0
    } else if x > MOST {
        f32::INFINITY
    } else if x.is_nan() {
        x
    } else {
        result
    }
}

/// ln x for normal x > 0; what is infinite or not a number stays so.
#[inline(always)]
pub(super) fn ln(x: f32) -> f32 {
    const LN2_HIGH: f32 = 0.693_359_4;
    const LN2_LOW: f32 = -2.121_944_4e-4;
    // x = 2^exponent · mantissa, the mantissa within [√½, √2).
    let bits = x.to_bits().wrapping_sub(std::f32::consts::FRAC_1_SQRT_2.to_bits());
    let exponent = ((bits as i32) >> 23) as f32;
    let mantissa = f32::from_bits((bits & 0x007f_ffff).wrapping_add(std::f32::consts::FRAC_1_SQRT_2.to_bits()));
    let r = mantissa - 1.0;
    let mut p = 7.037_683_6e-2f32;
    for coefficient in [
        -1.151_461e-1,
        1.167_699_9e-1,
        -1.242_014_1e-1,
        1.424_932_3e-1,
        -1.666_805_8e-1,
        2.000_071_5e-1,
        -2.499_999_4e-1,
        3.333_333e-1,
    ] {
        p = p.mul_add(r, coefficient);
    }
    let square = r * r;
    let low = exponent.mul_add(LN2_LOW, (p * r).mul_add(square, -0.5 * square));
    let result = exponent.mul_add(LN2_HIGH, r + low);
    if x < f32::INFINITY { result } else { x }
}

/// σ(x) = 1 / (1 + e^−x)
#[inline(always)]
pub(super) fn sigmoid(x: f32) -> f32 {
    1.0 / (1.0 + exp(-x))
}

/// The hyperbolic tangent.
#[inline(always)]
pub(super) fn tanh(x: f32) -> f32 {
    let magnitude = x.abs();
    let square = x * x;
    let mut p = -5.704_988_7e-3f32;
    for coefficient in [2.063_909e-2, -5.373_971_6e-2, 1.333_144_2e-1, -3.333_328e-1] {
        p = p.mul_add(square, coefficient);
    }
    let near = (p * square).mul_add(x, x);
    let far = (1.0 - 2.0 / (exp(2.0 * magnitude) + 1.0)).copysign(x);
    if magnitude < 0.625 { near } else { far }
}

/// The cosine and sine of an angle drawn by 32 random bits: the lowest two choose the quarter of the circle, which begins an
/// eighth before its axis, the highest 23 the place in it.
#[inline(always)]
pub(super) fn turn(bits: u32) -> [f32; 2] {
    /// 2^-23
    const STEP: f32 = 1.0 / 8_388_608.0;
    // Within (-π/4, π/4).
    let x = (((bits >> 9) as i32 as f32 + 0.5) * STEP - 0.5) * std::f32::consts::FRAC_PI_2;
    let z = x * x;
    let sine = ((-1.951_529_6e-4f32).mul_add(z, 8.332_161e-3).mul_add(z, -1.666_665_5e-1) * z).mul_add(x, x);
    let cosine =
        (2.443_315_7e-5f32.mul_add(z, -1.388_731_6e-3).mul_add(z, 4.166_664_6e-2) * z).mul_add(z, 1.0 - 0.5 * z);
    let (cosine, sine) = if bits & 1 == 1 { (-sine, cosine) } else { (cosine, sine) };
    if bits & 2 == 2 { [-cosine, -sine] } else { [cosine, sine] }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Numbers from `from` to `to`, close together.
    fn grid(from: f64, to: f64) -> impl Iterator<Item = f32> {
        (0..=200_000).map(move |i| (from + (to - from) * f64::from(i) / 200_000.0) as f32)
    }

    /// The error of `found` in units in the last place of `wanted`.
    fn units(found: f32, wanted: f64) -> f64 {
        let nearest = wanted as f32;
        let unit = f64::from(f32::from_bits(nearest.abs().to_bits() + 1)) - f64::from(nearest.abs());
        (f64::from(found) - wanted).abs() / unit
    }

    #[track_caller]
    fn agree(found: impl Fn(f32) -> f32, wanted: impl Fn(f64) -> f64, from: f64, to: f64, most: f64) {
        for x in grid(from, to) {
            let error = units(found(x), wanted(f64::from(x)));
            assert!(error < most, "at {x}: {} is {error} units off {}", found(x), wanted(f64::from(x)));
        }
    }

    #[test]
    fn functions_are_within_their_errors() {
        agree(exp, libm::exp, -87.3, 88.7, 2.0);
        agree(ln, libm::log, 1e-6, 100.0, 2.0);
        agree(tanh, libm::tanh, -12.0, 12.0, 3.0);
        agree(sigmoid, |x| 1.0 / (1.0 + libm::exp(-x)), -80.0, 80.0, 3.0);
    }

    #[test]
    fn a_turn_is_a_point_of_the_circle_in_the_quarter_of_its_lowest_bits() {
        for place in 0..2000u32 {
            for quarter in 0..4 {
                let fraction = (f64::from(place * 4194) + 0.5) / 8_388_608.0 - 0.5;
                let angle = (f64::from(quarter) + fraction) * core::f64::consts::FRAC_PI_2;
                let [cosine, sine] = turn(((place * 4194) << 9) | quarter);
                for (found, wanted) in [(cosine, libm::cos(angle)), (sine, libm::sin(angle))] {
                    assert!((f64::from(found) - wanted).abs() < 1.2e-7, "at {angle}: {found} {wanted}");
                }
            }
        }
    }

    #[test]
    fn ends_and_numbers_that_are_none() {
        assert_eq!((exp(-100.0), exp(0.0), exp(100.0)), (0.0, 1.0, f32::INFINITY));
        assert_eq!((exp(f32::NEG_INFINITY), exp(f32::INFINITY)), (0.0, f32::INFINITY));
        assert!(exp(f32::NAN).is_nan() && tanh(f32::NAN).is_nan() && sigmoid(f32::NAN).is_nan());
        assert_eq!((tanh(0.0), tanh(100.0), tanh(-100.0)), (0.0, 1.0, -1.0));
        assert_eq!((sigmoid(-200.0), sigmoid(200.0)), (0.0, 1.0));
        assert_eq!((ln(1.0), ln(f32::INFINITY)), (0.0, f32::INFINITY));
        assert!(ln(f32::NAN).is_nan());
    }
}
