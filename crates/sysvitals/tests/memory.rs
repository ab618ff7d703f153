//! Memory and swap, on machines of many kinds and on this one; when it was booted and who is here.
#![cfg(test)]
#![cfg(target_os = "linux")]

#[path = "common/ns.rs"]
mod ns;
#[path = "common/tree.rs"]
mod tree;

use ns::{has_program, needs, output, until};
use sysvitals::memory::VirtualMemory;
use sysvitals::process::MemoryType;
use sysvitals::{ErrorKind, bytes2human};
use tree::Tree;

const MEMINFO: &str = "MemTotal: 1000 kB\nMemFree: 100 kB\nBuffers: 10 kB\nCached: 200 kB\n\
    SReclaimable: 50 kB\nActive: 300 kB\nInactive: 150 kB\nActive(file): 80 kB\n\
    Inactive(file): 60 kB\nShmem: 7 kB\nSlab: 90 kB\n";

fn page_size() -> u64 {
    rustix::param::page_size() as u64
}

fn memory(meminfo: &str, zoneinfo: Option<&str>) -> VirtualMemory {
    let tree = Tree::new();
    tree.write("meminfo", meminfo);
    if let Some(text) = zoneinfo {
        tree.write("zoneinfo", text);
    }
    tree.roots().virtual_memory().unwrap()
}

/// Two zones, and lines that are no watermark.
fn zones(one: u64, other: u64) -> String {
    format!(
        "Node 0, zone      DMA\n  per-node stats\n      nr_low 77\n  pages free     3840\n        \
         boost    0\n        min      1\n        low      {one}\n        high     9\n        \
         lowmem   50\nNode 0, zone   Normal\n  pages free     1\n        low      {other}\n"
    )
}

/// Fields that are the same in all of the vectors.
fn check(memory: &VirtualMemory, available: u64, percent: f64, used: u64) {
    assert_eq!((memory.available, memory.percent, memory.used), (available, percent, used));
    assert_eq!((memory.total, memory.free), (1_024_000, 102_400));
    assert_eq!((memory.cached, memory.buffers), (256_000, 10_240));
    assert_eq!((memory.shared, memory.slab), (7168, 92_160));
    assert_eq!((memory.active, memory.inactive), (307_200, 153_600));
}

#[test]
fn available_as_the_kernel_tells() {
    let told = memory(&format!("{MEMINFO}MemAvailable: 600 kB\n"), None);
    check(&told, 614_400, 40.0, 409_600);
    assert_eq!(told.warning(), None);
    // More than there is: containers.
    let told = memory(&format!("{MEMINFO}MemAvailable: 6000 kB\n"), None);
    check(&told, 102_400, 90.0, 921_600);
    assert_eq!(told.warning(), None);
}

#[test]
fn available_by_watermarks() {
    // The vector's pages have 4096 bytes.
    let scale = |pages: u64| pages * 4096 / page_size();
    if needs(page_size() == 4096, "pages of 4096 bytes") {
        for meminfo in [MEMINFO.to_owned(), format!("{MEMINFO}MemAvailable: 0 kB\n")] {
            let estimated = memory(&meminfo, Some(&zones(2, 3)));
            check(&estimated, 235_520, 77.0, 788_480);
            assert_eq!(estimated.warning(), None);
        }
    }
    let estimated = memory(MEMINFO, Some(&zones(scale(9999), 0)));
    check(&estimated, 0, 100.0, 1_024_000);
    let warning = "available memory stats couldn't be determined and was set to 0";
    assert_eq!(estimated.warning().as_deref(), Some(warning));
    let huge = memory(MEMINFO, Some(&zones(u64::MAX, u64::MAX)));
    check(&huge, 0, 100.0, 1_024_000);
}

#[test]
fn available_without_watermarks() {
    let fallback = memory(MEMINFO, None);
    check(&fallback, 307_200, 70.0, 716_800);
    assert_eq!(fallback.warning(), None);
    for key in ["Active(file)", "Inactive(file)", "SReclaimable"] {
        let lines = MEMINFO.lines().filter(|line| !line.starts_with(key)).collect::<Vec<_>>();
        let fallback = memory(&lines.join("\n"), Some(&zones(2, 3)));
        assert_eq!(fallback.available, 307_200, "{key}");
        assert_eq!(fallback.warning(), None, "{key}");
    }
}

