import { Etcd, type ControlPlaneProps } from "../../lib";
import { flagsOf } from "../../lib/catalog/component";
import { KUBE_APISERVER } from "../../lib/catalog/components";
import {
  flagGroups,
  flagSets,
  poolFlagGroups,
} from "../../lib/constructs/site/flags";
import { siteOf } from "../../lib/constructs/site/site";
import { clusterProps, node } from "../support/cluster";

const site = (props: Partial<ControlPlaneProps> = {}) =>
  siteOf(clusterProps(props), { external: false });

const PLUGINS = "enable-admission-plugins";

describe("the flags of a site", () => {
  test("are listed by the props that give them", () => {
    const all = site({
      apiServer: { extraArgs: { v: "4" } },
      kubelet: { extraArgs: { v: "5" } },
      nodes: [node(1, { kubeletExtraArgs: { v: "6" } }), node(2)],
    });
    const given = flagSets(all).filter(({ args }) => "v" in args);
    expect(given).toEqual([
      {
        where: "apiServer.extraArgs",
        component: "kube-apiserver",
        args: { v: "4" },
      },
      { where: "kubelet.extraArgs", component: "kubelet", args: { v: "5" } },
      {
        where: "kubeletExtraArgs of node cp-1",
        component: "kubelet",
        args: { v: "6" },
      },
    ]);
  });

  test("are not those of an etcd of the user's choice, nor of an external one", () => {
    const tagged = Etcd.stacked({ image: { tag: "3.5.24-0" } });
    const external = Etcd.external({
      endpoints: ["https://a:2379"],
      caFile: "/ca",
    });
    for (const etcd of [tagged, external])
      expect(
        flagSets(site({ etcd })).map(({ component }) => component),
      ).not.toContain("etcd");
  });

  test("have what is added merged into extraArgs, with the default", () => {
    const { apiServer } = site({
      apiServer: { extraArgs: { v: "4" }, addArgs: { [PLUGINS]: "A,B" } },
    });
    expect(apiServer.extraArgs).toEqual({
      v: "4",
      [PLUGINS]: "NodeRestriction,A,B",
    });
  });

  test("take the place of the defaults in the command of each node", () => {
    const all = site({ apiServer: { extraArgs: { [PLUGINS]: ["A", "B"] } } });
    const flags = flagsOf(KUBE_APISERVER, all, all.nodes[0]);
    expect(flags.filter((flag) => flag.includes(PLUGINS))).toEqual([
      `--${PLUGINS}=A`,
      `--${PLUGINS}=B`,
    ]);
    expect(flags).toContain("--advertise-address=10.0.0.11");
  });
});

describe("a kubelet runs with the most special of", () => {
  const FLAG = "anonymous-auth";
  const cluster = (props: Partial<ControlPlaneProps>) =>
    flagGroups(site(props)).filter(({ component }) => component === "kubelet");
  const config = { authentication: { anonymous: { enabled: true } } };

  test.each<[string, Partial<ControlPlaneProps>, string[]]>([
    ["the default", {}, ["false", "false"]],
    ["a field", { kubelet: { config } }, ["true", "true"]],
    [
      "a flag for all nodes",
      { kubelet: { config, extraArgs: { [FLAG]: "0" } } },
      ["0", "0"],
    ],
    [
      "a flag of one node",
      {
        kubelet: { config, extraArgs: { [FLAG]: "0" } },
        nodes: [node(1, { kubeletExtraArgs: { [FLAG]: "f" } })],
      },
      ["0", "f"],
    ],
  ])("these: %s", (_, props, wanted) => {
    const groups = cluster(props);
    expect(groups.map(({ prop }) => prop)).toEqual([
      "kubelet",
      "kubeletExtraArgs of node cp-1",
    ]);
    expect(groups.map(({ effective }) => effective[FLAG])).toEqual(wanted);
    expect(groups.map(({ defaults }) => defaults[FLAG])).toEqual([
      "false",
      "false",
    ]);
  });

  test("these: a flag of its pool, which gives only its own", () => {
    const all = site({ kubelet: { extraArgs: { [FLAG]: "1", v: "2" } } });
    const own = { extraArgs: { [FLAG]: "0" } };
    const [group] = poolFlagGroups(all, all, own, []);
    expect(group).toMatchObject({
      prop: "kubelet of the pool",
      given: { [FLAG]: "0" },
      effective: { [FLAG]: "0", v: "2" },
    });
  });
});
