#![no_main]

use libfuzzer_sys::fuzz_target;
use sysvitals::parse::mountinfo_types;

fuzz_target!(|data: &[u8]| {
    for name in mountinfo_types(data) {
        assert!(!name.is_empty());
    }
});
