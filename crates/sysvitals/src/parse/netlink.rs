use super::ParseError;
use super::text::os_string;
use std::ffi::OsString;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use super::net::{InetRow, UnixRow};

// `linux/netlink.h`
const NLMSG_ERROR: u16 = 2;
const NLMSG_DONE: u16 = 3;
const NLM_F_DUMP_INTR: u16 = 0x10;
/// The two bits above are flags.
const NLA_TYPE_MASK: u16 = 0x3fff;

// `linux/sock_diag.h`, `linux/unix_diag.h`
const TCPDIAG_GETSOCK: u16 = 18;
const SOCK_DIAG_BY_FAMILY: u16 = 20;
const UNIX_DIAG_NAME: u16 = 0;
const UNIX_DIAG_RQLEN: u16 = 4;

// `linux/rtnetlink.h`, `linux/if_link.h`, `linux/if_addr.h`
const RTM_NEWLINK: u16 = 16;
const RTM_NEWADDR: u16 = 20;
const IFLA_ADDRESS: u16 = 1;
const IFLA_BROADCAST: u16 = 2;
const IFLA_IFNAME: u16 = 3;
const IFLA_MTU: u16 = 4;
const IFA_ADDRESS: u16 = 1;
const IFA_LOCAL: u16 = 2;
const IFA_LABEL: u16 = 3;
const IFA_BROADCAST: u16 = 4;

const AF_INET: u8 = 2;
const AF_INET6: u8 = 10;
const TCP_LISTEN: u8 = 10;

/// A message of a netlink answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NetlinkMessage<'a> {
    /// Message type (`nlmsg_type`).
    pub kind: u16,
    /// `nlmsg_flags`
    pub flags: u16,
    /// Number of the request that it answers.
    pub seq: u32,
    /// What follows the header.
    pub body: &'a [u8],
}

/// What a message says of the answer it is part of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NetlinkPart {
    /// Something of the answer; more follows.
    Data,
    /// The answer is complete.
    Done,
    /// The kernel refused, by this error number.
    Failed(i32),
}

impl NetlinkMessage<'_> {
    /// Whether the answer ends here.
    pub fn part(&self) -> NetlinkPart {
        match self.kind {
            NLMSG_ERROR | NLMSG_DONE => match i32_at(self.body, 0) {
                Some(errno) if errno < 0 => NetlinkPart::Failed(errno.saturating_neg()),
                _ => NetlinkPart::Done,
            },
            _ => NetlinkPart::Data,
        }
    }

    /// Whether what is listed changed while the kernel listed it.
    pub fn interrupted(&self) -> bool {
        self.flags & NLM_F_DUMP_INTR != 0
    }
}

/// The messages of a netlink answer.
pub fn netlink_messages(
    bytes: &[u8],
) -> impl Iterator<Item = Result<NetlinkMessage<'_>, ParseError>> {
    let mut rest = bytes;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        match message(rest) {
            Some((message, tail)) => {
                rest = tail;
                Some(Ok(message))
            }
            None => {
                let left = std::mem::take(&mut rest).len();
                Some(Err(ParseError::new(format!("malformed netlink message, {left} bytes left"))))
            }
        }
    })
}

/// `struct nlmsghdr` and what it is the header of.
fn message(bytes: &[u8]) -> Option<(NetlinkMessage<'_>, &[u8])> {
    const HEADER: usize = 16;
    let len = usize::try_from(u32_at(bytes, 0)?).ok()?;
    let body = bytes.get(HEADER..len)?;
    let message = NetlinkMessage {
        kind: u16_at(bytes, 4)?,
        flags: u16_at(bytes, 6)?,
        seq: u32_at(bytes, 8)?,
        body,
    };
    Some((message, after(bytes, len)))
}

/// The attributes of a message; the last is an error where the bytes are no attribute.
fn attributes(bytes: &[u8]) -> impl Iterator<Item = Result<(u16, &[u8]), ParseError>> {
    const HEADER: usize = 4;
    let mut rest = bytes;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let attribute = u16_at(rest, 0).and_then(|len| {
            let len = usize::from(len);
            Some((u16_at(rest, 2)? & NLA_TYPE_MASK, rest.get(HEADER..len)?, after(rest, len)))
        });
        match attribute {
            Some((kind, value, tail)) => {
                rest = tail;
                Some(Ok((kind, value)))
            }
            None => {
                rest = &[];
                Some(Err(ParseError::new("malformed netlink attribute")))
            }
        }
    })
}

