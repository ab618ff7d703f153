use super::ParseError;
use super::text::{
    Words, invalid, number_line, size_line, skip_line, split_key, split_line, whole_u64,
};

/// The lines of `/proc/[pid]/status` that the getters use; None where the kernel leaves a line out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Status {
    /// `Tgid:`
    pub tgid: Option<i32>,
    /// `Uid:` real, effective, saved, filesystem.
    pub uid: Option<[u32; 4]>,
    /// `Gid:` real, effective, saved, filesystem.
    pub gid: Option<[u32; 4]>,
    /// `NSpid:` the last number, the process ID in its own innermost namespace.
    pub nspid: Option<i32>,
    /// `VmPeak:` bytes.
    pub vm_peak: Option<u64>,
    /// `VmSize:` bytes.
    pub vm_size: Option<u64>,
    /// `VmHWM:` bytes.
    pub vm_hwm: Option<u64>,
    /// `VmRSS:` bytes.
    pub vm_rss: Option<u64>,
    /// `RssAnon:` bytes.
    pub rss_anon: Option<u64>,
    /// `RssFile:` bytes.
    pub rss_file: Option<u64>,
    /// `RssShmem:` bytes.
    pub rss_shmem: Option<u64>,
    /// `VmData:` bytes.
    pub vm_data: Option<u64>,
    /// `VmStk:` bytes.
    pub vm_stk: Option<u64>,
    /// `VmExe:` bytes.
    pub vm_exe: Option<u64>,
    /// `VmSwap:` bytes.
    pub vm_swap: Option<u64>,
    /// `HugetlbPages:` bytes.
    pub hugetlb_pages: Option<u64>,
    /// `Threads:`
    pub threads: Option<u64>,
    /// `voluntary_ctxt_switches:`
    pub voluntary_ctxt_switches: Option<u64>,
    /// `nonvoluntary_ctxt_switches:`
    pub nonvoluntary_ctxt_switches: Option<u64>,
}

/// Reads `/proc/[pid]/status`.
pub fn status(text: &[u8]) -> Result<Status, ParseError> {
    let mut out = Status::default();
    let mut rest = text;
    // Most lines are of no interest: their first byte tells, and costs less than their key.
    while let [first, ..] = rest {
        rest = match first {
            b'V' | b'R' | b'H' => size(&mut out, rest)?,
            b'T' | b'U' | b'G' | b'N' | b'v' | b'n' => number(&mut out, rest)?,
            _ => skip_line(rest),
        };
    }
    Ok(out)
}

/// The CPUs of `Cpus_allowed_list` of `/proc/[pid]/status`.
pub fn cpus_allowed_list(text: &[u8]) -> Result<Vec<usize>, ParseError> {
    let mut rest = text;
    while !rest.is_empty() {
        let (line, tail) = split_line(rest);
        if let Some(list) = line.strip_prefix(b"Cpus_allowed_list:") {
            return super::cpu_list(list);
        }
        rest = tail;
    }
    Err(ParseError::new("Cpus_allowed_list is missing"))
}

#[inline]
fn size<'a>(out: &mut Status, text: &'a [u8]) -> Result<&'a [u8], ParseError> {
    let Some((key, value)) = split_key(text) else {
        return Ok(skip_line(text));
    };
    let slot = match key {
        b"VmPeak" => &mut out.vm_peak,
        b"VmSize" => &mut out.vm_size,
        b"VmHWM" => &mut out.vm_hwm,
        b"VmRSS" => &mut out.vm_rss,
        b"RssAnon" => &mut out.rss_anon,
        b"RssFile" => &mut out.rss_file,
        b"RssShmem" => &mut out.rss_shmem,
        b"VmData" => &mut out.vm_data,
        b"VmStk" => &mut out.vm_stk,
        b"VmExe" => &mut out.vm_exe,
        b"VmSwap" => &mut out.vm_swap,
        b"HugetlbPages" => &mut out.hugetlb_pages,
        _ => return Ok(skip_line(value)),
    };
    let (bytes, rest) = size_line(key, value)?;
    *slot = Some(bytes);
    Ok(rest)
}

#[inline]
fn number<'a>(out: &mut Status, text: &'a [u8]) -> Result<&'a [u8], ParseError> {
    let Some((key, value)) = split_key(text) else {
        return Ok(skip_line(text));
    };
    let slot = match key {
        b"Threads" => &mut out.threads,
        b"voluntary_ctxt_switches" => &mut out.voluntary_ctxt_switches,
        b"nonvoluntary_ctxt_switches" => &mut out.nonvoluntary_ctxt_switches,
        b"Tgid" | b"NSpid" | b"Uid" | b"Gid" => {
            let (line, rest) = split_line(value);
            let read = match key {
                b"Tgid" => set(&mut out.tgid, pid(line)),
                b"NSpid" => set(&mut out.nspid, Words(line).last().and_then(pid)),
                b"Uid" => set(&mut out.uid, ids(line)),
                _ => set(&mut out.gid, ids(line)),
            };
            return if read { Ok(rest) } else { Err(invalid(key, line)) };
        }
        _ => return Ok(skip_line(value)),
    };
    let (n, rest) = number_line(key, value)?;
    *slot = Some(n);
    Ok(rest)
}

