//! Disks: whole machines, counters that overflow, mounts with odd names and mounts that are dead.
#![cfg(all(test, target_os = "linux"))]
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "common/machines_io.rs"]
mod machines_io;
#[path = "common/ns.rs"]
mod ns;
#[path = "common/tree.rs"]
mod tree;

use std::ffi::{OsStr, OsString};
use std::fs;
use std::os::fd::{AsFd, AsRawFd};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use machines_io::{block, diskstats_line, sys, sys_remove};
use sysvitals::disk::{DiskIoCounters, DiskPartition};
use sysvitals::{
    ErrorKind, Roots, disk_io_counters, disk_io_counters_perdisk, disk_partitions, disk_usage,
    disk_usage_fd, disk_usage_timeout,
};
use tree::Tree;

/// The counters in psutil's order.
fn counters(values: [u64; 9]) -> DiskIoCounters {
    DiskIoCounters {
        read_count: values[0],
        write_count: values[1],
        read_bytes: values[2],
        write_bytes: values[3],
        read_time: values[4],
        write_time: values[5],
        read_merged_count: values[6],
        write_merged_count: values[7],
        busy_time: values[8],
    }
}

/// What [`diskstats_line`] of this unit stands for.
fn of_unit(unit: u64) -> DiskIoCounters {
    counters([1, 5, 3 * 512, 7 * 512, 4, 8, 2, 6, 10].map(|value| value * unit))
}

fn perdisk(roots: &Roots) -> Vec<(OsString, DiskIoCounters)> {
    roots.disk_io_counters_perdisk(false).unwrap()
}

fn sum(roots: &Roots) -> Option<DiskIoCounters> {
    roots.disk_io_counters(false).unwrap()
}

fn names<T>(rows: &[(OsString, T)]) -> Vec<&str> {
    rows.iter().map(|(name, _)| name.to_str().unwrap()).collect()
}

fn mounted(tree: &Tree, all: bool) -> Vec<(String, String, String)> {
    let text = |text: &OsStr| text.to_str().unwrap().to_owned();
    let row = |row: &DiskPartition| {
        (text(&row.device), text(row.mountpoint.as_os_str()), text(&row.fstype))
    };
    tree.roots().disk_partitions(all).unwrap().iter().map(row).collect()
}

fn row(device: &str, mountpoint: &str, fstype: &str) -> (String, String, String) {
    (device.into(), mountpoint.into(), fstype.into())
}

#[test]
fn a_laptop() {
    let tree = machines_io::laptop();
    let roots = tree.roots();
    let rows = perdisk(&roots);
    assert_eq!(names(&rows), ["nvme0n1", "nvme0n1p1", "nvme0n1p2", "dm-0"]);
    assert_eq!(rows[2].1, of_unit(100));
    // Partitions are not counted; what is stacked on the disk is.
    assert_eq!(sum(&roots), Some(of_unit(1001)));

    let disks = [
        row("/dev/mapper/vg-root", "/", "ext4"),
        row("/dev/nvme0n1p1", "/boot/efi", "vfat"),
        row("/dev/mapper/vg-root", "/srv/my files", "ext4"),
    ];
    assert_eq!(mounted(&tree, false), disks);
    let all = mounted(&tree, true);
    assert_eq!(all.len(), 5);
    assert_eq!(all[0], row("sysfs", "/sys", "sysfs"));
    assert_eq!(all[3], row("", "/tmp", "tmpfs"));
    assert_eq!(roots.disk_partitions(false).unwrap()[0].opts, "rw,relatime,errors=remount-ro");
}

#[test]
fn a_server() {
    let tree = machines_io::server();
    let roots = tree.roots();
    let disks = ["cciss/c0d0", "cciss/c0d0p1", "sda", "sda1", "md127", "loop0", "dm-0"];
    assert_eq!(names(&perdisk(&roots)), disks);
    assert_eq!(sum(&roots), Some(of_unit(11_111)));
    let local = [row("/dev/md127", "/", "xfs"), row("tank/home", "/home", "zfs")];
    assert_eq!(mounted(&tree, false), local);
    assert_eq!(mounted(&tree, true).len(), 4);
}

