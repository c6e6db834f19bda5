// Loaded before the agent: at the end, writes the agent's peak memory in KiB to a file.
const { writeFileSync } = require("node:fs");

process.on("exit", () =>
  writeFileSync(
    process.env.MEMORY_FILE,
    String(process.resourceUsage().maxRSS),
  ),
);
