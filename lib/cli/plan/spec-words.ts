import { compact } from "../../base/compact";
import { attempt, fields, list, optional, text } from "../../base/shape";
import { readYaml } from "../../base/yaml";
import { enumerated } from "../text";

/** The spec of a certificate, as a plan has it. */
export const CERTIFICATE = fields({
  subject: fields({
    commonName: text,
    organizations: optional(list(text)),
  }),
  names: optional(list(text)),
  usages: optional(list(text)),
  keyAlgorithm: text,
  validity: text,
  previous: optional(fields({ certificate: text })),
});

type Certificate = ReturnType<typeof CERTIFICATE>;

/** How each field of a certificate's spec is named and printed. */
const FIELDS: readonly {
  readonly name: string;
  readonly value: (certificate: Certificate) => string | readonly string[];
}[] = [
  {
    name: "subject",
    value: ({ subject }) =>
      [subject.commonName, ...(subject.organizations ?? [])].join(", "),
  },
  { name: "names", value: ({ names = [] }) => names },
  { name: "usages", value: ({ usages = [] }) => usages },
  { name: "key", value: ({ keyAlgorithm }) => keyAlgorithm },
  { name: "lifetime", value: ({ validity }) => validity },
  {
    name: "also trusted",
    value: ({ previous }) => previous?.certificate ?? "nothing",
  },
];

/** What changes in the spec of a certificate: `names: + api.internal`; `undefined` if one of them cannot be read. */
export function certificateWords(
  before: string,
  after: string,
): string[] | undefined {
  const [was, is] = [before, after].map((spec) =>
    attempt(() => readYaml(spec, CERTIFICATE)),
  );
  if (!was || !is) return undefined;
  return FIELDS.flatMap(({ name, value }) => {
    const [old, wanted] = [value(was), value(is)];
    if (typeof old === "string" || typeof wanted === "string")
      return old === wanted ? [] : [`${name}: ${old} -> ${wanted}`];
    const changes = [
      ...wanted.filter((each) => !old.includes(each)).map((one) => `+ ${one}`),
      ...old.filter((each) => !wanted.includes(each)).map((one) => `- ${one}`),
    ];
    return changes.length > 0 ? [`${name}: ${changes.join(", ")}`] : [];
  });
}

/** What changes in the lines `path mode [owner]` of an artefact's files: `apiserver.key: 0600 -> 0640`. */
export function fileLineWords(before: string, after: string): string[] {
  const rights = (lines: string) =>
    new Map(
      lines.split("\n").map((line) => {
        const [path, ...rest] = line.split(" ");
        return [path, rest.join(" ")] as const;
      }),
    );
  const [was, is] = [rights(before), rights(after)];
  const added = [...is.keys()].filter((path) => !was.has(path));
  const removed = [...was.keys()].filter((path) => !is.has(path));
  return compact(
    ...[...is].flatMap(([path, wanted]) => {
      const old = was.get(path);
      const name = path.slice(path.lastIndexOf("/") + 1);
      return old === undefined || old === wanted
        ? []
        : [`${name}: ${old} -> ${wanted}`];
    }),
    added.length > 0 && `also makes ${enumerated(added)}`,
    removed.length > 0 && `no longer makes ${enumerated(removed)}`,
  );
}
