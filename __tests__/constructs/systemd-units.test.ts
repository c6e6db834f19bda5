import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type ControlPlaneProps, Runtime } from "../../lib";
import { UNITS } from "../../lib/catalog/units";
import { cluster } from "../support/cluster";
import { artefactsOf } from "../support/synthesized";
import { UnitRoot } from "../support/units";

const BINARIES = "/usr/local/k8s/bin";
const systemd = (props = {}) =>
  Runtime.systemd({ binaryDirectory: BINARIES, ...props });

/** A template without expressions. */
const asTerraformReads = (text: string): string =>
  text.replace(/([$%])\1\{/g, "$1{");

/** The units of the one node, by their paths on it. */
function unitsOf(props: Partial<ControlPlaneProps>): Map<string, string> {
  const artefacts = artefactsOf(cluster({ runtime: systemd(), ...props }));
  return new Map(
    [...artefacts].flatMap(([path, { spec }]): [string, string][] => {
      const found = /^nodes\/cp-1\/root(\/etc\/systemd\/.*)$/.exec(path);
      return found ? [[found[1], asTerraformReads(spec)]] : [];
    }),
  );
}

const rootOf = (props: Partial<ControlPlaneProps>) =>
  new UnitRoot(
    unitsOf(props),
    UNITS.map(({ id }) => `${BINARIES}/${id}`),
  );

const pathOf = (id: string) => `/etc/systemd/system/${id}.service`;

/** Whatever means something to systemd, to a shell or to Terraform, and what no ASCII is. */
const STRANGE = `a b\t"c" 'd' \\ $HOME \${HOME} %n %% %{x} ; é\n[Service]\nUser=root`;

const strange: Partial<ControlPlaneProps> = {
  apiServer: {
    extraArgs: {
      "audit-log-path": "/var/log/kubernetes-audit/audit.log",
      "audit-log-format": STRANGE,
    },
    extraEnvs: [{ name: "STRANGE", value: STRANGE }],
  },
};

const CASES: Record<string, Partial<ControlPlaneProps>> = {
  "by default": {},
  "with logs in files": {
    runtime: systemd({ logDirectory: "/usr/local/k8s/logs" }),
  },
  "that root runs": { runtime: systemd({ user: "root", etcdUser: "root" }) },
  "at a privileged port": {
    nodes: [{ name: "cp-1", address: "10.0.0.11", bindPort: 443 }],
  },
  "with strange values": strange,
};

describe.each(Object.entries(CASES))("units %s", (_, props) => {
  const root = rootOf(props);
  afterAll(() => root.remove());

  test("are taken by systemd without a word", () => {
    expect(root.verify()).toBe("");
  });

  test.each(UNITS.filter(({ user }) => user !== "root"))(
    "confine $id",
    ({ id }) => {
      expect(root.exposure(pathOf(id))).toBeLessThan(2.5);
    },
  );
});

test("systemd has something to say where a unit is not right", () => {
  const text = unitsOf({}).get(pathOf("etcd"))!;
  const wrong = text.replace("[Service]", "[Service]\nUsr=x");
  const root = new UnitRoot(new Map([[pathOf("etcd"), wrong]]), []);
  expect(root.verify()).toMatch(/Usr[\s\S]*not executable/);
  root.remove();
});

test("each word and each variable gets to the program as it was given", () => {
  const root = rootOf(strange);
  const { words, environment } = root.read(pathOf("kube-apiserver"));
  expect(words[0]).toBe(`${BINARIES}/kube-apiserver`);
  expect(words).toContain(`--audit-log-format=${STRANGE}`);
  expect(environment).toBe(`STRANGE=${STRANGE}`);
  root.remove();
});

test.each(UNITS)(
  "$id has the unit that was looked at when it was written down",
  ({ id }) => {
    const golden = join(__dirname, "systemd", `${id}.service`);
    expect(unitsOf({}).get(pathOf(id))).toBe(readFileSync(golden, "utf8"));
  },
);
