import { writeFileSync } from "node:fs";
import { Place, succeeded } from "../local/place";
import { step } from "../steps";

/** Bytes. */
const QUOTA = 16 * 1024 ** 2;
/** Bytes of a ConfigMap, which may have a mebibyte. */
const LARGE = 900_000;

/** Ports that no other cluster on the machine is likely to have. */
const settings = (quota: number): string =>
  `port: 16443,
  etcd: {
    tls: true,
    clientPort: 12379,
    peerPort: 12380,
    metricsPort: 12381,
    extraArgs: { "quota-backend-bytes": "${quota}" },
  },
  apiServer:`;

/** A local control plane, whose etcd demands certificates, reaches its quota, comes back, and gets a larger one. */
export function quotaSteps(): void {
  const place = new Place();
  afterAll(async () => {
    await place.controlPlane("destroy");
    place.end();
  });
  const withQuota = (quota: number): void =>
    place.change((main) => main.replace("apiServer:", settings(quota)));

  /** Writes a large ConfigMap with another content. */
  async function write(at: number): Promise<void> {
    const data = { text: String(at % 10).repeat(LARGE) };
    const metadata = { name: "large" };
    const object = { apiVersion: "v1", kind: "ConfigMap", metadata, data };
    writeFileSync(place.path("large.json"), JSON.stringify(object));
    // Without client-side apply, whose annotation would double the size.
    await place.kubectl("apply", "--server-side", "-f", "large.json");
  }

  step("takes no writes at its quota, which check names", async () => {
    withQuota(QUOTA);
    await place.deploy();
    let refusal: unknown;
    for (let at = 0; refusal === undefined; at++)
      await write(at).catch((error: unknown) => (refusal = error));
    expect(String(refusal)).toContain("database space exceeded");
    const { exitCode, stdout } = await place.controlPlane("check");
    expect(exitCode).toBe(2);
    expect(stdout).toContain("etcd has the alarm NOSPACE");
  });

  step(
    "gets a larger quota by a deploy, although the alarm is raised",
    async () => {
      withQuota(2 * QUOTA);
      const said = await place.deploy();
      expect(said).toContain("etcd has the alarm NOSPACE");
      const { stdout } = await place.controlPlane("etcd", "status");
      expect(stdout).toContain("of 32 MiB");
      expect(stdout).toContain("x etcd has the alarm NOSPACE");
    },
  );

  step("takes writes again after a recovery", async () => {
    const said = succeeded(await place.controlPlane("etcd", "recover"));
    expect(said).toContain("The cluster takes writes again.");
    await write(1);
    const { exitCode, stdout } = await place.controlPlane("check");
    expect(stdout).toContain("Nothing to do.");
    expect(exitCode).toBe(0);
  });

  step(
    "names the prop to raise if the database is too large for its quota",
    async () => {
      const names = Array.from({ length: 20 }, (_, at) => `kept-${at}`);
      for (const name of names) await keep(name);
      // A quota below what is kept.
      withQuota(QUOTA);
      await place.deploy();
      await expect(write(2)).rejects.toThrow("database space exceeded");
      const refused = await place.controlPlane("etcd", "recover");
      expect(refused.exitCode).toBe(1);
      expect(refused.stderr).toContain("The alarm NOSPACE stays");
      expect(refused.stderr).toContain("raise `quotaBackendBytes`");
      withQuota(4 * QUOTA);
      await place.deploy();
      succeeded(await place.controlPlane("etcd", "recover"));
      await write(3);
      expect(
        await place.kubectl("get", "configmaps", "--output", "name"),
      ).toContain("kept-19");
    },
  );

  /** Writes a ConfigMap that stays. */
  async function keep(name: string): Promise<void> {
    const data = { text: name.repeat(LARGE / name.length) };
    const object = {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name },
      data,
    };
    writeFileSync(place.path("kept.json"), JSON.stringify(object));
    await place.kubectl("apply", "--server-side", "-f", "kept.json");
  }
}