#[test]
fn memory_that_is_not_told() {
    let few = memory("MemTotal: 1000 kB\nMemFree: 100 kB\nCached: 200 kB\n", None);
    assert_eq!((few.available, few.cached, few.slab), (307_200, 204_800, 0));
    let warning =
        "buffers, shared, active, inactive memory stats couldn't be determined and were set to 0";
    assert_eq!(few.warning().as_deref(), Some(warning));
    let none = memory("MemTotal: 1000 kB\nMemFree: 100 kB\n", None);
    assert_eq!((none.available, none.percent), (102_400, 90.0));
    assert!(none.warning().unwrap().starts_with("buffers, cached, shared, active, inactive "));
    // All at once.
    let text = "MemTotal: 1 kB\nMemFree: 0 kB\nActive(file): 0 kB\nInactive(file): 0 kB\n\
                SReclaimable: 0 kB\n";
    let none = memory(text, Some(&zones(1, 1)));
    assert!(
        none.warning()
            .unwrap()
            .starts_with("buffers, cached, shared, active, inactive, available memory stats")
    );
}

#[test]
fn memory_of_old_kernels() {
    let old = "MemTotal: 1000 kB\nMemFree: 100 kB\nMemShared: 5 kB\nBuffers: 1 kB\nCached: 1 kB\n\
               Active: 1 kB\nInact_dirty: 2 kB\nInact_clean: 3 kB\nInact_laundry: 4 kB\n";
    let told = memory(old, None);
    assert_eq!((told.shared, told.inactive), (5120, 9216));
    assert_eq!(told.warning(), None);
    let told = memory(&old.replace("Inact_clean", "Inact_other"), None);
    let warning = "inactive memory stats couldn't be determined and was set to 0";
    assert_eq!(told.warning().as_deref(), Some(warning));
}

#[test]
fn memory_without_spaces_or_without_memory() {
    let tight = MEMINFO.replace(": ", ":");
    check(&memory(&tight, None), 307_200, 70.0, 716_800);
    let nothing = memory("MemTotal: 0 kB\nMemFree: 0 kB\n", None);
    assert_eq!((nothing.total, nothing.percent, nothing.used), (0, 0.0, 0));
    // Free of more than there is.
    let odd = memory("MemTotal: 1 kB\nMemFree: 5 kB\nMemAvailable: 9 kB\n", None);
    assert_eq!((odd.available, odd.used, odd.percent), (5120, 0, 0.0));
    let most = "MemTotal: 18014398509481983 kB\nMemFree: 18014398509481983 kB\n\
                Cached: 18014398509481983 kB\nSReclaimable: 18014398509481983 kB\n\
                Active(file): 18014398509481983 kB\nInactive(file): 18014398509481983 kB\n";
    for zoneinfo in [None, Some(zones(1, 2)), Some(zones(u64::MAX, 5))] {
        let most = memory(most, zoneinfo.as_deref());
        assert_eq!(most.cached, u64::MAX);
        assert!(most.used <= most.total);
    }
}

#[test]
fn unreadable_memory() {
    let tree = Tree::new();
    let error = tree.roots().virtual_memory().unwrap_err();
    assert_eq!((error.kind(), error.path()), (ErrorKind::Os, Some(&*tree.at("meminfo"))));
    for (text, told) in [
        ("", "line 'MemTotal' not found"),
        ("MemTotal: 1 kB\n", "line 'MemFree' not found"),
        ("MemTotal: much\nMemFree: 1 kB\n", "invalid MemTotal 'much'"),
        ("MemTotal: 1 kB\nMemFree: 1 kB\nShmem: -7 kB\n", "invalid Shmem '-7 kB'"),
    ] {
        tree.write("meminfo", text);
        let error = tree.roots().virtual_memory().unwrap_err();
        assert_eq!((error.kind(), error.path()), (ErrorKind::Parse, Some(&*tree.at("meminfo"))));
        assert!(error.to_string().ends_with(told), "{error}");
    }
    tree.write("meminfo", MEMINFO);
    tree.write("zoneinfo", "  low many\n");
    let error = tree.roots().virtual_memory().unwrap_err();
    assert_eq!((error.kind(), error.path()), (ErrorKind::Parse, Some(&*tree.at("zoneinfo"))));
}

