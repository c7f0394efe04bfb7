//! A small pseudo-random generator whose sequences never change, so that a seed names its cases for good.

/// A xorshift64* generator: equal seeds give equal sequences on every platform and in every version.
pub struct Random(u64);

impl Random {
    /// Creates a generator from a seed; close seeds give unrelated sequences.
    pub fn new(seed: u64) -> Self {
        // One round of splitmix64 separates close seeds.
        let mut z = seed.wrapping_add(0x9E37_79B9_7F4A_7C15);
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        Random((z ^ (z >> 31)) | 1)
    }

    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D)
    }

    /// Returns a number from 0 up to, not including, `n`; 0 when `n` is 0.
    pub fn below(&mut self, n: usize) -> usize {
        ((self.next() >> 33) as usize) % n.max(1)
    }

    /// Returns `true` once in `n` times.
    pub fn one_in(&mut self, n: usize) -> bool {
        self.below(n) == 0
    }

    /// Returns one of the items.
    ///
    /// # Panics
    ///
    /// When there is none.
    pub fn pick<'a, T: ?Sized>(&mut self, from: &[&'a T]) -> &'a T {
        from[self.below(from.len())]
    }

    /// Returns one of the characters of a text; a blank when it is empty.
    pub fn pick_char(&mut self, from: &str) -> char {
        let nth = self.below(from.chars().count());
        from.chars().nth(nth).unwrap_or(' ')
    }
}
