#![no_main]

use libfuzzer_sys::fuzz_target;
use sysvitals::parse::utmp;

fuzz_target!(|data: &[u8]| {
    assert!(utmp(data, false).len() <= data.len() / 384);
    assert!(utmp(data, true).len() <= data.len() / 400);
});
