//! Network: connections, interfaces and their counters.

use std::ffi::OsString;
use std::fmt;
use std::net::SocketAddr;
use std::str::FromStr;

use crate::Pid;
use crate::env::Roots;
use crate::error::{Error, Result};
use crate::record::record;
use crate::sys;

record! {
    /// A socket that a process holds.
    pub struct Connection = "pconn" {
        /// Descriptor number in the process.
        fd: i32,
        /// Address family.
        family: AddressFamily,
        /// Socket type.
        kind = "type": SocketType,
        /// Local address.
        laddr: Address,
        /// Remote address.
        raddr: Address,
        /// TCP state; [`ConnectionStatus::None`] for UDP and UNIX sockets.
        status: ConnectionStatus,
    }
}

record! {
    /// A socket of this network namespace, and a process that holds it.
    pub struct SystemConnection = "sconn" {
        /// Descriptor number in the process, -1 where it is not known.
        fd: i32,
        /// Address family.
        family: AddressFamily,
        /// Socket type.
        kind = "type": SocketType,
        /// Local address.
        laddr: Address,
        /// Remote address.
        raddr: Address,
        /// TCP state; [`ConnectionStatus::None`] for UDP and UNIX sockets.
        status: ConnectionStatus,
        /// A process that holds it; None where there is none, or we may not look.
        pid: Option<Pid>,
    }
}

record! {
    /// What went over a network interface since it was made; from `/proc/net/dev`.
    #[derive(Copy, Default)]
    pub struct NetIoCounters = "snetio" {
        /// Bytes sent.
        bytes_sent: u64,
        /// Bytes received.
        bytes_recv: u64,
        /// Packets sent.
        packets_sent: u64,
        /// Packets received.
        packets_recv: u64,
        /// Errors while receiving.
        errin: u64,
        /// Errors while sending.
        errout: u64,
        /// Incoming packets dropped.
        dropin: u64,
        /// Outgoing packets dropped.
        dropout: u64,
    }
}

record! {
    /// An address of a network interface.
    pub struct NicAddress = "snicaddr" {
        /// Address family.
        family: AddressFamily,
        /// The address; `%nic` follows a link-local IPv6 address. None for
        /// [`AddressFamily::Unspec`].
        address: Option<String>,
        /// Network mask.
        netmask: Option<String>,
        /// Broadcast address.
        broadcast: Option<String>,
        /// The other end of a point-to-point link.
        ptp: Option<String>,
    }
}

record! {
    /// The state of a network interface.
    pub struct NicStats = "snicstats" {
        /// Whether it is up and running.
        isup: bool,
        /// Duplex mode.
        duplex: NicDuplex,
        /// Speed, Mbit/s; 0 where the driver does not say.
        speed: u32,
        /// Largest packet, bytes.
        mtu: u32,
        /// Flags, joined by commas: `up,broadcast,running,multicast`.
        flags: String,
    }
}

/// Duplex mode of a network interface.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum NicDuplex {
    /// `NIC_DUPLEX_FULL`
    Full,
    /// `NIC_DUPLEX_HALF`
    Half,
    /// `NIC_DUPLEX_UNKNOWN`
    #[default]
    Unknown,
}

impl NicDuplex {
    /// `full`, `half` or `unknown`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Full => "full",
            Self::Half => "half",
            Self::Unknown => "unknown",
        }
    }
}

/// The sockets of this network namespace, each with every process that holds it.
///
/// Reads: `NETLINK_SOCK_DIAG`, or `/proc/net/{tcp,tcp6,udp,udp6,unix}` where the kernel does not
/// answer there; then the links of `/proc/[pid]/fd`, once each.
///
/// As in psutil, an Internet socket comes once for a process that holds it by several descriptors,
/// with the lowest; a UNIX socket comes once a descriptor. Processes that we may not look into are
/// passed over.
///
/// # Errors
/// [`Os`](crate::ErrorKind::Os) and [`Parse`](crate::ErrorKind::Parse) where a table cannot be read.
///
/// # References
/// [sock_diag(7)](https://man7.org/linux/man-pages/man7/sock_diag.7.html)
pub fn net_connections(kind: ConnectionKind) -> Result<Vec<SystemConnection>> {
    Roots::default().net_connections(kind)
}

/// The sum of [`net_io_counters_pernic`], the loopback included; None without an interface.
///
/// # Errors
/// As [`net_io_counters_pernic`].
pub fn net_io_counters(nowrap: bool) -> Result<Option<NetIoCounters>> {
    Roots::default().net_io_counters(nowrap)
}

