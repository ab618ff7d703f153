use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::ffi::OsString;
use std::hash::{BuildHasherDefault, Hasher};
use std::os::unix::ffi::OsStringExt;

use crate::error::{Error, Result};
use crate::net::{
    Address, AddressFamily, Connection, ConnectionKind, ConnectionStatus, SocketType,
};
use crate::parse::{self, InetRow, ParseError, UnixRow};
use crate::sys::pal::netlink::{self, Request};

/// The sockets of a network namespace, in the order of the kernel's tables.
#[derive(Default)]
pub(crate) struct NetTables {
    sockets: Vec<Socket>,
    /// Where the socket of an inode is. Those without (`TIME_WAIT`, `SYN_RECV`, not yet accepted) are
    /// not here.
    places: HashMap<u64, usize, BuildHasherDefault<InodeHasher>>,
}

pub(crate) struct Socket {
    pub(crate) family: AddressFamily,
    pub(crate) kind: SocketType,
    pub(crate) laddr: Address,
    pub(crate) raddr: Address,
    pub(crate) status: ConnectionStatus,
}

/// Inodes are the kernel's numbers, one after the other: a multiplication spreads them well enough,
/// in a tenth of the time of the default.
#[derive(Default)]
struct InodeHasher(u64);

impl Hasher for InodeHasher {
    fn write(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.write_u64(self.0 ^ u64::from(byte));
        }
    }

    fn write_u64(&mut self, n: u64) {
        // The low bits choose the bucket, the high ones the mark within.
        let product = n.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        self.0 = product ^ product >> 32;
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

/// A file of `PROC/net`, and how `NETLINK_SOCK_DIAG` calls the same sockets.
struct Table {
    file: &'static str,
    family: AddressFamily,
    kind: SocketType,
    request: Vec<u8>,
}

impl NetTables {
    /// Reads the tables of a kind: by netlink where `netlink` is set and the kernel answers, otherwise
    /// by `read`, which is given the name of a file in `/proc` or a process's folder.
    pub(crate) fn read(
        kind: ConnectionKind,
        netlink: bool,
        read: impl Fn(&str, &mut Vec<u8>) -> Result<()>,
    ) -> Result<Self> {
        let mut tables = Self::default();
        let mut buf = Vec::new();
        let mut wanted = kind.tables();
        let all = all_tables();
        if let ([tcp4 @ true, _, tcp6 @ true, ..], [inet, _, inet6, ..]) = (&mut wanted, &all)
            && netlink
            && tables.dump_tcp(inet, inet6, &mut buf)
        {
            (*tcp4, *tcp6) = (false, false);
        }
        for (wanted, table) in wanted.into_iter().zip(all) {
            // A kernel need not have the diag module of each protocol, nor let everyone ask.
            if wanted && !(netlink && tables.dump(&table, &mut buf)) {
                tables.file(&table, &mut buf, &read)?;
            }
        }
        Ok(tables)
    }

    /// Reads the TCP sockets of both families at once. A dump by family walks the kernel's whole hash
    /// table for each (262,144 buckets on 24 GiB: 2 ms); the older request knows no family.
    fn dump_tcp(&mut self, inet: &Table, inet6: &Table, buf: &mut Vec<u8>) -> bool {
        let request = tcp_diag_request();
        netlink::dump(&Request::TcpSockets(&request), buf).is_ok()
            && self.add_inet(buf, |v6| if v6 { inet6 } else { inet })
    }

    /// Adds the sockets of a dump; false, and none is added, where it cannot be understood.
    fn add_inet<'t>(&mut self, dump: &[u8], table: impl Fn(bool) -> &'t Table) -> bool {
        let mut rows = Vec::new();
        let understood = parse::inet_diag(dump, |v6, row| rows.push((v6, row))).is_ok();
        if understood {
            self.reserve(rows.len());
            rows.into_iter().for_each(|(v6, row)| self.inet(row, table(v6)));
        }
        understood
    }

    /// Reads a table by netlink; false, and nothing is read, where that cannot be done.
    fn dump(&mut self, table: &Table, buf: &mut Vec<u8>) -> bool {
        if netlink::dump(&Request::Sockets(&table.request), buf).is_err() {
            return false;
        }
        if table.family == AddressFamily::Unix {
            let mut rows = Vec::new();
            let read = parse::unix_diag(buf, |row| rows.push(row)).is_ok();
            if read {
                rows.into_iter().for_each(|row| self.unix(row));
            }
            return read;
        }
        self.add_inet(buf, |_| table)
    }

    fn file(
        &mut self,
        table: &Table,
        buf: &mut Vec<u8>,
        read: impl Fn(&str, &mut Vec<u8>) -> Result<()>,
    ) -> Result<()> {
        match read(table.file, buf) {
            // The kernel was booted without IPv6.
            Err(error)
                if table.family == AddressFamily::Inet6
                    && error.raw_os_error() == Some(libc::ENOENT) =>
            {
                return Ok(());
            }
            other => other?,
        }
        let parsed: Result<(), ParseError> = match table.family {
            AddressFamily::Unix => parse::net_unix(buf, |row| self.unix(row)),
            _ => parse::net_inet(buf, |row| self.inet(row, table)),
        };
        parsed.map_err(|error| Error::parse(error, table.file))
    }

    fn reserve(&mut self, more: usize) {
        self.sockets.reserve(more);
        self.places.reserve(more);
    }

    fn inet(&mut self, row: InetRow, table: &Table) {
        let address = |addr: Option<_>| addr.map_or(Address::None, Address::Inet);
        let status = match table.kind {
            SocketType::STREAM => tcp_status(row.state),
            _ => ConnectionStatus::None,
        };
        self.push(
            row.inode,
            Socket {
                family: table.family,
                kind: table.kind,
                laddr: address(row.local),
                raddr: address(row.remote),
                status,
            },
        );
    }

    fn unix(&mut self, row: UnixRow) {
        self.push(
            row.inode,
            Socket {
                family: AddressFamily::Unix,
                kind: SocketType(row.kind),
                laddr: Address::Unix(OsString::from_vec(row.path)),
                raddr: Address::Unix(OsString::new()),
                status: ConnectionStatus::None,
            },
        );
    }

    fn push(&mut self, inode: u64, socket: Socket) {
        if inode != 0 {
            match self.places.entry(inode) {
                Entry::Vacant(place) => {
                    place.insert(self.sockets.len());
                }
                // It moved within the table while that was read: what comes later is newer.
                Entry::Occupied(place) => {
                    if let Some(older) = self.sockets.get_mut(*place.get()) {
                        *older = socket;
                    }
                    return;
                }
            }
        }
        self.sockets.push(socket);
    }

    /// Where the socket of an inode is in [`Self::sockets`].
    pub(crate) fn place(&self, inode: u64) -> Option<usize> {
        self.places.get(&inode).copied()
    }

    /// Whether no process can hold any of the sockets.
    pub(crate) fn unowned(&self) -> bool {
        self.places.is_empty()
    }

    pub(crate) fn sockets(&self) -> &[Socket] {
        &self.sockets
    }
}

