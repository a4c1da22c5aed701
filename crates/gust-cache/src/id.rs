//! Names of entries: by what was asked for, and by what came of it.

use std::fmt;

/// Length of an ID in bytes.
pub const ID_LEN: usize = 32;

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
        pub struct $name(pub [u8; ID_LEN]);

        impl $name {
            /// The ID as lower-case hexadecimal digits.
            pub fn to_hex(self) -> String {
                to_hex(&self.0)
            }

            /// Reads 64 lower-case or upper-case hexadecimal digits.
            pub fn from_hex(digits: &[u8]) -> Option<Self> {
                from_hex(digits).map(Self)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.to_hex())
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self)
            }
        }

        impl From<[u8; ID_LEN]> for $name {
            fn from(bytes: [u8; ID_LEN]) -> Self {
                Self(bytes)
            }
        }

        impl AsRef<[u8]> for $name {
            fn as_ref(&self) -> &[u8] {
                &self.0
            }
        }
    };
}

id! {
    /// Names an action: whoever hashes the same inputs, tools and flags arrives at it and may take the result.
    ActionId
}
id! {
    /// Names bytes: their SHA-256.
    OutputId
}

/// Lower-case hexadecimal digits of `bytes`.
pub fn to_hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut out = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        out.push(char::from(DIGITS[usize::from(byte >> 4)]));
        out.push(char::from(DIGITS[usize::from(byte & 15)]));
    }
    out
}

fn from_hex(digits: &[u8]) -> Option<[u8; ID_LEN]> {
    let digits: &[u8; ID_LEN * 2] = digits.try_into().ok()?;
    let value = |digit: u8| char::from(digit).to_digit(16);
    let mut out = [0; ID_LEN];
    for (byte, pair) in out.iter_mut().zip(digits.chunks_exact(2)) {
        *byte = (value(pair[0])? << 4 | value(pair[1])?) as u8;
    }
    Some(out)
}