#[test]
fn a_board() {
    let tree = machines_io::board();
    assert_eq!(sum(&tree.roots()), Some(of_unit(1001)));
    assert_eq!(perdisk(&tree.roots())[1], ("mmcblk0p1".into(), of_unit(10)));
}

#[test]
fn a_container() {
    let tree = machines_io::container();
    let roots = tree.roots();
    assert_eq!(perdisk(&roots), []);
    assert_eq!(sum(&roots), None);
    let binds = [row("/dev/sda1", "/etc/hosts", "ext4"), row("/dev/sda1", "/etc/hostname", "ext4")];
    assert_eq!(mounted(&tree, false), binds);
    // Disks are shown, but nothing tells which of them are whole.
    tree.write("diskstats", diskstats_line(8, 0, "sda", 1));
    assert_eq!(sum(&roots), None);
    assert_eq!(perdisk(&roots), [("sda".into(), of_unit(1))]);
}

#[test]
fn old_kernels() {
    let tree = machines_io::kernel_2_4();
    let hda = counters([39_070_080, 4, 1024, 3072, 3, 7, 1, 5, 9]);
    assert_eq!(perdisk(&tree.roots())[0], ("hda".into(), hda));
    assert_eq!(sum(&tree.roots()), Some(hda));

    let tree = machines_io::kernel_2_6();
    let rows = perdisk(&tree.roots());
    assert_eq!(names(&rows), ["ram0", "sda", "sda1"]);
    assert_eq!(rows[1].1, of_unit(1));
    assert_eq!(rows[2].1, counters([1, 3, 1024, 2048, 0, 0, 0, 0, 0]));
    assert_eq!(sum(&tree.roots()), Some(of_unit(1)));
}

#[test]
fn diskstats_vectors() {
    let tree = Tree::new();
    let read = |line: &str| {
        tree.write("diskstats", format!("{line}\n"));
        tree.roots().disk_io_counters_perdisk(false)
    };
    let new = [1, 5, 1536, 3584, 4, 8, 2, 6, 10];
    for (line, name, values) in [
        ("8 0 sda 1 2 3 4 5 6 7 8 9 10 11", "sda", new),
        ("8 0 sda 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15", "sda", new),
        ("8 0 sda 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17", "sda", new),
        ("3 0 8 hda 1 2 3 4 5 6 7 8 9 10 11", "hda", [8, 4, 1024, 3072, 3, 7, 1, 5, 9]),
        ("8 1 sda1 1 2 3 4", "sda1", [1, 3, 1024, 2048, 0, 0, 0, 0, 0]),
    ] {
        assert_eq!(read(line).unwrap(), [(name.into(), counters(values))], "{line}");
    }
    for line in [
        "8 0 sda 1 2 3 4 5 6 7 8 9 10 11 12",
        "8 0 sda 1 2",
        "8 0 sda 1 2 3 4 5 6 7 8 9 10 11 12 13",
        "8 0 sda 1 2 3 4 5 6 7 8 9 10 11 12 13 14",
        "8 0 sda one 2 3 4 5 6 7 8 9 10 11",
    ] {
        let error = read(line).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Parse, "{line}");
        assert_eq!(error.path(), Some(&*tree.at("diskstats")));
        let said = error.to_string();
        assert!(said.contains(&format!("not sure how to interpret line '{line}'")), "{said}");
        assert_eq!(tree.roots().disk_io_counters(true).unwrap_err().kind(), ErrorKind::Parse);
    }
}

#[test]
fn counters_to_the_end_of_u64() {
    let tree = Tree::new();
    let max = u64::MAX;
    let line = |name| format!("8 0 {name}{}\n", format!(" {max}").repeat(17));
    tree.write("diskstats", line("sda") + &line("sdb"));
    block(&tree, "sda", &[]);
    block(&tree, "sdb", &[]);
    let bytes = max.wrapping_mul(512);
    let one = counters([max, max, bytes, bytes, max, max, max, max, max]);
    assert_eq!(perdisk(&tree.roots())[1].1, one);
    assert_eq!(sum(&tree.roots()).unwrap().read_count, max.wrapping_add(max));
}

