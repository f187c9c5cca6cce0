//! Merging of sorted lists.

/// Whether all new items come after all present ones. Both lists are sorted.
pub(super) fn are_behind<T>(ours: &[T], new: &[T], before: fn(&T, &T) -> bool) -> bool {
    ours.last().zip(new.first()).is_none_or(|(last, first)| before(last, first))
}

/// Merges new items into a sorted list. None of them is in it already.
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
