import { type ControlPlaneProps, Etcd } from "../../lib";
import { UNITS } from "../../lib/catalog/units";
import { BINARIES, systemd, unitPath, unitsOf } from "../support/unit-texts";
import { UnitRoot } from "../support/units";

const SAVE_ETCD = "/etc/kubernetes/etcd-backup/save";

const rootOf = (props: Partial<ControlPlaneProps>) =>
  new UnitRoot(unitsOf(props), [
    ...UNITS.map(({ id }) => `${BINARIES}/${id}`),
    SAVE_ETCD,
  ]);

/** Characters that are special to systemd, to a shell or to Terraform, and non-ASCII characters. */
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
  "and a timer that saves etcd": {
    etcd: Etcd.stacked({ backup: { schedule: "Mon..Fri *-*-* 03:00:00" } }),
  },
};

describe.each(Object.entries(CASES))("units %s", (_, props) => {
  const root = rootOf(props);
  afterAll(() => root.remove());

  test("are accepted by systemd without warnings", () => {
    expect(root.verify()).toBe("");
  });

  test.each(UNITS.filter(({ user }) => user !== "root"))(
    "run $id in a sandbox",
    ({ id }) => {
      expect(root.exposure(unitPath(id))).toBeLessThan(2.5);
    },
  );
});

test("systemd reports a unit that is wrong", () => {
  const text = unitsOf({}).get(unitPath("etcd"))!;
  const wrong = text.replace("[Service]", "[Service]\nUsr=x");
  const root = new UnitRoot(new Map([[unitPath("etcd"), wrong]]), []);
  expect(root.verify()).toMatch(/Usr[\s\S]*not executable/);
  root.remove();
});

test("each flag and each variable reaches the program unchanged", () => {
  const root = rootOf(strange);
  const { words, environment } = root.read(unitPath("kube-apiserver"));
  expect(words[0]).toBe(`${BINARIES}/kube-apiserver`);
  expect(words).toContain(`--audit-log-format=${STRANGE}`);
  expect(environment).toBe(`STRANGE=${STRANGE}`);
  root.remove();
});
