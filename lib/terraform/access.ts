import type { Construct } from "constructs";
import type { AccessRequest } from "../request/request";
import { Resource } from "./resource";
import type { Store } from "./store";
import { textTemplate } from "./template";
import { urlHost } from "./url-host";

export type { AccessRequest };

export interface AccessProps {
  readonly store: Store;
  readonly access: AccessRequest;
}

/**
 * The way to a host. {@link Teardown} depends on it, and it on a machine that is made in the same stack, so that on
 * destroy the machine is there until all is undone.
 */
export class Access extends Resource {
  constructor(
    scope: Construct,
    id: string,
    private readonly props: AccessProps,
  ) {
    super(scope, id, props.store.provider);
    props.store.teardown.addDependency(this);
  }

  protected override triggers() {
    return { access: textTemplate(accessInWords(this.props.access)) };
  }
}

/** As a plan shows it: `ssh admin@10.0.0.1:22`. */
export function accessInWords(access: AccessRequest): string {
  if (access.kind !== "ssh") return access.kind;
  const { user, host, port, jumpHost } = access;
  const at = user === undefined ? "" : `${user}@`;
  const way = port === undefined ? host : `${urlHost(host)}:${port}`;
  return `ssh ${at}${way}${jumpHost === undefined ? "" : ` via ${jumpHost}`}`;
}
