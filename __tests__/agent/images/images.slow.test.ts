import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SYSTEM_CLOCK } from "../../../lib/base/clock";
import { readFacts } from "../../../lib/agent/hosts/facts";
import { readArchive } from "../../../lib/agent/hosts/image-archive";
import { ensureImages } from "../../../lib/agent/hosts/images";
import { localHost } from "../preflight/local-host";
import { startContainerd, type Containerd } from "./containerd";
import { dockerArchive, makeImage, ociArchive } from "./image";
import { startRegistry, type Registry } from "./registry";

const folder = mkdtempSync(join(tmpdir(), "images-"));
afterAll(() => rmSync(folder, { recursive: true }));

const pause = makeImage(folder, "pause");
const etcd = makeImage(folder, "etcd");

describe("an archive", () => {
  const images = { "example.org/etcd:3.6": etcd, "pause:3.10": pause };

  test.each([
    ["Docker's", dockerArchive(folder, "docker.tar", images)],
    ["OCI's", ociArchive(folder, "oci.tar", images)],
  ])("in %s layout contains the names of its images", async (_, path) => {
    expect(await readArchive(path)).toEqual({
      compressed: false,
      images: Object.keys(images),
    });
  });

  test("that is compressed, or not an archive, is not read", async () => {
    const text = join(folder, "text");
    writeFileSync(text, "hello".repeat(1000));
    const empty = join(folder, "empty");
    writeFileSync(empty, "");
    for (const path of [text, empty])
      expect(await readArchive(path)).toEqual({ compressed: false });
    const path = dockerArchive(folder, "docker.tar.gz", images);
    expect(await readArchive(path)).toEqual({ compressed: true });
  });
});

