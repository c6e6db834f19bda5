import {
  readdirSync,
  readFileSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { Place, succeeded } from "../local/place";
import { agentsBelow, kill } from "../local/processes";
import { keysOf, Secrets } from "../local/secrets";
import { say, until } from "../say";
import { step } from "../steps";

const PORTS = { api: 27443, client: 27379, peer: 27380, metrics: 27381 };
const SECRETS = 3_000;
const CONFIGURATION = "processes/encryption/configuration.yaml";
const SECOND_KEY = "pki/encryption/generation-2.key";

/** The seconds that a deploy may take until it reaches a stage. API servers look for another configuration once a minute. */
const PATIENCE = 150;

describe("examples/local: encryption at rest", () => {
  const place = new Place();
  place.bring("etcdutl");
  let secrets: Secrets;
  afterAll(async () => {
    await secrets?.rest();
    await place.controlPlane("destroy");
    place.end();
  });

  const write = (props: string, etcd = ""): void =>
    place.change((main) =>
      main
        .replace("LocalControlPlane }", "Encryption, LocalControlPlane }")
        .replace(
          "  apiServer: {",
          `  port: ${PORTS.api}, ${props}
  etcd: { clientPort: ${PORTS.client}, peerPort: ${PORTS.peer}, metricsPort: ${PORTS.metrics}, ${etcd} },
  apiServer: {`,
        ),
    );
  const encrypting = (call: string, etcd?: string): void =>
    write(`encryption: Encryption.${call},`, etcd);
  const secretbox = (generation: number, etcd?: string): void =>
    encrypting(
      `secretbox({ resources: ["secrets"], generation: ${generation} })`,
      etcd,
    );
  const keys = () => keysOf(place, PORTS.client);
  /** The names of the keys that the API server has, the one that writes first. */
  const known = (): string[] => {
    const text = readFileSync(place.store(CONFIGURATION), "utf8");
    return [...text.matchAll(/name: (\S+)|^ +- (identity):/gm)].map(
      ([, name, identity]) => name ?? identity,
    );
  };
  const inventory = () =>
    JSON.parse(readFileSync(place.store("inventory.json"), "utf8")) as {
      encryption?: { generation: number };
      encrypting?: { generation: number };
    };
  const refused = async (words: RegExp): Promise<void> => {
    const before = [place.pids(), known(), await keys()];
    const { exitCode, stdout, stderr } = await place.controlPlane("deploy");
    expect(exitCode).toBe(1);
    expect((stdout + stderr).replace(/\s+/g, " ")).toMatch(words);
    expect([place.pids(), known(), await keys()]).toEqual(before);
  };
  /** Starts a deploy, and kills it as soon as it has come to a stage. */
  const killedWhen = async (
    what: string,
    isThere: () => Promise<boolean> | boolean,
  ): Promise<void> => {
    const deploy = place.begin("deploy");
    await until(what, PATIENCE, async () => isThere());
    for (const pid of [...(await agentsBelow(deploy)), deploy]) kill(pid);
    say(`killed when ${what}`);
  };

  step("stores secrets as they are without encryption", async () => {
    write("");
    await place.deploy();
    secrets = new Secrets(place, PORTS.api);
    await secrets.create(SECRETS);
    expect(await keys()).toEqual({ plain: SECRETS });
  });

  step("begins with the first generation", async () => {
    secretbox(2);
    const { stdout, stderr } = await place.controlPlane("deploy");
    expect(stdout + stderr).toMatch(/A cluster begins with 1/);
  });

  step("encrypts what is stored already when it is turned on", async () => {
    secretbox(1);
    await place.deploy();
    expect(await keys()).toEqual({ "secretbox:v1:generation-1": SECRETS });
    expect(known()).toEqual(["generation-1"]);
    succeeded(await place.controlPlane("backup", "--to", "kept"));
  });

  step("has nothing to do in a second deploy", async () => {
    expect(await place.deploy()).toContain("local: no changes");
  });

  step("fails when a generation is jumped over", async () => {
    secretbox(3);
    await refused(/generation is 3, but the cluster has 1\./);
  });

  step(
    "gets another key while secrets are used, wherever it is killed",
    async () => {
      secretbox(2);
      secrets.use();
      await killedWhen(
        "the API server gets the second key, but does not write with it",
        () =>
          known().join() === "generation-1,generation-2,generation-1,identity",
      );
      await killedWhen(
        "the API server gets to write with the second key",
        () =>
          known().join() === "generation-2,generation-1,generation-1,identity",
      );
      await killedWhen("some secrets are written again", async () => {
        const { "secretbox:v1:generation-2": now = 0 } = await keys();
        return now > SECRETS / 10;
      });
      expect(await keys()).toHaveProperty(["secretbox:v1:generation-1"]);
      await killedWhen(
        "all secrets are written again, and the API server knows both keys",
        () => inventory().encryption?.generation === 2,
      );
      expect(await keys()).toEqual({
        "secretbox:v1:generation-2": expect.any(Number),
      });
      await killedWhen(
        "the API server gets the second key alone",
        () => known().join() === "generation-2",
      );
      await place.deploy();
      await secrets.rest();
      say(`${secrets.uses} requests of users`);
      expect(secrets.failures).toEqual([]);
      expect(known()).toEqual(["generation-2"]);
      expect(await keys()).toEqual({
        "secretbox:v1:generation-2": secrets.count,
      });
      await secrets.readAll();
      expect(readdirSync(place.store("backups")).join()).toContain(
        "-before-encryption.backup",
      );
    },
  );

  step("fails when a generation goes back", async () => {
    secretbox(1);
    await refused(/generation is 1, but the cluster has 2 already\./);
  });

  step("fails when the key in the store was cut", async () => {
    secretbox(2);
    const key = readFileSync(place.store(SECOND_KEY));
    truncateSync(place.store(SECOND_KEY), 16);
    await refused(
      /generation-2\.key.* differs from the hash|missing or changed/,
    );
    writeFileSync(place.store(SECOND_KEY), key);
    expect(await place.deploy()).toContain("local: no changes");
  });

  step("reads what an older key encrypted after a restore", async () => {
    const [name] = readdirSync(place.path("kept"));
    secretbox(2, `restore: { snapshot: "kept/${name}", confirm: "devk8s" }`);
    await place.deploy();
    expect(await keys()).toEqual({ "secretbox:v1:generation-2": SECRETS });
    expect(known()).toEqual(["generation-2"]);
  });

  step("fails when encryption leaves the program", async () => {
    write("");
    await refused(/Values in etcd are encrypted, and the program has no/);
  });

  step("proves it anew over the data that a destroy has kept", async () => {
    secretbox(2);
    succeeded(await place.controlPlane("destroy"));
    expect(readdirSync(place.store("processes"))).toEqual(["etcd"]);
    await place.deploy();
    expect(await keys()).toEqual({ "secretbox:v1:generation-2": SECRETS });
    expect(inventory().encryption?.generation).toBe(2);
  });

  step("decrypts everything when it is turned off", async () => {
    encrypting('identity({ resources: ["secrets"], generation: 3 })');
    await place.deploy();
    expect(await keys()).toEqual({ plain: SECRETS });
    expect(known()).toEqual(["identity"]);
    write("");
    await place.deploy();
    expect(await keys()).toEqual({ plain: SECRETS });
  });
});
