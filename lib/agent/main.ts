import { runAgent } from "./agent";

void runAgent(process.env).then((exitCode) => {
  process.exitCode = exitCode;
});
