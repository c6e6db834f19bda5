import type { Found } from "./errors";

/** What stands in the way of an endpoint that is made on the nodes. */

const error = (problem: string, remedy: string): Found => ({
  severity: "error",
  problem,
  remedy,
});

export const packagesMissing = (packages: readonly string[]): Found =>
  error(
    `It has no ${packages.join(" and no ")}, which lead${packages.length > 1 ? "" : "s"} to the API servers.`,
    `Install the package${packages.length > 1 ? "s" : ""}, in the machine's user data for example: apt-get install ${packages.join(" ")} (or dnf install ${packages.join(" ")}).`,
  );

export const packageOld = (
  name: string,
  found: string,
  oldest: string,
): Found =>
  error(
    found === ""
      ? `Its ${name} does not say its version.`
      : `Its ${name} ${found} is too old.`,
    `Allowed is ${oldest} and newer: install it from a newer release of the machine's distribution.`,
  );

export const rootMissing = (authority: string, issuer: string): Found =>
  error(
    `Its haproxy trusts an authority only with its chain up to the root, which ends with ${authority}; that is signed by ${issuer}.`,
    "Bring the authority with CertificateAuthority.fromFiles or external, and put the certificates of those that signed it, up to the root, behind its own in the file.",
  );

export const interfaceMissing = (
  name: string,
  present: readonly string[],
): Found =>
  error(
    `It has no network interface ${name}, which the virtual IP is to be on.`,
    `It has ${present.join(", ")}. Correct interface, or leave it out: then it is the one that has the node's own address.`,
  );

export const interfaceUnknown = (address: string): Found =>
  error(
    `No network interface has the node's address ${address}, so that there is none for the virtual IP.`,
    "Correct the node's address, or name the interface: Endpoint.virtualIp({ …, interface }).",
  );

export const routerIdTaken = (id: number, path: string): Found =>
  error(
    `Its keepalived has the router id ${id} already, by ${path}.`,
    "Each virtual IP of a network has one of its own, 1 to 255. Give this one another: Endpoint.virtualIp({ …, routerId }).",
  );

/** @param name of the interface, where it is known */
export const virtualIpPresent = (address: string, name?: string): Found =>
  error(
    `It has the virtual IP ${address} already${name === undefined ? "" : `, on ${name}`}, and not from this cluster.`,
    "Choose an address that nobody has, or take it off this machine: keepalived gives it to one of the nodes.",
  );

/** @param hardware the address of whose network card it is, where it is known */
export const virtualIpTaken = (address: string, hardware?: string): Found =>
  error(
    `The virtual IP ${address} answers already${hardware === undefined ? "" : `, from the network card ${hardware}`}, though no node has it.`,
    "Choose an address that nobody has, or end whatever has this one.",
  );
