//! The parsers of netlink answers: captured ones, broken ones, and any bytes at all.
#![cfg(test)]
#![allow(missing_docs, clippy::unwrap_used)]

use std::ffi::OsString;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use proptest::collection::vec;
use proptest::prelude::*;
use sysvitals::parse::{self, InetRow, Link, LinkAddress, NetlinkPart, UnixRow};

const NEWLINK: u16 = 16;
const SOCK_DIAG: u16 = 20;
const NEWADDR: u16 = 20;

fn inet(bytes: &[u8]) -> Result<Vec<InetRow>, parse::ParseError> {
    let mut rows = Vec::new();
    parse::inet_diag(bytes, |v6, row| {
        assert!(row.local.is_none_or(|local| local.is_ipv6() == v6));
        rows.push(row);
    })
    .map(|()| rows)
}

fn unix(bytes: &[u8]) -> Result<Vec<UnixRow>, parse::ParseError> {
    let mut rows = Vec::new();
    parse::unix_diag(bytes, |row| rows.push(row)).map(|()| rows)
}

fn links(bytes: &[u8]) -> Result<Vec<Link>, parse::ParseError> {
    let mut rows = Vec::new();
    parse::netlink_links(bytes, |row| rows.push(row)).map(|()| rows)
}

fn addresses(bytes: &[u8]) -> Result<Vec<LinkAddress>, parse::ParseError> {
    let mut rows = Vec::new();
    parse::netlink_addresses(bytes, |row| rows.push(row)).map(|()| rows)
}

fn padded(mut bytes: Vec<u8>) -> Vec<u8> {
    bytes.resize(bytes.len().next_multiple_of(4), 0);
    bytes
}

fn message(kind: u16, body: &[u8]) -> Vec<u8> {
    let mut bytes = (16 + body.len() as u32).to_ne_bytes().to_vec();
    bytes.extend(kind.to_ne_bytes());
    bytes.extend(2u16.to_ne_bytes());
    bytes.extend([7, 0].map(u32::to_ne_bytes).concat());
    bytes.extend(body);
    padded(bytes)
}

fn attribute(kind: u16, value: &[u8]) -> Vec<u8> {
    let mut bytes = (4 + value.len() as u16).to_ne_bytes().to_vec();
    bytes.extend(kind.to_ne_bytes());
    bytes.extend(value);
    padded(bytes)
}

fn inet_message(family: u8, state: u8, ports: [u16; 2], local: &[u8], inode: u32) -> Vec<u8> {
    let mut body = vec![family, state, 0, 0];
    body.extend(ports.map(u16::to_be_bytes).concat());
    body.extend(local);
    body.resize(68, 0);
    body.extend(inode.to_ne_bytes());
    message(SOCK_DIAG, &body)
}

fn unix_message(kind: u8, state: u8, inode: u32, attributes: &[u8]) -> Vec<u8> {
    let mut body = vec![1, kind, state, 0];
    body.extend([inode, 1, 2].map(u32::to_ne_bytes).concat());
    body.extend(attributes);
    message(SOCK_DIAG, &body)
}

#[cfg(target_endian = "little")]
mod captured {
    use super::*;

    fn sample(name: &str) -> Vec<u8> {
        let samples = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/samples/6.18");
        std::fs::read(samples.join(name)).unwrap()
    }

    #[test]
    fn sockets() {
        let rows = inet(&sample("netlink_inet_diag")).unwrap();
        let told: Vec<_> = rows
            .iter()
            .map(|row| (row.local.map(|a| a.to_string()), row.remote.map(|a| a.port()), row.state))
            .collect();
        let some = |text: &str| Some(text.to_owned());
        assert_eq!(
            told,
            [
                (some("127.0.0.1:50001"), Some(8080), 1),
                (some("[::]:8080"), None, 10),
                (some("[::ffff:127.0.0.1]:8080"), Some(50001), 1),
                (some("127.0.0.1:5353"), None, 7),
            ]
        );
        assert!(rows.iter().all(|row| row.inode > 0));

        let mut rows = unix(&sample("netlink_unix_diag")).unwrap();
        rows.sort_by_key(|row| (row.path.clone(), row.inode > 0));
        let told: Vec<_> =
            rows.iter().map(|row| (row.kind, &row.path[..], row.inode > 0)).collect();
        assert_eq!(
            told,
            [
                (1, &b""[..], true),
                (1, b"/tmp/a socket", false),
                (1, b"/tmp/a socket", true),
                (5, b"@sysvitals@x", true),
            ]
        );
    }