/// Counters of each network interface, in the kernel's order.
///
/// Reads: `/proc/net/dev`. With `nowrap`, a counter that is smaller than at the previous call has
/// overflowed, and goes on from where it was.
///
/// # Errors
/// [`Os`](crate::ErrorKind::Os) or [`Parse`](crate::ErrorKind::Parse) where the file cannot be read.
///
/// # References
/// [proc_pid_net(5)](https://man7.org/linux/man-pages/man5/proc_pid_net.5.html)
pub fn net_io_counters_pernic(nowrap: bool) -> Result<Vec<(OsString, NetIoCounters)>> {
    Roots::default().net_io_counters_pernic(nowrap)
}

/// Forgets what `nowrap` knows of network interfaces.
pub fn net_io_counters_cache_clear() {
    Roots::default().net_io_counters_cache_clear();
}

/// The addresses of each network interface, by family.
///
/// Reads: rtnetlink (`RTM_GETLINK`, `RTM_GETADDR`).
///
/// # Errors
/// [`Os`](crate::ErrorKind::Os) where the kernel does not answer.
///
/// # References
/// [rtnetlink(7)](https://man7.org/linux/man-pages/man7/rtnetlink.7.html)
pub fn net_if_addrs() -> Result<Vec<(OsString, Vec<NicAddress>)>> {
    sys::net::if_addrs()
}

/// The state of each network interface, in the kernel's order.
///
/// Reads: rtnetlink (`RTM_GETLINK`), and `ETHTOOL_GLINKSETTINGS` or `ETHTOOL_GSET` for speed and
/// duplex.
///
/// # Errors
/// [`Os`](crate::ErrorKind::Os) where the kernel does not answer.
///
/// # References
/// [netdevice(7)](https://man7.org/linux/man-pages/man7/netdevice.7.html)
pub fn net_if_stats() -> Result<Vec<(OsString, NicStats)>> {
    sys::net::if_stats()
}

impl Roots {
    /// [`net_connections`] of the network namespace that this `/proc` was mounted for.
    ///
    /// # Errors
    /// As [`net_connections`].
    pub fn net_connections(&self, kind: ConnectionKind) -> Result<Vec<SystemConnection>> {
        sys::net::connections(self, kind)
    }

    /// [`net_io_counters`] of this `/proc`.
    ///
    /// # Errors
    /// As [`net_io_counters_pernic`].
    pub fn net_io_counters(&self, nowrap: bool) -> Result<Option<NetIoCounters>> {
        sys::net::io_counters(self, nowrap)
    }

    /// [`net_io_counters_pernic`] of this `/proc`.
    ///
    /// # Errors
    /// As [`net_io_counters_pernic`].
    pub fn net_io_counters_pernic(&self, nowrap: bool) -> Result<Vec<(OsString, NetIoCounters)>> {
        sys::net::io_counters_pernic(self, nowrap)
    }

    /// Forgets what `nowrap` knows of network interfaces of this `/proc`.
    pub fn net_io_counters_cache_clear(&self) {
        self.net_io().clear();
    }
}

/// An end of a socket.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Address {
    /// Not bound or not connected (psutil's empty tuple).
    None,
    /// IP address and port.
    Inet(SocketAddr),
    /// UNIX path, `@` first for an abstract name, empty if unbound.
    Unix(OsString),
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::None => Ok(()),
            Self::Inet(addr) => addr.fmt(f),
            Self::Unix(path) => path.to_string_lossy().fmt(f),
        }
    }
}

/// Address family of a socket or of an interface's address, by the kernel's number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum AddressFamily {
    /// `AF_UNSPEC`: no address.
    Unspec,
    /// `AF_UNIX`
    Unix,
    /// `AF_INET`
    Inet,
    /// `AF_INET6`
    Inet6,
    /// `AF_PACKET`: a hardware address, psutil's `AF_LINK`.
    Packet,
}

impl AddressFamily {
    /// The C name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Unspec => "AF_UNSPEC",
            Self::Unix => "AF_UNIX",
            Self::Inet => "AF_INET",
            Self::Inet6 => "AF_INET6",
            Self::Packet => "AF_PACKET",
        }
    }
}

/// Socket type, by the kernel's number; numbers without a name are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SocketType(pub u32);

impl SocketType {
    /// `SOCK_STREAM`
    pub const STREAM: Self = Self(1);
    /// `SOCK_DGRAM`
    pub const DGRAM: Self = Self(2);
    /// `SOCK_SEQPACKET`
    pub const SEQPACKET: Self = Self(5);

