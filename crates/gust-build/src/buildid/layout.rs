//! The parts of a program that a content hash must not depend on.

use std::ops::Range;

use object::Object as _;
use object::read::elf::ElfFile;
use object::read::elf::FileHeader;
use object::read::macho::MachHeader;
use object::read::macho::{LoadCommandVariant, MachOFile};
use object::{Endianness, ObjectSection as _, elf, macho};

/// The four-byte beginnings of a Mach-O file, both byte orders, 32 and 64 bits.
pub(super) fn is_mach_o(data: &[u8]) -> bool {
    matches!(
        data,
        [0xfe, 0xed, 0xfa, 0xce | 0xcf, ..] | [0xce | 0xcf, 0xfa, 0xed, 0xfe, ..]
    )
}

/// The byte ranges that count as zeros: a Mach-O signature and UUID, an ELF GNU build ID.
pub(super) fn excluded(data: &[u8]) -> Vec<Range<usize>> {
    if data.starts_with(b"\x7fELF") {
        return gnu_build_id(data).into_iter().collect();
    }
    match MachO::parse(data) {
        Some(file) => {
            let signature = file
                .signature
                .map(|s| s.offset as usize..s.offset.saturating_add(s.size) as usize);
            signature.into_iter().chain(file.uuid).collect()
        }
        None => Vec::new(),
    }
}

/// The GNU build ID behind its 16-byte note header.
fn gnu_build_id(data: &[u8]) -> Option<Range<usize>> {
    fn of<E: FileHeader<Endian = Endianness>>(data: &[u8]) -> Option<Range<usize>> {
        let file = ElfFile::<E>::parse(data).ok()?;
        let (offset, size) = file.section_by_name(".note.gnu.build-id")?.file_range()?;
        Some(
            usize::try_from(offset.checked_add(16)?).ok()?
                ..usize::try_from(offset.checked_add(size)?).ok()?,
        )
    }
    match data.get(4)? {
        1 => of::<elf::FileHeader32<Endianness>>(data),
        2 => of::<elf::FileHeader64<Endianness>>(data),
        _ => None,
    }
}

/// What signing needs to know of a Mach-O file.
#[derive(Debug, Default)]
pub(super) struct MachO {
    pub(super) signature: Option<Signature>,
    pub(super) uuid: Option<Range<usize>>,
    pub(super) text_offset: u64,
    pub(super) text_size: u64,
    pub(super) executable: bool,
    /// Where the machine code lies: the `__text` section.
    pub(super) code: Option<Range<usize>>,
}

/// The place of a code signature in the file, in bytes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Signature {
    pub(super) offset: u32,
    pub(super) size: u32,
}

impl MachO {
    pub(super) fn parse(data: &[u8]) -> Option<MachO> {
        match data {
            [0xfe, 0xed, 0xfa, 0xce, ..] | [0xce, 0xfa, 0xed, 0xfe, ..] => {
                Self::of::<macho::MachHeader32<Endianness>>(data)
            }
            [0xfe, 0xed, 0xfa, 0xcf, ..] | [0xcf, 0xfa, 0xed, 0xfe, ..] => {
                Self::of::<macho::MachHeader64<Endianness>>(data)
            }
            _ => None,
        }
    }

    fn of<H: MachHeader<Endian = Endianness>>(data: &[u8]) -> Option<MachO> {
        let file = MachOFile::<H>::parse(data).ok()?;
        let endian = file.endian();
        let mut found = MachO {
            executable: file.macho_header().filetype(endian) == macho::MH_EXECUTE,
            ..MachO::default()
        };
        let mut at = size_of::<H>();
        let mut commands = file.macho_load_commands().ok()?;
        while let Ok(Some(command)) = commands.next() {
            let size = command.cmdsize() as usize;
            match command.variant() {
                Ok(LoadCommandVariant::LinkeditData(link))
                    if command.cmd() == macho::LC_CODE_SIGNATURE =>
                {
                    found.signature = Some(Signature {
                        offset: link.dataoff.get(endian),
                        size: link.datasize.get(endian),
                    });
                }
                Ok(LoadCommandVariant::Uuid(_)) if found.uuid.is_none() => {
                    found.uuid = Some(at + 8..at + size)
                }
                Ok(LoadCommandVariant::Segment32(segment, _))
                    if name_is(&segment.segname, "__TEXT") =>
                {
                    found.text_offset = segment.fileoff.get(endian).into();
                    found.text_size = segment.filesize.get(endian).into();
                }
                Ok(LoadCommandVariant::Segment64(segment, _))
                    if name_is(&segment.segname, "__TEXT") =>
                {
                    found.text_offset = segment.fileoff.get(endian);
                    found.text_size = segment.filesize.get(endian);
                }
                _ => {}
            }
            at += size;
        }
        found.code = file
            .section_by_name("__text")
            .and_then(|text| text.file_range())
            .and_then(|(offset, size)| {
                Some(
                    usize::try_from(offset).ok()?
                        ..usize::try_from(offset.checked_add(size)?).ok()?,
                )
            });
        Some(found)
    }
}

/// Compares a fixed-width, zero-padded name.
fn name_is(padded: &[u8; 16], name: &str) -> bool {
    padded.split(|&b| b == 0).next() == Some(name.as_bytes())
}
