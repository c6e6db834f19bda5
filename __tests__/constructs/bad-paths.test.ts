import { Etcd } from "../../lib";
import { node, token } from "../support/cluster";
import { refuses } from "./support/refusals";

const file = (each: object) => ({
  nodes: [node(1, { files: [{ path: "/a", ...each }] })],
});

describe("a path that is not valid is refused, with its value and what to write instead", () => {
  refuses("fails with %s", [
    [
      "a relative certificatesDir",
      { certificatesDir: "pki" },
      '"pki"',
      "certificatesDir",
    ],
    [
      "a certificatesDir with ..",
      { certificatesDir: "/etc/../pki" },
      '"/etc/../pki"',
    ],
    [
      "an invalid data directory of etcd",
      { etcd: Etcd.stacked({ dataDir: "/var/lib/etcd;rm" }) },
      "etcd.dataDir",
    ],
    [
      "a shell expression in an image name",
      { imageRepository: "registry $(id)" },
      '"registry $(id)"',
      "imageRepository",
    ],
    [
      "an invalid image tag",
      { etcd: Etcd.stacked({ image: { tag: "3.6 0" } }) },
      "etcd.image.tag",
    ],
    [
      "a file at a relative path",
      file({ path: "audit.yaml", text: "" }),
      '"audit.yaml"',
      "absolute",
    ],
    [
      "a file at a path with ..",
      file({ path: "/../../x", text: "" }),
      '"/../../x"',
    ],
    [
      "a file at a path that is a token",
      file({ path: `/${token}`, text: "" }),
      "(a token",
      "literal",
    ],
    ["a file with neither text nor source", file({}), '"/a"', "text", "source"],
    [
      "a file with both text and source",
      file({ text: "", source: "package.json" }),
      '"/a"',
    ],
    [
      "a file whose source is missing",
      file({ source: "no/such/file" }),
      '"no/such/file"',
    ],
    ["a file whose source is a folder", file({ source: "lib" }), '"lib"'],
    [
      "a file with a symbolic mode",
      file({ text: "", mode: "rw-" }),
      '"rw-"',
      "0644",
    ],
    [
      "a file with a mode that is not octal",
      file({ text: "", mode: "0689" }),
      '"0689"',
    ],
    [
      "a file with an owner but no group",
      file({ text: "", owner: "root" }),
      '"root"',
      "root:root",
    ],
    [
      "the same file twice",
      {
        nodes: [
          node(1, {
            files: [
              { path: "/a/b", text: "" },
              { path: "/a/b", text: "" },
            ],
          }),
        ],
      },
      '"/a/b"',
      "twice",
    ],
    [
      "a file at the path of a folder",
      {
        nodes: [
          node(1, {
            files: [
              { path: "/a", text: "" },
              { path: "/a/b", text: "" },
            ],
          }),
        ],
      },
      "/a/b",
      "belongs to",
    ],
    [
      "a file at the path of a certificate",
      file({ path: "/etc/kubernetes/pki/ca.crt", text: "" }),
      "pki/ca.crt",
      "belongs to",
    ],
  ]);
});
