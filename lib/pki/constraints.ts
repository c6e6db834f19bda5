import { BlockList, isIP } from "node:net";
import { nameConstraints, type Subtree } from "./authority-problem";
import type { CertificateFacts } from "./certificates";
import { addressOf, oids } from "./der";
import { nameText } from "./distinguished-name";

/** The names and usages for which a certificate has to be valid. */
export interface Purpose {
  /** In their canonical spelling. */
  readonly names: readonly string[];
  readonly usages: readonly string[];
}

/** Why a CA may not sign for a purpose; `undefined` if it may. */
export function purposeProblem(
  authority: CertificateFacts,
  { names, usages }: Purpose,
): string | undefined {
  const name = nameText(authority.subjectDer);
  const unusable = usages.find((usage) => !allowsUsage(authority, usage));
  if (unusable)
    return `the extended key usages of ${name} (${authority.usages.join(", ")}) exclude ${unusable}`;
  const { permitted, excluded } = nameConstraints(authority);
  const refused = names.find(
    (each) =>
      excluded.some((subtree) => isWithin(each, subtree)) ||
      !isPermitted(each, permitted),
  );
  return (
    refused && `the name constraints of ${name} exclude the name ${refused}`
  );
}

const allowsUsage = ({ usages }: CertificateFacts, usage: string): boolean =>
  usages.length === 0 || usages.includes(usage) || usages.includes(ANY_USAGE);

const ANY_USAGE = oids["2.5.29.37.0"] ?? "2.5.29.37.0";

const DNS = 2;
const ADDRESS = 7;

/** If no names of a kind are listed, all names of this kind are permitted. */
function isPermitted(name: string, permitted: readonly Subtree[]): boolean {
  const kind = isIP(name) ? ADDRESS : DNS;
  const ofKind = permitted.filter((subtree) => subtree.kind === kind);
  return (
    ofKind.length === 0 || ofKind.some((subtree) => isWithin(name, subtree))
  );
}

function isWithin(name: string, { kind, value }: Subtree): boolean {
  if (isIP(name)) return kind === ADDRESS && isInNetwork(name, value);
  if (kind !== DNS) return false;
  const [dns, domain] = [name.toLowerCase(), value.toString().toLowerCase()];
  // A constraint with a leading dot covers only the subdomains.
  return (
    domain === "" ||
    dns === domain ||
    dns.endsWith(domain.startsWith(".") ? domain : `.${domain}`)
  );
}

/** @param value the address of the network, followed by its mask */
function isInNetwork(address: string, value: Buffer): boolean {
  const size = value.length / 2;
  const family = size === 4 ? "ipv4" : "ipv6";
  if (![4, 16].includes(size) || (isIP(address) === 4) !== (size === 4))
    return false;
  const prefix = [...value.subarray(size)]
    .map((byte) => byte.toString(2).replace(/0/g, "").length)
    .reduce((sum, ones) => sum + ones, 0);
  const network = new BlockList();
  const base = addressOf(value.subarray(0, size).toString("binary"));
  // `addressOf` writes an IPv4 address inside IPv6 as IPv4.
  if (isIP(base) !== (size === 4 ? 4 : 6)) return false;
  network.addSubnet(base, prefix, family);
  return network.check(address, family);
}
