//! Random streams, each named by what it is for.
//!
//! In: a [`StreamKey`] (seed, purpose, member, layer, step). Out: a [`Stream`] of numbers that depends on that key and on
//! nothing else: not on threads, on the vector width of the processor, or on what other streams were drawn before. Two
//! variants of one seed thus share split, initial weights and the order of batches, whatever remedies they have.
//!
//! The generator is ChaCha with 8 rounds, whose output is specified and portable; the key's fields are its 256-bit key.
//! Normal deviates are made with `libm`, not with the platform's mathematics, so that every machine draws the same.

mod beta;

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// What a stream is for. The numbers are part of the results: never reuse or change one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u32)]
pub enum Purpose {
    /// Which rows are training, validation and test rows.
    Split = 1,
    /// The order in which training rows are kept by `data.train_rows`.
    TrainRows = 2,
    /// Which labels are replaced by `data.label_noise`, and by what.
    LabelNoise = 3,
    /// The initial weights (one stream per layer).
    Initialization = 4,
    /// The order of the training rows (one stream per epoch).
    BatchOrder = 5,
    /// Dropout masks (one stream per layer and step).
    Dropout = 6,
    /// Noise on the inputs (one stream per step).
    InputNoise = 7,
    /// Random pruning (one stream per surgery).
    Prune = 8,
    /// Which inputs are masked (one stream per step).
    FeatureMask = 9,
    /// Which rows are mixed, and how much (one stream per step).
    Mixup = 10,
    /// How images are moved (one stream per step).
    Image = 11,
    /// Noise on the weights (one stream per layer and step).
    WeightNoise = 12,
    /// Noise on the gradient (one stream per layer and step).
    GradientNoise = 13,
    /// Which connections exist from the start (one stream per layer).
    SparseConnection = 14,
    /// The batch that saliency before training is measured on.
    Saliency = 15,
    /// What DropConnect draws at test time (one stream per layer).
    ConnectInference = 16,
    /// Masks of the sub-models that vote after training (one stream per sub-model, as the step, and layer).
    Submodels = 17,
    /// What measures after training draw (one stream per measure, as the layer).
    Measure = 18,
    /// Rows made up for rare classes (one stream per class, as the layer).
    Smote = 19,
    /// Learnt gates (one stream per layer and step, and behind them one per layer for how they begin).
    Gates = 20,
    /// The rows that a member of an ensemble is trained on.
    Bootstrap = 21,
    /// The points of a random sweep (one stream per swept key, by 64 bits of its hash as member and layer, and point, as the
    /// step; the seed is the sweep's).
    Sweep = 30,
}

/// The name of a [`Stream`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StreamKey {
    /// The trial's seed.
    pub seed: u64,
    /// What the numbers are for.
    pub purpose: Purpose,
    /// The member of an ensemble, 0 for a single network.
    pub member: u32,
    /// The layer, 0 where there is none to tell apart.
    pub layer: u32,
    /// The step, epoch or repeat, whichever the purpose counts.
    pub step: u64,
}

impl StreamKey {
    /// The key of member 0, layer 0, step 0.
    pub fn new(seed: u64, purpose: Purpose) -> Self {
        Self { seed, purpose, member: 0, layer: 0, step: 0 }
    }

    /// The same key for another member.
    pub fn member(self, member: u32) -> Self {
        Self { member, ..self }
    }

    /// The same key for another layer.
    pub fn layer(self, layer: usize) -> Self {
        Self { layer: layer as u32, ..self }
    }

    /// The same key for another step.
    pub fn step(self, step: u64) -> Self {
        Self { step, ..self }
    }

    /// 64 bits that the key's fields are mixed into: a key for generators that draw in bulk. Cheaper than opening a stream,
    /// for what is drawn anew in every step.
    pub fn mixed(self) -> [u32; 2] {
        let fields = [
            self.seed,
            u64::from(self.purpose as u32) << 32 | u64::from(self.member),
            u64::from(self.layer) << 32,
            self.step,
        ];
        let mixed = fields.into_iter().fold(0, |state, field| split_mix(state ^ field));
        [mixed as u32, (mixed >> 32) as u32]
    }

