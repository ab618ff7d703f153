//! What holds for the parsers on any text: no panic, and what is written is read back.

#![allow(clippy::unwrap_used)]

use proptest::collection::vec;
use proptest::prelude::*;
use std::ffi::OsString;
use std::net::{IpAddr, SocketAddr};
use sysvitals::parse::{self, DiskStats, InetRow, Stat, UnixRow};

/// Every parser on one text.
fn parse_all(text: &[u8]) {
    let _ = parse::stat(text);
    let _ = parse::statm(text);
    let _ = parse::status(text);
    let _ = parse::io(text);
    let _ = parse::smaps(text, |_| ());
    let _ = parse::smaps_rollup(text);
    let _ = parse::cmdline(text);
    let _ = parse::environ(text);
    let _ = parse::children(text);
    let _ = parse::cpu_list(text);
    let _ = parse::fdinfo(text).map(|info| parse::open_mode(info.flags));
    let _ = parse::net_inet(text, |_| ());
    let _ = parse::net_unix(text, |_| ());
    let _ = parse::btime(text);
    let _ = parse::mem_total(text);
    let _ = parse::cpu_total(text);
    let _ = parse::cpu_percpu(text);
    let _ = parse::cpu_counts(text);
    let _ = parse::cpuinfo_processors(text);
    let _ = parse::cpuinfo_cores(text);
    let _ = parse::cpuinfo_mhz(text);
    let _ = parse::meminfo(text);
    let _ = parse::swap(text);
    let _ = parse::vmstat_swap(text);
    let _ = parse::zoneinfo_low(text);
    let _ = parse::utmp(text, false);
    let _ = parse::utmp(text, true);
    let _ = parse::session(text);
    let _ = parse::mounts(text);
    let _ = parse::filesystems(text);
    let _ = parse::mountinfo_types(text);
    let _ = parse::partition_name(text, 8, 0);
    let _ = parse::uevent_devname(text);
    let _ = parse::diskstats(text);
    let _ = parse::block_stat(text);
}

/// Pieces of real files, so that a random text gets past the first line.
fn fragments() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        prop::sample::select(vec![
            "\n",
            " ",
            "\t",
            ":",
            ": ",
            "-",
            ",",
            "=",
            "\0",
            "(",
            ")",
            " kB\n",
            " kB",
            "0",
            "-1",
            "7f",
            "18446744073709551615",
            "18446744073709551616",
            "9223372036854775808",
            "1 (a) S ",
            " 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21",
            "VmRSS:",
            "VmSwap:\t",
            "Uid:\t",
            "NSpid:\t",
            "Threads:\t",
            "voluntary_ctxt_switches:\t",
            "rchar: ",
            "write_bytes: ",
            "1000-2000 r-xp 00000000 fe:00 7 ",
            "Rss: ",
            "Pss: ",
            "Private_Dirty: ",
            "Swap: ",
            "pos:\t",
            "flags:\t0",
            "0100007F:0016",
            " 0A 0:0 0:0 0 0 0 ",
            "\n0: 2 0 10000 1 1 5 /x",
            "btime ",
            "MemTotal:",
            "SwapFree:",
            "cpu",
            "cpu  1 2 3 4",
            "intr ",
            "cpu MHz\t\t: 24.5\n",
            "physical id\t: 1\ncpu cores\t: 2\n",
            "pswpin ",
            " low ",
            "CLASS=user\nUSER=a\n",
            "REALTIME=",
            "8 0 sda 1 2 3 4",
            "\\040",
            "\\134\\",
            "\n/dev/a /b ext4 rw,ignore 0 0",
            "\n1 2 0:3 / /m rw - ",
            "DEVNAME=",
            "nodev\t",
        ])
        .prop_map(|s| s.as_bytes().to_vec()),
        vec(any::<u8>(), 0..4),
    ];
    vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

fn numbers<T: Arbitrary + std::fmt::Display>(count: usize) -> impl Strategy<Value = Vec<T>> {
    vec(any::<T>(), count)
}

prop_compose! {
    fn any_stat()(
        comm in vec(any::<u8>(), 0..64),
        state in b'A'..=b'z',
        ids in numbers::<i32>(5),
        counts in numbers::<u64>(10),
        signed in vec(0..=i64::MAX as u64, 3),
        (priority, nice) in any::<(i64, i64)>(),
        processor in any::<Option<i32>>(),
        delayacct_blkio_ticks in any::<Option<u64>>(),
    ) -> Stat {
        Stat {
            comm,
            state,
            ppid: ids[0], pgrp: ids[1], session: ids[2], tty_nr: ids[3], tpgid: ids[4],
            flags: counts[0],
            minflt: counts[1], cminflt: counts[2], majflt: counts[3], cmajflt: counts[4],
            utime: counts[5], stime: counts[6], cutime: signed[0], cstime: signed[1],
            priority, nice,
            num_threads: counts[7], starttime: counts[8], vsize: counts[9], rss: signed[2],
            processor,
            delayacct_blkio_ticks: processor.and(delayacct_blkio_ticks),
        }
    }
}

