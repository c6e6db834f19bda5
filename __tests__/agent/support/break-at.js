// Loaded before the agent, in tests only: counts what it does to the file system, and breaks off at one step.
//   BREAK=kill|full|slow   at step BREAK_AT, its number (from 1) or name, or each time where that is absent
//   BREAK_LOG: a file for the steps
//   slow makes a file BREAK_REACHED, and waits until there is a file BREAK_UNTIL
const fs = require("node:fs");
const at = process.env.BREAK_AT;
const log = process.env.BREAK_LOG;
let count = 0;

/** Before a step; `half` does the half of it that a death in its middle would leave. */
function step(name, half) {
  count += 1;
  if (log) names.push(name);
  if (at !== undefined && at !== String(count) && at !== name) return;
  switch (process.env.BREAK) {
    case "kill":
      half?.();
      process.kill(process.pid, "SIGKILL");
      for (;;);
    case "full":
      if (name.startsWith("write"))
        throw Object.assign(new Error("ENOSPC: no space left"), {
          code: "ENOSPC",
        });
      break;
    case "slow":
      if (process.env.BREAK_REACHED)
        writeFileSync(process.env.BREAK_REACHED, "");
      // Longer than any test would wait: it fails where nobody lets go.
      for (let i = 0; i < 3000 && !fs.existsSync(process.env.BREAK_UNTIL); i++)
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20);
      break;
  }
}

const names = [];
const { writeFileSync } = fs;
if (log) process.on("exit", () => writeFileSync(log, names.join("\n")));

for (const name of [
  "mkdirSync",
  "renameSync",
  "linkSync",
  "rmSync",
  "rmdirSync",
  "chmodSync",
  "writeFileSync",
]) {
  const action = fs[name];
  fs[name] = (...args) => {
    step(
      name.replace("File", ""),
      name === "writeFileSync" ? () => action(args[0], "") : undefined,
    );
    return action(...args);
  };
}
const open = fs.promises.open;
fs.promises.open = async (path, flags, mode) => {
  if (flags !== "r") step("open");
  const handle = await open(path, flags, mode);
  const { writeFile, sync, chmod } = handle;
  handle.chmod = (...args) => (step("chmod"), chmod.apply(handle, args));
  handle.sync = (...args) => (step("sync"), sync.apply(handle, args));
  handle.writeFile = (content, ...args) => {
    step("write", () =>
      fs.writeSync(handle.fd, content.slice(0, content.length / 2)),
    );
    return writeFile.call(handle, content, ...args);
  };
  return handle;
};