    #[test]
    fn interfaces() {
        let links = links(&sample("netlink_link")).unwrap();
        let find = |name: &str| links.iter().find(|link| link.name == name).unwrap();
        let veth = find("sv0");
        assert_eq!(veth.address.as_deref(), Some(&[2, 0, 0, 0, 0, 1][..]));
        assert_eq!(veth.broadcast.as_deref(), Some(&[0xff; 6][..]));
        assert_eq!((veth.mtu, veth.flags & 0xffff), (1500, 0x1043));
        assert_eq!((find("lo").mtu, find("lo").address.as_deref()), (65536, Some(&[0; 6][..])));
        let tun = find("tun0");
        assert_eq!((&tun.address, &tun.broadcast, tun.mtu), (&None, &None, 1500));

        let rows = addresses(&sample("netlink_addr")).unwrap();
        let ip = |text: &str| Some(text.parse::<IpAddr>().unwrap());
        let find = |address| rows.iter().find(|row| row.local.or(row.address) == address).unwrap();
        assert_eq!(
            find(ip("10.0.0.1")),
            &LinkAddress {
                index: veth.index,
                prefix: 24,
                address: ip("10.0.0.1"),
                local: ip("10.0.0.1"),
                broadcast: ip("10.0.0.255"),
                label: Some("sv0:1".into()),
            }
        );
        let point = find(ip("10.1.1.1"));
        assert_eq!((point.index, point.address, point.prefix), (tun.index, ip("10.1.1.2"), 32));
        let six = find(ip("fd00::5"));
        assert_eq!((six.local, six.prefix, &six.label), (None, 64, &None));
    }
}

#[test]
fn ends_of_answers() {
    let part = |kind, body: &[u8]| {
        let bytes = message(kind, body);
        let mut messages = parse::netlink_messages(&bytes);
        let message = messages.next().unwrap().unwrap();
        assert!(messages.next().is_none());
        assert_eq!((message.seq, message.interrupted()), (7, false));
        message.part()
    };
    assert_eq!(part(3, &0i32.to_ne_bytes()), NetlinkPart::Done);
    assert_eq!(part(3, &[]), NetlinkPart::Done);
    assert_eq!(part(3, &(-2i32).to_ne_bytes()), NetlinkPart::Failed(2));
    assert_eq!(part(2, &(-95i32).to_ne_bytes()), NetlinkPart::Failed(95));
    assert_eq!(part(2, &i32::MIN.to_ne_bytes()), NetlinkPart::Failed(i32::MAX));
    assert_eq!(part(2, &0i32.to_ne_bytes()), NetlinkPart::Done);
    assert_eq!(part(SOCK_DIAG, &[]), NetlinkPart::Data);

    let mut bytes = message(SOCK_DIAG, &[]);
    bytes[6..8].copy_from_slice(&0x12u16.to_ne_bytes());
    assert!(parse::netlink_messages(&bytes).next().unwrap().unwrap().interrupted());
}

#[test]
fn lengths_that_lie() {
    for len in [0u32, 1, 15, 17, 21, u32::MAX] {
        let mut bytes = message(SOCK_DIAG, &[0; 4]);
        bytes[..4].copy_from_slice(&len.to_ne_bytes());
        let whole = parse::netlink_messages(&bytes).all(|message| message.is_ok());
        // 17 is a message of one byte, with nothing but padding after it.
        assert_eq!(whole, len == 17, "{len}");
    }
    let short = message(SOCK_DIAG, &[2; 71]);
    assert_eq!(inet(&short).unwrap_err().to_string(), "malformed inet_diag_msg");
    let family = inet_message(7, 1, [1, 2], &[], 3);
    assert_eq!(inet(&family).unwrap_err().to_string(), "malformed inet_diag_msg");
    let short = message(SOCK_DIAG, &[1; 7]);
    assert_eq!(unix(&short).unwrap_err().to_string(), "malformed unix_diag_msg");
    for len in [0u16, 3, 9, u16::MAX] {
        let mut lying = attribute(0, b"name");
        lying[..2].copy_from_slice(&len.to_ne_bytes());
        let bytes = unix_message(1, 1, 9, &lying);
        assert_eq!(unix(&bytes).unwrap_err().to_string(), "malformed netlink attribute", "{len}");
    }
    let short = message(NEWLINK, &[0; 15]);
    assert_eq!(links(&short).unwrap_err().to_string(), "malformed ifinfomsg");
    let mtu = message(NEWLINK, &[vec![0; 16], attribute(4, &[1, 2])].concat());
    assert_eq!(links(&mtu).unwrap_err().to_string(), "malformed ifinfomsg");
    let short = [vec![2, 24, 0, 0, 1, 0, 0, 0], attribute(2, &[127, 0, 0])].concat();
    let error = addresses(&message(NEWADDR, &short)).unwrap_err();
    assert_eq!(error.to_string(), "malformed ifaddrmsg");
    // Of another family: none of ours.
    assert_eq!(addresses(&message(NEWADDR, &[7; 8])).unwrap(), []);
    assert_eq!(inet(&[]).unwrap(), []);
    // What a longer answer has besides is passed over.
    assert_eq!(inet(&message(99, &[1, 2, 3])).unwrap(), []);
}

