//! A Bloom filter of keys that are hashes already, for the key index.
//!
//! All bits of a key are in one block of 32 bytes, so that a lookup reads memory once. Filters are stored in the file,
//! so the layout must never change.

/// Blocks of bits. Without blocks it may contain every key.
pub struct BloomFilter(Vec<Block>);

/// Two hashes of a key: one chooses its block, the other its bits there.
#[derive(Clone, Copy)]
pub struct KeyHashes {
    pub block: u64,
    pub bits: u64,
}

/// Each key sets one bit in each word.
type Block = [u32; 8];

/// 25 bits a key: one in ten thousand keys that were not inserted seems to be, and is looked up in the file.
const KEYS_PER_BLOCK: usize = size_of::<Block>() * 8 / 25;
/// Odd random numbers, which turn one hash into a bit for each word. They are those of Parquet's filters.
const SALT: Block =
    [0x47b6_137b, 0x4497_4d91, 0x8824_ad5b, 0xa2b7_289d, 0x7054_95c7, 0x2df1_424b, 0x9efc_4947, 0x5c6b_fb31];

impl BloomFilter {
    pub fn of(keys: impl ExactSizeIterator<Item = KeyHashes>) -> Self {
        let mut filter = Self(vec![Block::default(); keys.len().div_ceil(KEYS_PER_BLOCK).max(1)]);
        for key in keys {
            let (block, bits) = filter.place(key);
            filter.0[block].iter_mut().zip(bits).for_each(|(word, bit)| *word |= bit);
        }
        filter
    }

    /// Reads what [`to_bytes`](Self::to_bytes) wrote. Damaged bytes give a filter that may contain every key.
    pub fn from_bytes(bytes: &[u8]) -> Self {
        let (blocks, rest) = bytes.as_chunks::<{ size_of::<Block>() }>();
        let blocks = if rest.is_empty() { blocks } else { &[] };
        Self(
            blocks
                .iter()
                .map(|block| std::array::from_fn(|word| u32::from_le_bytes(block.as_chunks().0[word])))
                .collect(),
        )
    }

    pub fn to_bytes(&self) -> Vec<u8> {
        self.0.as_flattened().iter().flat_map(|word| word.to_le_bytes()).collect()
    }

    /// Returns true for every key that was inserted, and rarely for another one.
    pub fn may_contain(&self, key: KeyHashes) -> bool {
        let (block, bits) = self.place(key);
        self.0.get(block).is_none_or(|words| words.iter().zip(bits).all(|(word, bit)| word & bit != 0))
    }

    /// Returns the block of a key, and its bits there.
    fn place(&self, KeyHashes { block, bits }: KeyHashes) -> (usize, Block) {
        // The upper half of the product is as evenly distributed as a remainder, and needs no division.
        let block = (u128::from(block) * self.0.len() as u128) >> 64;
        (block as usize, SALT.map(|salt| 1 << ((bits as u32).wrapping_mul(salt) >> 27)))
    }
}

#[cfg(test)]
mod tests {
    use super::{super::key_index::Key, *};

    fn key(tenant: u64, number: u64) -> KeyHashes {
        use md5::{Digest as _, Md5};
        Key::new(tenant, Md5::digest(number.to_le_bytes()).into()).hashes()
    }

    #[test]
    fn it_contains_what_was_inserted_and_little_else() {
        let keys: Vec<_> = (0..10_000).map(|number| key(1, number)).collect();
        let filter = BloomFilter::from_bytes(&BloomFilter::of(keys.iter().copied()).to_bytes());
        assert!(keys.iter().all(|key| filter.may_contain(*key)));
        let wrong = (10_000..110_000).filter(|number| filter.may_contain(key(1, *number))).count();
        assert!(wrong < 30, "{wrong} in 100,000");
        let of_another = (0..10_000).filter(|number| filter.may_contain(key(2, *number))).count();
        assert!(of_another < 10, "{of_another} in 10,000");
    }

    #[test]
    fn an_empty_filter_contains_nothing_and_a_damaged_one_is_not_trusted() {
        assert!(!BloomFilter::of([].into_iter()).may_contain(key(1, 1)));
        assert!([0, 31, 33].iter().all(|length| BloomFilter::from_bytes(&vec![0; *length]).may_contain(key(1, 1))));
    }
}