/// Without `/proc/diskstats` the folders tell the same; links in them are not followed.
#[test]
fn sysfs_instead_of_diskstats() {
    let tree = machines_io::laptop();
    tree.remove("diskstats");
    let roots = tree.roots();
    let rows = perdisk(&roots);
    assert_eq!(names(&rows), ["dm-0", "nvme0n1", "nvme0n1p1", "nvme0n1p2"]);
    assert_eq!((rows[1].1, rows[2].1), (of_unit(1), of_unit(10)));
    assert_eq!(sum(&roots), Some(of_unit(2)));

    sys_remove(&tree, "devices/virtual/block/dm-0/stat");
    assert_eq!(names(&perdisk(&roots)), ["nvme0n1", "nvme0n1p1", "nvme0n1p2"]);
    sys(&tree, "devices/virtual/block/dm-0/stat", "1 2 3 4 5 6 7 8 9\n");
    let error = roots.disk_io_counters_perdisk(false).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Parse);
    assert!(error.path().unwrap().ends_with("block/dm-0/stat"));

    sys_remove(&tree, "block");
    for nowrap in [false, true] {
        let error = roots.disk_io_counters(nowrap).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unsupported);
        assert!(error.to_string().contains("diskstats"), "{error}");
    }
}

#[test]
fn overflows_add_up() {
    let tree = Tree::new();
    block(&tree, "a", &[]);
    block(&tree, "b", &[]);
    let roots = tree.roots();
    let step = |lines: &[(&str, u64, u64)]| {
        let line = |(name, reads, busy): &(&str, u64, u64)| {
            format!("8 0 {name} {reads} 0 0 0 0 0 0 0 0 {busy} 0\n")
        };
        tree.write("diskstats", lines.iter().map(line).collect::<String>());
        let rows = roots.disk_io_counters_perdisk(true).unwrap();
        rows.iter().map(|(_, row)| (row.read_count, row.busy_time)).collect::<Vec<_>>()
    };
    assert_eq!(step(&[("a", 100, 5)]), [(100, 5)]);
    assert_eq!(step(&[("a", 10, 6)]), [(110, 6)]);
    assert_eq!(step(&[("b", 50, 1), ("a", 20, 6)]), [(50, 1), (120, 6)]);
    // Without nowrap nothing is looked at, and nothing is remembered.
    tree.write("diskstats", "8 0 a 1 0 0 0 0 0 0 0 0 0 0\n");
    assert_eq!(roots.disk_io_counters_perdisk(false).unwrap()[0].1.read_count, 1);
    assert_eq!(step(&[("a", 5, 6), ("b", 49, 1)]), [(125, 6), (99, 1)]);
    // The sum is of the same counters.
    let total = roots.disk_io_counters(true).unwrap().unwrap();
    assert_eq!((total.read_count, total.busy_time), (224, 7));
    // Gone, and back from nothing.
    assert_eq!(step(&[("b", 49, 1)]), [(99, 1)]);
    assert_eq!(step(&[("a", 3, 6), ("b", 49, 1)]), [(3, 6), (99, 1)]);
    roots.disk_io_counters_cache_clear();
    assert_eq!(step(&[("a", 2, 6), ("b", 49, 1)]), [(2, 6), (49, 1)]);
    // Other roots are another machine.
    assert_eq!(tree.roots().disk_io_counters_perdisk(true).unwrap()[0].1.read_count, 2);
}

#[test]
fn mounts_as_getmntent_reads_them() {
    let tree = Tree::new();
    tree.write(
        "self/mounts",
        b"# mtab\n\n/dev/a /a\\040b\\011c\\012d\\134e\\043f ext4 rw 0 0\n/dev/b /\xff xfs rw 0 0\n",
    );
    let rows = tree.roots().disk_partitions(true).unwrap();
    let points = rows.iter().map(|row| row.mountpoint.clone()).collect::<Vec<_>>();
    let odd = PathBuf::from(OsStr::from_bytes(b"/\xff"));
    assert_eq!(points, [PathBuf::from("/a b\tc\nd\\e#f"), odd]);
    tree.remove("self/mounts");
    let error = tree.roots().disk_partitions(true).unwrap_err();
    assert_eq!((error.kind(), error.path()), (ErrorKind::Os, Some(&*tree.at("self/mounts"))));
}