#[test]
fn unix_names() {
    let read = |name: &[u8]| {
        let rows = unix(&unix_message(1, 1, 9, &attribute(0, name))).unwrap();
        assert_eq!(rows.len(), 1);
        String::from_utf8(rows[0].path.clone()).unwrap()
    };
    assert_eq!(read(b""), "");
    assert_eq!(read(b"/a b \0"), "/a b ");
    assert_eq!(read(b"/a"), "/a");
    assert_eq!(read(b"\0"), "@");
    assert_eq!(read(b"\0a\0b\0"), "@a@b@");
}

#[test]
fn sockets_that_wait_to_be_accepted() {
    let lengths = [2u32, 128].map(u32::to_ne_bytes).concat();
    let attributes = [attribute(0, b"/s\0"), attribute(4, &lengths)].concat();
    let inodes = |state| {
        let rows = unix(&unix_message(5, state, 9, &attributes)).unwrap();
        assert!(rows.iter().all(|row| (row.kind, &row.path[..]) == (5, &b"/s"[..])));
        rows.iter().map(|row| row.inode).collect::<Vec<_>>()
    };
    assert_eq!(inodes(10), [0, 0, 9]);
    // Where it does not listen, the lengths are those of its data.
    assert_eq!(inodes(1), [9]);
}

fn pieces() -> impl Strategy<Value = Vec<u8>> {
    let body = vec(any::<u8>(), 0..90);
    let attributes = vec((0u16..8, vec(any::<u8>(), 0..20)), 0..5).prop_map(|list| {
        list.iter().map(|(kind, value)| attribute(*kind, value)).collect::<Vec<_>>().concat()
    });
    let head = prop::sample::select(vec![8usize, 16, 72]);
    prop_oneof![
        vec(any::<u8>(), 0..40),
        (prop::sample::select(vec![2u16, 3, NEWLINK, SOCK_DIAG]), body)
            .prop_map(|(kind, body)| message(kind, &body)),
        (prop::sample::select(vec![NEWLINK, SOCK_DIAG]), head, attributes, any::<u8>()).prop_map(
            |(kind, head, attributes, fill)| {
                message(kind, &[vec![fill % 12; head], attributes].concat())
            }
        ),
    ]
}

proptest! {
    #[test]
    fn any_bytes(pieces in vec(pieces(), 0..6), skip in 0usize..4) {
        let bytes = pieces.concat();
        // Off any alignment too.
        let bytes = bytes.get(skip..).unwrap_or_default();
        let _ = parse::inet_diag(bytes, |_, _| ());
        let _ = parse::unix_diag(bytes, |_| ());
        let _ = parse::netlink_links(bytes, |_| ());
        let _ = parse::netlink_addresses(bytes, |_| ());
        let mut length = 0;
        for message in parse::netlink_messages(bytes).flatten() {
            let _ = (message.part(), message.interrupted());
            length += 16 + message.body.len();
        }
        prop_assert!(length <= bytes.len());
    }

    #[test]
    fn sockets_are_read_back(
        rows in vec((any::<[u8; 4]>(), any::<[u16; 2]>(), 1u8..13, any::<u32>()), 0..8),
    ) {
        let bytes: Vec<_> = rows
            .iter()
            .map(|(ip, ports, state, inode)| inet_message(2, *state, *ports, ip, *inode))
            .collect();
        let end = |ip, port| (port != 0).then(|| SocketAddr::new(IpAddr::V4(ip), port));
        let wanted: Vec<_> = rows
            .iter()
            .map(|&(ip, [local, remote], state, inode)| InetRow {
                local: end(Ipv4Addr::from(ip), local),
                remote: end(Ipv4Addr::UNSPECIFIED, remote),
                state,
                inode: inode.into(),
            })
            .collect();
        prop_assert_eq!(inet(&bytes.concat()).unwrap(), wanted);
    }

    #[test]
    fn interfaces_are_read_back(
        index in any::<u32>(), flags in any::<u32>(), mtu in any::<u32>(), name in "[a-z0-9.]{1,15}",
        address in prop::option::of(vec(any::<u8>(), 0..32)),
    ) {
        let mut body = vec![0; 4];
        body.extend([index, flags, 0].map(u32::to_ne_bytes).concat());
        body.extend(attribute(3, format!("{name}\0").as_bytes()));
        body.extend(address.iter().flat_map(|address| attribute(1, address)));
        body.extend(attribute(4, &mtu.to_ne_bytes()));
        let link =
            Link { index, flags, name: OsString::from(name), address, broadcast: None, mtu };
        prop_assert_eq!(links(&message(NEWLINK, &body)).unwrap(), [link]);
    }
}
