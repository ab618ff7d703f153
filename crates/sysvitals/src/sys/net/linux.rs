use std::collections::HashMap;
use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt;

use crate::error::{Error, Result};
use crate::net::{
    Address, AddressFamily, Connection, ConnectionKind, ConnectionStatus, SocketType,
};
use crate::parse::{self, InetRow, UnixRow};

/// The sockets of a network namespace, by inode, as `net/{tcp,udp,tcp6,udp6,unix}` list them.
#[derive(Default)]
pub(crate) struct NetTables {
    sockets: HashMap<u64, Socket>,
}

struct Socket {
    /// The place in the kernel's tables, which is the order of the answer.
    order: usize,
    family: AddressFamily,
    kind: SocketType,
    laddr: Address,
    raddr: Address,
    status: ConnectionStatus,
}

impl NetTables {
    pub(crate) fn read(
        kind: ConnectionKind,
        read: impl Fn(&str, &mut Vec<u8>) -> Result<()>,
    ) -> Result<Self> {
        let [tcp4, udp4, tcp6, udp6, unix] = kind.tables();
        let mut tables = Self::default();
        let mut buf = Vec::new();
        for (wanted, file, family, kind) in [
            (tcp4, "net/tcp", AddressFamily::Inet, SocketType::STREAM),
            (udp4, "net/udp", AddressFamily::Inet, SocketType::DGRAM),
            (tcp6, "net/tcp6", AddressFamily::Inet6, SocketType::STREAM),
            (udp6, "net/udp6", AddressFamily::Inet6, SocketType::DGRAM),
        ] {
            if !wanted {
                continue;
            }
            match read(file, &mut buf) {
                // The kernel was booted without IPv6.
                Err(error)
                    if family == AddressFamily::Inet6
                        && error.raw_os_error() == Some(libc::ENOENT) => {}
                other => {
                    other?;
                    parse::net_inet(&buf, |row| tables.inet(row, family, kind))
                        .map_err(|error| Error::parse(error, file))?;
                }
            }
        }
        if unix {
            read("net/unix", &mut buf)?;
            parse::net_unix(&buf, |row| tables.unix(row))
                .map_err(|error| Error::parse(error, "net/unix"))?;
        }
        Ok(tables)
    }

    fn inet(&mut self, row: InetRow, family: AddressFamily, kind: SocketType) {
        let order = self.sockets.len();
        let address = |addr: Option<_>| addr.map_or(Address::None, Address::Inet);
        let status =
            if kind == SocketType::STREAM { tcp_status(row.state) } else { ConnectionStatus::None };
        self.sockets.insert(
            row.inode,
            Socket {
                order,
                family,
                kind,
                laddr: address(row.local),
                raddr: address(row.remote),
                status,
            },
        );
    }

    fn unix(&mut self, row: UnixRow) {
        let order = self.sockets.len();
        self.sockets.insert(
            row.inode,
            Socket {
                order,
                family: AddressFamily::Unix,
                kind: SocketType(row.kind),
                laddr: Address::Unix(OsString::from_vec(row.path)),
                raddr: Address::Unix(OsString::new()),
                status: ConnectionStatus::None,
            },
        );
    }
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
    let mut seen = std::collections::HashSet::new();
    let mut found: Vec<_> = sockets
        .iter()
        .filter_map(|&(inode, fd)| {
            let socket = tables.sockets.get(&inode)?;
            let first = seen.insert(inode);
            (first || socket.family == AddressFamily::Unix).then_some((socket, fd))
        })
        .collect();
    found.sort_by_key(|(socket, fd)| (socket.order, *fd));
    found
        .into_iter()
        .map(|(socket, fd)| Connection {
            fd,
            family: socket.family,
            kind: socket.kind,
            laddr: socket.laddr.clone(),
            raddr: socket.raddr.clone(),
            status: socket.status,
        })
        .collect()
}
