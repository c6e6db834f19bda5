import "../base/refuse-old-node";
import { runAgent } from "./agent";

// If Terraform is killed, nobody reads the output any more, but the agent still finishes its work.
for (const stream of [process.stdout, process.stderr])
  stream.on("error", () => undefined);

void runAgent(process.env).then((exitCode) => {
  process.exitCode = exitCode;
});