/// In the order of [`ConnectionKind::tables`].
fn all_tables() -> [Table; 5] {
    use AddressFamily::{Inet, Inet6};
    let inet = |file, family, kind| Table {
        file,
        family,
        kind,
        request: inet_diag_request(family == Inet6, kind == SocketType::STREAM),
    };
    [
        inet("net/tcp", Inet, SocketType::STREAM),
        inet("net/udp", Inet, SocketType::DGRAM),
        inet("net/tcp6", Inet6, SocketType::STREAM),
        inet("net/udp6", Inet6, SocketType::DGRAM),
        Table {
            file: "net/unix",
            family: AddressFamily::Unix,
            kind: SocketType::STREAM,
            request: unix_diag_request(),
        },
    ]
}

/// The states that `/proc/net/tcp` lists: 1 ESTABLISHED to 12 NEW_SYN_RECV. 13, since Linux 6.8, is of
/// sockets that are bound and not yet in any table.
const STATES: u32 = 0x1ffe;

/// `struct inet_diag_req`: every address. What stands for the family is not read.
fn tcp_diag_request() -> Vec<u8> {
    const STATES_AT: usize = 52;
    const LENGTH: usize = 60;
    let mut request = vec![0; STATES_AT];
    request.extend(STATES.to_ne_bytes());
    request.resize(LENGTH, 0);
    request
}

/// `struct inet_diag_req_v2`: every address.
fn inet_diag_request(v6: bool, tcp: bool) -> Vec<u8> {
    const LENGTH: usize = 56;
    let family = if v6 { libc::AF_INET6 } else { libc::AF_INET };
    let protocol = if tcp { libc::IPPROTO_TCP } else { libc::IPPROTO_UDP };
    let mut request = vec![family as u8, protocol as u8, 0, 0];
    request.extend(STATES.to_ne_bytes());
    request.resize(LENGTH, 0);
    request
}

/// `struct unix_diag_req`: every state, with names and queue lengths.
fn unix_diag_request() -> Vec<u8> {
    const UDIAG_SHOW_NAME: u32 = 0x01;
    const UDIAG_SHOW_RQLEN: u32 = 0x10;
    let mut request = vec![libc::AF_UNIX as u8, 0, 0, 0];
    for word in [u32::MAX, 0, UDIAG_SHOW_NAME | UDIAG_SHOW_RQLEN, 0, 0] {
        request.extend(word.to_ne_bytes());
    }
    request
}

/// State numbers of `include/net/tcp_states.h`.
fn tcp_status(state: u8) -> ConnectionStatus {
    match state {
        0x01 => ConnectionStatus::Established,
        0x02 => ConnectionStatus::SynSent,
        // 0C is NEW_SYN_RECV, a connection request of Linux 4.4 and newer.
        0x03 | 0x0c => ConnectionStatus::SynRecv,
        0x04 => ConnectionStatus::FinWait1,
        0x05 => ConnectionStatus::FinWait2,
        0x06 => ConnectionStatus::TimeWait,
        0x07 => ConnectionStatus::Close,
        0x08 => ConnectionStatus::CloseWait,
        0x09 => ConnectionStatus::LastAck,
        0x0a => ConnectionStatus::Listen,
        0x0b => ConnectionStatus::Closing,
        _ => ConnectionStatus::None,
    }
}

/// The connections behind `(inode, fd)` pairs. As in psutil, an Internet socket held by several
/// descriptors counts once, for the lowest; a UNIX socket counts for each.
pub(crate) fn join(sockets: &[(u64, i32)], tables: &NetTables) -> Vec<Connection> {
    let mut found: Vec<_> =
        sockets.iter().filter_map(|&(inode, fd)| Some((tables.place(inode)?, fd))).collect();
    found.sort_unstable();
    let mut previous = None;
    found
        .into_iter()
        .filter_map(|(place, fd)| {
            let socket = tables.sockets.get(place)?;
            let again = previous.replace(place) == Some(place);
            (!again || socket.family == AddressFamily::Unix).then(|| Connection {
                fd,
                family: socket.family,
                kind: socket.kind,
                laddr: socket.laddr.clone(),
                raddr: socket.raddr.clone(),
                status: socket.status,
            })
        })
        .collect()
}
