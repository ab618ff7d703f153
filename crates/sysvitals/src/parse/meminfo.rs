use super::ParseError;
use super::system::not_found;
use super::text::{
    Words, invalid, number_line, size_line, skip_line, split_key, split_line, whole_u64,
};

/// `/proc/meminfo`, bytes. Keys come and go with kernels: what is not there is None.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct MemInfo {
    pub total: u64,
    pub free: u64,
    pub available: Option<u64>,
    pub buffers: Option<u64>,
    pub cached: Option<u64>,
    pub shmem: Option<u64>,
    pub mem_shared: Option<u64>,
    pub active: Option<u64>,
    pub inactive: Option<u64>,
    pub inact_dirty: Option<u64>,
    pub inact_clean: Option<u64>,
    pub inact_laundry: Option<u64>,
    pub active_file: Option<u64>,
    pub inactive_file: Option<u64>,
    pub slab: Option<u64>,
    pub sreclaimable: Option<u64>,
}

/// Reads what tells of memory in `/proc/meminfo`.
pub fn meminfo(text: &[u8]) -> Result<MemInfo, ParseError> {
    let mut info = MemInfo::default();
    let (mut total, mut free) = (None, None);
    let mut rest = text;
    while !rest.is_empty() {
        let Some((key, value)) = split_key(rest) else {
            rest = skip_line(rest);
            continue;
        };
        let field = match key {
            b"MemTotal" => &mut total,
            b"MemFree" => &mut free,
            b"MemAvailable" => &mut info.available,
            b"Buffers" => &mut info.buffers,
            b"Cached" => &mut info.cached,
            b"Shmem" => &mut info.shmem,
            b"MemShared" => &mut info.mem_shared,
            b"Active" => &mut info.active,
            b"Inactive" => &mut info.inactive,
            b"Inact_dirty" => &mut info.inact_dirty,
            b"Inact_clean" => &mut info.inact_clean,
            b"Inact_laundry" => &mut info.inact_laundry,
            b"Active(file)" => &mut info.active_file,
            b"Inactive(file)" => &mut info.inactive_file,
            b"Slab" => &mut info.slab,
            b"SReclaimable" => &mut info.sreclaimable,
            _ => {
                rest = skip_line(value);
                continue;
            }
        };
        let (bytes, tail) = size_line(key, value)?;
        *field = Some(bytes);
        rest = tail;
    }
    info.total = total.ok_or_else(|| not_found("MemTotal"))?;
    info.free = free.ok_or_else(|| not_found("MemFree"))?;
    Ok(info)
}

/// `SwapTotal` and `SwapFree` of `/proc/meminfo`, bytes; None where one is missing.
pub fn swap(text: &[u8]) -> Result<Option<(u64, u64)>, ParseError> {
    let (mut total, mut free) = (None, None);
    let mut rest = text;
    while !rest.is_empty() {
        if let Some(value) = rest.strip_prefix(b"SwapTotal:") {
            total = Some(size_line(b"SwapTotal", value)?.0);
        } else if let Some(value) = rest.strip_prefix(b"SwapFree:") {
            free = Some(size_line(b"SwapFree", value)?.0);
        }
        rest = skip_line(rest);
    }
    Ok(total.zip(free))
}

/// `pswpin` and `pswpout` of `/proc/vmstat`, pages since boot; None where one is missing.
pub fn vmstat_swap(text: &[u8]) -> Result<Option<(u64, u64)>, ParseError> {
    let (mut pages_in, mut pages_out) = (None, None);
    let mut rest = text;
    while !rest.is_empty() {
        if let Some(value) = rest.strip_prefix(b"pswpin ") {
            pages_in = Some(number_line(b"pswpin", value)?.0);
        } else if let Some(value) = rest.strip_prefix(b"pswpout ") {
            pages_out = Some(number_line(b"pswpout", value)?.0);
        }
        rest = skip_line(rest);
    }
    Ok(pages_in.zip(pages_out))
}

/// The low watermarks of all zones in `/proc/zoneinfo`, summed, pages.
pub fn zoneinfo_low(text: &[u8]) -> Result<u64, ParseError> {
    let mut sum = 0u64;
    let mut rest = text;
    while !rest.is_empty() {
        let (line, tail) = split_line(rest);
        rest = tail;
        let mut words = Words(line);
        if words.next() == Some(b"low") {
            let pages = words.next().and_then(whole_u64).ok_or_else(|| invalid(b"zone", line))?;
            sum = sum.saturating_add(pages);
        }
    }
    Ok(sum)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn memory() {
        let info = meminfo(
            b"MemTotal: 1000 kB\nMemFree:100 kB\nBuffers: 10 kB\n\nCached: 200 kB\nnonsense\n\
              SwapCached: 7 kB\nActive(anon): lots\nInactive(file): 60 kB\nHugePages_Total: 0\n",
        );
        let expected = MemInfo {
            total: 1024000,
            free: 102400,
            buffers: Some(10240),
            cached: Some(204800),
            inactive_file: Some(61440),
            ..MemInfo::default()
        };
        assert_eq!(info.unwrap(), expected);
    }

    #[test]
    fn swap_sizes() {
        assert_eq!(swap(b"SwapTotal: 100 kB\nSwapFree: 25 kB\n").unwrap(), Some((102400, 25600)));
        assert_eq!(swap(b"SwapTotal: 100 kB\nSwapFre: 25 kB\n").unwrap(), None);
        assert_eq!(swap(b"").unwrap(), None);
        assert!(swap(b"SwapTotal: x kB\n").is_err());
    }

    #[test]
    fn pages() {
        assert_eq!(vmstat_swap(b"a 1\npswpin 2\npswpout 3\nb 4\n").unwrap(), Some((2, 3)));
        assert_eq!(vmstat_swap(b"pswpin 2\npswpoutx 3\n").unwrap(), None);
        assert!(vmstat_swap(b"pswpin -2\n").is_err());
        assert_eq!(
            zoneinfo_low(
                b"Node 0, zone      DMA\n  pages free     3\n        boost    0\n        min      1\n        \
                  low      2\n        high     4\n        lowmem 9\nlow 3\n  low_reserve 5"
            )
            .unwrap(),
            5
        );
        assert_eq!(zoneinfo_low(b"low 18446744073709551615\nlow 2").unwrap(), u64::MAX);
    }

    #[test]
    fn hostile() {
        let error = |text: &[u8]| meminfo(text).unwrap_err().to_string();
        assert_eq!(error(b""), "line 'MemTotal' not found");
        assert_eq!(error(b"MemTotal: 1 kB\n"), "line 'MemFree' not found");
        assert_eq!(error(b"MemTotal: 1 kB\nMemFree: -1 kB"), "invalid MemFree '-1 kB'");
        assert_eq!(
            error(b"MemTotal: 18014398509481984 kB\n"),
            "invalid MemTotal '18014398509481984 kB'"
        );
        assert_eq!(zoneinfo_low(b" low\n5").unwrap_err().to_string(), "invalid zone 'low'");
    }
}
