use super::ParseError;
use std::net::SocketAddr;

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
pub fn net_inet(_text: &[u8], _each: impl FnMut(InetRow)) -> Result<(), ParseError> {
    Err(ParseError::new("net"))
}

/// Reads `/proc/net/unix`, one call of `each` a row.
pub fn net_unix(_text: &[u8], _each: impl FnMut(UnixRow)) -> Result<(), ParseError> {
    Err(ParseError::new("unix"))
}
