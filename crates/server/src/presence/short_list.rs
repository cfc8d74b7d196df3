//! Lists that never hold more than a few, nor have memory for more: there is one for each agent.

/// Inserts into a list of `most` at most.
pub fn insert<T>(list: &mut Vec<T>, place: usize, value: T, most: usize) {
    if list.len() == list.capacity() {
        list.reserve_exact(list.len().max(4).min(most - list.len()));
    }
    list.insert(place, value);
}
