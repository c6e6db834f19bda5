import "../base/refuse-old-node";
import { runAgent } from "./agent";

// A killed Terraform reads no more, but what was begun is brought to its end.
for (const stream of [process.stdout, process.stderr])
  stream.on("error", () => undefined);

void runAgent(process.env).then((exitCode) => {
  process.exitCode = exitCode;
});