fn print_stat(s: &Stat, newline: bool) -> Vec<u8> {
    let mut text = b"42 (".to_vec();
    text.extend_from_slice(&s.comm);
    let mut tail = format!(
        ") {} {} {} {} {} {} {} {} {} {} {} {} {} {} {} {} {} {} 0 {} {} {}",
        char::from(s.state),
        s.ppid,
        s.pgrp,
        s.session,
        s.tty_nr,
        s.tpgid,
        s.flags,
        s.minflt,
        s.cminflt,
        s.majflt,
        s.cmajflt,
        s.utime,
        s.stime,
        s.cutime,
        s.cstime,
        s.priority,
        s.nice,
        s.num_threads,
        s.starttime,
        s.vsize,
        s.rss,
    );
    if let Some(processor) = s.processor {
        // 14 fields of any length, which the parser passes over.
        let addresses = [s.flags, s.minflt, s.cminflt, s.majflt, 0, s.utime, s.stime >> 40];
        for address in addresses.into_iter().chain(addresses) {
            tail += &format!(" {address}");
        }
        tail += &format!(" {processor}");
    }
    if let Some(ticks) = s.delayacct_blkio_ticks {
        tail += &format!(" 0 0 {ticks} 0 0");
    }
    text.extend_from_slice(tail.as_bytes());
    if newline {
        text.push(b'\n');
    }
    text
}

/// As the kernel prints it: numbers of four bytes read from memory as they lie.
fn print_endpoint(addr: Option<SocketAddr>) -> String {
    let Some(addr) = addr else { return "00000000:0000".into() };
    let bytes = match addr.ip() {
        IpAddr::V4(ip) => ip.octets().to_vec(),
        IpAddr::V6(ip) => ip.octets().to_vec(),
    };
    let words = bytes.chunks(4).map(|word| u32::from_ne_bytes(word.try_into().unwrap()));
    let words: String = words.map(|word| format!("{word:08X}")).collect();
    format!("{words}:{:04X}", addr.port())
}

fn endpoint() -> impl Strategy<Value = Option<SocketAddr>> {
    let addr = (any::<IpAddr>(), 1..=u16::MAX).prop_map(|(ip, port)| SocketAddr::new(ip, port));
    prop::option::of(addr)
}

prop_compose! {
    fn inet_row()(
        (local, remote) in (endpoint(), endpoint()),
        state in any::<u8>(),
        inode in any::<u64>(),
    ) -> InetRow {
        InetRow { local, remote, state, inode }
    }
}

/// As the kernel escapes what a row of `mounts` holds.
fn mangle(field: &[u8]) -> Vec<u8> {
    let escape = |&b: &u8| match b {
        b' ' | b'\t' | b'\n' | b'\\' | b'#' => format!("\\{b:03o}").into_bytes(),
        _ => vec![b],
    };
    field.iter().flat_map(escape).collect()
}