#[test]
fn the_root_device_has_a_name() {
    let tree = Tree::new();
    let dev = fs::metadata("/").unwrap().dev();
    let (major, minor) = (libc::major(dev), libc::minor(dev));
    tree.write("filesystems", "\text4\n");
    tree.write("self/mounts", "/dev/root / ext4 rw 0 0\nrootfs /r ext4 rw 0 0\n");
    let devices = || {
        let rows = tree.roots().disk_partitions(false).unwrap();
        rows.into_iter().map(|row| row.device.into_string().unwrap()).collect::<Vec<_>>()
    };
    assert_eq!(devices(), ["/dev/root", "rootfs"]);
    // The names must be there in /dev: these are, whatever the machine.
    sys(&tree, "class/block/zero/dev", format!("{major}:{minor}\n"));
    assert_eq!(devices(), ["/dev/zero"; 2]);
    let uevent = format!("dev/block/{major}:{minor}/uevent");
    sys(&tree, &uevent, format!("MAJOR={major}\nMINOR={minor}\nDEVNAME=full\n"));
    assert_eq!(devices(), ["/dev/full"; 2]);
    let head = "major minor  #blocks  name\n\n";
    tree.write("partitions", format!("{head} {major} {minor} 1024 null\n"));
    assert_eq!(devices(), ["/dev/null"; 2]);
    tree.write("partitions", format!("{head} {major} {minor} 1024 no-such-device\n"));
    assert_eq!(devices(), ["/dev/full"; 2]);
}

#[test]
fn filesystems_that_may_not_be_read() {
    let mounts = "/dev/sda1 / ext4 rw 0 0\nproc /proc proc rw 0 0\ntank /t zfs rw 0 0\n";
    let mountinfo = "22 1 8:1 / / rw shared:1 - ext4 /dev/sda1 rw\n";
    if !ns::in_role("nobody") && ns::is_root() {
        // Root may read everything.
        ns::rerun_as_nobody("filesystems_that_may_not_be_read", "nobody");
        return;
    }
    let tree = Tree::new();
    tree.write("self/mounts", mounts);
    tree.write("self/mountinfo", mountinfo);
    assert_eq!(tree.roots().disk_partitions(false).unwrap_err().kind(), ErrorKind::Os);
    tree.write("filesystems", "\txfs\n");
    assert_eq!(mounted(&tree, false), [row("tank", "/t", "zfs")]);
    let closed = std::os::unix::fs::PermissionsExt::from_mode(0o000);
    fs::set_permissions(tree.at("filesystems"), closed).unwrap();
    assert_eq!(mounted(&tree, false), [row("/dev/sda1", "/", "ext4"), row("tank", "/t", "zfs")]);
}

/// Other processes write while two programs look.
const DRIFT: u64 = 256 << 20;

#[test]
fn usage_is_what_df_says() {
    for path in ["/", "/dev/shm", "/proc"] {
        let said = ns::output("df", &["-B1", "--output=size,used,avail,pcent", path]);
        let said = said.lines().last().unwrap().replace(['%', '-'], " ");
        let said = said.split_whitespace().map(|word| word.parse().unwrap()).collect::<Vec<u64>>();
        let usage = disk_usage(path).unwrap();
        assert_eq!(usage.total, said[0], "{path}");
        assert!(usage.used.abs_diff(said[1]) <= DRIFT, "{path}: {usage:?} {said:?}");
        assert!(usage.free.abs_diff(said[2]) <= DRIFT, "{path}: {usage:?} {said:?}");
        // df rounds up to a whole percent.
        if let Some(&percent) = said.get(3) {
            assert!((percent as f64 - usage.percent).abs() <= 1.1, "{path}: {usage:?} {said:?}");
        }
        let file = fs::File::open(path).unwrap();
        assert_eq!(disk_usage_fd(file.as_fd()).unwrap().total, usage.total);
        assert_eq!(disk_usage_timeout(path, ns::LONG).unwrap().total, usage.total);
    }
    let proc = disk_usage("/proc").unwrap();
    assert_eq!((proc.total, proc.used, proc.free, proc.percent), (0, 0, 0, 0.0));
}

