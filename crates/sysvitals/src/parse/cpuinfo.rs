use super::ParseError;
use super::text::{cut, invalid, split_line, whole_u64};
use memchr::memchr;

/// The lines of `/proc/cpuinfo` that begin with `processor`: the CPUs that are online.
pub fn cpuinfo_processors(text: &[u8]) -> usize {
    let mut count = 0;
    let mut rest = text;
    while !rest.is_empty() {
        let (line, tail) = split_line(rest);
        rest = tail;
        // Old ARM kernels write `Processor`.
        if line.get(..9).is_some_and(|key| key.eq_ignore_ascii_case(b"processor")) {
            count += 1;
        }
    }
    count
}

/// The cores that `/proc/cpuinfo` tells of: `cpu cores`, summed over the values of `physical id`.
pub fn cpuinfo_cores(text: &[u8]) -> Result<u64, ParseError> {
    let mut packages: Vec<(u64, u64)> = Vec::new();
    let (mut package, mut cores) = (None, None);
    let mut rest = text;
    while !rest.is_empty() {
        let (line, tail) = split_line(rest);
        rest = tail;
        // Only a blank line tells that a CPU's lines are complete.
        if line.trim_ascii().is_empty() {
            if let (Some(package), Some(cores)) = (package, cores) {
                match packages.iter_mut().find(|known| known.0 == package) {
                    Some(known) => known.1 = cores,
                    None => packages.push((package, cores)),
                }
            }
            (package, cores) = (None, None);
        } else if let Some((key, value)) = key_value(line) {
            if key.eq_ignore_ascii_case(b"physical id") {
                package = Some(whole_u64(value).ok_or_else(|| invalid(key, value))?);
            } else if key.eq_ignore_ascii_case(b"cpu cores") {
                cores = Some(whole_u64(value).ok_or_else(|| invalid(key, value))?);
            }
        }
    }
    Ok(packages.iter().fold(0, |sum, known| sum.saturating_add(known.1)))
}

/// The frequency of each CPU that `/proc/cpuinfo` tells one of, MHz.
pub fn cpuinfo_mhz(text: &[u8]) -> Result<Vec<f64>, ParseError> {
    let mut all = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let (line, tail) = split_line(rest);
        rest = tail;
        let Some((key, value)) = key_value(line) else { continue };
        let number = if key.eq_ignore_ascii_case(b"cpu MHz") {
            // What x86 says where it does not know.
            if value == b"Unknown" {
                continue;
            }
            value
        } else if key.eq_ignore_ascii_case(b"cpu MHz dynamic") {
            // s390x
            value
        } else if key.eq_ignore_ascii_case(b"clock")
            && let Some(at) = value.len().checked_sub(3)
            && let Some((number, unit)) = value.split_at_checked(at)
            && unit.eq_ignore_ascii_case(b"MHz")
        {
            // PowerPC
            number
        } else {
            continue;
        };
        all.push(mhz(number).ok_or_else(|| invalid(key, value))?);
    }
    Ok(all)
}

fn key_value(line: &[u8]) -> Option<(&[u8], &[u8])> {
    let (key, value) = cut(line, memchr(b':', line)?);
    Some((key.trim_ascii(), value.trim_ascii()))
}

fn mhz(text: &[u8]) -> Option<f64> {
    let text = text.trim_ascii();
    // Not what Rust reads besides: signs, exponents, infinities.
    if !text.iter().all(|&b| b.is_ascii_digit() || b == b'.') {
        return None;
    }
    str::from_utf8(text).ok()?.parse::<f64>().ok().filter(|mhz| mhz.is_finite())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn cores(text: &str) -> u64 {
        cpuinfo_cores(text.as_bytes()).unwrap()
    }

    fn mhz(text: &str) -> Vec<f64> {
        cpuinfo_mhz(text.as_bytes()).unwrap()
    }

    #[test]
    fn x86() {
        let cpu = |n, package| {
            format!(
                "processor\t: {n}\nmodel name\t: X @ 2.40GHz\ncpu MHz\t\t: 240{n}.125\n\
                 physical id\t: {package}\nsiblings\t: 4\ncore id\t\t: 0\ncpu cores\t: 2\n\
                 power management:\n\n"
            )
        };
        let text = [cpu(0, 0), cpu(1, 0), cpu(2, 1), cpu(3, 1)].concat();
        assert_eq!(cpuinfo_processors(text.as_bytes()), 4);
        assert_eq!(cores(&text), 4);
        assert_eq!(mhz(&text), [2400.125, 2401.125, 2402.125, 2403.125]);
        // A CPU counts only when its lines are complete.
        assert_eq!(cores(cpu(0, 0).trim_end()), 0);
        assert!(mhz("cpu MHz\t\t: Unknown\n\n").is_empty());
    }

    #[test]
    fn arm() {
        let text = "Processor\t: ARM926EJ-S rev 5 (v5l)\nBogoMIPS\t: 99.73\n";
        assert_eq!(cpuinfo_processors(text.as_bytes()), 1);
        assert_eq!(cores(text), 0);
        assert!(mhz(text).is_empty());
    }

    #[test]
    fn powerpc() {
        let text = "processor\t: 0\ncpu\t\t: POWER9\nclock\t\t: 3425.000000MHz\nrevision\t: 2.2\n\n\
             processor\t: 1\nclock\t\t: 3350.000000MHz\n\ntimebase\t: 512000000\n";
        assert_eq!(mhz(text), [3425.0, 3350.0]);
        assert_eq!(cpuinfo_processors(text.as_bytes()), 2);
        assert!(mhz("clock: 5\nclock: \nclock: GHz\n").is_empty());
    }

    #[test]
    fn s390x() {
        let text = "vendor_id       : IBM/S390\n# processors    : 2\n\
             processor 0: version = FF,  identification = 1,  machine = 8561\n\
             processor 1: version = FF,  identification = 1,  machine = 8561\n\n\
             cpu number      : 0\nphysical id     : 1\ncpu cores       : 2\n\
             cpu MHz dynamic : 5200\ncpu MHz static  : 5100\n\n";
        assert_eq!((cpuinfo_processors(text.as_bytes()), cores(text)), (2, 2));
        assert_eq!(mhz(text), [5200.0]);
    }

    #[test]
    fn hostile() {
        let error = |text: &str| cpuinfo_mhz(text.as_bytes()).unwrap_err().to_string();
        assert_eq!(error("cpu MHz: fast\n"), "invalid cpu MHz 'fast'");
        for value in ["inf", "nan", "-1", "+1", "1e9", "", ".", "1.2.3"] {
            assert_eq!(error(&format!("cpu MHz: {value}")), format!("invalid cpu MHz '{value}'"));
        }
        assert_eq!(error("clock: MHz\n"), "invalid clock 'MHz'");
        let error = |text: &str| cpuinfo_cores(text.as_bytes()).unwrap_err().to_string();
        assert_eq!(error("physical id: one\n"), "invalid physical id 'one'");
        assert_eq!(error("cpu cores: -2\n"), "invalid cpu cores '-2'");
        let most = "cpu cores: 18446744073709551615\nphysical id: 0\n\n\
                    cpu cores: 2\nphysical id: 1\n\n";
        assert_eq!(cores(most), u64::MAX);
        for text in ["", "\n\n:\n::\nprocesso\n"] {
            assert_eq!(cpuinfo_processors(text.as_bytes()), 0);
            assert_eq!(cores(text), 0);
            assert!(mhz(text).is_empty());
        }
    }
}
