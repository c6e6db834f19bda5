import { SYSTEM_CLOCK } from "../../../../lib/base/clock";
import { connect } from "../../../../lib/agent/hosts/connect";

/** Connects, starts a long script, prints a line, and waits to be killed: `node hold.ts <JSON>`. */
async function hold(): Promise<void> {
  const { access, knownHosts } = JSON.parse(process.argv[2]);
  const host = await connect(
    { name: "cp-1", access },
    { knownHosts, clock: SYSTEM_CLOCK, say: () => undefined },
  );
  await host.reach("127.0.0.1", 1);
  void host.run("exec sleep 60");
  await host.run(":");
  console.log("connected");
}

void hold();
