#![no_main]

use libfuzzer_sys::fuzz_target;
use sysvitals::parse::{partition_name, uevent_devname};

fuzz_target!(|data: &[u8]| {
    for (major, minor) in [(8, 1), (259, 0), (104, 0), (u32::MAX, u32::MAX)] {
        if let Some(name) = partition_name(data, major, minor) {
            assert!(!name.is_empty());
        }
    }
    if let Some(name) = uevent_devname(data) {
        assert!(name.len() + 8 <= data.len());
    }
});
