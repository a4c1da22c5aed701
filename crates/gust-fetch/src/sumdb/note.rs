//! Signed notes: a text and the Ed25519 signatures of it, each by a named key.
//!
//! The format is the one that checksum databases sign their tree heads with: the text, an empty
//! line, then a line for each signature: an em dash, the key's name, and base64 of the key's
//! hash and the signature.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use ed25519_dalek::{Signature, Signer as _, SigningKey, Verifier as _, VerifyingKey};
use sha2::{Digest, Sha256};

const ED25519: u8 = 1;
const SIGNATURE_PREFIX: &str = "\u{2014} ";
const MAX_SIGNATURES: usize = 100;

/// Why a key or a note was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoteError {
    /// The key is not of the form name+hash+base64.
    #[error("malformed verifier id")]
    MalformedKey,
    /// The key is for an algorithm other than Ed25519.
    #[error("unknown verifier algorithm")]
    UnknownAlgorithm,
    /// The hash in the key is not that of its name and public key.
    #[error("invalid verifier hash")]
    WrongKeyHash,
    /// The bytes are not a note.
    #[error("malformed note")]
    Malformed,
    /// A signature claims to be of a known key and is not.
    #[error("invalid signature for key {name}+{hash:08x}")]
    InvalidSignature {
        /// The key's name.
        name: String,
        /// The key's hash.
        hash: u32,
    },
    /// No signature is of a known key.
    #[error("note has no verifiable signatures")]
    Unverified,
}

/// A public key with the name of its owner.
#[derive(Debug, Clone)]
pub struct Verifier {
    name: String,
    hash: u32,
    key: VerifyingKey,
}

impl Verifier {
    /// Reads a key of the form `name+hash+base64(algorithm, key)`.
    pub fn parse(text: &str) -> Result<Self, NoteError> {
        let (name, rest) = text.split_once('+').unwrap_or((text, ""));
        let (hash16, key64) = rest.split_once('+').unwrap_or((rest, ""));
        let key = BASE64.decode(key64).map_err(|_| NoteError::MalformedKey)?;
        let hash = parse_key_hash(hash16).ok_or(NoteError::MalformedKey)?;
        if !is_valid_name(name) || key.is_empty() {
            return Err(NoteError::MalformedKey);
        }
        if hash != key_hash(name, &key) {
            return Err(NoteError::WrongKeyHash);
        }
        if key[0] != ED25519 {
            return Err(NoteError::UnknownAlgorithm);
        }
        let bytes: [u8; 32] = key[1..].try_into().map_err(|_| NoteError::MalformedKey)?;
        let key = VerifyingKey::from_bytes(&bytes).map_err(|_| NoteError::MalformedKey)?;
        Ok(Self {
            name: name.to_owned(),
            hash,
            key,
        })
    }

    /// The name of the key's owner.
    pub fn name(&self) -> &str {
        &self.name
    }
}

/// A private key with the name of its owner; for servers made by tests.
pub struct Signer {
    name: String,
    key: SigningKey,
}

impl Signer {
    /// A key from 32 bytes that must be secret (or, in a test, just fixed).
    pub fn from_seed(name: &str, seed: [u8; 32]) -> Self {
        Self {
            name: name.to_owned(),
            key: SigningKey::from_bytes(&seed),
        }
    }

    /// Reads a key of the form `PRIVATE+KEY+name+hash+base64(algorithm, seed)`.
    pub fn parse(text: &str) -> Result<Self, NoteError> {
        let rest = text
            .strip_prefix("PRIVATE+KEY+")
            .ok_or(NoteError::MalformedKey)?;
        let mut parts = rest.splitn(3, '+');
        let (Some(name), Some(hash), Some(key)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(NoteError::MalformedKey);
        };
        let key = BASE64.decode(key).map_err(|_| NoteError::MalformedKey)?;
        let Some((&ED25519, seed)) = key.split_first() else {
            return Err(NoteError::UnknownAlgorithm);
        };
        let seed: [u8; 32] = seed.try_into().map_err(|_| NoteError::MalformedKey)?;
        let signer = Self::from_seed(name, seed);
        if parse_key_hash(hash) != Some(signer.hash()) {
            return Err(NoteError::WrongKeyHash);
        }
        Ok(signer)
    }

    fn public(&self) -> Vec<u8> {
        let mut key = vec![ED25519];
        key.extend_from_slice(self.key.verifying_key().as_bytes());
        key
    }

    fn hash(&self) -> u32 {
        key_hash(&self.name, &self.public())
    }