#[test]
fn usage_of_what_is_not_there() {
    for path in ["/no/such/path", "", "nul\0"] {
        let error = disk_usage(path).unwrap_err();
        assert_eq!((error.kind(), error.path()), (ErrorKind::Os, Some(Path::new(path))));
        let patient = disk_usage_timeout(path, ns::LONG).unwrap_err();
        assert_eq!(patient.to_string(), error.to_string());
    }
    let error = disk_usage("/no/such/path").unwrap_err();
    assert_eq!(error.io_error().unwrap().kind(), std::io::ErrorKind::NotFound);
}

/// The whole disks of `/proc/diskstats` by `lsblk`, read by hand: reads and bytes written.
fn by_hand(disks: &[String]) -> (u64, u64) {
    let text = fs::read_to_string("/proc/diskstats").unwrap();
    text.lines()
        .map(|line| line.split_whitespace().collect::<Vec<_>>())
        .filter(|words| disks.iter().any(|disk| disk == words[2]))
        .map(|words| (words[3].parse::<u64>().unwrap(), words[9].parse::<u64>().unwrap() * 512))
        .fold((0, 0), |sum, row| (sum.0 + row.0, sum.1 + row.1))
}

#[test]
fn this_machines_disks() {
    if !ns::needs(ns::has_program("lsblk") && Path::new("/proc/diskstats").exists(), "lsblk") {
        return;
    }
    let lines = |args: &[&str]| {
        ns::output("lsblk", args).lines().map(|line| line.trim().to_owned()).collect::<Vec<_>>()
    };
    let disks = lines(&["-a", "-d", "-l", "-n", "-o", "KNAME"]);
    let known = lines(&["-a", "-l", "-n", "-o", "KNAME"]);
    let rows = disk_io_counters_perdisk(true).unwrap();
    for name in names(&rows) {
        assert!(known.iter().any(|known| known == name), "{name}: {known:?}");
    }
    let before = by_hand(&disks);
    let total = disk_io_counters(false).unwrap().unwrap_or_default();
    let after = by_hand(&disks);
    assert!((before.0..=after.0).contains(&total.read_count), "{before:?} {total:?} {after:?}");
    assert!((before.1..=after.1).contains(&total.write_bytes), "{before:?} {total:?} {after:?}");
}

#[test]
fn this_machines_mounts() {
    if !ns::needs(ns::has_program("findmnt"), "findmnt") {
        return;
    }
    let findmnt = || {
        let said = ns::output("findmnt", &["-J", "-l", "-v", "-o", "SOURCE,TARGET,FSTYPE"]);
        let said: serde_json::Value = serde_json::from_str(&said).unwrap();
        let rows = said["filesystems"].as_array().unwrap().iter().map(|row| {
            let text = |key: &str| row[key].as_str().unwrap_or("").to_owned();
            let source = text("source");
            (if source == "none" { String::new() } else { source }, text("target"), text("fstype"))
        });
        let mut rows = rows.collect::<Vec<_>>();
        rows.sort();
        rows
    };
    let text = |text: &OsStr| text.to_string_lossy().into_owned();
    let ours = || {
        let rows = disk_partitions(true).unwrap().into_iter();
        let mut rows = rows
            .map(|row| (text(&row.device), text(row.mountpoint.as_os_str()), text(&row.fstype)))
            .collect::<Vec<_>>();
        rows.sort();
        rows
    };
    // Someone may mount between the two.
    ns::until("the mounts of findmnt", || ours() == findmnt());
    let with_device = disk_partitions(false).unwrap();
    let all = disk_partitions(true).unwrap();
    assert!(with_device.iter().all(|row| all.contains(row) && !row.device.is_empty()));
    assert!(with_device.iter().all(|row| row.fstype != "proc" && row.fstype != "sysfs"));
}

