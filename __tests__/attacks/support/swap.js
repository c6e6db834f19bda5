// Runs as another user: replaces files and folders with links and restores them, again and again, until it is killed.
const { renameSync, rmSync, symlinkSync } = require("node:fs");

const [uid, gid, swaps] = process.argv.slice(2);
process.setgroups([]);
process.setgid(Number(gid));
process.setuid(Number(uid));

const attempt = (action) => {
  try {
    action();
  } catch {
    // The system may refuse an attempt, and the agent may replace a file meanwhile.
  }
};

function swap({ path, target }) {
  attempt(() => renameSync(path, `${path}~`));
  attempt(() => symlinkSync(target, path));
  attempt(() => rmSync(path));
  attempt(() => renameSync(`${path}~`, path));
}

JSON.parse(swaps).forEach(swap);
process.send("begun");
const loop = () => {
  for (let at = 0; at < 100; at++) JSON.parse(swaps).forEach(swap);
  setImmediate(loop);
};
loop();
