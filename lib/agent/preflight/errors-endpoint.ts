import { error } from "./errors";

/** Problems with an endpoint that is set up on the nodes. */

export const packagesMissing = (packages: readonly string[]) =>
  error(
    `It has no ${packages.join(" and no ")}, which the endpoint needs.`,
    `Install the package${packages.length > 1 ? "s" : ""}, in the machine's user data for example: apt-get install ${packages.join(" ")} (or dnf install ${packages.join(" ")}).`,
  );

export const packageOld = (name: string, found: string, oldest: string) =>
  error(
    found === ""
      ? `Its ${name} prints no version.`
      : `Its ${name} ${found} is too old.`,
    `Allowed is ${oldest} and newer: install it from a newer release of the machine's distribution.`,
  );

export const rootMissing = (authority: string, issuer: string) =>
  error(
    `Its haproxy trusts a CA only with the whole chain up to the root. The chain ends with ${authority}, which was signed by ${issuer}.`,
    "Supply the CA with CertificateAuthority.fromFiles or external, and append the certificates of the CAs above it, up to the root, to its file.",
  );

export const interfaceMissing = (name: string, present: readonly string[]) =>
  error(
    `It has no network interface ${name}, which is set for the virtual IP.`,
    `It has ${present.join(", ")}. Correct interface, or leave it out: then the interface with the node's own address is used.`,
  );

export const interfaceUnknown = (address: string) =>
  error(
    `No network interface has the node's address ${address}, so it is unknown which one should have the virtual IP.`,
    "Correct the node's address, or name the interface: Endpoint.virtualIp({ …, interface }).",
  );

export const routerIdTaken = (id: number, path: string) =>
  error(
    `Its keepalived uses the router id ${id} already, in ${path}.`,
    "Each virtual IP in a network needs a router id of its own, from 1 to 255. Set another one: Endpoint.virtualIp({ …, routerId }).",
  );

/** @param name the name of the interface, if it is known */
export const virtualIpPresent = (address: string, name?: string) =>
  error(
    `It has the virtual IP ${address} already${name === undefined ? "" : `, on ${name}`}, and not from this cluster.`,
    "Choose an unused address, or remove it from this machine: keepalived will add it to one of the nodes.",
  );

/** @param hardware the hardware address of the answering network card, if it is known */
export const virtualIpTaken = (address: string, hardware?: string) =>
  error(
    `Something answers at the virtual IP ${address} already${hardware === undefined ? "" : `, from the network card ${hardware}`}, although no node has it.`,
    "Choose an unused address, or remove it from the machine that has it.",
  );
