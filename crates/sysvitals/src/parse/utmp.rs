use super::text::os_string;
use memchr::memchr;
use std::ffi::OsString;

/// A record of `utmp` that tells of a login (`USER_PROCESS`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Login {
    /// The login process.
    pub pid: i32,
    /// The terminal, without `/dev/`.
    pub line: OsString,
    /// The user's name.
    pub user: OsString,
    /// Where from.
    pub host: OsString,
    /// When, seconds since the epoch.
    pub seconds: i64,
}

const USER_PROCESS: i16 = 7;

/// Reads the logins in a `utmp` file, in this host's byte order.
///
/// A record has 384 bytes, with times of 32 bits that glibc 2.40 made unsigned. With `wide`
/// it has 400, with times of 64 bits: so it is where a 64-bit architecture never ran programs of
/// 32 bits besides (AArch64, s390x, LoongArch).
///
/// What follows the last whole record is not yet written, and skipped.
pub fn utmp(bytes: &[u8], wide: bool) -> Vec<Login> {
    let size = if wide { 400 } else { 384 };
    bytes.chunks_exact(size).filter_map(|record| login(record, wide)).collect()
}

fn login(record: &[u8], wide: bool) -> Option<Login> {
    if i16::from_ne_bytes(bytes(record, 0)?) != USER_PROCESS {
        return None;
    }
    let seconds = match wide {
        true => i64::from_ne_bytes(bytes(record, 344)?),
        false => u32::from_ne_bytes(bytes(record, 340)?).into(),
    };
    Some(Login {
        pid: i32::from_ne_bytes(bytes(record, 4)?),
        line: text(record.get(8..40)?),
        user: text(record.get(44..76)?),
        host: text(record.get(76..332)?),
        seconds,
    })
}

fn bytes<const N: usize>(record: &[u8], at: usize) -> Option<[u8; N]> {
    record.get(at..)?.first_chunk().copied()
}

/// A field that ends at its first NUL, if it has one.
fn text(field: &[u8]) -> OsString {
    os_string(field.get(..memchr(0, field).unwrap_or(field.len())).unwrap_or(field))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]
    use super::*;

    fn record(kind: i16, pid: i32, fields: [&[u8]; 3], seconds: i64, wide: bool) -> Vec<u8> {
        let mut record = vec![0; if wide { 400 } else { 384 }];
        record[..2].copy_from_slice(&kind.to_ne_bytes());
        record[4..8].copy_from_slice(&pid.to_ne_bytes());
        for (at, field) in [8, 44, 76].into_iter().zip(fields) {
            record[at..at + field.len()].copy_from_slice(field);
        }
        if wide {
            record[344..352].copy_from_slice(&seconds.to_ne_bytes());
        } else {
            record[340..344].copy_from_slice(&u32::try_from(seconds).unwrap().to_ne_bytes());
        }
        record
    }

    #[test]
    fn logins() {
        for wide in [false, true] {
            let mut file = record(2, 0, [b"~", b"reboot", b"6.1"], 1, wide);
            file.extend(record(7, 42, [b"pts/0", b"ann", b"10.0.0.1"], 1_700_000_000, wide));
            file.extend(record(8, 43, [b"pts/1", b"", b""], 1_700_000_001, wide));
            file.extend(record(7, 44, [b"", b"b\xffb", b""], 4_000_000_000, wide));
            let login = |pid, line: &[u8], user: &[u8], host: &[u8], seconds| Login {
                pid,
                line: os_string(line),
                user: os_string(user),
                host: os_string(host),
                seconds,
            };
            let expected = [
                login(42, b"pts/0", b"ann", b"10.0.0.1", 1_700_000_000),
                login(44, b"", b"b\xffb", b"", 4_000_000_000),
            ];
            assert_eq!(utmp(&file, wide), expected);
            // A record that is being written.
            file.pop();
            assert_eq!(utmp(&file, wide), expected[..1]);
        }
    }

    #[test]
    fn fields_without_an_end() {
        let file = record(7, -1, [&[b'l'; 32], &[b'u'; 32], &[b'h'; 256]], 0, false);
        let [login] = &utmp(&file, false)[..] else { unreachable!() };
        assert_eq!(
            (login.pid, login.line.len(), login.user.len(), login.host.len()),
            (-1, 32, 32, 256)
        );
    }

    #[test]
    fn no_records() {
        assert!(utmp(b"", false).is_empty());
        assert!(utmp(&[7; 383], false).is_empty());
        assert!(utmp(&[0; 4000], true).is_empty());
    }
}
