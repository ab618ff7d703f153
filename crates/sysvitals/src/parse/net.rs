use super::ParseError;
use super::text::{Words, line_number, quote, skip_line, split_line, whole_hex, whole_u64};
use std::net::{IpAddr, SocketAddr};

/// A row of `/proc/net/{tcp,tcp6,udp,udp6}`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InetRow {
    /// Local address; None where the port is 0.
    pub local: Option<SocketAddr>,
    /// Remote address; None where the port is 0.
    pub remote: Option<SocketAddr>,
    /// The kernel's TCP state number (`01` ESTABLISHED ... `0C` NEW_SYN_RECV).
    pub state: u8,
    /// Socket inode.
    pub inode: u64,
}

/// A row of `/proc/net/unix`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnixRow {
    /// Socket type number (1 SOCK_STREAM, 2 SOCK_DGRAM, 5 SOCK_SEQPACKET).
    pub kind: u32,
    /// Socket inode.
    pub inode: u64,
    /// Bound path, whole (spaces and newlines kept), `@` first for an abstract name; empty if unbound.
    pub path: Vec<u8>,
}

/// Reads `/proc/net/{tcp,tcp6,udp,udp6}`, one call of `each` a row.
pub fn net_inet(text: &[u8], mut each: impl FnMut(InetRow)) -> Result<(), ParseError> {
    let mut rest = skip_line(text);
    while !rest.is_empty() {
        let (line, tail) = split_line(rest);
        match inet_row(line) {
            Some(row) => each(row),
            None if line.trim_ascii().is_empty() => {}
            None => return Err(malformed(text, rest)),
        }
        rest = tail;
    }
    Ok(())
}

/// `sl: local remote st tx:rx tr:when retrnsmt uid timeout inode ...`
fn inet_row(line: &[u8]) -> Option<InetRow> {
    let mut words = Words(line);
    let local = endpoint(words.nth(1)?)?;
    let remote = endpoint(words.next()?)?;
    let state = whole_hex(words.next()?)?.try_into().ok()?;
    let inode = whole_u64(words.nth(5)?)?;
    Some(InetRow { local, remote, state, inode })
}

/// `0100007F:0016`
fn endpoint(word: &[u8]) -> Option<Option<SocketAddr>> {
    let (addr, port) = word.split_at_checked(word.len().checked_sub(5)?)?;
    let port = u16::try_from(whole_hex(port.strip_prefix(b":")?)?).ok()?;
    let ip = match addr.len() {
        8 => IpAddr::from(address_word(addr)?),
        32 => {
            let mut ip = [0; 16];
            for (to, from) in ip.chunks_exact_mut(4).zip(addr.chunks_exact(8)) {
                to.copy_from_slice(&address_word(from)?);
            }
            IpAddr::from(ip)
        }
        _ => return None,
    };
    Some((port != 0).then(|| SocketAddr::new(ip, port)))
}

/// The kernel prints an address as numbers of four bytes, each read from memory as it lies there.
fn address_word(digits: &[u8]) -> Option<[u8; 4]> {
    Some(u32::try_from(whole_hex(digits)?).ok()?.to_ne_bytes())
}

/// Reads `/proc/net/unix`, one call of `each` a row.
pub fn net_unix(text: &[u8], mut each: impl FnMut(UnixRow)) -> Result<(), ParseError> {
    // A path goes on into lines that do not read as rows, so a row is complete at the next one.
    let mut current: Option<(UnixRow, bool)> = None;
    let mut rest = skip_line(text);
    while !rest.is_empty() {
        let (line, tail) = split_line(rest);
        match (unix_row(line), &mut current) {
            (Some(row), _) => {
                if let Some((done, _)) = current.replace(row) {
                    each(done);
                }
            }
            (None, Some((row, true))) => {
                row.path.push(b'\n');
                row.path.extend_from_slice(line);
            }
            (None, _) => return Err(malformed(text, rest)),
        }
        rest = tail;
    }
    if let Some((done, _)) = current {
        each(done);
    }
    Ok(())
}

/// `num: refcount protocol flags type st inode[ path]`, and whether it has a path, be it an empty
/// one.
fn unix_row(line: &[u8]) -> Option<(UnixRow, bool)> {
    let mut words = Words(line);
    whole_hex(words.next()?.strip_suffix(b":")?)?;
    let _refcount = whole_hex(words.next()?)?;
    let _protocol = whole_hex(words.next()?)?;
    let _flags = whole_hex(words.next()?)?;
    let kind = whole_hex(words.next()?)?.try_into().ok()?;
    let _state = whole_hex(words.next()?)?;
    let inode = whole_u64(words.next()?)?;
    let (path, bound) = match words.0 {
        [] => (&[][..], false),
        [b' ', path @ ..] => (path, true),
        _ => return None,
    };
    Some((UnixRow { kind, inode, path: path.to_vec() }, bound))
}

