import { existsSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { program, Project } from "./support/project";
import { TERRAFORM_NAME } from "../support/requirements";

/** A cluster's CA, and a resource that is made once the file `go` is there. */
const BODY = `
const store = new Store(stack, "store", { directory: "stores/test" });
new CertificateAuthority(stack, "ca", { store, commonName: "ca", keyAlgorithm: KeyAlgorithm.ECDSA_P256 });
const slow = new TerraformResource(stack, "slow", { terraformResourceType: "terraform_data" });
slow.addOverride("provisioner", [{ "local-exec": { command: "until [ -e ../../../go ]; do sleep 0.1; done" } }]);
`;
const WAITS =
  /Warning: stack: waiting for \S+@\S+ \(apply, since 20\d\d-[-\d :]+ UTC\), which holds the lock of Terraform's state\n/;

describe("while another run holds the lock of the state", () => {
  const project = new Project(program(BODY));
  let first: ReturnType<Project["start"]>;
  beforeAll(async () => {
    first = project.start("deploy");
    const lock = project.path(".terraform.stack.tfstate.lock.info");
    while (!existsSync(lock) || !existsSync(project.path("stores/test/pki")))
      await new Promise((resolve) => setTimeout(resolve, 50));
  });
  afterAll(() => project.end());

  test.each([
    ["deploy", "TF_CLI_ARGS_apply"],
    ["destroy", "TF_CLI_ARGS_destroy"],
  ])(
    "fails when %s may not wait, and names the run and how to release its lock",
    async (command, variable) => {
      const { exitCode, stdout, stderr } = await project.run(command, {
        [variable]: "-lock-timeout=0s",
      });
      expect(exitCode).toBe(1);
      expect(stderr).toMatch(
        /^Error: stack: \S+@\S+ \(apply, since .* UTC\) holds the lock of Terraform's state\. This run waited for \d+ s, and changed nothing in this stack\.\n.*\n {2}\S+ -chdir=cdktf\.out\/stacks\/stack force-unlock [0-9a-f-]{36}\n$/,
      );
      expect(stdout).not.toContain("Lock Info");
    },
  );

  test("Ctrl-C ends the wait", async () => {
    const { child, outcome } = project.start("deploy");
    child.stderr?.on("data", (data: Buffer) => {
      if (WAITS.test(String(data))) child.kill("SIGINT");
    });
    const { exitCode, stderr } = await outcome;
    expect(exitCode).toBe(130);
    expect(stderr).not.toContain("Error");
  });

  test("a deploy waits, says for whom, and then sees what the other run did", async () => {
    const { child, outcome } = project.start("deploy");
    child.stderr?.on("data", (data: Buffer) => {
      if (WAITS.test(String(data))) project.write("go", "");
    });
    const { exitCode, stdout, stderr } = await outcome;
    expect(stderr).toMatch(WAITS);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^stack: no changes\n/m);
    expect((await first.outcome).exitCode).toBe(0);
  });
});

test("fails when a lock stays whose owner the backend does not tell, and says how to release it", async () => {
  const lock = {
    ID: "6d1f6e7c-1111-2222-3333-444455556666",
    Operation: "OperationTypePlan",
    Who: "jane@ci-7",
    Version: "1.11.4",
    Created: "2026-11-28T22:15:04.123456Z",
    Info: "",
    Path: "",
  };
  const server = createServer(({ method }, response) => {
    const isLock = method === "LOCK";
    response
      .writeHead(isLock ? 423 : 404)
      .end(isLock ? JSON.stringify(lock) : "");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}/state`;
  const project = new Project(
    program(BODY)
      .replace("LocalBackend,", "HttpBackend,")
      .replace(
        /new LocalBackend\(.*\);/,
        `new HttpBackend(stack, { address: "${url}", lockAddress: "${url}", unlockAddress: "${url}" });`,
      ),
  );
  try {
    const { exitCode, stderr } = await project.run("deploy", {
      TF_CLI_ARGS_apply: "-lock-timeout=1s",
    });
    expect(exitCode).toBe(1);
    // OpenTofu names the run that holds the lock, and Terraform this run.
    expect(stderr).toMatch(
      /^Warning: stack: waiting for (another run|jane@ci-7 \(plan, since .*\)), which holds the lock of Terraform's state\n/,
    );
    expect(stderr).toContain(
      `${TERRAFORM_NAME} -chdir=cdktf.out/stacks/stack force-unlock ${lock.ID}\n`,
    );
    expect(existsSync(project.path("stores/test/pki"))).toBe(false);
  } finally {
    server.close();
    project.end();
  }
});
