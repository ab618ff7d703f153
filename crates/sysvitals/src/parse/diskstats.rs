use super::ParseError;
use super::text::{Words, os_string, quote, split_line, whole_u64};
use std::ffi::OsString;

/// What a disk or partition did since boot.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DiskStats {
    /// Reads.
    pub reads: u64,
    /// Reads that were merged with others.
    pub reads_merged: u64,
    /// Read, in sectors of 512 bytes.
    pub read_sectors: u64,
    /// Time spent reading, milliseconds.
    pub read_ms: u64,
    /// Writes.
    pub writes: u64,
    /// Writes that were merged with others.
    pub writes_merged: u64,
    /// Written, in sectors of 512 bytes.
    pub write_sectors: u64,
    /// Time spent writing, milliseconds.
    pub write_ms: u64,
    /// Time with any I/O going on, milliseconds.
    pub busy_ms: u64,
}

impl DiskStats {
    /// The columns from the reads on; what follows the tenth was added by later kernels.
    pub(super) fn from_columns<'a>(mut words: impl Iterator<Item = &'a [u8]>) -> Option<Self> {
        let mut next = || whole_u64(words.next()?);
        let (reads, reads_merged, read_sectors, read_ms) = (next()?, next()?, next()?, next()?);
        let (writes, writes_merged, write_sectors, write_ms) = (next()?, next()?, next()?, next()?);
        let _in_flight = words.next()?;
        let busy_ms = whole_u64(words.next()?)?;
        Some(Self {
            reads,
            reads_merged,
            read_sectors,
            read_ms,
            writes,
            writes_merged,
            write_sectors,
            write_ms,
            busy_ms,
        })
    }
}

/// Reads `/proc/diskstats`: names and counters, in the kernel's order.
///
/// # Errors
/// A line of a layout that no kernel has, or whose numbers cannot be read.
///
/// # References
/// [iostats](https://docs.kernel.org/admin-guide/iostats.html)
pub fn diskstats(text: &[u8]) -> Result<Vec<(OsString, DiskStats)>, ParseError> {
    let mut rows = Vec::new();
    let mut rest = text;
    let mut number = 0;
    while !rest.is_empty() {
        let (line, tail) = split_line(rest);
        number += 1;
        let (name, stats) = row(line).ok_or_else(|| {
            let what = format!("not sure how to interpret line '{}'", quote(line));
            ParseError::at_line(what, number)
        })?;
        rows.push((os_string(name), stats));
        rest = tail;
    }
    Ok(rows)
}

fn row(line: &[u8]) -> Option<(&[u8], DiskStats)> {
    let mut words = Words(line);
    match words.clone().count() {
        // Linux 2.4 counts reads before the name.
        15 => {
            let reads = words.nth(2)?;
            let name = words.next()?;
            Some((name, DiskStats::from_columns(std::iter::once(reads).chain(words))?))
        }
        // 14 columns since Linux 2.6, 18 since 4.18, 20 since 5.5.
        14 | 18.. => {
            let name = words.nth(2)?;
            Some((name, DiskStats::from_columns(words)?))
        }
        // A partition before Linux 2.6.25.
        7 => {
            let name = words.nth(2)?;
            let mut next = || whole_u64(words.next()?);
            let (reads, read_sectors, writes, write_sectors) = (next()?, next()?, next()?, next()?);
            let stats = DiskStats { reads, read_sectors, writes, write_sectors, ..<_>::default() };
            Some((name, stats))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    const ONE_TO_ELEVEN: DiskStats = DiskStats {
        reads: 1,
        reads_merged: 2,
        read_sectors: 3,
        read_ms: 4,
        writes: 5,
        writes_merged: 6,
        write_sectors: 7,
        write_ms: 8,
        busy_ms: 10,
    };

    #[test]
    fn layouts() {
        for columns in [14, 18, 20, 25] {
            let numbers = (1..=columns - 3).map(|n| format!(" {n}")).collect::<String>();
            let rows = diskstats(format!("   8   0 sda{numbers}\n").as_bytes()).unwrap();
            assert_eq!(rows, [("sda".into(), ONE_TO_ELEVEN)], "{columns}");
        }
        let old = DiskStats {
            reads: 8,
            reads_merged: 1,
            read_sectors: 2,
            read_ms: 3,
            writes: 4,
            writes_merged: 5,
            write_sectors: 6,
            write_ms: 7,
            busy_ms: 9,
        };
        let part = DiskStats {
            reads: 1,
            read_sectors: 2,
            writes: 3,
            write_sectors: 4,
            ..DiskStats::default()
        };
        let text = b"3 0 8 hda 1 2 3 4 5 6 7 8 9 10 11\n8 1 sda1 1 2 3 4";
        assert_eq!(diskstats(text).unwrap(), [("hda".into(), old), ("sda1".into(), part)]);
        assert_eq!(diskstats(b"").unwrap(), []);
    }

    #[test]
    fn refused() {
        for line in [
            "8 0 sda 1 2",
            "8 0 sda 1 2 3 4 5 6 7 8 9 10 11 12",
            "8 0 sda 1 2 3 4 5 6 7 8 9 10 11 12 13",
            "8 0 sda 1 2 3 4 5 6 7 8 9 10 11 12 13 14",
            "8 0 sda 1 2 3 4 5 6 7 8 9 10",
            "8 0 sda 1 2 3 4 5 6 7 8 9 x 11",
            "8 0 sda 1 -2 3 4 5 6 7 8 9 10 11",
            "8 0 sda 18446744073709551616 2 3 4 5 6 7 8 9 10 11",
            "",
        ] {
            let text = format!("8 1 sda1 1 2 3 4\n{line}\n");
            let error = diskstats(text.as_bytes()).unwrap_err();
            assert_eq!(error.line(), Some(2), "{line}");
            let said = error.to_string();
            assert!(said.starts_with("not sure how to interpret line '"), "{said}");
            assert!(said.contains(line.get(..20).unwrap_or(line)), "{said}");
        }
    }

    #[test]
    fn unsigned_long_to_its_end() {
        let text = "8 0 sda 18446744073709551615 2 3 4 5 6 7 8 -9 10 11";
        let rows = diskstats(text.as_bytes()).unwrap();
        assert_eq!(rows.first().unwrap().1.reads, u64::MAX);
    }
}