#[test]
fn memory_percent_goes_by_the_last_total() {
    let tree = Tree::new();
    tree.process(7, 1, b"x", 100);
    tree.write("7/statm", "100 100 0 0 0 0 0\n");
    let total = 1000 * page_size() / 1024;
    tree.write("meminfo", format!("MemTotal: {total} kB\nMemFree: 1 kB\n"));
    tree.write("stat", "cpu  1 2 3 4\nbtime 1700000000\n");
    let roots = tree.roots();
    let percent = || roots.process(7).unwrap().memory_percent(MemoryType::Rss).unwrap();
    assert!((percent() - 10.0).abs() < 1e-9);
    tree.write("meminfo", format!("MemTotal: {} kB\nMemFree: 1 kB\n", 2 * total));
    assert!((percent() - 10.0).abs() < 1e-9);
    roots.virtual_memory().unwrap();
    assert!((percent() - 5.0).abs() < 1e-9);
}

#[test]
fn swap() {
    let tree = Tree::new();
    let roots = tree.roots();
    tree.write("meminfo", format!("{MEMINFO}SwapTotal: 100 kB\nSwapFree: 25 kB\n"));
    tree.write("vmstat", "nr_free_pages 1\npswpin 2\npswpout 3\npswpoutx 9\n");
    let told = roots.swap_memory().unwrap();
    assert_eq!((told.total, told.used, told.free), (102_400, 76_800, 25_600));
    assert_eq!(told.percent, 75.0);
    assert_eq!((told.sin, told.sout), (2 * page_size(), 3 * page_size()));
    assert_eq!(told.warning(), None);

    let warning = "'sin' and 'sout' swap memory stats couldn't be determined and were set to 0";
    tree.write("vmstat", "pswpin 2\n");
    let told = roots.swap_memory().unwrap();
    assert_eq!((told.used, told.sin, told.sout), (76_800, 0, 0));
    assert_eq!(told.warning().as_deref(), Some(warning));

    tree.remove("vmstat");
    let told = roots.swap_memory().unwrap();
    assert_eq!((told.used, told.sin, told.sout), (76_800, 0, 0));
    let path = tree.at("vmstat");
    let reason = format!("[Errno 2] No such file or directory: '{}'", path.display());
    assert_eq!(told.warning(), Some(format!("{warning} ({reason})")));

    tree.write("meminfo", "SwapTotal: 0 kB\nSwapFree: 0 kB\n");
    let told = roots.swap_memory().unwrap();
    assert_eq!((told.total, told.used, told.free, told.percent), (0, 0, 0, 0.0));

    tree.write("vmstat", "pswpin 18446744073709551615\npswpout 1\n");
    assert_eq!(roots.swap_memory().unwrap().sin, u64::MAX);
    for (file, text) in [("vmstat", "pswpin two\npswpout 3\n"), ("meminfo", "SwapFree: no\n")] {
        tree.write(file, text);
        let error = roots.swap_memory().unwrap_err();
        assert_eq!((error.kind(), error.path()), (ErrorKind::Parse, Some(&*tree.at(file))));
    }
}

#[test]
fn swap_by_the_system_call() {
    // A meminfo that knows of no swap: the machine's own.
    let tree = Tree::new();
    tree.write("meminfo", MEMINFO);
    tree.write("vmstat", "pswpin 0\npswpout 0\n");
    let told = tree.roots().swap_memory().unwrap();
    assert_eq!(told.total, sysvitals::swap_memory().unwrap().total);
    tree.write("meminfo", format!("{MEMINFO}SwapTotal: 1 kB\n"));
    assert_eq!(tree.roots().swap_memory().unwrap().total, told.total);
}

