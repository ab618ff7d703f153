#![no_main]

use libfuzzer_sys::fuzz_target;
use sysvitals::parse::statm;

fuzz_target!(|data: &[u8]| {
    let _ = statm(data);
});
