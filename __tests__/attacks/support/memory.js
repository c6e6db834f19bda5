// Loaded before the agent: writes down how much memory it took at most, in KiB.
const { writeFileSync } = require("node:fs");

process.on("exit", () =>
  writeFileSync(
    process.env.MEMORY_FILE,
    String(process.resourceUsage().maxRSS),
  ),
);
