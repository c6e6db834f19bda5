"""
Prints, as JSON, the variables that systemd reads from an environment file, and the words that `$NAME` in a command
becomes. It calls systemd's own code, in the library that systemd and systemd-analyze share.

Usage: systemd-words.py <file> <NAME>
"""

import ctypes
import json
import re
import subprocess
import sys

linked = subprocess.run(
    ["ldd", "/usr/bin/systemd-analyze"], capture_output=True, text=True, check=True
).stdout
path, version = re.search(r"=> (\S*libsystemd-shared-(\d+)\S*)", linked).groups()
systemd = ctypes.CDLL(path)
Words = ctypes.POINTER(ctypes.c_char_p)


def words(pointer):
    found = []
    while pointer and pointer[len(found)] is not None:
        found.append(pointer[len(found)].decode())
    return found


environment = Words()
status = systemd.load_env_file(None, sys.argv[1].encode(), ctypes.byref(environment))
if status < 0:
    sys.exit(f"load_env_file: {status}")

command = (ctypes.c_char_p * 2)(b"$" + sys.argv[2].encode(), None)
if int(version) >= 254:
    split = Words()
    status = systemd.replace_env_argv(
        command, environment, ctypes.byref(split), None, None
    )
    if status < 0:
        sys.exit(f"replace_env_argv: {status}")
else:
    systemd.replace_env_argv.restype = Words
    split = systemd.replace_env_argv(command, environment)

print(json.dumps({"variables": words(environment), "words": words(split)}))
