#![no_main]

use libfuzzer_sys::fuzz_target;
use sysvitals::parse::{fdinfo, open_mode};

fuzz_target!(|data: &[u8]| {
    if let Ok(info) = fdinfo(data) {
        let _ = open_mode(info.flags);
    }
});
