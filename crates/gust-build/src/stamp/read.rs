//! Build information out of programs: ELF, PE, Mach-O (fat ones too), XCOFF and Plan 9 files.

use super::info::{BuildInfo, ModuleStamp};
use gust_text::quote::{quote, unquote};
use object::{Object, ObjectSection, ObjectSegment, SectionFlags, SegmentFlags};
use thiserror::Error;

/// Why a file has no build information to read. Displays as what follows `could not read Go build info from FILE: `.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum ReadError {
    /// Not a program in any known format.
    #[error("unrecognized file format")]
    Unrecognized,
    /// A program, but not one that Go's linker made.
    #[error("not a Go executable")]
    NotGo,
    /// The information is there and is damaged.
    #[error("could not parse Go build info: line {line}: {what}")]
    Text {
        /// The line, from 1.
        line: usize,
        /// What is wrong with it.
        what: String,
    },
}

const MAGIC: &[u8; 14] = b"\xff Go buildinf:";
const ALIGN: usize = 16;
const HEADER: usize = 32;

/// Reads the release that built a program, and what it says of its modules and settings.
pub fn read(file: &[u8]) -> Result<(String, BuildInfo), ReadError> {
    let (version, text) = raw(&Program::open(file)?)?;
    Ok((version, parse(&text)?))
}

/// Reads the text of build information back; the reverse of [`BuildInfo`]'s `Display`.
pub fn parse(text: &str) -> Result<BuildInfo, ReadError> {
    let mut info = BuildInfo::default();
    let mut last = Last::None;
    for (at, line) in text.split_inclusive('\n').enumerate() {
        let Some(line) = line.strip_suffix('\n') else {
            break;
        };
        parse_line(&mut info, &mut last, line)
            .map_err(|what| ReadError::Text { line: at + 1, what })?;
    }
    Ok(info)
}

/// The module that a replacement line would speak of.
enum Last {
    None,
    Main,
    Dep,
}

fn parse_line(info: &mut BuildInfo, last: &mut Last, line: &str) -> Result<(), String> {
    let Some((word, rest)) = line.split_once('\t') else {
        return Ok(());
    };
    match word {
        "path" => info.path = rest.to_owned(),
        "mod" => {
            info.main = Some(module(rest)?);
            *last = Last::Main;
        }
        "dep" => {
            info.deps.push(module(rest)?);
            *last = Last::Dep;
        }
        "=>" => {
            let columns: Vec<&str> = rest.split('\t').collect();
            let [path, version, sum] = columns.as_slice() else {
                return Err(format!(
                    "expected 3 columns for replacement; got {}",
                    columns.len()
                ));
            };
            let replaced = match std::mem::replace(last, Last::None) {
                Last::Main => info.main.as_mut(),
                Last::Dep => info.deps.last_mut(),
                Last::None => None,
            };
            let replaced = replaced.ok_or("replacement with no module on previous line")?;
            let stamp = ModuleStamp {
                path: (*path).into(),
                version: (*version).into(),
                sum: (*sum).into(),
                replace: None,
            };
            replaced.replace = Some(Box::new(stamp));
        }
        "build" => info.settings.push(setting(rest)?),
        _ => {}
    }
    Ok(())
}

fn module(text: &str) -> Result<ModuleStamp, String> {
    let columns: Vec<&str> = text.split('\t').collect();
    let (path, version, sum) = match columns.as_slice() {
        [path, version] => (path, version, ""),
        [path, version, sum] => (path, version, *sum),
        other => return Err(format!("expected 2 or 3 columns; got {}", other.len())),
    };
    Ok(ModuleStamp {
        path: (*path).into(),
        version: (*version).into(),
        sum: sum.into(),
        replace: None,
    })
}

