//! A page cut out of rows that were read one further than it holds.

/// Numbered pages reach this far; beyond, readers go on from a row.
const NUMBERED: i64 = 50;

/// How many rows stand before a numbered page; none where the reader goes on from a row.
pub(super) fn offset<P>(per_page: i64, page: i64, before: Option<P>, after: Option<P>) -> i64 {
    match before.or(after) {
        Some(_) => 0,
        None => (page.clamp(1, NUMBERED) - 1) * per_page,
    }
}

/// The page, and the places its neighbours begin at.
pub(super) struct Cut<T, P> {
    pub rows: Vec<T>,
    /// Where the next page begins: older than this row; `None` at the end.
    pub next: Option<P>,
    /// Where the previous page begins: newer than this row; `None` at the start.
    pub previous: Option<P>,
}

/// Cuts a page. `before` and `after` say from where the reader came; `page` counts from 1 where pages
/// are numbered instead. With `after` the rows come nearest first.
pub(super) fn cut<T, P>(
    mut rows: Vec<T>,
    per_page: i64,
    page: i64,
    before: Option<P>,
    after: Option<P>,
    place: impl Fn(&T) -> P,
) -> Cut<T, P> {
    let full = usize::try_from(per_page).unwrap_or(usize::MAX);
    let more = rows.len() > full;
    rows.truncate(full);
    if after.is_some() {
        // Read away from the row the reader came from: nearest first.
        rows.reverse();
    }
    let (newer, older) = match (after, before) {
        (Some(_), _) => (more, true),
        (None, Some(_)) => (true, more),
        (None, None) => (page > 1, more),
    };
    Cut {
        next: rows.last().filter(|_| older).map(&place),
        previous: rows.first().filter(|_| newer).map(&place),
        rows,
    }
}
