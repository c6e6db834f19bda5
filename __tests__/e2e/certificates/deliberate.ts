import type { Finding } from "./linter";

/** The longest name that a node may have. */
export const LONG = `${"a".repeat(30)}.${"b".repeat(20)}.example.org`;

/** Findings of zlint about deliberate properties. */
export const DELIBERATE: readonly {
  readonly rule: string;
  readonly files: RegExp;
  readonly why: string;
}[] = [
  {
    rule: "n_san_iana_pub_suffix_empty",
    files: /\.crt$/,
    why: "Names like kubernetes and localhost are called inside a cluster, not on the public web.",
  },
  {
    rule: "n_multiple_subject_rdn",
    files: /\/jane\.conf$/,
    why: "Go writes several groups of a user into one set, and so does every tool of Kubernetes.",
  },
  {
    rule: "e_subject_common_name_max_length",
    files: new RegExp(`/${LONG}/.*/kubelet\\.(conf|crt)$`),
    why: "The name of a node is its identity: the node authorizer and API servers compare all of it.",
  },
];

export const isDeliberate = ({ name, rule }: Finding): boolean =>
  DELIBERATE.some((one) => one.rule === rule && one.files.test(name));
