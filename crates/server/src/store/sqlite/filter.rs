/// A Bloom filter of keys that are hashes already. It goes to the file as it is, so what it does must never change.
pub struct Filter(Vec<u8>);

/// With these, one in a thousand keys that are not in it seems to be.
const BITS_A_KEY: usize = 15;
const PROBES: u64 = 10;

impl Filter {
    pub fn of<'a>(keys: impl ExactSizeIterator<Item = &'a super::index::Key>) -> Self {
        let mut filter = Self(vec![0; (keys.len() * BITS_A_KEY).div_ceil(8).max(8)]);
        for key in keys {
            for bit in filter.bits(key) {
                filter.0[bit / 8] |= 1 << (bit % 8);
            }
        }
        filter
    }

    pub fn from_bytes(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }

    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// Always, if the key is in it; rarely, if it is not.
    pub fn may_have(&self, key: &super::index::Key) -> bool {
        self.bits(key).all(|bit| self.0.get(bit / 8).is_some_and(|byte| byte & (1 << (bit % 8)) != 0))
    }

    fn bits(&self, key: &super::index::Key) -> impl Iterator<Item = usize> + use<> {
        let (first, step) = key.halves();
        let bits = self.0.len() as u64 * 8;
        // The upper half of a product with a random number is as good as a remainder, and costs no division.
        let scaled = move |hash: u64| ((u128::from(hash) * u128::from(bits)) >> 64) as usize;
        (0..PROBES).map(move |probe| scaled(first.wrapping_add(probe.wrapping_mul(step | 1))))
    }
}

#[cfg(test)]
mod tests {
    use super::{super::index::Key, *};

    fn key(number: u64) -> Key {
        use md5::{Digest as _, Md5};
        Key { tenant: 1, key: Md5::digest(number.to_le_bytes()).into() }
    }

    #[test]
    fn it_has_what_it_was_given_and_little_else() {
        let keys: Vec<_> = (0..10_000).map(key).collect();
        let filter = Filter::from_bytes(Filter::of(keys.iter()).as_bytes().to_vec());
        assert!(keys.iter().all(|key| filter.may_have(key)));
        let wrong = (10_000..110_000).filter(|number| filter.may_have(&key(*number))).count();
        assert!(wrong < 300, "{wrong} in 100,000");
        let of_another = keys.iter().filter(|key| filter.may_have(&Key { tenant: 2, ..**key })).count();
        assert!(of_another < 100, "{of_another} in 10,000");
    }

    #[test]
    fn one_of_nothing_has_nothing() {
        assert!(!Filter::of([].iter()).may_have(&key(1)));
        assert!(!Filter::from_bytes(Vec::new()).may_have(&key(1)));
    }
}