proptest! {
    #[test]
    fn no_panic_on_any_bytes(text in vec(any::<u8>(), 0..300)) {
        parse_all(&text);
    }

    #[test]
    fn no_panic_on_pieces_of_files(text in fragments()) {
        parse_all(&text);
    }

    #[test]
    fn stat_reads_what_is_printed(stat in any_stat(), newline in any::<bool>()) {
        prop_assert_eq!(parse::stat(&print_stat(&stat, newline)), Ok(stat));
    }

    #[test]
    fn cut_stat_is_an_error_or_the_same_numbers(stat in any_stat(), cut in 0usize..400) {
        // A line cut short may lose digits, never gain a field.
        let text = print_stat(&stat, true);
        if let Ok(read) = parse::stat(&text[..cut.min(text.len())]) {
            prop_assert_eq!((read.ppid, read.starttime), (stat.ppid, stat.starttime));
            prop_assert_eq!(read.vsize, stat.vsize);
        }
    }

    #[test]
    fn status_reads_what_is_printed(
        sizes in vec(0..u64::MAX >> 10, 3),
        uid in any::<[u32; 4]>(),
        threads in any::<u64>(),
    ) {
        let [u0, u1, u2, u3] = uid;
        let text = format!(
            "Name:\tx\nUid:\t{u0}\t{u1}\t{u2}\t{u3}\nVmPeak:\t{:8} kB\n\
             VmRSS:\t{:8} kB\nHugetlbPages:\t{:8} kB\nThreads:\t{threads}\n",
            sizes[0], sizes[1], sizes[2],
        );
        let status = parse::status(text.as_bytes()).unwrap();
        prop_assert_eq!((status.uid, status.threads), (Some(uid), Some(threads)));
        prop_assert_eq!(
            [status.vm_peak, status.vm_rss, status.hugetlb_pages],
            [Some(sizes[0] << 10), Some(sizes[1] << 10), Some(sizes[2] << 10)]
        );
    }

    #[test]
    fn cmdline_reads_what_is_printed(args in vec("[^\0]{0,20}", 2..10)) {
        let text: String = args.iter().map(|arg| format!("{arg}\0")).collect();
        let args: Vec<OsString> = args.into_iter().map(OsString::from).collect();
        prop_assert_eq!(parse::cmdline(text.as_bytes()), args);
    }

    #[test]
    fn cmdline_of_one_argument(arg in "[^\0 ]{0,20}") {
        prop_assert_eq!(parse::cmdline(format!("{arg}\0").as_bytes()), [OsString::from(arg)]);
    }

    #[test]
    fn environ_reads_what_is_printed(
        pairs in prop::collection::btree_map("[^\0=]{1,10}", "[^\0]{0,20}", 0..20),
    ) {
        let text: String = pairs.iter().map(|(name, value)| format!("{name}={value}\0")).collect();
        let read = parse::environ(text.as_bytes());
        let expected: Vec<_> = pairs.into_iter().map(|(n, v)| (n.into(), v.into())).collect();
        prop_assert_eq!(read, expected);
    }

    #[test]
    fn cpu_list_reads_what_is_printed(cpus in prop::collection::btree_set(0usize..5000, 0..200)) {
        let mut ranges: Vec<(usize, usize)> = Vec::new();
        for &cpu in &cpus {
            match ranges.last_mut() {
                Some((_, last)) if *last + 1 == cpu => *last = cpu,
                _ => ranges.push((cpu, cpu)),
            }
        }
        let text: Vec<_> = ranges
            .iter()
            .map(|(a, b)| if a == b { a.to_string() } else { format!("{a}-{b}") })
            .collect();
        let text = text.join(",") + "\n";
        let cpus: Vec<_> = cpus.into_iter().collect();
        prop_assert_eq!(parse::cpu_list(text.as_bytes()).unwrap(), cpus);
    }

    #[test]
    fn inet_reads_what_is_printed(rows in vec(inet_row(), 0..20)) {
        let mut text = "  sl  local_address rem_address   st\n".to_owned();
        for (i, row) in rows.iter().enumerate() {
            text += &format!(
                "{i:4}: {} {} {:02X} 00000000:00000000 00:00000000 00000000 \
                 {:5} {:8} {} 1 0 100 0 0 10 0\n",
                print_endpoint(row.local), print_endpoint(row.remote), row.state, 1000, 0, row.inode,
            );
        }
        let mut read = Vec::new();
        parse::net_inet(text.as_bytes(), |row| read.push(row)).unwrap();
        prop_assert_eq!(read, rows);
    }

    #[test]
    fn unix_reads_what_is_printed(
        rows in vec((any::<u32>(), any::<u64>(), prop::option::of(vec(1u8.., 0..108))), 0..20),
    ) {
        let mut text = b"Num       RefCount Protocol Flags    Type St Inode Path\n".to_vec();
        for (kind, inode, path) in &rows {
            text.extend_from_slice(
                format!("a3cf624e: 00000003 00000000 00000000 {kind:04X} 03 {inode:5}").as_bytes(),
            );
            if let Some(path) = path {
                text.push(b' ');
                text.extend_from_slice(path);
            }
            text.push(b'\n');
        }
        let mut read = Vec::new();
        parse::net_unix(&text, |row| read.push(row)).unwrap();
        let expected: Vec<_> = rows
            .into_iter()
            .map(|(kind, inode, path)| UnixRow { kind, inode, path: path.unwrap_or_default() })
            .collect();
        prop_assert_eq!(read, expected);
    }

    #[test]
    fn mounts_reads_what_is_printed(rows in vec([(); 4].map(|()| "[^\0]{1,20}"), 0..10)) {
        let mut text = Vec::new();
        for row in &rows {
            for field in row {
                text.extend_from_slice(&mangle(field.as_bytes()));
                text.push(b' ');
            }
            text.extend_from_slice(b"0 0\n");
        }
        let expected = rows.iter().map(|[device, mountpoint, fstype, opts]| parse::Mount {
            device: device.into(),
            mountpoint: mountpoint.into(),
            fstype: fstype.into(),
            opts: opts.into(),
        });
        prop_assert_eq!(parse::mounts(&text), expected.collect::<Vec<_>>());
    }

    #[test]
    fn diskstats_reads_what_is_printed(
        rows in vec(("[a-z][a-z0-9/!-]{0,20}", vec(any::<u64>(), 17)), 0..10),
        columns in prop::sample::select(vec![11, 15, 17]),
    ) {
        let print = |(name, numbers): &(String, Vec<u64>)| {
            let numbers = numbers[..columns].iter().map(|n| format!(" {n}")).collect::<String>();
            format!("{:4} {:7} {name}{numbers}\n", 8, 0)
        };
        let text = rows.iter().map(print).collect::<String>();
        let expected = rows.iter().map(|(name, n)| {
            let stats = DiskStats {
                reads: n[0], reads_merged: n[1], read_sectors: n[2], read_ms: n[3],
                writes: n[4], writes_merged: n[5], write_sectors: n[6], write_ms: n[7],
                busy_ms: n[9],
            };
            (OsString::from(name), stats)
        });
        prop_assert_eq!(parse::diskstats(text.as_bytes()).unwrap(), expected.collect::<Vec<_>>());
    }
}
