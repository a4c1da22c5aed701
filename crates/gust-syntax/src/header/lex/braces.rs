//! Finding the brace that closes another, over strings and comments, without reading tokens.

/// The offset behind the brace that closes the one at `open`.
pub(super) fn closing(src: &[u8], open: usize) -> Option<usize> {
    let mut depth = 0usize;
    let mut at = open;
    loop {
        at += src[at..].iter().position(|&b| STOPS[usize::from(b)])?;
        let rest = &src[at..];
        at += match (rest[0], rest.get(1)) {
            (b'{', _) => {
                depth += 1;
                1
            }
            (b'}', _) => {
                depth = depth.checked_sub(1)?;
                if depth == 0 {
                    return Some(at + 1);
                }
                1
            }
            (b'`', _) => memchr::memchr(b'`', &rest[1..])? + 2,
            (b'/', Some(b'/')) => memchr::memchr(b'\n', rest)?,
            (b'/', Some(b'*')) => memchr::memmem::find(&rest[2..], b"*/")? + 4,
            (b'/', _) => 1,
            (quote, _) => quoted(rest, quote)?,
        };
    }
}

/// The length of the string or character at the start of `text`; `None` when its line ends before it does.
fn quoted(text: &[u8], quote: u8) -> Option<usize> {
    let mut at = 1;
    loop {
        match *text.get(at)? {
            b'\n' => return None,
            b'\\' => at += 2,
            b if b == quote => return Some(at + 1),
            _ => at += 1,
        }
    }
}

const STOPS: [bool; 256] = {
    let mut table = [false; 256];
    let stops = b"{}`\"'/";
    let mut n = 0;
    while n < stops.len() {
        table[stops[n] as usize] = true;
        n += 1;
    }
    table
};

#[cfg(test)]
mod tests {
    use super::closing;

    #[test]
    fn braces() {
        let text = b"{ a {'}'} \"}\\\"}\" `}` // }\n /* } */ b/c } d";
        assert_eq!(closing(text, 0), Some(text.len() - 2));
        assert_eq!(closing(b"{ {", 0), None);
        assert_eq!(closing(b"{ \"\n }", 0), None);
    }
}
