#![no_main]

use libfuzzer_sys::fuzz_target;
use sysvitals::parse::smaps;

fuzz_target!(|data: &[u8]| {
    let _ = smaps(data, |_| ());
});