#[inline]
fn set<T>(slot: &mut Option<T>, value: Option<T>) -> bool {
    *slot = value;
    slot.is_some()
}

fn pid(text: &[u8]) -> Option<i32> {
    whole_u64(text.trim_ascii())?.try_into().ok()
}

fn ids(line: &[u8]) -> Option<[u32; 4]> {
    let mut words = Words(line);
    let mut next = || u32::try_from(whole_u64(words.next()?)?).ok();
    Some([next()?, next()?, next()?, next()?])
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn allowed_cpus() {
        let text = b"Cpus_allowed:\tf\nCpus_allowed_list:\t0-2,5\nMems_allowed:\t1\n";
        assert_eq!(cpus_allowed_list(text).unwrap(), [0, 1, 2, 5]);
        assert!(cpus_allowed_list(b"Name:\tx\n").is_err());
        assert!(cpus_allowed_list(b"Cpus_allowed_list:\tx\n").is_err());
    }

    #[test]
    fn vector() {
        let text = b"Uid:\t1\t2\t3\t4\nGid:\t5\t6\t7\t8\nThreads:\t9\nVmHWM:\t10 kB\n\
            voluntary_ctxt_switches:\t11\nnonvoluntary_ctxt_switches:\t12\n";
        let expected = Status {
            uid: Some([1, 2, 3, 4]),
            gid: Some([5, 6, 7, 8]),
            threads: Some(9),
            vm_hwm: Some(10240),
            voluntary_ctxt_switches: Some(11),
            nonvoluntary_ctxt_switches: Some(12),
            ..Status::default()
        };
        assert_eq!(status(text).unwrap(), expected);
    }

    #[test]
    fn sizes() {
        let text = b"VmPeak:\t       1 kB\nVmSize:\t       2 kB\nVmLck:\t       3 kB\n\
            VmHWM:\t       4 kB\nVmRSS:\t       5 kB\nRssAnon:\t       6 kB\n\
            RssFile:\t       7 kB\nRssShmem:\t       8 kB\nVmData:\t       9 kB\n\
            VmStk:\t      10 kB\nVmExe:\t      11 kB\nVmSwap:\t      12 kB\n\
            HugetlbPages:\t      13 kB\n";
        let kb = |n: u64| Some(n * 1024);
        let expected = Status {
            vm_peak: kb(1),
            vm_size: kb(2),
            vm_hwm: kb(4),
            vm_rss: kb(5),
            rss_anon: kb(6),
            rss_file: kb(7),
            rss_shmem: kb(8),
            vm_data: kb(9),
            vm_stk: kb(10),
            vm_exe: kb(11),
            vm_swap: kb(12),
            hugetlb_pages: kb(13),
            ..Status::default()
        };
        assert_eq!(status(text).unwrap(), expected);
    }

    #[test]
    fn identifiers() {
        let read = |text: &str| status(text.as_bytes()).unwrap();
        assert_eq!(read("Tgid:\t42\n").tgid, Some(42));
        assert_eq!(read("NSpid:\t42\n").nspid, Some(42));
        assert_eq!(read("NSpid:\t4242\t17\t1\n").nspid, Some(1));
        assert_eq!(read("Uid:\t0\t0\t4294967295\t0").uid, Some([0, 0, u32::MAX, 0]));
    }

    #[test]
    fn only_keys_at_the_start_of_a_line() {
        let text = b"Name:\tThreads:\\nThreads: 9\n Threads:\t8\nxThreads:\t7\nThreads\n";
        assert_eq!(status(text).unwrap(), Status::default());
        assert_eq!(status(b"").unwrap(), Status::default());
        assert_eq!(status(b"\n\nVm\nVmX:1\n:\nU").unwrap(), Status::default());
    }

    #[test]
    fn unknown_keys_may_hold_anything() {
        let text = b"VmNew:\t?\nUmask:\t0022\nTHP_enabled:\t1\nGroups:\t4 24 \nNgid:\t0\n";
        assert_eq!(status(text).unwrap(), Status::default());
    }

    #[test]
    fn malformed() {
        let error = |text: &str| status(text.as_bytes()).unwrap_err().to_string();
        assert_eq!(error("VmRSS:\t12 MB\n"), "invalid VmRSS '12 MB'");
        assert_eq!(error("VmRSS:\nVmSwap:\t1 kB\n"), "invalid VmRSS ''");
        assert_eq!(error("Threads:\tmany\n"), "invalid Threads 'many'");
        assert_eq!(error("Threads:\t-1\n"), "invalid Threads '-1'");
        assert_eq!(error("Uid:\t1\t2\t3\n"), "invalid Uid '1\\t2\\t3'");
        assert_eq!(
            error("Gid:\t1\t2\t3\t4294967296\n").split_once('\'').unwrap().0,
            "invalid Gid "
        );
        assert_eq!(error("Tgid:\t2147483648\n"), "invalid Tgid '2147483648'");
        assert_eq!(error("NSpid:\n"), "invalid NSpid ''");
        assert_eq!(
            error("VmSwap:\t18446744073709551615 kB\n"),
            "invalid VmSwap '18446744073709551615 kB'"
        );
    }
}