    /// The C name, where there is one.
    pub fn name(self) -> Option<&'static str> {
        match self.0 {
            1 => Some("SOCK_STREAM"),
            2 => Some("SOCK_DGRAM"),
            3 => Some("SOCK_RAW"),
            4 => Some("SOCK_RDM"),
            5 => Some("SOCK_SEQPACKET"),
            _ => None,
        }
    }
}

macro_rules! statuses {
    ($($(#[$meta:meta])* $variant:ident = $text:literal,)*) => {
        /// State of a TCP connection.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum ConnectionStatus {
            $($(#[$meta])* $variant,)*
        }

        impl ConnectionStatus {
            /// Every state.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// psutil's text for it, `ESTABLISHED`.
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $text,)*
                }
            }
        }
    };
}

statuses! {
    /// `CONN_ESTABLISHED`
    Established = "ESTABLISHED",
    /// `CONN_SYN_SENT`
    SynSent = "SYN_SENT",
    /// `CONN_SYN_RECV`
    SynRecv = "SYN_RECV",
    /// `CONN_FIN_WAIT1`
    FinWait1 = "FIN_WAIT1",
    /// `CONN_FIN_WAIT2`
    FinWait2 = "FIN_WAIT2",
    /// `CONN_TIME_WAIT`
    TimeWait = "TIME_WAIT",
    /// `CONN_CLOSE`
    Close = "CLOSE",
    /// `CONN_CLOSE_WAIT`
    CloseWait = "CLOSE_WAIT",
    /// `CONN_LAST_ACK`
    LastAck = "LAST_ACK",
    /// `CONN_LISTEN`
    Listen = "LISTEN",
    /// `CONN_CLOSING`
    Closing = "CLOSING",
    /// `CONN_NONE`: not a TCP socket, or a state without a name.
    None = "NONE",
}

impl fmt::Display for ConnectionStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

macro_rules! kinds {
    ($($(#[$meta:meta])* $variant:ident = $text:literal,)*) => {
        /// Which sockets to list.
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
        pub enum ConnectionKind {
            $($(#[$meta])* $variant,)*
        }

        impl ConnectionKind {
            /// Every kind, in psutil's order.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// psutil's name for it.
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $text,)*
                }
            }
        }
    };
}

kinds! {
    /// TCP, UDP and UNIX.
    All = "all",
    /// TCP over IPv4 and IPv6.
    Tcp = "tcp",
    /// TCP over IPv4.
    Tcp4 = "tcp4",
    /// UDP over IPv4 and IPv6.
    Udp = "udp",
    /// UDP over IPv4.
    Udp4 = "udp4",
    /// TCP and UDP.
    #[default]
    Inet = "inet",
    /// TCP and UDP over IPv4.
    Inet4 = "inet4",
    /// TCP and UDP over IPv6.
    Inet6 = "inet6",
    /// TCP over IPv6.
    Tcp6 = "tcp6",
    /// UDP over IPv6.
    Udp6 = "udp6",
    /// UNIX sockets of any type.
    Unix = "unix",
}

impl FromStr for ConnectionKind {
    type Err = Error;

    /// # Errors
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) naming the value and the valid ones.
    fn from_str(text: &str) -> Result<Self> {
        Self::ALL.iter().copied().find(|kind| kind.as_str() == text).ok_or_else(|| {
            let valid: Vec<_> = Self::ALL.iter().map(|kind| kind.as_str()).collect();
            Error::invalid(format!(
                "invalid kind argument '{}'; valid ones are: {}",
                text.escape_debug(),
                valid.join(", ")
            ))
        })
    }
}

impl ConnectionKind {
    /// TCP or UDP over IPv4, over IPv6, or UNIX: `(tcp4, udp4, tcp6, udp6, unix)`.
    pub(crate) fn tables(self) -> [bool; 5] {
        let (tcp4, udp4, tcp6, udp6, unix) = match self {
            Self::All => (true, true, true, true, true),
            Self::Tcp => (true, false, true, false, false),
            Self::Tcp4 => (true, false, false, false, false),
            Self::Udp => (false, true, false, true, false),
            Self::Udp4 => (false, true, false, false, false),
            Self::Inet => (true, true, true, true, false),
            Self::Inet4 => (true, true, false, false, false),
            Self::Inet6 => (false, false, true, true, false),
            Self::Tcp6 => (false, false, true, false, false),
            Self::Udp6 => (false, false, false, true, false),
            Self::Unix => (false, false, false, false, true),
        };
        [tcp4, udp4, tcp6, udp6, unix]
    }
}
