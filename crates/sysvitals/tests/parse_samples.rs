//! The parsers on whole files as kernels of several ages print them (`samples/`).

#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::Path;
use sysvitals::parse::{self, MemInfo};

fn sample(name: &str) -> Vec<u8> {
    fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/samples").join(name)).unwrap()
}

#[test]
fn stat() {
    let read = |name| parse::stat(&sample(name)).unwrap();

    let old = read("3.10/stat");
    assert_eq!((&old.comm[..], old.state, old.ppid, old.tpgid), (&b"systemd"[..], b'S', 0, -1));
    assert_eq!((old.minflt, old.cminflt, old.majflt, old.cmajflt), (24379, 1840221, 65, 1372));
    assert_eq!((old.utime, old.stime, old.cutime, old.cstime), (114, 382, 8841, 2911));
    assert_eq!((old.starttime, old.vsize, old.rss), (8, 131510272, 1689));
    assert_eq!((old.processor, old.delayacct_blkio_ticks), (Some(3), Some(35)));

    let web = read("5.15/stat");
    assert_eq!((&web.comm[..], web.num_threads), (&b"Web Content"[..], 29));
    assert_eq!((web.pgrp, web.session, web.flags), (41377, 2954, 4194560));
    assert_eq!((web.processor, web.delayacct_blkio_ticks), (Some(11), Some(7)));

    let new = read("6.18/stat");
    assert_eq!((&new.comm[..], new.ppid, new.starttime), (&b"sleep"[..], 9963, 122414));
    assert_eq!((new.vsize, new.rss), (2990080, 414));

    let zombie = read("6.18/stat-zombie");
    assert_eq!((zombie.state, zombie.vsize, zombie.rss), (b'Z', 0, 0));
    let kthread = read("6.18/stat-kthread");
    assert_eq!(
        (&kthread.comm[..], kthread.ppid, kthread.processor),
        (&b"kthreadd"[..], 0, Some(1))
    );
}

#[test]
fn statm() {
    let pages = parse::statm(&sample("6.18/statm")).unwrap();
    assert_eq!(
        (pages.size, pages.resident, pages.shared, pages.text, pages.data),
        (730, 440, 414, 5, 89)
    );
}

#[test]
fn status() {
    let read = |name| parse::status(&sample(name)).unwrap();

    let old = read("3.10/status");
    assert_eq!((old.tgid, old.nspid, old.threads), (Some(1), None, Some(1)));
    assert_eq!((old.uid, old.gid), (Some([0; 4]), Some([0; 4])));
    assert_eq!((old.vm_peak, old.vm_hwm), (Some(193964 << 10), Some(6824 << 10)));
    assert_eq!((old.rss_anon, old.hugetlb_pages, old.vm_swap), (None, None, Some(12 << 10)));
    assert_eq!(old.voluntary_ctxt_switches, Some(46114));
    assert_eq!(old.nonvoluntary_ctxt_switches, Some(701));

    let web = read("5.15/status");
    assert_eq!((web.tgid, web.nspid, web.threads), (Some(41812), Some(17), Some(29)));
    assert_eq!(web.uid, Some([1000; 4]));
    assert_eq!((web.vm_size, web.vm_rss), (Some(2746440 << 10), Some(327728 << 10)));
    assert_eq!((web.rss_anon, web.rss_file), (Some(196424 << 10), Some(104128 << 10)));
    assert_eq!((web.rss_shmem, web.hugetlb_pages), (Some(27176 << 10), Some(0)));
    assert_eq!(
        (web.vm_data, web.vm_stk, web.vm_exe),
        (Some(447260 << 10), Some(132 << 10), Some(580 << 10))
    );
    assert_eq!(web.nonvoluntary_ctxt_switches, Some(90112));

    assert_eq!(read("6.18/status").vm_data, Some(224 << 10));
    for memoryless in ["6.18/status-zombie", "6.18/status-kthread"] {
        let status = read(memoryless);
        assert_eq!((status.vm_rss, status.threads), (None, Some(1)), "{memoryless}");
    }
}

#[test]
fn io() {
    let read = |name| parse::io(&sample(name)).unwrap();
    assert_eq!((read("3.10/io").read_bytes, read("3.10/io").write_bytes), (71618560, 8192));
    assert_eq!((read("5.15/io").rchar, read("5.15/io").wchar), (323934931, 323929600));
    assert_eq!(read("5.15/io").syscw, 632675);
    assert!(read("6.18/io").syscr > 0);
}