#[test]
fn live_memory() {
    let memory = sysvitals::virtual_memory().unwrap();
    assert_eq!(memory.warning(), None);
    assert_eq!(memory.used, memory.total - memory.available);
    if !needs(has_program("free"), "free") {
        return;
    }
    let row = |name: &str| {
        let text = output("free", &["-b"]);
        let line = text.lines().find(|line| line.starts_with(name)).unwrap().to_owned();
        line.split_whitespace().skip(1).map(|n| n.parse::<u64>().unwrap()).collect::<Vec<_>>()
    };
    // Other programs come and go meanwhile: a reading of ours that is close to one of theirs.
    let close = |ours: u64, theirs: u64| ours.abs_diff(theirs) < memory.total / 50;
    until("memory as free tells it", || {
        let ours = sysvitals::virtual_memory().unwrap();
        let theirs = row("Mem:");
        assert_eq!(ours.total, theirs[0]);
        close(ours.free, theirs[2])
            && close(ours.shared, theirs[3])
            && close(ours.buffers + ours.cached, theirs[4])
            && close(ours.available, theirs[5])
    });
    let swap = sysvitals::swap_memory().unwrap();
    assert_eq!(swap.warning(), None);
    assert_eq!(swap.total, row("Swap:")[0]);
    until("swap as free tells it", || {
        close(sysvitals::swap_memory().unwrap().used, row("Swap:")[1])
    });
}

#[test]
fn live_active_memory() {
    if !needs(has_program("vmstat"), "vmstat") {
        return;
    }
    let kilobytes = |line: &str| {
        let text = output("vmstat", &["-s"]);
        let found = text.lines().find(|row| row.trim_end().ends_with(line)).unwrap().to_owned();
        found.split_whitespace().next().unwrap().parse::<u64>().unwrap()
    };
    let total = sysvitals::virtual_memory().unwrap().total;
    until("memory as vmstat tells it", || {
        let ours = sysvitals::virtual_memory().unwrap();
        let close = |ours: u64, line| ours.abs_diff(kilobytes(line) * 1024) < total / 50;
        close(ours.active, "K active memory") && close(ours.inactive, "K inactive memory")
    });
    until("swapping as vmstat tells it", || {
        let ours = sysvitals::swap_memory().unwrap();
        ours.sin == kilobytes("pages swapped in") * page_size()
            && ours.sout == kilobytes("pages swapped out") * page_size()
    });
}

#[test]
fn boot_time() {
    let tree = Tree::new();
    tree.write("stat", "cpu  1 2 3 4\nbtime 1700000000\n");
    assert_eq!(tree.roots().boot_time().unwrap(), 1_700_000_000.0);
    tree.write("stat", "cpu  1 2 3 4\nbtime 1700003600\n");
    assert_eq!(tree.roots().boot_time().unwrap(), 1_700_003_600.0, "moves with the clock");
    tree.write("stat", "cpu  1 2 3 4\n");
    let error = tree.roots().boot_time().unwrap_err();
    assert_eq!((error.kind(), error.path()), (ErrorKind::Parse, Some(&*tree.at("stat"))));
    assert!(error.to_string().ends_with("line 'btime' not found"), "{error}");
}

#[test]
fn live_users() {
    let users = sysvitals::users().unwrap();
    if !needs(has_program("who"), "who") {
        return;
    }
    // `who` leaves out those whose process has ended.
    let names = output("who", &[]);
    for line in names.lines() {
        let mut words = line.split_whitespace();
        let (name, terminal) = (words.next().unwrap(), words.next().unwrap());
        let found = users.iter().any(|user| {
            user.name == name && user.terminal.as_deref().is_none_or(|known| known == terminal)
        });
        assert!(found, "{line}: {users:?}");
    }
    if names.is_empty() {
        eprintln!("skipped: nobody is logged in");
    }
}

#[test]
fn bytes_for_people() {
    let kilo = 1024f64;
    for (bytes, text) in [
        (0.0, "0.0B"),
        (10_000.0, "9.8K"),
        (-2048.0, "-2.0K"),
        (1.5, "1.5B"),
        (1_048_575.0, "1024.0K"),
        (kilo.powi(9), "1024.0Y"),
        (f64::NAN, "nanB"),
        (f64::INFINITY, "infY"),
    ] {
        assert_eq!(bytes2human(bytes), text);
    }
}
