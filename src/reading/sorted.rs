//! Merging of lists that are in order.

/// Whether all of what is new, in order, comes behind all of what is in order.
pub(super) fn are_behind<T>(ours: &[T], new: &[T], before: fn(&T, &T) -> bool) -> bool {
    ours.last().zip(new.first()).is_none_or(|(last, first)| before(last, first))
}

/// Adds what is new, in order, to what is in order. None of it is there already.
pub(super) fn merge_sorted<T>(ours: &mut Vec<T>, new: Vec<T>, before: fn(&T, &T) -> bool) {
    if are_behind(ours, &new, before) {
        ours.extend(new);
        return;
    }
    let old = std::mem::take(ours);
    ours.reserve(old.len() + new.len());
    let mut new = new.into_iter().peekable();
    for item in old {
        while let Some(next) = new.next_if(|next| before(next, &item)) {
            ours.push(next);
        }
        ours.push(item);
    }
    ours.extend(new);
}