#[test]
fn smaps() {
    let text = sample("3.10/smaps");
    let mut mappings = Vec::new();
    parse::smaps(&text, |m| mappings.push(m)).unwrap();
    let paths: Vec<_> = mappings.iter().map(|m| str::from_utf8(m.path).unwrap()).collect();
    assert_eq!(paths, ["/usr/bin/bash", "", "/tmp/a b (deleted)", "[vsyscall]"]);
    let data = &mappings[1];
    assert_eq!((data.addr, data.perms), (&b"006e7000-006ed000"[..], &b"rw-p"[..]));
    assert_eq!((data.size, data.rss, data.swap), (24 << 10, 20 << 10, 4 << 10));
    assert_eq!((data.private_clean, data.private_dirty), (4 << 10, 16 << 10));
    assert_eq!((data.referenced, data.anonymous), (20 << 10, 20 << 10));

    let rollup = parse::smaps_rollup(&text).unwrap();
    assert_eq!((rollup.uss, rollup.pss, rollup.swap), (24 << 10, 144 << 10, 4 << 10));
    // Huge pages count.
    let rollup = parse::smaps_rollup(&sample("5.15/smaps")).unwrap();
    assert_eq!((rollup.uss, rollup.pss, rollup.swap), (2148 << 10, 100 << 10, 8 << 10));
}

#[test]
fn smaps_and_its_rollup_agree() {
    let text = sample("6.18/smaps");
    let (mut rss, mut mappings) = (0, 0);
    parse::smaps(&text, |m| {
        rss += m.rss;
        mappings += 1;
    })
    .unwrap();
    assert_eq!(mappings, text.split(|&b| b == b'\n').filter(|l| l.starts_with(b"VmFlags")).count());
    assert_eq!(Some(rss), parse::status(&sample("6.18/status")).unwrap().vm_rss);
    let (summed, rollup) = (
        parse::smaps_rollup(&text).unwrap(),
        parse::smaps_rollup(&sample("6.18/smaps_rollup")).unwrap(),
    );
    assert_eq!((summed.uss, summed.swap), (rollup.uss, rollup.swap));
    // Each mapping's share is rounded down.
    assert!(summed.pss <= rollup.pss && rollup.pss - summed.pss < mappings as u64 * 1024);
}

#[test]
fn arguments() {
    assert_eq!(parse::cmdline(&sample("6.18/cmdline")), ["sleep", "60"]);
    let environ = parse::environ(&sample("6.18/environ"));
    assert_eq!(
        environ,
        [("PATH", "/usr/bin:/bin"), ("LANG", "C.UTF-8")].map(|(k, v)| (k.into(), v.into()))
    );
}

#[test]
fn fdinfo() {
    let info = parse::fdinfo(&sample("6.18/fdinfo")).unwrap();
    assert_eq!((info.pos, info.flags, parse::open_mode(info.flags)), (3, 0o2100000, "r"));
}

/// The samples come from a little-endian machine.
#[cfg(target_endian = "little")]
#[test]
fn net() {
    let inet = |name| {
        let mut rows = Vec::new();
        parse::net_inet(&sample(name), |row| rows.push(row)).unwrap();
        rows
    };
    let addr = |text: &str| Some(text.parse().unwrap());

    let tcp = inet("6.18/net_tcp");
    let states: Vec<_> = tcp.iter().map(|row| (row.state, row.inode)).collect();
    assert_eq!(states, [(10, 1065), (10, 13050), (1, 0), (1, 13051)]);
    assert_eq!((tcp[0].local, tcp[0].remote), (addr("0.0.0.0:2024"), None));
    assert_eq!((tcp[3].local, tcp[3].remote), (addr("127.0.0.1:53924"), addr("127.0.0.1:49309")));

    let tcp6 = inet("6.18/net_tcp6");
    assert_eq!((tcp6.len(), tcp6[0].local, tcp6[0].remote), (1, addr("[::1]:48945"), None));
    let udp = inet("6.18/net_udp");
    assert_eq!((udp.len(), udp[0].local, udp[0].state), (1, addr("127.0.0.1:50953"), 7));

    let mut unix = Vec::new();
    parse::net_unix(&sample("6.18/net_unix"), |row| unix.push(row)).unwrap();
    let rows: Vec<_> = unix.iter().map(|r| (r.kind, r.inode, &r.path[..])).collect();
    assert_eq!(
        rows,
        [
            (5, 13049, &b"/tmp/two words"[..]),
            (1, 1061, b""),
            (1, 1062, b""),
            (1, 13048, b"@sample")
        ]
    );
}