#[cold]
fn malformed(text: &[u8], rest: &[u8]) -> ParseError {
    let what = format!("malformed line '{}'", quote(split_line(rest).0));
    ParseError::at_line(what, line_number(text, rest))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    const INET: &str = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n";
    const UNIX: &str = "Num       RefCount Protocol Flags    Type St Inode Path\n";

    fn inet(rows: &str) -> Result<Vec<InetRow>, ParseError> {
        let mut all = Vec::new();
        net_inet(format!("{INET}{rows}").as_bytes(), |row| all.push(row))?;
        Ok(all)
    }

    fn unix(rows: &[u8]) -> Result<Vec<UnixRow>, ParseError> {
        let mut all = Vec::new();
        net_unix(&[UNIX.as_bytes(), rows].concat(), |row| all.push(row))?;
        Ok(all)
    }

    #[cfg(target_endian = "little")]
    #[test]
    fn addresses() {
        let read = |word: &str| endpoint(word.as_bytes()).unwrap();
        let addr = |text: &str| Some(text.parse().unwrap());
        assert_eq!(read("0100007F:0016"), addr("127.0.0.1:22"));
        assert_eq!(read("0500000A:0016"), addr("10.0.0.5:22"));
        assert_eq!(read("0000000000000000FFFF00000100007F:9E49"), addr("[::ffff:127.0.0.1]:40521"));
        assert_eq!(read("00000000000000000000000001000000:0050"), addr("[::1]:80"));
        assert_eq!(
            read("B80D01200000000067452301EFCDAB89:01BB"),
            addr("[2001:db8::123:4567:89ab:cdef]:443")
        );
        assert_eq!(read("0100007F:0000"), None);
        assert_eq!(read("00000000:0000"), None);
    }

    #[test]
    fn not_addresses() {
        for word in [
            "",
            ":",
            ":0016",
            "0100007F",
            "0100007:0016",
            "0100007G:0016",
            "0100007F:016",
            "0100007F:00016",
            "0100007F-0016",
            "0100007F:+016",
        ] {
            assert_eq!(endpoint(word.as_bytes()), None, "{word}");
        }
    }

    #[test]
    fn inet_rows() {
        let rows = inet(
            "   0: 00000000:07E8 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1065 1 000000007970046c 100 0 0 10 0                      \n\
             \n\
             10000: 00000000:0035 00000000:0001 07 00000000:00000000 00:00000000 00000000 0 0 18446744073709551615",
        )
        .unwrap();
        let any = |port| Some(SocketAddr::from(([0, 0, 0, 0], port)));
        assert_eq!(
            rows,
            [
                InetRow { local: any(2024), remote: None, state: 10, inode: 1065 },
                InetRow { local: any(53), remote: any(1), state: 7, inode: u64::MAX },
            ]
        );
        assert_eq!(inet("").unwrap(), []);
        assert!(net_inet(b"", |_| ()).is_ok());
    }

    #[test]
    fn inet_malformed() {
        let good = "0: 00000000:0001 00000000:0000 0A 0:0 0:0 0 0 0 1\n";
        let error = |row: &str| inet(&format!("{good}{row}\n")).unwrap_err();
        let nine = "1: 00000000:0001 00000000:0000 0A 0:0 0:0 0 0 0";
        assert_eq!(error(nine).line(), Some(3));
        assert_eq!(error("1: what").to_string(), "malformed line '1: what' (line 3)");
        assert!(error(&good.replace(" 0A ", " 100 ")).to_string().starts_with("malformed line"));
        assert!(error(&good.replace("0 1\n", "0 x")).to_string().starts_with("malformed line"));
    }

    fn row(kind: u32, inode: u64, path: &[u8]) -> UnixRow {
        UnixRow { kind, inode, path: path.to_vec() }
    }

    #[test]
    fn unix_rows() {
        let rows = unix(
            b"00000000a3cf624e: 00000003 00000000 00000000 0001 03  1061\n\
              00000000111d01d1: 00000002 00000000 00010000 0005 01 23456 /run/a b  c \n\
              c1a2b3c4: 00000002 00000000 00010000 0002 01 4294967296 @/tmp/x@@\n",
        )
        .unwrap();
        assert_eq!(
            rows,
            [row(1, 1061, b""), row(5, 23456, b"/run/a b  c "), row(2, 4294967296, b"@/tmp/x@@")]
        );
        assert_eq!(unix(b"").unwrap(), []);
        assert!(net_unix(b"", |_| ()).is_ok());
    }

    #[test]
    fn unix_paths_with_newlines() {
        let start = "0: 2 0 10000 1 1 5 ";
        let read = |path: &str| {
            let rows = unix(format!("{start}{path}\n{start}/next\n").as_bytes()).unwrap();
            assert_eq!(rows.get(1).unwrap().path, b"/next");
            rows.first().unwrap().path.clone()
        };
        for path in ["/a\nb", "/a\n", "/a\n\n", "\n", "", " /a", "/a\n1: 2 3", "/a\n \nb"] {
            assert_eq!(read(path), path.as_bytes());
        }
        assert_eq!(unix(format!("{start}/a\nb").as_bytes()).unwrap(), [row(1, 5, b"/a\nb")]);
    }

    #[test]
    fn unix_malformed() {
        assert_eq!(unix(b"junk\n").unwrap_err().to_string(), "malformed line 'junk' (line 2)");
        // No path to continue.
        assert_eq!(unix(b"0: 2 0 0 1 1 5\njunk\n").unwrap_err().line(), Some(3));
    }
}
