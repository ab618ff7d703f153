#![no_main]

use libfuzzer_sys::fuzz_target;
use sysvitals::parse::children;

fuzz_target!(|data: &[u8]| {
    if let Ok(pids) = children(data) {
        assert!(pids.iter().all(|&pid| pid > 0));
        assert!(pids.len() <= data.len().div_ceil(2));
    }
});