#[test]
fn system() {
    let btime = parse::btime(&sample("6.18/proc_stat")).unwrap();
    assert!(btime > 1_500_000_000, "{btime}");
    let total = parse::mem_total(&sample("6.18/meminfo")).unwrap();
    assert!(total > 1 << 20 && total.is_multiple_of(1024), "{total}");
}

#[test]
fn cpu() {
    let text = sample("6.18/proc_stat");
    let total = parse::cpu_total(&text).unwrap();
    let rows = parse::cpu_percpu(&text).unwrap();
    assert_eq!(rows.len(), parse::cpu_rows(&text).len());
    assert!(rows.iter().map(|row| row.user).sum::<u64>().abs_diff(total.user) <= rows.len() as u64);
    let counts = parse::cpu_counts(&text).unwrap();
    assert!(counts.ctxt > 0 && counts.intr > 0 && counts.softirq > 0, "{counts:?}");
    let text = sample("6.18/cpuinfo");
    assert_eq!(parse::cpuinfo_processors(&text), 2);
    assert_eq!(parse::cpuinfo_cores(&text).unwrap(), 2);
    assert_eq!(parse::cpuinfo_mhz(&text).unwrap(), [2445.404; 2]);
}

#[test]
fn memory() {
    let text = sample("6.18/meminfo");
    let info = parse::meminfo(&text).unwrap();
    assert_eq!(info.total, parse::mem_total(&text).unwrap());
    let MemInfo { mem_shared, inact_dirty, inact_clean, inact_laundry, .. } = info;
    // What Linux 2.4 had, and nothing has now.
    assert_eq!([mem_shared, inact_dirty, inact_clean, inact_laundry], [None; 4]);
    for known in [
        info.available,
        info.buffers,
        info.cached,
        info.shmem,
        info.active,
        info.inactive,
        info.active_file,
        info.inactive_file,
        info.slab,
        info.sreclaimable,
    ] {
        assert!(known.is_some_and(|bytes| bytes <= info.total), "{info:?}");
    }
    assert!(parse::swap(&text).unwrap().is_some());
    assert_eq!(parse::vmstat_swap(&sample("6.18/vmstat")).unwrap(), Some((0, 0)));
    assert_eq!(parse::zoneinfo_low(&sample("6.18/zoneinfo")).unwrap(), 21148);
}

/// This machine's own kernel, whichever it is.
#[cfg(target_os = "linux")]
#[test]
fn this_kernel() {
    let read = |name: &str| fs::read(Path::new("/proc/self").join(name)).unwrap();
    let pid = i32::try_from(std::process::id()).unwrap();
    assert!(parse::stat(&read("stat")).unwrap().starttime > 0);
    assert!(parse::statm(&read("statm")).unwrap().resident > 0);
    assert_eq!(parse::status(&read("status")).unwrap().tgid, Some(pid));
    assert!(!parse::cmdline(&read("cmdline")).is_empty());
    parse::environ(&read("environ"));
    parse::fdinfo(&read("fdinfo/0")).unwrap();
    let mut mappings = 0;
    parse::smaps(&read("smaps"), |_| mappings += 1).unwrap();
    assert!(mappings > 0);
    for (file, text) in [("tcp", fs::read("/proc/net/tcp")), ("unix", fs::read("/proc/net/unix"))] {
        // Absent where the kernel is built without, or the sandbox hides them.
        let Ok(text) = text else { continue };
        match file {
            "tcp" => parse::net_inet(&text, |_| ()).unwrap(),
            _ => parse::net_unix(&text, |_| ()).unwrap(),
        }
    }
    parse::btime(&fs::read("/proc/stat").unwrap()).unwrap();
    parse::mem_total(&fs::read("/proc/meminfo").unwrap()).unwrap();
    let stat = fs::read("/proc/stat").unwrap();
    parse::cpu_total(&stat).unwrap();
    assert!(!parse::cpu_percpu(&stat).unwrap().is_empty());
    parse::cpu_counts(&stat).unwrap();
    let cpuinfo = fs::read("/proc/cpuinfo").unwrap();
    parse::cpuinfo_cores(&cpuinfo).unwrap();
    parse::cpuinfo_mhz(&cpuinfo).unwrap();
    assert!(parse::meminfo(&fs::read("/proc/meminfo").unwrap()).unwrap().available.is_some());
    // Absent where the sandbox hides them.
    if let Ok(text) = fs::read("/proc/zoneinfo") {
        assert!(parse::zoneinfo_low(&text).unwrap() > 0);
    }
    if let Ok(text) = fs::read("/proc/vmstat") {
        parse::vmstat_swap(&text).unwrap();
    }
}
