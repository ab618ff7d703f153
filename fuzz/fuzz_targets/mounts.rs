#![no_main]

use libfuzzer_sys::fuzz_target;
use sysvitals::parse::mounts;

fuzz_target!(|data: &[u8]| {
    // Decoding only ever shortens.
    let length = |mount: &sysvitals::parse::Mount| {
        mount.device.len() + mount.mountpoint.len() + mount.fstype.len() + mount.opts.len() + 1
    };
    let read: usize = mounts(data).iter().map(length).sum();
    assert!(read <= data.len() + 1);
});
