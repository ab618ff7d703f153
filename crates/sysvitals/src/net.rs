//! Sockets: the types that [`Process::net_connections`](crate::Process::net_connections) answers with.

use std::ffi::OsString;
use std::fmt;
use std::net::SocketAddr;
use std::str::FromStr;

use crate::error::{Error, Result};
use crate::record::record;

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

/// Address family of a socket, by the kernel's number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AddressFamily {
    /// `AF_UNIX`
    Unix,
    /// `AF_INET`
    Inet,
    /// `AF_INET6`
    Inet6,
}

impl AddressFamily {
    /// The C name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Unix => "AF_UNIX",
            Self::Inet => "AF_INET",
            Self::Inet6 => "AF_INET6",
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
