import { KeyAlgorithm, LocalControlPlane } from "../../lib";
import { Deployment, type Program } from "../support/terraform";

const deployment = new Deployment();
afterAll(() => deployment.dispose());

test("a local control plane that is set up is told the same", () => {
  const local =
    (props: object): Program =>
    (stack) =>
      new LocalControlPlane(stack, "local", {
        kubernetesVersion: "1.36.3",
        clusterName: "local",
        ...props,
      });
  const facts = {
    clusterName: "local",
    serviceSubnet: "10.96.0.0/12",
    podSubnet: "",
    dnsDomain: "cluster.local",
    keyAlgorithm: "ECDSA-P256",
  };
  deployment.write(
    "clusters/local/inventory.json",
    JSON.stringify({ stack: "stack", facts }),
  );
  const plan = (props: object) => deployment.program(local(props)).tryPlan();
  expect(plan({}).errors).toEqual([]);
  const changes = {
    serviceSubnet: "10.112.0.0/12",
    dnsDomain: "example.org",
    keyAlgorithm: KeyAlgorithm.RSA_2048,
  };
  const { errors } = plan(changes);
  expect(errors).toHaveLength(1);
  for (const fact of Object.keys(changes))
    expect(errors[0]).toContain(`\n- ${fact}: `);
  const allowChangesTo = Object.keys(changes);
  expect(plan({ ...changes, allowChangesTo }).errors).toEqual([]);
});
