import { backupBeginning } from "../support/backup-file";
import { type Block, blocksOf, PAGES } from "./markdown";
import { typeErrors } from "./snippet-types";
import { run } from "./snippets";

const BLOCKS = PAGES.flatMap(blocksOf);
const SNIPPETS = BLOCKS.filter(({ language }) => language === "ts");

const inBin = (name: string) => `bin/${name}`;

test("the TypeScript in the pages type-checks", () => {
  expect(SNIPPETS.length).toBeGreaterThan(20);
  expect(typeErrors(SNIPPETS)).toEqual([]);
});

/** The user's files that snippets name. Synthesis only checks that they exist. */
const USER_FILES = [
  "company-ca.crt",
  "company-ca.key",
  "token",
  "audit.yaml",
  "kubernetes-1.36.3.tar",
  "network.yaml",
  "webhook.key",
  "client.crt",
  "client.key",
  ...[
    "etcd",
    "kube-apiserver",
    "kube-controller-manager",
    "kube-scheduler",
    "kubelet",
    "kube-proxy",
  ].map(inBin),
];

const filesOf = (page: string) =>
  new Map([
    ...USER_FILES.map((name) => [name, ""] as const),
    ["prod-20261129T210501Z.backup", backupBeginning().toString()],
    ...BLOCKS.filter((block) => block.page === page && block.marks.file).map(
      ({ marks, text }) => [marks.file, text] as const,
    ),
  ]);

const title = ({ page, line }: Block) => `${page}:${line}`;

describe("the TypeScript in the pages", () => {
  test.each(
    SNIPPETS.filter(({ marks }) => marks.snippet !== "test").map(
      (block) => [title(block), block] as const,
    ),
  )("synthesizes: %s", (_, block) => {
    run(block, filesOf(block.page));
  });
});
