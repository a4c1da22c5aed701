//! What a program is started with, byte for byte: [`Command`] would sort the environment, which a program can see.

use gust_bytes::os;
use gust_toolchain::Environ;
use std::ffi::{CString, OsStr, c_char};
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;

/// Strings as `execve` takes them.
struct Words {
    /// Pointed to by the list.
    _held: Vec<CString>,
    /// Ends with a null pointer.
    list: Vec<*const c_char>,
}

// SAFETY: the pointers lead to memory that the value itself holds and that nobody changes.
unsafe impl Send for Words {}
// SAFETY: the same.
unsafe impl Sync for Words {}

impl Words {
    fn new(words: impl Iterator<Item = Vec<u8>>) -> io::Result<Words> {
        // A string with a zero in it cannot be passed on.
        let held: Result<Vec<CString>, _> = words.map(CString::new).collect();
        let held = held.map_err(|_| io::Error::from_raw_os_error(libc::EINVAL))?;
        let list = held.iter().map(|word| word.as_ptr());
        let list = list.chain([std::ptr::null()]).collect();
        Ok(Words { _held: held, list })
    }
}

/// Has the command's child become `program`, with these arguments (the first is its name) and variables, in their order.
///
/// # Errors
/// One of them holds a zero byte.
pub(super) fn take_over(
    command: &mut Command,
    program: &Path,
    words: &[String],
    environ: &Environ,
) -> io::Result<()> {
    let program = CString::new(gust_bytes::os_path(program).as_os_str().as_bytes())
        .map_err(|_| io::Error::from_raw_os_error(libc::EINVAL))?;
    let arguments = Words::new(words.iter().map(|word| gust_bytes::into_raw(word.clone())))?;
    let variable = |(name, value): (&OsStr, &OsStr)| {
        [os(name).as_bytes(), b"=", os(value).as_bytes()].concat()
    };
    let variables = Words::new(environ.iter().map(variable))?;
    let become_program = move || {
        // The whole values are taken along, not the pointers in them.
        let (program, arguments, variables) = (&program, &arguments, &variables);
        // SAFETY: the strings end with a zero, the lists with a null pointer, and all of them live until the call is over.
        unsafe {
            libc::execve(
                program.as_ptr(),
                arguments.list.as_ptr(),
                variables.list.as_ptr(),
            );
        }
        Err(io::Error::last_os_error())
    };
    // SAFETY: between fork and exec nothing is done but the one system call.
    unsafe { command.pre_exec(become_program) };
    Ok(())
}