    /// The public half, as [`Verifier::parse`] reads it.
    pub fn verifier_key(&self) -> String {
        format!(
            "{}+{:08x}+{}",
            self.name,
            self.hash(),
            BASE64.encode(self.public())
        )
    }

    /// The note that says `text` (which must end with a newline), signed with this key.
    pub fn sign(&self, text: &str) -> Vec<u8> {
        let mut signature = self.hash().to_be_bytes().to_vec();
        signature.extend_from_slice(&self.key.sign(text.as_bytes()).to_bytes());
        format!(
            "{text}\n{SIGNATURE_PREFIX}{} {}\n",
            self.name,
            BASE64.encode(signature)
        )
        .into_bytes()
    }
}

/// The text of a note that carries a valid signature of `known`.
///
/// Signatures of other keys are passed over; a wrong signature of `known` is an error.
pub fn open<'a>(message: &'a [u8], known: &Verifier) -> Result<&'a str, NoteError> {
    let message = std::str::from_utf8(message).map_err(|_| NoteError::Malformed)?;
    if message.chars().any(|c| (c as u32) < 0x20 && c != '\n') {
        return Err(NoteError::Malformed);
    }
    let split = message.rfind("\n\n").ok_or(NoteError::Malformed)?;
    let (text, signatures) = (&message[..=split], &message[split + 2..]);
    if !signatures.ends_with('\n') {
        return Err(NoteError::Malformed);
    }
    let mut verified = false;
    for (count, line) in signatures[..signatures.len() - 1].split('\n').enumerate() {
        if count >= MAX_SIGNATURES {
            return Err(NoteError::Malformed);
        }
        let line = line
            .strip_prefix(SIGNATURE_PREFIX)
            .ok_or(NoteError::Malformed)?;
        let (name, signature64) = line.split_once(' ').ok_or(NoteError::Malformed)?;
        let signature = BASE64
            .decode(signature64)
            .map_err(|_| NoteError::Malformed)?;
        if !is_valid_name(name) || signature.len() < 5 {
            return Err(NoteError::Malformed);
        }
        let hash = u32::from_be_bytes([signature[0], signature[1], signature[2], signature[3]]);
        if verified || name != known.name || hash != known.hash {
            continue;
        }
        let valid = Signature::from_slice(&signature[4..])
            .is_ok_and(|signature| known.key.verify(text.as_bytes(), &signature).is_ok());
        if !valid {
            return Err(NoteError::InvalidSignature {
                name: name.to_owned(),
                hash,
            });
        }
        verified = true;
    }
    if verified {
        Ok(text)
    } else {
        Err(NoteError::Unverified)
    }
}

fn parse_key_hash(hex: &str) -> Option<u32> {
    if hex.len() != 8 || !hex.bytes().all(|b| b.is_ascii_hexdigit()) {
        return None;
    }
    u32::from_str_radix(hex, 16).ok()
}

fn key_hash(name: &str, key: &[u8]) -> u32 {
    let mut hash = Sha256::new();
    hash.update(name.as_bytes());
    hash.update(b"\n");
    hash.update(key);
    let sum = hash.finalize();
    u32::from_be_bytes([sum[0], sum[1], sum[2], sum[3]])
}

fn is_valid_name(name: &str) -> bool {
    !name.is_empty() && !name.contains(|c: char| c.is_whitespace() || c == '+')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signed_note_opens_with_its_key_only() {
        let signer = Signer::from_seed("sum.example.com", [7; 32]);
        let note = signer.sign("hello\n");
        let verifier = Verifier::parse(&signer.verifier_key()).unwrap();
        assert_eq!(open(&note, &verifier), Ok("hello\n"));

        let other = Signer::from_seed("sum.example.com", [8; 32]);
        let other = Verifier::parse(&other.verifier_key()).unwrap();
        assert_eq!(open(&note, &other), Err(NoteError::Unverified));

        let mut changed = note.clone();
        changed[0] = b'j';
        assert!(matches!(
            open(&changed, &verifier),
            Err(NoteError::InvalidSignature { .. })
        ));
        assert_eq!(open(b"hello\n", &verifier), Err(NoteError::Malformed));
    }

    #[test]
    fn keys_are_checked() {
        let known = "sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8";
        assert_eq!(Verifier::parse(known).unwrap().name(), "sum.golang.org");
        let wrong = known.replace("033de0ae", "033de0af");
        assert_eq!(
            Verifier::parse(&wrong).unwrap_err(),
            NoteError::WrongKeyHash
        );
        assert_eq!(Verifier::parse("x").unwrap_err(), NoteError::MalformedKey);
    }
}
