import { readFileSync } from "node:fs";
import { Place, succeeded } from "./local/place";
import { until } from "./say";
import { step } from "./steps";

describe("examples/local: new generations of all keys", () => {
  const place = new Place();
  afterAll(async () => {
    place.restore();
    await place.controlPlane("destroy");
    place.end();
  });

  const withKeys = (keys: string): void =>
    place.change((main) =>
      main.replace(
        "  apiServer: {",
        `  controllerManager: {},\n  etcd: { tls: true },\n${keys}  apiServer: {`,
      ),
    );

  const whoAmI = (kubeconfig: string) =>
    place.run(
      place.path("bin/kubectl"),
      "--kubeconfig",
      kubeconfig,
      "auth",
      "whoami",
      "--output=jsonpath={.status.userInfo.username}",
    );

  const token = async (): Promise<string> =>
    (await place.kubectl("create", "token", "default", "--duration=2h")).trim();

  const asTokenOf = (bearer: string) =>
    place.run(
      place.path("bin/kubectl"),
      "--kubeconfig",
      "/dev/null",
      "--server=https://127.0.0.1:6443",
      `--certificate-authority=${place.path("old-ca.crt")}`,
      `--token=${bearer}`,
      "auth",
      "whoami",
      "--output=jsonpath={.status.userInfo.username}",
    );

  let oldToken: string;

  step("accept old and new credentials while both are trusted", async () => {
    withKeys("");
    await place.deploy();
    await until("the default account exists", 30, async () =>
      (await place.kubectl("get", "serviceaccounts")).includes("default"),
    );
    oldToken = await token();
    const admin = place.store("kubeconfigs/admin.conf");
    await place.run("cp", admin, place.path("old.conf"));
    await place.run("cp", place.store("pki/ca.crt"), place.path("old-ca.crt"));
    withKeys("  keys: { all: { generation: 2 } },\n");
    await place.deploy();
    for (const kubeconfig of [place.path("old.conf"), admin])
      expect(await whoAmI(kubeconfig)).toMatchObject({
        exitCode: 0,
        stdout: "kubernetes-admin",
      });
    for (const bearer of [oldToken, await token()])
      expect(await asTokenOf(bearer)).toMatchObject({
        exitCode: 0,
        stdout: "system:serviceaccount:default:default",
      });
    expect(await place.deploy()).toContain("no changes");
  });

  step(
    "refuse what the dropped generation signed, and nothing else",
    async () => {
      const newToken = await token();
      withKeys("  keys: { all: { generation: 2, trustPrevious: false } },\n");
      await place.deploy();
      const { stderr } = await whoAmI(place.path("old.conf"));
      expect(stderr).toMatch(/Unauthorized|must be logged in/);
      expect((await asTokenOf(oldToken)).stderr).toMatch(
        /Unauthorized|must be logged in/,
      );
      expect(await asTokenOf(newToken)).toMatchObject({ exitCode: 0 });
      succeeded(await whoAmI(place.store("kubeconfigs/admin.conf")));
      expect(await place.deploy()).toContain("no changes");
      expect(readFileSync(place.store("pki/ca.key"), "utf8")).toContain("KEY");
    },
  );
});
