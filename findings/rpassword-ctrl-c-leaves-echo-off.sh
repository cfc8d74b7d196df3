#!/usr/bin/env bash
# rpassword 7.5.4, `prompt_password` on a terminal.
#
# Guess: as getpass(3) does, it hides input before it prints the prompt, and at Ctrl-C it restores the terminal before the
# signal ends the program.
# Seen: by its source, input is hidden after the prompt is written. At Ctrl-C it raises SIGINT first: a program without a handler of its
# own is gone before the terminal is restored, and the shell behind it no longer shows what is typed.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
mkdir src
cat >Cargo.toml <<'TOML'
[package]
name = "prompt"
version = "0.0.0"
edition = "2021"

[dependencies]
rpassword = "=7.5.4"
TOML
cat >src/main.rs <<'RUST'
fn main() {
    println!("{:?}", rpassword::prompt_password("Password: ").is_ok());
}
RUST
cargo build --quiet
cat >terminal.py <<'PYTHON'
import fcntl, os, pty, termios

master, slave = pty.openpty()
shows = lambda: bool(termios.tcgetattr(slave)[3] & termios.ECHO)
child = os.fork()
if child == 0:
    os.setsid()
    fcntl.ioctl(slave, termios.TIOCSCTTY, 0)
    for descriptor in (0, 1, 2):
        os.dup2(slave, descriptor)
    os.execv("target/debug/prompt", ["prompt"])
seen = b""
while b"Password: " not in seen:
    seen += os.read(master, 100)
while shows():  # until input is hidden, a moment after the prompt
    pass
os.write(master, b"\x03")
_, status = os.waitpid(child, 0)
print(f"signal {os.WTERMSIG(status)}, input is {'shown' if shows() else 'hidden'} afterwards")
PYTHON
seen=$(python3 terminal.py)
echo "$seen"
[ "$seen" = "signal 2, input is hidden afterwards" ] || { echo "the behavior changed"; exit 1; }
