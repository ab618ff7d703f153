use std::collections::HashMap;
use std::ffi::OsString;
use std::fmt::Write;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::os::unix::ffi::OsStrExt;

use rustix::io::Errno;

use crate::error::{Error, Result};
use crate::net::{AddressFamily, NicAddress, NicDuplex, NicStats};
use crate::parse::{self, Link, LinkAddress, ParseError};
use crate::sys::pal::netlink::{self, Request};

const IFF_BROADCAST: u32 = libc::IFF_BROADCAST as u32;
const IFF_POINTOPOINT: u32 = libc::IFF_POINTOPOINT as u32;
const IFF_RUNNING: u32 = libc::IFF_RUNNING as u32;

pub(crate) fn if_addrs() -> Result<Vec<(OsString, Vec<NicAddress>)>> {
    let links = links()?;
    let by_index: HashMap<_, _> = links.iter().map(|link| (link.index, link)).collect();
    let mut rows: Vec<(OsString, NicAddress)> = Vec::new();
    for address in addresses()? {
        // An interface that came between the two answers.
        let Some(link) = by_index.get(&address.index) else { continue };
        let row = ip_row(link, &address);
        rows.push((address.label.unwrap_or_else(|| link.name.clone()), row));
    }
    for link in &links {
        rows.push((link.name.clone(), link_row(link)));
    }
    // Among IPv4, IPv6 and hardware addresses the kernel's order stays.
    rows.sort_by_key(|(_, row)| row.family);
    let mut nics: Vec<(OsString, Vec<NicAddress>)> = Vec::new();
    let mut places = HashMap::new();
    for (name, row) in rows {
        let place = *places.entry(name.clone()).or_insert(nics.len());
        match nics.get_mut(place) {
            Some((_, rows)) => rows.push(row),
            None => nics.push((name, vec![row])),
        }
    }
    Ok(nics)
}

fn links() -> Result<Vec<Link>> {
    let mut links = Vec::new();
    answer(&Request::Links, |bytes| parse::netlink_links(bytes, |link| links.push(link)))?;
    Ok(links)
}

fn addresses() -> Result<Vec<LinkAddress>> {
    let mut rows = Vec::new();
    answer(&Request::Addresses, |bytes| parse::netlink_addresses(bytes, |row| rows.push(row)))?;
    Ok(rows)
}

fn answer(
    request: &Request<'_>,
    parse: impl FnOnce(&[u8]) -> Result<(), ParseError>,
) -> Result<()> {
    let mut bytes = Vec::new();
    netlink::dump(request, &mut bytes).map_err(|errno| Error::os(errno.into()))?;
    parse(&bytes).map_err(|error| Error::parse(error, "rtnetlink"))
}

/// The broadcast address and the other end, as `getifaddrs(3)` has them: one field, which the flags
/// of the interface tell apart.
fn other_end(flags: u32, other: Option<String>) -> (Option<String>, Option<String>) {
    if flags & IFF_BROADCAST != 0 {
        (other, None)
    } else if flags & IFF_POINTOPOINT != 0 {
        (None, other)
    } else {
        (None, None)
    }
}

fn ip_row(link: &Link, row: &LinkAddress) -> NicAddress {
    let (address, peer) = match row.local {
        Some(local) => (Some(local), row.address),
        None => (row.address, None),
    };
    let family = match address {
        None => AddressFamily::Unspec,
        Some(IpAddr::V4(_)) => AddressFamily::Inet,
        Some(IpAddr::V6(_)) => AddressFamily::Inet6,
    };
    let text = |ip| ip_text(ip, link);
    let (mut broadcast, ptp) = other_end(link.flags, row.broadcast.or(peer).map(text));
    // A network of one has nobody to broadcast to.
    if family == AddressFamily::Inet && row.prefix >= 32 {
        broadcast = None;
    }
    NicAddress {
        family,
        address: address.map(text),
        netmask: address.map(|ip| netmask(ip, row.prefix)),
        broadcast,
        ptp,
    }
}

/// As getnameinfo(3) writes it, with the interface's name after a link-local IPv6 address.
fn ip_text(ip: IpAddr, link: &Link) -> String {
    match ip {
        IpAddr::V4(ip) => ip.to_string(),
        IpAddr::V6(ip) if is_link_local(ip) => {
            format!("{}%{}", ipv6_text(ip), link.name.to_string_lossy())
        }
        IpAddr::V6(ip) => ipv6_text(ip),
    }
}

