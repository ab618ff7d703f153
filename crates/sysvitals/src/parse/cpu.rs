use super::ParseError;
use super::system::{find, not_found};
use super::text::{
    Words, invalid, line_number, number_line, skip_line, split_line, take_u64, whole_u64,
};

/// A `cpu` row of `/proc/stat`: clock ticks since boot. Columns that an old kernel lacks are 0.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct CpuRow {
    pub user: u64,
    pub nice: u64,
    pub system: u64,
    pub idle: u64,
    pub iowait: u64,
    pub irq: u64,
    pub softirq: u64,
    pub steal: u64,
    pub guest: u64,
    pub guest_nice: u64,
}

impl CpuRow {
    /// Reads the columns up to the end of `line`.
    fn read(line: &[u8]) -> Option<Self> {
        let mut row = Self::default();
        let columns = [
            &mut row.user,
            &mut row.nice,
            &mut row.system,
            &mut row.idle,
            &mut row.iowait,
            &mut row.irq,
            &mut row.softirq,
            &mut row.steal,
            &mut row.guest,
            &mut row.guest_nice,
        ];
        for (column, word) in columns.into_iter().zip(Words(line)) {
            *column = whole_u64(word)?;
        }
        Some(row)
    }
}

/// The sum of all CPUs: the `cpu` row of `/proc/stat`.
pub fn cpu_total(text: &[u8]) -> Result<CpuRow, ParseError> {
    let row = find(text, b"cpu ").ok_or_else(|| not_found("cpu"))?;
    let line = split_line(row).0;
    CpuRow::read(line).ok_or_else(|| invalid(b"cpu", line))
}

/// The `cpuN` rows of `/proc/stat`: the CPUs that are online, in the kernel's order.
pub fn cpu_percpu(text: &[u8]) -> Result<Vec<CpuRow>, ParseError> {
    let mut rows = Vec::new();
    let mut rest = text;
    // The rows stand together at the front, after the sum.
    while let Some(row) = rest.strip_prefix(b"cpu") {
        if let Some((_, columns)) = take_u64(row) {
            let line = split_line(columns).0;
            rows.push(CpuRow::read(line).ok_or_else(|| {
                let line = split_line(rest).0;
                ParseError::at_line(invalid(b"row", line).to_string(), line_number(text, rest))
            })?);
        }
        rest = skip_line(rest);
    }
    Ok(rows)
}

/// Counts of `/proc/stat` since boot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct CpuCounts {
    pub ctxt: u64,
    pub intr: u64,
    pub softirq: u64,
}

/// `ctxt`, and the totals of `intr` and `softirq`, of `/proc/stat`.
pub fn cpu_counts(text: &[u8]) -> Result<CpuCounts, ParseError> {
    let (mut ctxt, mut intr, mut softirq) = (None, None, None);
    let mut rest = text;
    while !rest.is_empty() {
        if let Some(value) = rest.strip_prefix(b"ctxt ") {
            ctxt = Some(number_line(b"ctxt", value)?.0);
        } else if let Some(value) = rest.strip_prefix(b"intr ") {
            intr = Some(first_number(b"intr", value)?);
        } else if let Some(value) = rest.strip_prefix(b"softirq ") {
            softirq = Some(first_number(b"softirq", value)?);
        }
        rest = skip_line(rest);
    }
    Ok(CpuCounts {
        ctxt: ctxt.ok_or_else(|| not_found("ctxt"))?,
        intr: intr.ok_or_else(|| not_found("intr"))?,
        softirq: softirq.ok_or_else(|| not_found("softirq"))?,
    })
}

fn first_number(key: &[u8], value: &[u8]) -> Result<u64, ParseError> {
    let line = split_line(value).0;
    Words(line).next().and_then(whole_u64).ok_or_else(|| invalid(key, line))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    const STAT: &[u8] = b"cpu  1 2 3 4 5 6 7 8 9 10 11\ncpu0 1 2 3 4\ncpu3 1 2 3 4 5 6 7\n\
        intr 300805 0 0 0\nctxt 313174\nbtime 1\nsoftirq 153614 0 27291\n";

    #[test]
    fn rows() {
        let all = CpuRow {
            user: 1,
            nice: 2,
            system: 3,
            idle: 4,
            iowait: 5,
            irq: 6,
            softirq: 7,
            steal: 8,
            guest: 9,
            guest_nice: 10,
        };
        assert_eq!(cpu_total(STAT).unwrap(), all);
        let four = CpuRow { user: 1, nice: 2, system: 3, idle: 4, ..CpuRow::default() };
        let seven = CpuRow { iowait: 5, irq: 6, softirq: 7, ..four };
        assert_eq!(cpu_percpu(STAT).unwrap(), [four, seven]);
        assert!(cpu_percpu(b"cpu 1 2 3 4\nintr 1\ncpu0 1 2 3 4\n").unwrap().is_empty());
        assert_eq!(cpu_total(b"cpu \n").unwrap(), CpuRow::default());
    }

    #[test]
    fn counts() {
        assert_eq!(
            cpu_counts(STAT).unwrap(),
            CpuCounts { ctxt: 313174, intr: 300805, softirq: 153614 }
        );
    }

    #[test]
    fn hostile() {
        let error = |text: &[u8]| cpu_total(text).unwrap_err().to_string();
        assert_eq!(error(b""), "line 'cpu' not found");
        assert_eq!(error(b"cpu0 1 2 3 4\n"), "line 'cpu' not found");
        assert_eq!(error(b"cpu 1 2 x\n"), "invalid cpu '1 2 x'");
        assert_eq!(error(b"cpu -1\n"), "invalid cpu '-1'");
        assert_eq!(error(b"cpu 18446744073709551616\n"), "invalid cpu '18446744073709551616'");
        let error = |text: &[u8]| cpu_percpu(text).unwrap_err().to_string();
        assert_eq!(error(b"cpu 1\ncpu0 1 2\ncpu1 y\n"), "invalid row 'cpu1 y' (line 3)");
        assert_eq!(error(b"cpu0x 1\n"), "invalid row 'cpu0x 1' (line 1)");
        let error = |text: &[u8]| cpu_counts(text).unwrap_err().to_string();
        assert_eq!(error(b"intr 1\nsoftirq 1\n"), "line 'ctxt' not found");
        assert_eq!(error(b"ctxt 1\nsoftirq 1\n"), "line 'intr' not found");
        assert_eq!(error(b"ctxt 1\nintr 1\n"), "line 'softirq' not found");
        assert_eq!(error(b"ctxt 1 2\n"), "invalid ctxt '1 2'");
        assert_eq!(error(b"intr \n5\n"), "invalid intr ''");
    }
}
