import { CloudExample, MACHINES } from "./cloud";

let example: CloudExample;
beforeAll(() => {
  example = new CloudExample("aws");
});
afterAll(() => example?.end());

test("the program for AWS has the types of the provider", () => {
  example.checkTypes();
});

test("the program for AWS synthesizes machines, and a control plane that comes after them", () => {
  const resources = example.resources();
  expect(Object.keys(resources.aws_instance)).toEqual(MACHINES);
  const ours = JSON.stringify(resources.terraform_data);
  for (const name of ["cp-1", "worker-3"]) {
    expect(ours).toContain(`aws_instance.${name}.private_ip`);
    expect(ours).toContain(`aws_instance.${name}.public_ip`);
  }
  expect(ours).toContain("aws_lb.balancer.dns_name");
});
