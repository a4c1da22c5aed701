//! The ad-hoc code signature that Go's linker puts into Mach-O programs, made again after the build ID changed.
//!
//! Layout (Apple's `cs_blobs.h`): a super blob with one code directory, whose slots are the SHA-256 of each
//! 4 KiB page of the file up to the signature. All numbers are big-endian.

use sha2::{Digest, Sha256};

use super::layout::MachO;

const PAGE: usize = 4096;
const HASH: usize = 32;
const SUPER_BLOB: usize = 3 * 4;
const BLOB_INDEX: usize = 2 * 4;
const CODE_DIRECTORY: usize = 13 * 4 + 4 + 4 * 8;
/// The identifier that the linker signs under, whatever the program is called.
const IDENTIFIER: &[u8] = b"a.out\0";

const MAGIC_EMBEDDED_SIGNATURE: u32 = 0xfade_0cc0;
const MAGIC_CODE_DIRECTORY: u32 = 0xfade_0c02;
const VERSION: u32 = 0x2_0400;
const FLAGS_ADHOC_LINKER_SIGNED: u32 = 0x2_0002;
const HASH_TYPE_SHA256: u8 = 2;
const PAGE_BITS: u8 = 12;
const EXEC_SEGMENT_MAIN_BINARY: u64 = 1;

/// The signature of `data` as it now is, and where it goes.
///
/// `None` where there is no signature, or one of another size: then it is not the linker's and stays as it is.
pub(super) fn renewed(data: &[u8]) -> Option<(u64, Vec<u8>)> {
    let file = MachO::parse(data)?;
    let place = file.signature?;
    let signed = data.get(..place.offset as usize)?;
    (size(signed.len()) == place.size as usize).then(|| (place.offset.into(), sign(signed, &file)))
}

/// Bytes that the signature of `signed` bytes takes.
fn size(signed: usize) -> usize {
    SUPER_BLOB + BLOB_INDEX + CODE_DIRECTORY + IDENTIFIER.len() + signed.div_ceil(PAGE) * HASH
}

fn sign(signed: &[u8], file: &MachO) -> Vec<u8> {
    let total = size(signed.len());
    let mut out = Vec::with_capacity(total);
    words(&mut out, &[MAGIC_EMBEDDED_SIGNATURE, total as u32, 1]);
    words(&mut out, &[0, (SUPER_BLOB + BLOB_INDEX) as u32]);
    let hashes_at = CODE_DIRECTORY + IDENTIFIER.len();
    words(
        &mut out,
        &[
            MAGIC_CODE_DIRECTORY,
            (total - SUPER_BLOB - BLOB_INDEX) as u32,
            VERSION,
            FLAGS_ADHOC_LINKER_SIGNED,
            hashes_at as u32,
            CODE_DIRECTORY as u32,
            0,
            signed.len().div_ceil(PAGE) as u32,
            signed.len() as u32,
        ],
    );
    out.extend_from_slice(&[HASH as u8, HASH_TYPE_SHA256, 0, PAGE_BITS]);
    words(&mut out, &[0, 0, 0, 0]);
    let main = if file.executable {
        EXEC_SEGMENT_MAIN_BINARY
    } else {
        0
    };
    for long in [0, file.text_offset, file.text_size, main] {
        out.extend_from_slice(&long.to_be_bytes());
    }
    out.extend_from_slice(IDENTIFIER);
    for page in signed.chunks(PAGE) {
        out.extend_from_slice(&Sha256::digest(page));
    }
    out
}

fn words(out: &mut Vec<u8>, words: &[u32]) {
    for word in words {
        out.extend_from_slice(&word.to_be_bytes());
    }
}