    /// Words of 64 random bits, without end: SplitMix64. Word i depends on the key and on i alone. Cheaper than a stream, for
    /// what is drawn anew in every step for every number of a batch.
    pub fn words(self) -> impl Iterator<Item = u64> {
        let [low, high] = self.mixed();
        let start = u64::from(high) << 32 | u64::from(low);
        (0..).map(move |i: u64| split_mix(start.wrapping_add(i.wrapping_mul(GOLDEN))))
    }

    /// Opens the stream at its beginning.
    pub fn open(self) -> Stream {
        let mut key = [0; 32];
        key[0..8].copy_from_slice(&self.seed.to_le_bytes());
        key[8..12].copy_from_slice(&(self.purpose as u32).to_le_bytes());
        key[12..16].copy_from_slice(&self.member.to_le_bytes());
        key[16..20].copy_from_slice(&self.layer.to_le_bytes());
        key[20..28].copy_from_slice(&self.step.to_le_bytes());
        Stream { generator: ChaCha8Rng::from_seed(key), spare: None }
    }
}

/// The step of SplitMix64's counter: 2^64 / golden ratio, odd.
const GOLDEN: u64 = 0x9e37_79b9_7f4a_7c15;

/// One step of SplitMix64 (Steele, Lea and Flood 2014): a permutation of 64 bits that scatters them.
fn split_mix(state: u64) -> u64 {
    let z = state.wrapping_add(GOLDEN);
    let z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// A stream of random numbers.
pub struct Stream {
    generator: ChaCha8Rng,
    /// The second deviate of the last Box–Muller pair.
    spare: Option<f64>,
}

impl Stream {
    /// 32 random bits.
    pub fn bits(&mut self) -> u32 {
        self.generator.next_u32()
    }

    /// Fills `bytes` with random bits.
    pub fn fill(&mut self, bytes: &mut [u8]) {
        self.generator.fill_bytes(bytes);
    }

    /// Uniform in [0, 1), of 53 bits.
    pub fn uniform(&mut self) -> f64 {
        (self.generator.next_u64() >> 11) as f64 * (1.0 / (1u64 << 53) as f64)
    }

    /// Standard normal, by Box and Muller (1958).
    pub fn normal(&mut self) -> f64 {
        if let Some(spare) = self.spare.take() {
            return spare;
        }
        let radius = libm::sqrt(-2.0 * libm::log(1.0 - self.uniform()));
        let angle = 2.0 * core::f64::consts::PI * self.uniform();
        self.spare = Some(radius * libm::sin(angle));
        radius * libm::cos(angle)
    }

    /// Uniform in 0..n, without bias (Lemire 2019).
    ///
    /// # Panics
    /// If `n` is 0: there is nothing to choose from.
    pub fn below(&mut self, n: usize) -> usize {
        assert!(n > 0, "a choice among no things");
        let n = n as u64;
        loop {
            let product = u128::from(self.generator.next_u64()) * u128::from(n);
            // The bound of what is refused takes a division; it is less than n, which is nearly always enough to know.
            let low = product as u64;
            if low >= n || low >= n.wrapping_neg() % n {
                return (product >> 64) as usize;
            }
        }
    }

    /// Brings `items` into a uniformly random order (Fisher and Yates).
    pub fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            items.swap(last, self.below(last + 1));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draws(key: StreamKey) -> Vec<u32> {
        let mut stream = key.open();
        (0..8).map(|_| stream.bits()).collect()
    }

    #[test]
    fn the_same_key_opens_the_same_stream_and_every_field_another() {
        let key = StreamKey::new(7, Purpose::Dropout).layer(1).step(2);
        assert_eq!((draws(key), key.mixed()), (draws(key), key.mixed()));
        for other in [
            StreamKey { seed: 8, ..key },
            StreamKey { purpose: Purpose::InputNoise, ..key },
            StreamKey { member: 1, ..key },
            StreamKey { layer: 2, ..key },
            StreamKey { step: 3, ..key },
        ] {
            assert_ne!(draws(key), draws(other), "{other:?}");
            assert_ne!(key.mixed(), other.mixed(), "{other:?}");
        }
    }

    #[test]
    fn the_stream_is_the_published_chacha8_key_stream() {
        // Key 0 and nonce 0, 8 rounds: the first bytes of the eSTREAM test vector are 3e 00 ef 2f.
        let mut generator = ChaCha8Rng::from_seed([0; 32]);
        assert_eq!(generator.next_u32(), u32::from_le_bytes([0x3e, 0x00, 0xef, 0x2f]));
    }

    #[test]
    fn words_are_those_of_split_mix_and_belong_to_the_key() {
        // The published first outputs of SplitMix64 for the state 0.
        assert_eq!(
            [0, GOLDEN, GOLDEN.wrapping_mul(2)].map(split_mix),
            [0xe220_a839_7b1d_cdaf, 0x6e78_9e6a_a1b9_65f4, 0x06c4_5d18_8009_454f]
        );
        let words = |step, count| -> Vec<u64> {
            StreamKey::new(1, Purpose::FeatureMask).step(step).words().take(count).collect()
        };
        assert_eq!(words(3, 5), words(3, 50)[..5]);
        assert_ne!(words(3, 5), words(4, 5));
        let ones = words(0, 10_000).iter().map(|word| word.count_ones()).sum::<u32>();
        assert!((318_000..322_000).contains(&ones), "{ones} of 640000 bits");
    }

    #[test]
    fn normal_deviates_have_mean_zero_and_variance_one() {
        let mut stream = StreamKey::new(1, Purpose::InputNoise).open();
        let n = 100_000;
        let draws: Vec<f64> = (0..n).map(|_| stream.normal()).collect();
        let mean = draws.iter().sum::<f64>() / n as f64;
        let variance = draws.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / n as f64;
        assert!(mean.abs() < 0.02, "mean {mean}");
        assert!((variance - 1.0).abs() < 0.02, "variance {variance}");
    }

    #[test]
    fn below_reaches_every_number_about_equally_often() {
        let mut stream = StreamKey::new(3, Purpose::Split).open();
        let mut counts = [0; 7];
        for _ in 0..70_000 {
            counts[stream.below(7)] += 1;
        }
        assert!(counts.iter().all(|&count| (9_500..10_500).contains(&count)), "{counts:?}");
    }

    #[test]
    fn below_refuses_what_would_make_small_numbers_more_frequent() {
        // Of 2^64 words, nearly half are refused.
        let n = (1 << 63) + 1;
        let (mut stream, mut words) =
            (StreamKey::new(4, Purpose::Split).open(), StreamKey::new(4, Purpose::Split).open());
        let mut refused = 0;
        for _ in 0..100 {
            let drawn = stream.below(n);
            let wanted = loop {
                let product = u128::from(words.generator.next_u64()) * n as u128;
                if product % (1 << 64) >= (1 << 64) % n as u128 {
                    break (product >> 64) as usize;
                }
                refused += 1;
            };
            assert_eq!(drawn, wanted);
        }
        assert!((50..200).contains(&refused), "{refused}");
    }

    #[test]
    fn shuffle_keeps_every_item() {
        let mut items: Vec<usize> = (0..100).collect();
        StreamKey::new(5, Purpose::BatchOrder).open().shuffle(&mut items);
        assert_ne!(items, (0..100).collect::<Vec<_>>());
        items.sort_unstable();
        assert_eq!(items, (0..100).collect::<Vec<_>>());
    }
}
