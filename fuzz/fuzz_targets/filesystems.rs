#![no_main]

use libfuzzer_sys::fuzz_target;
use sysvitals::parse::filesystems;

fuzz_target!(|data: &[u8]| {
    for name in filesystems(data) {
        assert!(!name.is_empty() && name != "nodev");
    }
});
