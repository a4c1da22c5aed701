//! Reading the build ID out of what the compiler or the linker made.

use object::read::elf::{FileHeader, ProgramHeader};
use object::{Endianness, elf};

use super::layout::{MachO, is_mach_o};

const ARCHIVE: &[u8] = b"!<arch>\n";
const PACKAGE_DEFINITION: &[u8] = b"__.PKGDEF";
const OBJECT_HEADER: &[u8] = b"go object ";
const ARCHIVE_ID: &[u8] = b"build id ";
const RAW_PREFIX: &[u8] = b"\xff Go build ID: \"";
const RAW_END: &[u8] = b"\"\n \xff";
/// The note type of a build ID under the note name `Go`.
const GO_BUILD_ID: elf::NoteType = elf::NoteType(4);
/// How much of a program's code is searched for a raw ID, in bytes; the linker puts it first.
const SEARCHED: usize = 32 * 1024;

/// Why no build ID could be read.
#[derive(Debug, thiserror::Error, Clone, Copy, PartialEq, Eq)]
pub enum BuildIdError {
    /// The file is neither an archive of Go's nor a program that the linker made.
    #[error("malformed object file")]
    Malformed,
}

/// The build ID in `data`, a whole file; empty where the file is well-formed and has none.
///
/// # Errors
/// [`BuildIdError::Malformed`] for anything else than an archive of Go's or a program.
pub fn read(data: &[u8]) -> Result<String, BuildIdError> {
    if data.starts_with(ARCHIVE) {
        return archive(data);
    }
    let head = &data[..data.len().min(SEARCHED)];
    if data.starts_with(b"\x7fELF") {
        return match data.get(4) {
            Some(1) => elf_note::<elf::FileHeader32<Endianness>>(data),
            Some(2) => elf_note::<elf::FileHeader64<Endianness>>(data),
            _ => Err(BuildIdError::Malformed),
        };
    }
    if is_mach_o(data) {
        return mach_o(data, head);
    }
    if data.len() < 4 {
        return Err(BuildIdError::Malformed);
    }
    raw(head)
}

/// An archive says it in the fourth line: `!<arch>`, the entry `__.PKGDEF`, `go object ...`, `build id "..."`.
fn archive(data: &[u8]) -> Result<String, BuildIdError> {
    let mut lines = data[..data.len().min(4096)].split(|&b| b == b'\n').skip(1);
    let mut line = || lines.next().ok_or(BuildIdError::Malformed);
    if !line()?.starts_with(PACKAGE_DEFINITION) || !line()?.starts_with(OBJECT_HEADER) {
        return Err(BuildIdError::Malformed);
    }
    match line()?.strip_prefix(ARCHIVE_ID) {
        Some(quoted) => unquoted(quoted),
        None => Ok(String::new()),
    }
}

/// IDs hold no character that quoting would change; anything else is not an ID.
fn unquoted(quoted: &[u8]) -> Result<String, BuildIdError> {
    let inner = quoted
        .strip_prefix(b"\"")
        .and_then(|rest| rest.strip_suffix(b"\""))
        .ok_or(BuildIdError::Malformed)?;
    if inner.contains(&b'\\') || inner.contains(&b'"') {
        return Err(BuildIdError::Malformed);
    }
    String::from_utf8(inner.to_vec()).map_err(|_| BuildIdError::Malformed)
}

fn raw(head: &[u8]) -> Result<String, BuildIdError> {
    let Some(start) = memchr::memmem::find(head, RAW_PREFIX) else {
        return Ok(String::new());
    };
    let from_quote = start + RAW_PREFIX.len() - 1;
    let length =
        memchr::memmem::find(&head[from_quote + 1..], RAW_END).ok_or(BuildIdError::Malformed)?;
    unquoted(&head[from_quote..from_quote + length + 2])
}

fn mach_o(data: &[u8], head: &[u8]) -> Result<String, BuildIdError> {
    if let Ok(id) = raw(head)
        && !id.is_empty()
    {
        return Ok(id);
    }
    let code = MachO::parse(data)
        .and_then(|file| file.code)
        .ok_or(BuildIdError::Malformed)?;
    let code = data.get(code).ok_or(BuildIdError::Malformed)?;
    raw(&code[..code.len().min(SEARCHED)])
}

/// ELF keeps it in a note of its own (name `Go`, type 4); a GNU note serves where that is missing.
fn elf_note<E: FileHeader<Endian = Endianness>>(data: &[u8]) -> Result<String, BuildIdError> {
    let malformed = |_| BuildIdError::Malformed;
    let header = E::parse(data).map_err(malformed)?;
    let endian = header.endian().map_err(malformed)?;
    let mut gnu = String::new();
    for segment in header.program_headers(endian, data).map_err(malformed)? {
        let Ok(Some(mut notes)) = segment.notes(endian, data) else {
            continue;
        };
        while let Ok(Some(note)) = notes.next() {
            match (note.name(), note.n_type(endian)) {
                (b"Go", GO_BUILD_ID) => {
                    return Ok(gust_bytes::text(note.desc()).into_owned());
                }
                (b"GNU", elf::NT_GNU_BUILD_ID) => gnu = gust_bytes::text(note.desc()).into_owned(),
                _ => {}
            }
        }
    }
    Ok(gnu)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn archives_and_raw_programs() {
        let archive = b"!<arch>\n__.PKGDEF       0           0     0     644     19266     `\ngo object linux amd64 go1.26 X:none\nbuild id \"abc/def\"\n\n";
        assert_eq!(read(archive).unwrap(), "abc/def");
        let without = b"!<arch>\n__.PKGDEF       0           0     0     644     1     `\ngo object linux amd64 go1.26 X:none\n\n";
        assert_eq!(read(without).unwrap(), "");
        let program = b"MZ....\xff Go build ID: \"a/b/c/d\"\n \xff....";
        assert_eq!(read(program).unwrap(), "a/b/c/d");
        assert_eq!(read(b"MZ...."), Ok(String::new()));
    }

    #[test]
    fn damaged_files_are_malformed() {
        assert_eq!(read(b"!<arch>\n"), Err(BuildIdError::Malformed));
        assert_eq!(read(b"\x7fELF\x02"), Err(BuildIdError::Malformed));
        assert_eq!(read(b""), Err(BuildIdError::Malformed));
        assert_eq!(
            read(b"MZ\xff Go build ID: \"abc"),
            Err(BuildIdError::Malformed)
        );
    }
}
