import { TerraformStack, Testing } from "cdktf";
import {
  Certificate,
  CertificateAuthority,
  ControlPlane,
  Store,
} from "../../lib";
import { clusterProps, newStack, token } from "../support/cluster";
import { expectHelpful, messageOf } from "../support/errors";

describe("a store", () => {
  test.each([
    ["is the working directory", "."],
    ["has no name", ""],
    ["contains the working directory", ".."],
    ["is the root", "/"],
    ["is known only at apply", `clusters/${token}`],
  ])("fails when it %s", (_, directory) => {
    expectHelpful(
      messageOf(() => new Store(newStack(), "store", { directory })),
      "cannot be the folder of a store",
      "clusters/example",
    );
  });

  test("fails when two clusters use it", () => {
    const stack = newStack();
    new ControlPlane(stack, "one", clusterProps());

    expectHelpful(
      messageOf(() => new ControlPlane(stack, "two", clusterProps())),
      "clusters/test",
      "stack/one",
      "stack/two",
      "clusterName",
    );
  });

  test("fails when clusters of two stacks use it, however its path is written", () => {
    const app = Testing.app();
    new ControlPlane(new TerraformStack(app, "a"), "one", clusterProps());

    expectHelpful(
      messageOf(
        () =>
          new ControlPlane(
            new TerraformStack(app, "b"),
            "two",
            clusterProps({ outputDirectory: "./x/../clusters" }),
          ),
      ),
      "a/one",
      "b/two",
    );
  });

  test("fails when a construct of another stack uses it", () => {
    const app = Testing.app();
    const { certificateAuthority } = new ControlPlane(
      new TerraformStack(app, "a"),
      "cluster",
      clusterProps(),
    );

    expectHelpful(
      messageOf(
        () =>
          new Certificate(new TerraformStack(app, "b"), "certificate", {
            certificateAuthority,
            commonName: "x",
            usages: ["clientAuth"],
          }),
      ),
      "stack b",
      "stack a",
    );
  });

  test.each(["../outside", "/etc/passwd", "a/../../b", "a b", "a\nb"])(
    "fails when a certificate has the path %j",
    (path) => {
      const stack = newStack();
      const store = new Store(stack, "store", { directory: "secrets" });
      const certificateAuthority = new CertificateAuthority(stack, "ca", {
        store,
        commonName: "ca",
      });

      expectHelpful(
        messageOf(
          () =>
            new Certificate(stack, "certificate", {
              certificateAuthority,
              commonName: "x",
              usages: ["clientAuth"],
              path,
            }),
        ),
        `"${path}.crt"`,
        "secrets",
      );
    },
  );

  test("fails when a control plane gets a CA from another store", () => {
    const stack = newStack();
    const store = new Store(stack, "store", { directory: "secrets" });
    const certificateAuthority = new CertificateAuthority(stack, "ca", {
      store,
      commonName: "ca",
    });

    expectHelpful(
      messageOf(
        () =>
          new ControlPlane(
            stack,
            "cluster",
            clusterProps({ certificateAuthority }),
          ),
      ),
      "secrets",
      "clusters/test",
    );
  });
});
