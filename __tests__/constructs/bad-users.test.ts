import { newControlPlane, token } from "../support/cluster";
import { expectHelpful, messageOf } from "../support/errors";

describe("a user", () => {
  test.each(["", "../jane", "jane doe", "jane;id", ".jane", "jäne", token])(
    "fails when the name is %j",
    (name) => {
      expectHelpful(
        messageOf(() => newControlPlane().addUser(name)),
        name === token ? "(a token" : JSON.stringify(name),
        "letters, digits",
      );
    },
  );

  test.each(["jane", "admin"])("fails when %s exists already", (name) => {
    const cluster = newControlPlane();
    cluster.addUser("jane");

    expectHelpful(
      messageOf(() => cluster.addUser(name)),
      `"${name}"`,
    );
  });
});

test.each(["", "a/b", "a b", "..", "50%", token])(
  "a user's ClusterRole fails when it is %j",
  (role) => {
    expectHelpful(
      messageOf(() =>
        newControlPlane().addUser("jane", { clusterRoles: [role] }),
      ),
      '"jane"',
      "ClusterRole",
    );
  },
);
