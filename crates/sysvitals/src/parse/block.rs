use super::text::{Words, quote};
use super::{DiskStats, ParseError};

/// Reads `/sys/block/*/stat`, the same columns as `/proc/diskstats` without a name.
///
/// # Errors
/// Fewer than ten numbers.
///
/// # References
/// [block stat](https://docs.kernel.org/block/stat.html)
pub fn block_stat(text: &[u8]) -> Result<DiskStats, ParseError> {
    DiskStats::from_columns(Words(text))
        .ok_or_else(|| ParseError::new(format!("invalid block device stat '{}'", quote(text))))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn columns() {
        for text in ["1 2 3 4 5 6 7 8 9 10", "   1 2 3 4 5 6 7 8  9 10 11 12 13 14 15 16 17\n"] {
            let stats = block_stat(text.as_bytes()).unwrap();
            assert_eq!((stats.reads, stats.write_ms, stats.busy_ms), (1, 8, 10));
        }
        for text in ["", "1 2 3 4 5 6 7 8 9", "1 2 3 4 5 6 7 x 9 10"] {
            let said = block_stat(text.as_bytes()).unwrap_err().to_string();
            assert_eq!(said, format!("invalid block device stat '{text}'"));
        }
    }
}
