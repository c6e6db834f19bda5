import type { Construct } from "constructs";
import type { AccessRequest } from "../request/access";
import { accessInWords } from "../request/node-triggers";
import { Resource } from "./resource";
import type { Store } from "./store";
import { textTemplate } from "./template";
import { urlHost } from "./url-host";

export interface AccessProps {
  readonly store: Store;
  readonly access: AccessRequest;
}

/**
 * How a node's host is reached. {@link Teardown} depends on it, and it depends on a machine that is created in the same
 * stack. So on destroy, the machine exists until the teardown has finished.
 */
export class Access extends Resource {
  constructor(
    scope: Construct,
    id: string,
    private readonly props: AccessProps,
  ) {
    super(scope, id, props.store);
    props.store.teardown.addDependency(this);
  }

  get description() {
    return { kind: "access" } as const;
  }

  protected override triggers() {
    return { access: textTemplate(accessInWords(this.props.access, urlHost)) };
  }
}