fn is_link_local(ip: Ipv6Addr) -> bool {
    ip.is_unicast_link_local() || ip.segments()[0] & 0xff0f == 0xff02
}

/// inet_ntop(3) writes the last four bytes of `::a.b.c.d` as IPv4, and `std` does not.
fn ipv6_text(ip: Ipv6Addr) -> String {
    match ip.segments() {
        [0, 0, 0, 0, 0, 0, high, low] if high != 0 => {
            format!("::{}", Ipv4Addr::from(u32::from(high) << 16 | u32::from(low)))
        }
        _ => ip.to_string(),
    }
}

fn netmask(ip: IpAddr, prefix: u8) -> String {
    let ones = |bits: u32| bits.saturating_sub(prefix.into());
    match ip {
        IpAddr::V4(_) => {
            Ipv4Addr::from(u32::MAX.checked_shl(ones(32)).unwrap_or_default()).to_string()
        }
        IpAddr::V6(_) => {
            ipv6_text(Ipv6Addr::from(u128::MAX.checked_shl(ones(128)).unwrap_or_default()))
        }
    }
}

fn link_row(link: &Link) -> NicAddress {
    let Some(address) = &link.address else {
        return NicAddress {
            family: AddressFamily::Unspec,
            address: None,
            netmask: None,
            broadcast: None,
            ptp: None,
        };
    };
    let (broadcast, ptp) = other_end(link.flags, link.broadcast.as_deref().map(mac));
    NicAddress {
        family: AddressFamily::Packet,
        address: Some(mac(address)),
        netmask: None,
        broadcast,
        ptp,
    }
}

/// A hardware address, filled up to the six bytes of Ethernet's.
fn mac(bytes: &[u8]) -> String {
    const ETHERNET: usize = 6;
    let mut text = String::new();
    let fill = ETHERNET.saturating_sub(bytes.len());
    for byte in bytes.iter().copied().chain(std::iter::repeat_n(0, fill)) {
        let colon = if text.is_empty() { "" } else { ":" };
        let _ = write!(text, "{colon}{byte:02x}");
    }
    text
}

pub(crate) fn if_stats() -> Result<Vec<(OsString, NicStats)>> {
    let links = links()?;
    let socket = netlink::interface_socket().map_err(|errno| Error::os(errno.into()))?;
    let mut nics = Vec::with_capacity(links.len());
    for link in links {
        let (speed, duplex) = match netlink::link_settings(&socket, link.name.as_bytes()) {
            Ok(settings) => settings,
            // No Ethernet, asleep, gone since, or not for us to ask.
            Err(Errno::OPNOTSUPP | Errno::INVAL | Errno::BUSY | Errno::NODEV | Errno::PERM) => {
                (0, u8::MAX)
            }
            Err(errno) => return Err(Error::os(errno.into())),
        };
        let stats = NicStats {
            isup: link.flags & IFF_RUNNING != 0,
            duplex: match duplex {
                0 => NicDuplex::Half,
                1 => NicDuplex::Full,
                _ => NicDuplex::Unknown,
            },
            speed: if speed > i32::MAX.cast_unsigned() { 0 } else { speed },
            mtu: link.mtu,
            flags: flags(link.flags),
        };
        nics.push((link.name, stats));
    }
    Ok(nics)
}

fn flags(flags: u32) -> String {
    let names = [
        (libc::IFF_UP, "up"),
        (libc::IFF_BROADCAST, "broadcast"),
        (libc::IFF_DEBUG, "debug"),
        (libc::IFF_LOOPBACK, "loopback"),
        (libc::IFF_POINTOPOINT, "pointopoint"),
        (libc::IFF_NOTRAILERS, "notrailers"),
        (libc::IFF_RUNNING, "running"),
        (libc::IFF_NOARP, "noarp"),
        (libc::IFF_PROMISC, "promisc"),
        (libc::IFF_ALLMULTI, "allmulti"),
        (libc::IFF_MASTER, "master"),
        (libc::IFF_SLAVE, "slave"),
        (libc::IFF_MULTICAST, "multicast"),
        (libc::IFF_PORTSEL, "portsel"),
        (libc::IFF_AUTOMEDIA, "automedia"),
        (libc::IFF_DYNAMIC, "dynamic"),
    ];
    let set: Vec<_> =
        names.iter().filter_map(|&(bit, name)| (flags & bit as u32 != 0).then_some(name)).collect();
    set.join(",")
}
