import { node, STORE } from "../support/cluster";
import { Deployment, NOTHING } from "../support/terraform";
import { endpoint, laterProgram } from "./support/later";

describe("texts in another spelling", () => {
  const deployment = new Deployment();
  afterAll(() => deployment.dispose());
  const program = (host: string, address = "10.0.0.11") =>
    laterProgram((later) => ({
      ...endpoint(host)(later),
      certSans: [later("B.Example.ORG")],
      nodes: [node(1, { address: later(address) })],
    }));
  const server = () =>
    /server: .*/.exec(deployment.read(`${STORE}/kubeconfigs/admin.conf`))?.[0];

  test("are used in the spelling that literals get", () => {
    deployment.program(program("API.Example.ORG")).apply();

    expect(server()).toBe("server: https://api.example.org:6443");
    expect(deployment.state()).toContain("b.example.org");
    expect(deployment.state()).not.toContain("- B.Example.ORG");
    expect(deployment.plan().changes).toEqual(NOTHING);
  });

  test("may be an IPv6 address in brackets, as it is before a port", () => {
    deployment.program(program("[FD00::1]")).apply();

    expect(server()).toBe("server: https://[fd00::1]:6443");
  });

  test("fails when a machine gets another address that cannot be used, and changes no file", () => {
    const before = deployment.hashes(STORE);

    const run = deployment
      .program(program("[FD00::1]", "10.0.0.11/24"))
      .tryApply();

    expect(run.errors.join("\n")).toContain(
      'the address of node cp-1 "10.0.0.11/24" is not an IP address.',
    );
    expect(deployment.hashes(STORE)).toEqual(before);
  });
});

describe("a worker without a host", () => {
  const deployment = new Deployment();
  afterAll(() => deployment.dispose());
  const program = (address: string, maxPods: string) =>
    laterProgram(
      () => ({}),
      (controlPlane, later) =>
        controlPlane.addWorkers("pool", {
          nodes: [
            {
              name: "w-1",
              address: later(address),
              kubeletExtraArgs: { "max-pods": later(maxPods) },
            },
          ],
        }),
    );

  test("fails when its address or a flag cannot be used, before its files are made", () => {
    const run = deployment
      .program(program("w-1.example.org", "many"))
      .tryApply();

    const errors = run.errors.join("\n");
    expect(errors).toContain(
      'the address of node w-1 "w-1.example.org" is not an IP address.',
    );
    expect(errors).toContain(
      'kubeletExtraArgs of node w-1 has --max-pods with the value "many".',
    );
    expect(deployment.files(`${STORE}/nodes/w-1`)).toEqual([]);
  });

  test("is made when they can be used", () => {
    deployment.program(program("10.0.0.21", "90")).apply();

    expect(deployment.files(`${STORE}/nodes/w-1`)).not.toEqual([]);
    expect(deployment.plan().changes).toEqual(NOTHING);
  });
});
