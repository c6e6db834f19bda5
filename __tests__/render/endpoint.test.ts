import { KUBE_APISERVER } from "../../lib/catalog/kube-apiserver";
import type { Site, SiteEndpoint, SiteNode } from "../../lib/catalog/site";
import { endpointComponents, endpointFiles } from "../../lib/render/endpoint";
import { local, virtual, worker } from "../support/endpoint-sites";

test("workers check API servers less often than control-plane nodes do", () => {
  const pace = (node: SiteNode) =>
    /inter (\d)s/.exec(endpointFiles(local, node)[0].text)![1];
  expect([pace(local.nodes[0]), pace(worker)]).toEqual(["1", "5"]);
});

test("a changed list of nodes changes no unit, so the units are only reloaded", () => {
  const unitsOf = (site: Site) =>
    endpointFiles(site, site.nodes[0])
      .filter(({ path }) => path.endsWith(".service"))
      .map(({ text }) => text);
  expect(unitsOf({ ...virtual, nodes: virtual.nodes.slice(0, 2) })).toEqual(
    unitsOf(virtual),
  );
  expect(
    endpointComponents(virtual, virtual.nodes[0]).map(({ reloads }) => reloads),
  ).toEqual([true, true]);
});

test("a running proxy is healthy, even without an API server", () => {
  const [proxy] = endpointComponents(local, worker);
  expect(proxy.health).toEqual({
    scheme: "http",
    host: "127.0.0.1",
    port: 8444,
    path: "/healthz",
  });
  expect(endpointFiles(local, worker)[0].text).toContain(
    "status 200 if { path /healthz }\n",
  );
});

test("only an API server behind one of our proxies still answers for a while after SIGTERM", () => {
  const flagOf = (site: Site) =>
    KUBE_APISERVER.arguments(site, site.nodes[0])["shutdown-delay-duration"];
  expect([virtual, local].map(flagOf)).toEqual(["5s", "5s"]);
  expect(
    flagOf({ ...virtual, endpoint: { kind: "fixed" } as SiteEndpoint }),
  ).toBeUndefined();
});
