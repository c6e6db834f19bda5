import { Etcd } from "../../lib";
import { refuses } from "./support/refusals";

describe("an external etcd that is not valid is refused, with its value and what to write instead", () => {
  refuses("fails with %s", [
    ["no endpoints", { etcd: Etcd.external({ endpoints: [] }) }, "endpoint"],
    [
      "an endpoint without a scheme",
      { etcd: Etcd.external({ endpoints: ["etcd:2379"] }) },
      '"etcd:2379"',
      "https://",
    ],
    [
      "an endpoint with a path",
      { etcd: Etcd.external({ endpoints: ["https://etcd:2379/x"] }) },
      "etcd:2379/x",
    ],
    [
      "an http:// endpoint with TLS files",
      {
        etcd: Etcd.external({
          endpoints: ["http://etcd:2379"],
          caFile: "/ca",
          certFile: "/crt",
          keyFile: "/key",
        }),
      },
      '"http://etcd:2379"',
    ],
    [
      "a certificate without its key",
      {
        etcd: Etcd.external({
          endpoints: ["https://etcd:2379"],
          caFile: "/ca",
          certFile: "/crt",
        }),
      },
      "keyFile",
    ],
    [
      "a relative path",
      {
        etcd: Etcd.external({
          endpoints: ["https://etcd:2379"],
          caFile: "ca",
        }),
      },
      '"ca"',
    ],
  ]);
});
