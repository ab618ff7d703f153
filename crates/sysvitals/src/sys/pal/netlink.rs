//! Netlink and `ethtool`: what the kernel tells of sockets and interfaces.
#![allow(unsafe_code)]

use std::os::fd::{AsRawFd, OwnedFd};

use rustix::buffer::spare_capacity;
use rustix::io::{Errno, retry_on_intr};
use rustix::net::{AddressFamily, Protocol, RecvFlags, SendFlags, SocketFlags, SocketType};

use super::linux::SysResult;
use crate::parse::{self, NetlinkPart};

/// What is asked of the kernel.
pub(crate) enum Request<'a> {
    /// `SOCK_DIAG_BY_FAMILY` of `NETLINK_SOCK_DIAG`.
    Sockets(&'a [u8]),
    /// `TCPDIAG_GETSOCK` of `NETLINK_SOCK_DIAG`.
    TcpSockets(&'a [u8]),
    /// `RTM_GETLINK` of `NETLINK_ROUTE`.
    Links,
    /// `RTM_GETADDR` of `NETLINK_ROUTE`.
    Addresses,
}

/// Fills `answer` with the messages of a dump.
///
/// Where what is listed changed meanwhile, the kernel is asked again, a few times: on a host where it
/// never rests, the last answer is as good as any.
pub(crate) fn dump(request: &Request<'_>, answer: &mut Vec<u8>) -> SysResult<()> {
    // The kernel fills at most 32 KiB at a time, unless one message alone is larger.
    let mut room = 64 * 1024;
    for _ in 0..8 {
        match dump_once(request, answer, room)? {
            Dump::Complete => return Ok(()),
            Dump::Interrupted => {}
            Dump::Truncated(len) => room = len,
        }
    }
    // The last answer is without an end only if it was truncated at every turn.
    if answer.is_empty() { Err(Errno::MSGSIZE) } else { Ok(()) }
}

enum Dump {
    Complete,
    Interrupted,
    /// A datagram had this length, and is lost.
    Truncated(usize),
}

fn dump_once(request: &Request<'_>, answer: &mut Vec<u8>, room: usize) -> SysResult<Dump> {
    const SEQ: u32 = 1;
    const TCPDIAG_GETSOCK: u16 = 18;
    const SOCK_DIAG_BY_FAMILY: u16 = 20;
    let sock_diag = Some(rustix::net::netlink::SOCK_DIAG);
    let (protocol, message) = match request {
        Request::Sockets(body) => (sock_diag, message(SOCK_DIAG_BY_FAMILY, SEQ, body)),
        Request::TcpSockets(body) => (sock_diag, message(TCPDIAG_GETSOCK, SEQ, body)),
        // An `ifinfomsg` and an `ifaddrmsg` of zeros: every family, every interface.
        Request::Links => (None, message(libc::RTM_GETLINK, SEQ, &[0; 16])),
        Request::Addresses => (None, message(libc::RTM_GETADDR, SEQ, &[0; 8])),
    };
    let socket = socket(AddressFamily::NETLINK, SocketType::RAW, protocol)?;
    retry_on_intr(|| rustix::net::send(&socket, &message, SendFlags::empty()))?;
    answer.clear();
    let mut interrupted = false;
    loop {
        if answer.spare_capacity_mut().len() < room {
            answer.reserve(room.max(answer.capacity()));
        }
        let start = answer.len();
        let (len, whole) =
            retry_on_intr(|| rustix::net::recv(&socket, spare_capacity(answer), RecvFlags::TRUNC))?;
        if whole > len {
            answer.clear();
            return Ok(Dump::Truncated(whole));
        }
        for message in parse::netlink_messages(answer.get(start..).unwrap_or_default()) {
            let message = message.map_err(|_| Errno::BADMSG)?;
            if message.seq != SEQ {
                continue;
            }
            interrupted |= message.interrupted();
            match message.part() {
                NetlinkPart::Data => {}
                NetlinkPart::Failed(errno) => return Err(Errno::from_raw_os_error(errno)),
                NetlinkPart::Done if interrupted => return Ok(Dump::Interrupted),
                NetlinkPart::Done => return Ok(Dump::Complete),
            }
        }
    }
}

/// A request for a dump: `struct nlmsghdr` and a body.
fn message(kind: u16, seq: u32, body: &[u8]) -> Vec<u8> {
    const HEADER: usize = 16;
    let flags = (libc::NLM_F_REQUEST | libc::NLM_F_DUMP) as u16;
    let mut bytes = Vec::with_capacity(HEADER + body.len());
    bytes.extend(((HEADER + body.len()) as u32).to_ne_bytes());
    bytes.extend(kind.to_ne_bytes());
    bytes.extend(flags.to_ne_bytes());
    bytes.extend(seq.to_ne_bytes());
    // Our port, which the kernel knows.
    bytes.extend(0u32.to_ne_bytes());
    bytes.extend(body);
    bytes
}

fn socket(
    family: AddressFamily,
    kind: SocketType,
    protocol: Option<Protocol>,
) -> SysResult<OwnedFd> {
    rustix::net::socket_with(family, kind, SocketFlags::CLOEXEC, protocol)
}

/// Any socket: interfaces are asked through one, whatever its family.
pub(crate) fn interface_socket() -> SysResult<OwnedFd> {
    let any = |family| socket(family, SocketType::DGRAM, None);
    any(AddressFamily::INET)
        .or_else(|_| any(AddressFamily::INET6))
        .or_else(|_| any(AddressFamily::UNIX))
}

/// Speed, Mbit/s (all ones where it is not known), and duplex (0 half, 1 full) of an interface.
pub(crate) fn link_settings(socket: &OwnedFd, name: &[u8]) -> SysResult<(u32, u8)> {
    match new_link_settings(socket, name) {
        // Before Linux 4.6.
        Err(Errno::OPNOTSUPP) => old_link_settings(socket, name),
        other => other,
    }
}

/// `ETHTOOL_GLINKSETTINGS`: `struct ethtool_link_settings` ends in masks, whose length the kernel
/// answers, negated, to a request with none.
fn new_link_settings(socket: &OwnedFd, name: &[u8]) -> SysResult<(u32, u8)> {
    const ETHTOOL_GLINKSETTINGS: u32 = 0x4c;
    const HEAD: usize = 12;
    // Three masks of at most `i8::MAX` words.
    let mut settings = [0u32; HEAD + 3 * 127];
    settings[0] = ETHTOOL_GLINKSETTINGS;
    ethtool(socket, name, &mut settings)?;
    let [.., words] = settings[3].to_ne_bytes();
    if words.cast_signed() >= 0 {
        return Err(Errno::OPNOTSUPP);
    }
    let words = words.wrapping_neg().min(127);
    settings = [0; HEAD + 3 * 127];
    settings[0] = ETHTOOL_GLINKSETTINGS;
    settings[3] = u32::from_ne_bytes([0, 0, 0, words]);
    ethtool(socket, name, &mut settings)?;
    let [duplex, ..] = settings[2].to_ne_bytes();
    Ok((settings[1], duplex))
}

/// `ETHTOOL_GSET`: `struct ethtool_cmd`, with the speed in two halves.
fn old_link_settings(socket: &OwnedFd, name: &[u8]) -> SysResult<(u32, u8)> {
    const ETHTOOL_GSET: u32 = 1;
    let mut settings = [0u32; 11];
    settings[0] = ETHTOOL_GSET;
    ethtool(socket, name, &mut settings)?;
    let [low0, low1, duplex, _port] = settings[3].to_ne_bytes();
    let [high0, high1, ..] = settings[7].to_ne_bytes();
    let half = |bytes| u32::from(u16::from_ne_bytes(bytes));
    Ok((half([high0, high1]) << 16 | half([low0, low1]), duplex))
}

/// `SIOCETHTOOL`; the command is the first number of `settings`.
fn ethtool<const N: usize>(
    socket: &OwnedFd,
    name: &[u8],
    settings: &mut [u32; N],
) -> SysResult<()> {
    const SIOCETHTOOL: libc::c_ulong = 0x8946;
    let mut request = libc::ifreq {
        ifr_name: [0; libc::IFNAMSIZ],
        ifr_ifru: libc::__c_anonymous_ifr_ifru { ifru_data: settings.as_mut_ptr().cast() },
    };
    // The last byte stays the NUL.
    for (to, from) in request.ifr_name.iter_mut().take(libc::IFNAMSIZ - 1).zip(name) {
        *to = *from as libc::c_char;
    }
    // SAFETY: `request` is live, and points to the structure of the command, which both callers make
    // as long as the kernel may fill it.
    let result = unsafe { libc::ioctl(socket.as_raw_fd(), SIOCETHTOOL as _, &raw mut request) };
    if result < 0 {
        let errno = std::io::Error::last_os_error().raw_os_error().unwrap_or(libc::EINVAL);
        return Err(Errno::from_raw_os_error(errno));
    }
    Ok(())
}