const MOUNT_NS: &[&str] = &["--mount", "--propagation", "private"];

#[test]
fn mount_points_with_odd_names() {
    if !ns::in_role("mounts") {
        ns::rerun_in_namespaces("mount_points_with_odd_names", "mounts", MOUNT_NS);
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let odd: [&[u8]; 7] = [b"a b", b"new\nline", b"tab\t", b"back\\slash", b"\\040", b"#", b"\xff"];
    for name in odd {
        let point = dir.path().join(OsStr::from_bytes(name));
        ns::mount("tmpfs", "size=1m", &point);
        let all = disk_partitions(true).unwrap();
        let found = all.iter().filter(|row| row.mountpoint == point).collect::<Vec<_>>();
        assert_eq!(found.len(), 1, "{point:?}");
        assert_eq!((&*found[0].device, &*found[0].fstype), ("tmpfs".as_ref(), "tmpfs".as_ref()));
        assert!(found[0].opts.to_str().unwrap().contains("size=1024k"), "{:?}", found[0]);
        assert!(disk_partitions(false).unwrap().iter().all(|row| row.mountpoint != point));

        fs::write(point.join("file"), vec![1; 256 << 10]).unwrap();
        let usage = disk_usage(&point).unwrap();
        assert_eq!((usage.total, usage.used), (1 << 20, 256 << 10));
        assert_eq!((usage.free, usage.percent), (768 << 10, 25.0));
    }
    for name in odd {
        ns::unmount(&dir.path().join(OsStr::from_bytes(name)));
    }
}

/// The threads of this process.
fn threads() -> usize {
    fs::read_dir("/proc/self/task").unwrap().count()
}

/// A FUSE file system whose server never answers.
#[test]
fn a_dead_mount() {
    const TEST: &str = "a_dead_mount";
    if !ns::needs(ns::is_root(), "root") {
        return;
    }
    if !ns::in_role("fuse") {
        ns::rerun_in_namespaces(TEST, "fuse", MOUNT_NS);
        return;
    }
    // Removed after the server has gone: nothing waits for it then.
    let dir = tempfile::tempdir().unwrap();
    let fuse = match fs::OpenOptions::new().read(true).write(true).open("/dev/fuse") {
        Ok(fuse) => fuse,
        Err(error) => {
            eprintln!("skipped: /dev/fuse: {error}");
            return;
        }
    };
    let options = format!("fd={},rootmode=40000,user_id=0,group_id=0", fuse.as_raw_fd());
    ns::mount("fuse", &options, dir.path());

    let before = threads();
    let short = Duration::from_millis(20);
    for _ in 0..3 {
        let error = disk_usage_timeout(dir.path(), short).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::TimeoutExpired);
        assert_eq!((error.timeout(), error.path()), (Some(short), Some(dir.path())));
        assert_eq!(error.pid(), None);
        assert_eq!(threads(), before + 1);
    }
    // Others are answered meanwhile, and what only lists does not ask the dead one.
    assert_eq!(disk_usage_timeout("/proc", ns::LONG).unwrap().total, 0);
    let all = disk_partitions(true).unwrap();
    let dead = all.iter().find(|row| row.mountpoint == dir.path()).unwrap();
    assert_eq!((&*dead.device, &*dead.fstype), ("fuse".as_ref(), "fuse".as_ref()));
    disk_partitions(false).unwrap();

    // All who wait get the answer that comes in the end.
    std::thread::scope(|scope| {
        let wait = || disk_usage_timeout(dir.path(), ns::LONG).unwrap_err();
        let waiting = [scope.spawn(wait), scope.spawn(wait)];
        drop(fuse);
        for waited in waiting {
            assert_eq!(
                waited.join().unwrap().io_error().unwrap().raw_os_error(),
                Some(libc::ENOTCONN)
            );
        }
    });
    ns::until("the helper's end", || threads() == before);
    // Nothing of it is remembered.
    ns::unmount(dir.path());
    let alive = disk_usage_timeout(dir.path(), ns::LONG).unwrap();
    assert_eq!(alive.total, disk_usage(dir.path()).unwrap().total);
}