describe("containerd", () => {
  let containerd: Containerd;
  let registry: Registry;
  const said: string[] = [];

  beforeAll(async () => {
    registry = await startRegistry({
      "etcd:3.6": etcd,
      "team/pause:3.10": pause,
    });
    containerd = await startContainerd({
      env: { HTTP_PROXY: `http://${registry.host}`, NO_PROXY: "a b" },
    });
  });
  afterAll(async () => {
    await Promise.all([containerd.end(), registry.end()]);
  });
  beforeEach(() => {
    said.length = 0;
    for (const name of containerd.images())
      containerd.ctr("images", "rm", "--sync", name);
    registry.requests.length = 0;
  });

  let time = 0;
  const ensure = (
    images: readonly string[],
    archives: readonly string[] = [],
  ) =>
    ensureImages(localHost("cp-1", { env: containerd.env }), {
      images,
      archives,
      criSocket: containerd.criSocket,
      say: (line) => said.push(line),
      now: () => (time += 3000),
    });

  test.each([
    ["Docker's layout", dockerArchive, "images.tar"],
    ["Docker's layout, compressed", dockerArchive, "images.tar.gz"],
    ["OCI's layout", ociArchive, "images.tar"],
  ])("imports the images of an archive: %s", async (_, make, name) => {
    const path = make(folder, name, {
      "registry.k8s.io/pause:3.10": pause,
      "docker.io/library/etcd:3.6": etcd,
    });
    const wanted = ["registry.k8s.io/pause:3.10", "etcd:3.6"];
    expect(await ensure(wanted, [path])).toEqual([]);
    expect(containerd.images()).toEqual([
      "docker.io/library/etcd:3.6",
      "registry.k8s.io/pause:3.10",
    ]);
    expect(said).toEqual([`cp-1: ${path} imported in 3 s`]);

    said.length = 0;
    expect(await ensure(wanted, [path])).toEqual([]);
    expect(said).toEqual([]);
  });

  test("does not import an archive without missing images", async () => {
    const other = dockerArchive(folder, "other.tar", { "o.test/x:1": etcd });
    const right = ociArchive(folder, "right.tar", { "p.test/pause:1": pause });
    expect(await ensure(["p.test/pause:1"], [other, right, other])).toEqual([]);
    expect(containerd.images()).toEqual(["p.test/pause:1"]);
    expect(said).toEqual([`cp-1: ${right} imported in 3 s`]);
  });

  test("pulls images that are in no archive", async () => {
    const images = [
      `${registry.host}/etcd:3.6`,
      `${registry.host}/team/pause:3.10`,
    ];
    expect(await ensure(images)).toEqual([]);
    expect(containerd.images()).toEqual(images);
    expect(said).toEqual(["cp-1: 2 images pulled in 3 s"]);

    expect(await ensure(images)).toEqual([]);
    expect(said).toHaveLength(1);
  });

  test("pulls from the mirror in its configuration", async () => {
    const hosts = join(containerd.folder, "registries/mirrored.test");
    mkdirSync(hosts);
    writeFileSync(
      join(hosts, "hosts.toml"),
      `[host."http://${registry.host}"]\ncapabilities = ["pull", "resolve"]\n`,
    );
    expect(await ensure(["mirrored.test/etcd:3.6"])).toEqual([]);
    expect(containerd.images()).toEqual(["mirrored.test/etcd:3.6"]);
    expect(registry.requests).toContain("/v2/etcd/manifests/3.6");
  });

  test("pulls through the proxy of its service", async () => {
    const hosts = join(containerd.folder, "registries/distant.test");
    mkdirSync(hosts);
    writeFileSync(
      join(hosts, "hosts.toml"),
      '[host."http://distant.test"]\ncapabilities = ["pull", "resolve"]\n',
    );
    expect(await ensure(["distant.test/etcd:3.6"])).toEqual([]);
    expect(containerd.images()).toEqual(["distant.test/etcd:3.6"]);
  });

  test("reports an image that is in no registry, and pulls the others", async () => {
    const present = `${registry.host}/etcd:3.6`;
    const missing = `${registry.host}/etcd:9`;
    expect(await ensure([missing, present])).toEqual([
      { image: missing, reason: expect.stringContaining("not found") },
    ]);
    expect(said).toEqual(["cp-1: 1 image pulled in 3 s"]);
  });

  test("gives the same reason for all images if no registry answers", async () => {
    const closed = await closedPort();
    const images = ["a:1", "b:2"].map((name) => `127.0.0.1:${closed}/${name}`);
    const reason = `failed to do request: dial tcp 127.0.0.1:${closed}: connect: connection refused`;
    expect(await ensure(images)).toEqual(
      images.map((image) => ({ image, reason })),
    );
  });

  test("gives both reasons if an archive is broken and no registry has the image", async () => {
    const broken = join(folder, "broken.tar");
    writeFileSync(broken, "this is no archive");
    const image = `${registry.host}/etcd:9`;
    const [{ reason }] = await ensure([image], [broken]);
    expect(reason).toMatch(/broken\.tar was not imported: .+; .*not found/);
    expect(said).toEqual([expect.stringMatching(/^cp-1: .*broken\.tar was/)]);
  });

  test("fails when an archive does not exist", async () => {
    await expect(ensure(["p.test/pause:1"], ["gone.tar"])).rejects.toThrow(
      "gone.tar, given for the images of cp-1, cannot be read: ENOENT.",
    );
  });

  test("is examined for its version, cgroup driver, CRI plugin and images", async () => {
    const image = `${registry.host}/etcd:3.6`;
    await ensure([image]);
    const { runtime, images } = await readFacts(
      localHost("cp-1", { env: containerd.env }),
      { criSocket: containerd.criSocket, now: SYSTEM_CLOCK.now },
    );
    expect(runtime).toMatchObject({
      socket: true,
      answers: true,
      containerdInstalled: true,
      containerd: {
        version: expect.stringMatching(/^\d+\.\d+\.\d+$/),
        cri: containerd.hasCri,
        cgroupDriver: "systemd",
      },
    });
    expect(images).toContain(image);
  });
});

test("a containerd without its CRI plugin is recognised", async () => {
  const containerd = await startContainerd({
    disabledPlugins: ["io.containerd.grpc.v1.cri"],
  });
  try {
    const { runtime } = await readFacts(
      localHost("cp-1", { env: containerd.env }),
      { criSocket: containerd.criSocket, now: SYSTEM_CLOCK.now },
    );
    expect(runtime.containerd?.cri).toBe(false);
  } finally {
    await containerd.end();
  }
});

async function closedPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