/// What follows `len` bytes, which are padded to four.
fn after(bytes: &[u8], len: usize) -> &[u8] {
    bytes.get(len.next_multiple_of(4)..).unwrap_or_default()
}

// Attributes lie at multiples of four, and a buffer anywhere: numbers are copied out.
fn array_at<const N: usize>(bytes: &[u8], at: usize) -> Option<[u8; N]> {
    bytes.get(at..)?.first_chunk().copied()
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    array_at(bytes, at).map(u16::from_ne_bytes)
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    array_at(bytes, at).map(u32::from_ne_bytes)
}

fn i32_at(bytes: &[u8], at: usize) -> Option<i32> {
    array_at(bytes, at).map(i32::from_ne_bytes)
}

/// Calls `each` with the bodies of the messages of some types.
fn bodies<'a>(
    bytes: &'a [u8],
    kinds: &[u16],
    what: &'static str,
    mut each: impl FnMut(&'a [u8]) -> Result<Option<()>, ParseError>,
) -> Result<(), ParseError> {
    for message in netlink_messages(bytes) {
        let message = message?;
        if kinds.contains(&message.kind) && each(message.body)?.is_none() {
            return Err(ParseError::new(what));
        }
    }
    Ok(())
}

/// Reads a dump of `inet_diag` (`struct inet_diag_msg`), one call of `each` a socket, which tells
/// whether it is one of IPv6.
pub fn inet_diag(bytes: &[u8], mut each: impl FnMut(bool, InetRow)) -> Result<(), ParseError> {
    let kinds = [SOCK_DIAG_BY_FAMILY, TCPDIAG_GETSOCK];
    bodies(bytes, &kinds, "malformed inet_diag_msg", |body| {
        Ok(inet_row(body).map(|(v6, row)| each(v6, row)))
    })
}

fn inet_row(body: &[u8]) -> Option<(bool, InetRow)> {
    let [family, state] = array_at(body, 0)?;
    // Ports and addresses are in network order.
    let end = |port, addr| {
        let port = array_at(body, port).map(u16::from_be_bytes)?;
        let ip = match family {
            AF_INET => IpAddr::from(array_at::<4>(body, addr)?),
            AF_INET6 => IpAddr::from(array_at::<16>(body, addr)?),
            _ => return None,
        };
        Some((port != 0).then(|| SocketAddr::new(ip, port)))
    };
    let inode = u32_at(body, 68)?.into();
    Some((family == AF_INET6, InetRow { local: end(4, 8)?, remote: end(6, 24)?, state, inode }))
}

/// Reads a dump of `unix_diag` (`struct unix_diag_msg`), one call of `each` a socket.
///
/// The sockets that wait to be accepted have no inode, and `unix_diag` tells only how many a listening
/// socket has; each is a row of its own, with the address of that socket, as in `/proc/net/unix`.
pub fn unix_diag(bytes: &[u8], mut each: impl FnMut(UnixRow)) -> Result<(), ParseError> {
    bodies(bytes, &[SOCK_DIAG_BY_FAMILY], "malformed unix_diag_msg", |body| {
        let (Some([_family, kind, state]), Some(inode)) = (array_at(body, 0), u32_at(body, 4))
        else {
            return Ok(None);
        };
        let mut path = Vec::new();
        let mut waiting = 0;
        for attribute in attributes(body.get(16..).unwrap_or_default()) {
            match attribute? {
                (UNIX_DIAG_NAME, name) => path = unix_name(name),
                (UNIX_DIAG_RQLEN, lengths) if state == TCP_LISTEN => {
                    // A limit that no backlog reaches, since a false number would fill the memory.
                    waiting = u32_at(lengths, 0).unwrap_or_default().min(u16::MAX.into());
                }
                _ => {}
            }
        }
        for _ in 0..waiting {
            each(UnixRow { kind: kind.into(), inode: 0, path: path.clone() });
        }
        each(UnixRow { kind: kind.into(), inode: inode.into(), path });
        Ok(Some(()))
    })
}