fn setting(text: &str) -> Result<(String, String), String> {
    let special = |c: char| matches!(c, ' ' | '\t' | '\r' | '\n' | '"' | '`');
    let (key, value) = match text.chars().next() {
        None => return Err("build line missing '='".to_owned()),
        Some('=') => return Err("build line with missing key".to_owned()),
        Some('"' | '`') => {
            let end = quoted_prefix(text).ok_or("invalid quoted key in build line")?;
            let key = unquote(&text[..end]).ok_or("invalid quoted key in build line")?;
            match text[end..].chars().next() {
                None => return Err("build line missing '=' after quoted key".to_owned()),
                Some('=') => (key, &text[end + 1..]),
                Some(c) => {
                    return Err(format!(
                        "unexpected character after quoted key: {}",
                        quote(&c.to_string())
                    ));
                }
            }
        }
        Some(_) => {
            let (key, value) = text
                .split_once('=')
                .ok_or("build line missing '=' after key")?;
            if key.contains(special) {
                return Err(format!("unquoted key {} must be quoted", quote(key)));
            }
            (key.to_owned(), value)
        }
    };
    let value = match value.chars().next() {
        Some('"' | '`') => unquote(value).ok_or("invalid quoted value in build line")?,
        _ if value.contains(special) => {
            return Err(format!("unquoted value {} must be quoted", quote(value)));
        }
        _ => value.to_owned(),
    };
    Ok((key, value))
}

/// Where a quoted string that starts the text ends.
fn quoted_prefix(text: &str) -> Option<usize> {
    let open = text.chars().next()?;
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' if open == '"' => escaped = true,
            c if c == open => return Some(at + 1),
            _ => {}
        }
    }
    None
}

/// A program as address ranges with content, and where in them the information should be.
struct Program<'a> {
    ranges: Vec<(u64, &'a [u8])>,
    start: u64,
    size: u64,
}

