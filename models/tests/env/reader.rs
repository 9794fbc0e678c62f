//! Reads the traces that `record.py` writes; the formats are described there.

/// Bytes not yet read.
pub struct Reader(&'static [u8]);

/// What stands at the beginning of an episode or a map.
#[derive(Debug, PartialEq)]
pub struct Header {
    pub name: &'static str,
    pub seed: u64,
}

impl Reader {
    pub fn new(bytes: &'static [u8]) -> Self {
        Self(bytes)
    }

    pub fn bytes(&mut self, count: usize) -> &'static [u8] {
        let (head, rest) = self.0.split_at(count);
        self.0 = rest;
        head
    }

    fn array<const N: usize>(&mut self) -> [u8; N] {
        self.bytes(N).try_into().expect("as many bytes as were asked for")
    }

    pub fn u8(&mut self) -> u8 {
        self.array::<1>()[0]
    }

    pub fn u32(&mut self) -> u32 {
        u32::from_le_bytes(self.array())
    }

    pub fn u64(&mut self) -> u64 {
        u64::from_le_bytes(self.array())
    }

    pub fn f64(&mut self) -> f64 {
        f64::from_le_bytes(self.array())
    }

    pub fn f64s(&mut self, count: usize) -> Vec<f64> {
        (0..count).map(|_| self.f64()).collect()
    }

    pub fn flag(&mut self) -> bool {
        self.u8() == 1
    }

    /// The next header; `None` at the end of the file.
    pub fn header(&mut self) -> Option<Header> {
        if self.0.is_empty() {
            return None;
        }
        let length = self.u8().into();
        let name = std::str::from_utf8(self.bytes(length)).expect("a name in ASCII");
        Some(Header { name, seed: self.u64() })
    }
}

/// The hash FNV-1a with 64 bits.
pub fn fnv(bytes: impl IntoIterator<Item = u8>) -> u64 {
    let mix = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3);
    bytes.into_iter().fold(0xcbf2_9ce4_8422_2325, mix)
}

#[test]
fn the_hash_is_fnv() {
    for (text, hash) in
        [("", 0xcbf2_9ce4_8422_2325), ("a", 0xaf63_dc4c_8601_ec8c), ("foobar", 0x8594_4171_f739_67e8)]
    {
        assert_eq!(fnv(text.bytes()), hash, "{text}");
    }
}