/// A name as `/proc/net/unix` has it: `@` for every NUL of an abstract one, and none at the end of a
/// path.
fn unix_name(name: &[u8]) -> Vec<u8> {
    let name = match name {
        [0, ..] => name,
        [path @ .., 0] => path,
        _ => name,
    };
    name.iter().map(|&b| if b == 0 { b'@' } else { b }).collect()
}

/// A network interface, of an `RTM_NEWLINK`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Link {
    /// Number of the interface.
    pub index: u32,
    /// `IFF_*`
    pub flags: u32,
    /// Its name.
    pub name: OsString,
    /// Hardware address, where it has one.
    pub address: Option<Vec<u8>>,
    /// Hardware broadcast address.
    pub broadcast: Option<Vec<u8>>,
    /// Largest packet, bytes.
    pub mtu: u32,
}

/// Reads the answer to `RTM_GETLINK`, one call of `each` an interface.
pub fn netlink_links(bytes: &[u8], mut each: impl FnMut(Link)) -> Result<(), ParseError> {
    bodies(bytes, &[RTM_NEWLINK], "malformed ifinfomsg", |body| {
        let (Some(index), Some(flags), Some(rest)) =
            (u32_at(body, 4), u32_at(body, 8), body.get(16..))
        else {
            return Ok(None);
        };
        let mut link = Link { index, flags, ..Link::default() };
        for attribute in attributes(rest) {
            match attribute? {
                (IFLA_ADDRESS, address) => link.address = Some(address.to_vec()),
                (IFLA_BROADCAST, address) => link.broadcast = Some(address.to_vec()),
                (IFLA_IFNAME, name) => link.name = os_string(until_nul(name)),
                (IFLA_MTU, mtu) => match u32_at(mtu, 0) {
                    Some(mtu) => link.mtu = mtu,
                    None => return Ok(None),
                },
                _ => {}
            }
        }
        each(link);
        Ok(Some(()))
    })
}

/// An IP address of an interface, of an `RTM_NEWADDR`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LinkAddress {
    /// Number of the interface.
    pub index: u32,
    /// Bits of the network mask.
    pub prefix: u8,
    /// `IFA_ADDRESS`: the other end of a point-to-point link, otherwise the address itself.
    pub address: Option<IpAddr>,
    /// `IFA_LOCAL`: the address, where it is not in `address` alone.
    pub local: Option<IpAddr>,
    /// `IFA_BROADCAST`
    pub broadcast: Option<IpAddr>,
    /// `IFA_LABEL`: the name of an alias (`eth0:1`), otherwise the interface's.
    pub label: Option<OsString>,
}

/// Reads the answer to `RTM_GETADDR`, one call of `each` an IPv4 or IPv6 address.
pub fn netlink_addresses(
    bytes: &[u8],
    mut each: impl FnMut(LinkAddress),
) -> Result<(), ParseError> {
    bodies(bytes, &[RTM_NEWADDR], "malformed ifaddrmsg", |body| {
        let (Some([family, prefix]), Some(index), Some(rest)) =
            (array_at(body, 0), u32_at(body, 4), body.get(8..))
        else {
            return Ok(None);
        };
        if !matches!(family, AF_INET | AF_INET6) {
            return Ok(Some(()));
        }
        let mut row =
            LinkAddress { index, prefix, address: None, local: None, broadcast: None, label: None };
        for attribute in attributes(rest) {
            let (kind, value) = attribute?;
            let field = match kind {
                IFA_ADDRESS => &mut row.address,
                IFA_LOCAL => &mut row.local,
                IFA_BROADCAST => &mut row.broadcast,
                IFA_LABEL => {
                    row.label = Some(os_string(until_nul(value)));
                    continue;
                }
                _ => continue,
            };
            let ip = match family {
                AF_INET => array_at(value, 0).map(Ipv4Addr::from).map(IpAddr::V4),
                _ => array_at::<16>(value, 0).map(Ipv6Addr::from).map(IpAddr::V6),
            };
            if ip.is_none() {
                return Ok(None);
            }
            *field = ip;
        }
        each(row);
        Ok(Some(()))
    })
}

fn until_nul(text: &[u8]) -> &[u8] {
    text.split(|&b| b == 0).next().unwrap_or_default()
}