impl<'a> Program<'a> {
    fn open(file: &'a [u8]) -> Result<Program<'a>, ReadError> {
        match file.get(..16).ok_or(ReadError::Unrecognized)? {
            [0x7f, b'E', b'L', b'F', ..] => Program::object(file, object_data_elf),
            [b'M', b'Z', ..] => Program::object(file, object_data_pe),
            [0xfe, 0xed, 0xfa, ..] | [_, 0xfa, 0xed, 0xfe, ..] => {
                Program::object(file, object_data_macho)
            }
            [0xca, 0xfe, 0xba, 0xbe | 0xbf, ..] => {
                let inner = fat_arch(file).ok_or(ReadError::Unrecognized)?;
                Program::object(inner, object_data_macho)
            }
            [0x01, 0xdf | 0xf7, ..] => Program::object(file, object_data_xcoff),
            [0, 0, 1, 0xeb, ..] | [0, 0, 0x8a, 0x97, ..] | [0, 0, 6, 0x47, ..] => {
                Program::plan9(file)
            }
            _ => Err(ReadError::Unrecognized),
        }
    }

    fn object(file: &'a [u8], start: DataStart) -> Result<Program<'a>, ReadError> {
        let object = object::File::parse(file).map_err(|_| ReadError::Unrecognized)?;
        let mut ranges = Vec::new();
        if object.format() == object::BinaryFormat::Xcoff {
            let sections = object
                .sections()
                .filter_map(|s| Some((s.address(), s.data().ok()?)));
            ranges.extend(sections);
        } else {
            for segment in object.segments() {
                if segment.name().ok().flatten() != Some("__PAGEZERO")
                    && let Ok(data) = segment.data()
                {
                    ranges.push((segment.address(), data));
                }
            }
        }
        let (start, size) = start(&object).ok_or(ReadError::NotGo)?;
        Ok(Program {
            ranges,
            start,
            size,
        })
    }

    /// An a.out file of Plan 9: a header, the code, then the data.
    fn plan9(file: &'a [u8]) -> Result<Program<'a>, ReadError> {
        let word = |at: usize| {
            file.get(at..at + 4)
                .map(|b| u32::from_be_bytes([b[0], b[1], b[2], b[3]]) as usize)
        };
        let sizes = word(4)
            .zip(word(8))
            .zip(word(0))
            .ok_or(ReadError::Unrecognized)?;
        let ((text, data), magic) = sizes;
        let header = if magic & 0x8000 != 0 { 40 } else { 32 };
        let start = header + text;
        let content = file
            .get(start..start + data)
            .ok_or(ReadError::Unrecognized)?;
        Ok(Program {
            ranges: vec![(start as u64, content)],
            start: start as u64,
            size: data as u64,
        })
    }

    /// What is mapped from the address on, to the end of its range.
    fn at(&self, address: u64) -> Option<&'a [u8]> {
        self.ranges.iter().find_map(|(start, data)| {
            let offset = usize::try_from(address.checked_sub(*start)?).ok()?;
            data.get(offset..).filter(|rest| !rest.is_empty())
        })
    }
}

type DataStart = fn(&object::File<'_>) -> Option<(u64, u64)>;

fn object_data_elf(object: &object::File<'_>) -> Option<(u64, u64)> {
    if let Some(section) = object.sections().find(|s| s.name() == Ok(".go.buildinfo")) {
        return Some((section.address(), section.size()));
    }
    let writable = |flags: SegmentFlags| matches!(flags, SegmentFlags::Elf { p_flags, .. } if p_flags.0 & 3 == 2);
    object
        .segments()
        .find(|s| writable(s.flags()))
        .map(|s| (s.address(), s.size()))
}

fn object_data_macho(object: &object::File<'_>) -> Option<(u64, u64)> {
    if let Some(section) = object.sections().find(|s| s.name() == Ok("__go_buildinfo")) {
        return Some((section.address(), section.size()));
    }
    let writable = |flags: SegmentFlags| matches!(flags, SegmentFlags::MachO { maxprot, initprot, .. } if maxprot.0 == 3 && initprot.0 == 3);
    object
        .segments()
        .find(|s| s.address() != 0 && writable(s.flags()))
        .map(|s| (s.address(), s.size()))
}

fn object_data_pe(object: &object::File<'_>) -> Option<(u64, u64)> {
    const INITIALIZED_READ_WRITE: u32 = 0x0000_0040 | 0x4000_0000 | 0x8000_0000;
    let plain = |bits: u32| bits & !0x0060_0000 == INITIALIZED_READ_WRITE;
    let data = |flags: SectionFlags| matches!(flags, SectionFlags::Coff { characteristics } if plain(characteristics.0));
    object
        .sections()
        .find(|s| data(s.flags()))
        .map(|s| (s.address(), s.size()))
}

fn object_data_xcoff(object: &object::File<'_>) -> Option<(u64, u64)> {
    object
        .sections()
        .find(|s| s.kind() == object::SectionKind::Data)
        .map(|s| (s.address(), s.size()))
}

/// The first program in a file for several architectures.
fn fat_arch(file: &[u8]) -> Option<&[u8]> {
    let word = |at: usize| {
        file.get(at..at + 4)
            .map(|b| u32::from_be_bytes([b[0], b[1], b[2], b[3]]) as usize)
    };
    if word(4)? == 0 {
        return None;
    }
    // Of an entry: processor, its subtype, offset, size, alignment; offset and size are twice as long in the newer format.
    let (offset, size) = match file[3] {
        0xbe => (word(16)?, word(20)?),
        _ => (word(20)?, word(28)?),
    };
    file.get(offset..offset.checked_add(size)?)
}

/// The version and the text, as the linker left them.
fn raw(program: &Program<'_>) -> Result<(String, String), ReadError> {
    let address = find_magic(program)?;
    let header = program
        .at(address)
        .and_then(|d| d.get(..HEADER))
        .ok_or(ReadError::NotGo)?;
    let (version, text) = if header[15] & 2 != 0 {
        let (version, next) = inline_string(program, address + HEADER as u64)?;
        (version, inline_string(program, next)?.0)
    } else {
        (
            pointed_string(program, header, 0)?,
            pointed_string(program, header, 1)?,
        )
    };
    if version.is_empty() {
        return Err(ReadError::NotGo);
    }
    // Sixteen bytes of marks stand around the text.
    let framed = text.len() >= 33 && text[text.len() - 17] == b'\n';
    let text = if framed {
        &text[16..text.len() - 16]
    } else {
        &[]
    };
    let lossy = |bytes: &[u8]| gust_bytes::text(bytes).into_owned();
    Ok((lossy(&version), lossy(text)))
}

fn find_magic(program: &Program<'_>) -> Result<u64, ReadError> {
    let start = program
        .start
        .checked_next_multiple_of(ALIGN as u64)
        .ok_or(ReadError::NotGo)?;
    let end = program
        .start
        .checked_add(program.size)
        .ok_or(ReadError::Unrecognized)?;
    let data = program.at(start).ok_or(ReadError::NotGo)?;
    let length = usize::try_from(end.saturating_sub(start))
        .unwrap_or(usize::MAX)
        .min(data.len());
    let found = data[..length]
        .chunks(ALIGN)
        .position(|chunk| chunk.starts_with(MAGIC));
    let at = found.ok_or(ReadError::NotGo)? * ALIGN;
    if length - at < HEADER {
        return Err(ReadError::NotGo);
    }
    Ok(start + at as u64)
}

/// A string after its length (Go 1.18 and later), and where it ends.
fn inline_string(program: &Program<'_>, address: u64) -> Result<(Vec<u8>, u64), ReadError> {
    let data = program.at(address).ok_or(ReadError::NotGo)?;
    let (mut length, mut used) = (0u64, 0);
    loop {
        let byte = *data
            .get(used)
            .filter(|_| used < 10)
            .ok_or(ReadError::NotGo)?;
        length |= u64::from(byte & 0x7f)
            .checked_shl(7 * used as u32)
            .ok_or(ReadError::NotGo)?;
        used += 1;
        if byte < 0x80 {
            break;
        }
    }
    let end = usize::try_from(length)
        .ok()
        .and_then(|l| used.checked_add(l))
        .ok_or(ReadError::NotGo)?;
    let text = data.get(used..end).ok_or(ReadError::NotGo)?;
    Ok((text.to_vec(), address + end as u64))
}

/// A string behind a pointer to its header (before Go 1.18); `which` of the two.
fn pointed_string(
    program: &Program<'_>,
    header: &[u8],
    which: usize,
) -> Result<Vec<u8>, ReadError> {
    let size = usize::from(header[14]);
    if size != 4 && size != 8 {
        return Err(ReadError::NotGo);
    }
    let big = header[15] & 1 != 0;
    let number = |bytes: &[u8]| {
        let digits: Box<dyn Iterator<Item = &u8>> = if big {
            Box::new(bytes.iter())
        } else {
            Box::new(bytes.iter().rev())
        };
        digits.fold(0u64, |n, b| n << 8 | u64::from(*b))
    };
    let pointer = number(&header[16 + which * size..16 + (which + 1) * size]);
    let string = || {
        let words = program.at(pointer)?.get(..2 * size)?;
        let length = usize::try_from(number(&words[size..])).ok()?;
        program
            .at(number(&words[..size]))?
            .get(..length)
            .map(<[u8]>::to_vec)
    };
    Ok(string().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_back() {
        let text = "path\tx/y\nmod\tx\t(devel)\t\ndep\ta.b/c\tv1.0.0\n=>\t./c\t\t\n\nbuild\t-ldflags=\"-s -w\"\n";
        assert_eq!(parse(text).unwrap().to_string(), text);
        let error = parse("path\tx\nbuild\t=1\n").unwrap_err();
        assert_eq!(
            error.to_string(),
            "could not parse Go build info: line 2: build line with missing key"
        );
    }

    #[test]
    fn anything_else_is_refused() {
        assert_eq!(read(b"").unwrap_err(), ReadError::Unrecognized);
        assert_eq!(
            read(b"MZ is no program at all.........").unwrap_err(),
            ReadError::Unrecognized
        );
        assert_eq!(
            read(&[
                0x7f, b'E', b'L', b'F', 2, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 9
            ])
            .unwrap_err(),
            ReadError::Unrecognized
        );
    }
}
